"""Django's PostgreSQL backend, which starts the embedded server at the first connection.

With `EMBEDDED` in the settings of a database, the server of `settings.HOME` is started
when the first connection (or the worker's pool) asks for its parameters, never at import.
Without it, this is Django's backend and nothing more.
"""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db.backends.postgresql import base
from django.db.backends.postgresql.client import DatabaseClient as PostgresClient
from psycopg_pool import PoolTimeout

from ozeli import embedded_postgres

AWAY_SECONDS = 1.0


class DatabaseClient(PostgresClient):
    def runshell(self, parameters: Iterable[str]) -> None:
        self.connection.get_connection_params()
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient
    _away_until: ClassVar[dict[str, float]] = {}  # by alias, shared by the threads like the pools

    @property
    def is_embedded(self) -> bool:
        return bool(self.settings_dict.get("EMBEDDED"))

    def get_connection_params(self) -> dict[str, Any]:
        if self.is_embedded:
            server = self._embedded(embedded_postgres.start)
            self.settings_dict |= {key: server[key] for key in ("HOST", "PORT", "USER")}
        return super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if self.pool:
            return self._take_from_pool(conn_params)
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            # A killed server comes back by itself: look once, and say the first error if not.
            if not self.is_embedded:
                raise
            self._embedded(embedded_postgres.ensure_running)
            return super().get_new_connection(conn_params)

    def _take_from_pool(self, conn_params: dict[str, Any]) -> Any:
        """Wait for a connection, but not in crowds: while the server is away most requests are refused at once.

        Otherwise each thread would wait for the pool's timeout, and those behind it several times as long.
        """
        before = self.pool.get_stats()
        if time.monotonic() < self._away_until.get(self.alias, 0) and not before["pool_available"]:
            raise self.Database.OperationalError("the server was away a moment ago")
        try:
            return super().get_new_connection(conn_params)
        except PoolTimeout:
            if self.pool.get_stats().get("connections_errors", 0) > before.get("connections_errors", 0):
                self._away_until[self.alias] = time.monotonic() + AWAY_SECONDS
            raise

    def _embedded(self, function: Callable[[Path], dict[str, str]]) -> dict[str, str]:
        try:
            return function(Path(settings.HOME))
        except embedded_postgres.EmbeddedPostgresError as error:
            raise self.Database.OperationalError(str(error)) from error
