"""Django's migrate, which never waits long for a lock: better to fail and be run again than to stop a live portal."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

LOCK_TIMEOUT = "5s"


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute("select set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        try:
            super().handle(*args, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("reset lock_timeout")
