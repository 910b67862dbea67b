"""The test databases themselves."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection


@pytest.mark.django_db
def test_each_process_works_in_a_clone_of_its_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_database()")
        assert cursor.fetchone()[0].startswith("oz_test_")


@pytest.mark.django_db(transaction=True)
def test_a_committing_test_may_empty_what_migrations_wrote() -> None:
    ContentType.objects.all().delete()


@pytest.mark.django_db
def test_the_next_test_finds_it_again() -> None:
    assert ContentType.objects.exists()
