"""/healthz is about the process, /readyz about the database; neither needs a session or a right."""

import time

import pytest
from django.db import connection
from django.test import Client


def test_the_process_answers_without_the_database(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.content == b"ok\n"
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


@pytest.mark.django_db
def test_the_database_answers(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # a connection of its own, so a busy pool does not count
        response = client.get("/readyz")
    assert response.status_code == 200
    assert not response.cookies


@pytest.mark.django_db
def test_an_absent_database_is_told_within_two_seconds(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters = connection.get_connection_params() | {"host": "127.0.0.1", "port": "1"}
    monkeypatch.setattr(connection, "get_connection_params", lambda: parameters)
    started = time.monotonic()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert time.monotonic() - started < 2
    assert "base de données injoignable" in response.content.decode()
