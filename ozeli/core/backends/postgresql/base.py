"""Django's PostgreSQL backend, which starts the embedded server at the first connection.

With `EMBEDDED` in the settings of a database, the server of `settings.HOME` is started
when the first connection (or the worker's pool) asks for its parameters, never at import.
Without it, this is Django's backend and nothing more.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from django.db.backends.postgresql.client import DatabaseClient as PostgresClient

from ozeli import embedded_postgres


class DatabaseClient(PostgresClient):
    def runshell(self, parameters: Iterable[str]) -> None:
        self.connection.get_connection_params()
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    @property
    def is_embedded(self) -> bool:
        return bool(self.settings_dict.get("EMBEDDED"))

    def get_connection_params(self) -> dict[str, Any]:
        if self.is_embedded:
            server = self._embedded(embedded_postgres.start)
            self.settings_dict |= {key: server[key] for key in ("HOST", "PORT", "USER")}
        return super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            # A killed server comes back by itself: look once, and say the first error if not.
            if not self.is_embedded or self.pool:
                raise
            self._embedded(embedded_postgres.ensure_running)
            return super().get_new_connection(conn_params)

    def _embedded(self, function: Callable[[Path], dict[str, str]]) -> dict[str, str]:
        try:
            return function(Path(settings.HOME))
        except embedded_postgres.EmbeddedPostgresError as error:
            raise self.Database.OperationalError(str(error)) from error
