"""The demonstration, as the tests of its rows read it."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from ozeli.portal.demo.loader import load


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demonstration, loaded once for the module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load()
        connection.check_constraints()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(demo: None, db: None) -> None:
    """The module's demonstration, open to this test."""
