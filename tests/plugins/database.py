"""Test databases: one migrated template, cloned for each worker and after each committing test.

The template is named by a hash of the migrations and versions, made once under an advisory
lock, and kept from one run to the next. A clone takes a tenth of a second. A test with
`transaction=True` gets a new clone afterwards: Django's flush would also empty what the
migrations put there.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase
from psycopg import sql
from pytest_django import DjangoDbBlocker

TEMPLATE_PREFIX = "oz_template_"
CLONE_PREFIX = "oz_test_"
BUILD_LOCK = 4_021_001
CLONE_LOCK_SPACE = 4_021


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--touching-database", action="store_true", help="run only the tests that use the database"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--touching-database"):
        kept = [item for item in items if _touches_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


def _touches_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "django_db_setup"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    # A pool keeps connections open, which forbids to drop the database; servers started by tests have one.
    connection.settings_dict["OPTIONS"].pop("pool", None)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give this process its own clone of the template, and re-clone it after committing tests."""
    with django_db_blocker.unblock(), cloned_database() as name:
        with pytest.MonkeyPatch.context() as patch, _django_uses(name):
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: clone_again(name))
            yield


@contextmanager
def cloned_database(label: str = "") -> Iterator[str]:
    """The name of a new database with every migration applied, dropped at the end.

    Its life is guarded by an advisory lock: the clones of killed runs are dropped by the next one.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"{CLONE_PREFIX}{os.getpid()}_{worker}{label and '_' + label}"
    with _administration() as admin:
        _hold(admin, name)
        try:
            _clone(admin, name)
            _drop_abandoned(admin)
            yield name
        finally:
            _drop(admin, name)


def clone_again(name: str) -> None:
    """Put the database back to what the migrations made, whoever is connected to it."""
    connections.close_all()
    with _administration() as admin:
        _drop(admin, name)
        _clone(admin, name)


@contextmanager
def refusing_connections(name: str) -> Iterator[None]:
    """Cut everybody off from the database `name`; at the end it takes connections again."""
    with _administration() as admin:
        _run(admin, "alter database {} with allow_connections false", name)
        try:
            query = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
            admin.execute(query, [name])
            yield
        finally:
            _run(admin, "alter database {} with allow_connections true", name)


def run_in(name: str, query: str, *values: object) -> None:
    """One statement in the database `name`, committed."""
    parameters = connection.get_connection_params() | {"dbname": name, "autocommit": True}
    with psycopg.connect(**parameters) as there:
        there.execute(query, values)


def server_environment(name: str) -> dict[str, str]:
    """The variables with which a process of its own (`ozeli serve`) uses the database `name`."""
    if url := os.environ.get("DATABASE_URL"):
        return {"DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{name}"))}
    return {"OZELI_HOME": str(settings.HOME), "OZELI_DATABASE": name}


@contextmanager
def _administration() -> Iterator[psycopg.Connection]:
    parameters = connection.get_connection_params() | {"dbname": "postgres", "autocommit": True}
    with psycopg.connect(**parameters) as admin:
        yield admin


@contextmanager
def _django_uses(name: str) -> Iterator[None]:
    connections.close_all()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = before


def _clone(admin: psycopg.Connection, name: str) -> None:
    admin.execute("select pg_advisory_lock(%s)", [BUILD_LOCK])
    try:
        template = _ensure_template(admin)
        _run(admin, "create database {} template {}", name, template)
        _run(admin, "alter database {} set synchronous_commit = off", name)
    finally:
        admin.execute("select pg_advisory_unlock(%s)", [BUILD_LOCK])


def _ensure_template(admin: psycopg.Connection) -> str:
    """Make the template unless it exists; older ones go."""
    template = TEMPLATE_PREFIX + _fingerprint(admin)
    known = _databases(admin, TEMPLATE_PREFIX)
    if template in known:
        return template
    for old in known:
        _run(admin, "alter database {} is_template false", old)
        _drop(admin, old)
    building = f"{TEMPLATE_PREFIX}building"
    _run(admin, "create database {}", building)
    with _django_uses(building):
        call_command("migrate", verbosity=0, interactive=False)
    _run(admin, "alter database {} rename to {}", building, template)
    _run(admin, "alter database {} with is_template true allow_connections false", template)
    return template


def _fingerprint(admin: psycopg.Connection) -> str:
    digest = hashlib.sha256(str(admin.info.server_version).encode())
    for package in ("django", "procrastinate", "django-allauth"):
        digest.update(version(package).encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for path in sorted((Path(app.path) / "migrations").glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    # Profiles, bricks and matrix may be written by migrations or after them, from these sources.
    for path in sorted(Path(settings.BASE_DIR, "ozeli").glob("*/apps.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _hold(admin: psycopg.Connection, name: str) -> None:
    admin.execute("select pg_advisory_lock(%s, hashtext(%s))", [CLONE_LOCK_SPACE, name])


def _drop_abandoned(admin: psycopg.Connection) -> None:
    """Drop the clones that no run holds any more (a killed run drops nothing)."""
    with _administration() as other:
        for name in _databases(admin, CLONE_PREFIX):
            query = "select pg_try_advisory_lock(%s, hashtext(%s))"
            if other.execute(query, [CLONE_LOCK_SPACE, name]).fetchone() == (True,):
                _drop(other, name)


def _databases(admin: psycopg.Connection, prefix: str) -> list[str]:
    query = "select datname from pg_database where starts_with(datname, %s)"
    return [row[0] for row in admin.execute(query, [prefix])]


def _drop(admin: psycopg.Connection, name: str) -> None:
    _run(admin, "drop database if exists {} with (force)", name)


def _run(admin: psycopg.Connection, statement: str, *names: str) -> None:
    admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
