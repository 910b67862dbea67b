"""A search index of one's own: tables in a schema that a rollback takes away, so that nobody's rows are touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from django.db import connection, transaction

from ozeli.core.access import Level
from ozeli.core.registry import Searchable, searchables

KIND = "bench"


class Reader:
    """An agent who may read everything of the network, and what belongs to their body and branch."""

    def __init__(self, organisation_id: int = 1, branch_id: int = 1) -> None:
        self.organisation_id = organisation_id
        self.organisation = type("Organisation", (), {"branch_id": branch_id})()

    def level(self, brick: str) -> Level:
        return Level.CONSULT

    def contribution_scope(self, brick: str) -> frozenset[int]:
        return frozenset()


@contextmanager
def private_index() -> Iterator[None]:
    """Empty index tables for the time of the block."""
    migration: Any = import_module("ozeli.search.migrations.0001_initial")
    nothing: Any = lambda *_: ()  # noqa: E731
    searchables.register(
        Searchable(KIND, KIND, "texte", "textes", load=nothing, ids=nothing, load_cards=nothing)
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA search_bench")
            cursor.execute("SET LOCAL search_path = search_bench, public")
            cursor.execute(migration.CREATE)
            yield
            transaction.set_rollback(True)
    finally:
        searchables.unregister(KIND)


def analyse_tables() -> None:
    """Let the planner know the tables, as autovacuum would."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_doc")
        cursor.execute("ANALYZE search_lexeme")
