"""The database backend while its server is away."""

import copy
import time
from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.utils import OperationalError

from ozeli import embedded_postgres
from ozeli.core.backends.postgresql import base

TIMEOUT = 0.4


@pytest.fixture
def pooled() -> Iterator[base.DatabaseWrapper]:
    """A pooled connection to a server that is not there."""
    settings = copy.deepcopy(connection.settings_dict) | {"HOST": "127.0.0.1", "PORT": "1", "EMBEDDED": False}
    settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 2, "timeout": TIMEOUT}
    wrapper = base.DatabaseWrapper(settings, alias="away")
    yield wrapper
    wrapper.close_pool()
    base.DatabaseWrapper._away_until.pop("away", None)


def seconds_to_fail(wrapper: base.DatabaseWrapper) -> float:
    started = time.monotonic()
    with pytest.raises(OperationalError):
        wrapper.ensure_connection()
    return time.monotonic() - started


@pytest.mark.django_db
def test_only_the_first_requests_wait_for_an_absent_server(pooled: base.DatabaseWrapper) -> None:
    assert seconds_to_fail(pooled) >= TIMEOUT
    assert seconds_to_fail(pooled) < TIMEOUT / 2
    assert seconds_to_fail(pooled) < TIMEOUT / 2


@pytest.mark.django_db
def test_it_is_tried_again_a_moment_later(
    pooled: base.DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "AWAY_SECONDS", 0)
    assert seconds_to_fail(pooled) >= TIMEOUT
    assert seconds_to_fail(pooled) >= TIMEOUT


@pytest.mark.django_db
def test_a_connection_in_the_pool_is_taken_whatever_happened_before(
    pooled: base.DatabaseWrapper,
) -> None:
    pooled.settings_dict.update(
        {key: connection.get_connection_params().get(low) or "" for key, low in NAMES.items()}
    )
    pooled._away_until["away"] = time.monotonic() + 60
    pooled.pool.open(wait=True, timeout=5)
    pooled.connect()
    with pooled.cursor() as cursor:
        cursor.execute("select 1")
        assert cursor.fetchone() == (1,)
    pooled.close()


NAMES = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}


def test_an_embedded_server_that_cannot_start_is_an_absent_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(home: object) -> None:
        raise embedded_postgres.EmbeddedPostgresError("Impossible de créer ce dossier.")

    monkeypatch.setattr(embedded_postgres, "start", refuse)
    wrapper = base.DatabaseWrapper(
        copy.deepcopy(connection.settings_dict) | {"EMBEDDED": True}, alias="refused"
    )
    with pytest.raises(wrapper.Database.OperationalError, match="Impossible de créer"):
        wrapper.get_connection_params()
