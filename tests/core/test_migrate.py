"""A migration waits for a lock a few seconds at most (rule 10)."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import pre_migrate

pytestmark = pytest.mark.django_db


def lock_timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("show lock_timeout")
        return str(cursor.fetchone()[0])


def test_migrations_run_under_a_lock_timeout() -> None:
    seen: list[str] = []

    def look(**kwargs: object) -> None:
        seen.append(lock_timeout())

    pre_migrate.connect(look)
    try:
        call_command("migrate", verbosity=0)
    finally:
        pre_migrate.disconnect(look)

    assert set(seen) == {"5s"}
    assert lock_timeout() == "0"
