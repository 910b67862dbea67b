"""Django's PostgreSQL backend, which starts the embedded server at the first connection.

With `EMBEDDED` in the settings of a database, the server of `settings.HOME` is started
when the first connection (or the worker's pool) asks for its parameters, never at import.
Without it, this is Django's backend and nothing more.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from django.db.backends.postgresql.client import DatabaseClient as PostgresClient

from ozeli import embedded_postgres


class DatabaseClient(PostgresClient):
    def runshell(self, parameters: list[str]) -> None:
        self.connection.get_connection_params()
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    @property
    def embedded_home(self) -> Path | None:
        return Path(settings.HOME) if self.settings_dict.get("EMBEDDED") else None

    def get_connection_params(self) -> dict[str, Any]:
        if self.embedded_home:
            server = self._embedded(embedded_postgres.start)
            self.settings_dict |= {key: server[key] for key in ("HOST", "PORT", "USER")}
        return super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            # A killed server comes back by itself: look once, and say the first error if not.
            if self.embedded_home is None or self.pool:
                raise
            self._embedded(embedded_postgres.ensure_running)
            return super().get_new_connection(conn_params)

    def _embedded(self, function: Any) -> dict[str, str]:
        try:
            return function(self.embedded_home)
        except embedded_postgres.EmbeddedPostgresError as error:
            raise self.Database.OperationalError(str(error)) from error
