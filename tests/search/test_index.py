"""The index follows the objects: written once, removed wholly, counted exactly."""

from collections import Counter
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from procrastinate.contrib.django import procrastinate_app
from procrastinate.testing import InMemoryConnector

from ozeli.ideas.enums import State
from ozeli.search import services, store, tasks

from ..factories import IdeaFactory
from ..personas import Cast
from .conftest import KIND, Shelf


def rows() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, kind, object, tier, score, tsv, xmin::text FROM search_doc ORDER BY key")
        return cursor.fetchall()


def assert_counts_are_true() -> None:
    """The frequency of every lexeme is the number of documents that hold it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(tsv) FROM search_doc")
        documents = cursor.fetchall()
        cursor.execute("SELECT term, df FROM search_lexeme")
        kept = dict(cursor.fetchall())
    counted = Counter(lexeme for (lexemes,) in documents for lexeme in lexemes)
    if documents:
        counted[""] = len(documents)
    assert kept == counted


def test_reindexing_changes_nothing(shelf: Shelf) -> None:
    shelf.add("Covoiturage des agents", "Un trajet partagé, le RSA compris")
    before = rows()
    assert services.reindex(KIND, now=True) == 1
    assert services.index_documents(shelf.documents.values()) == 0
    assert rows() == before
    assert_counts_are_true()


def test_a_changed_text_changes_the_counts(shelf: Shelf) -> None:
    key = shelf.add("Covoiturage des agents")
    shelf.add("Vélo des agents")
    shelf.add("Trottinette des agents", object_id=key)
    assert len(rows()) == 2
    assert_counts_are_true()
    assert store.frequencies(["covoiturag", "agent"]) == (2, {"agent": 2})


def test_the_same_object_twice_in_a_batch_is_one(shelf: Shelf) -> None:
    key = shelf.add("Covoiturage")
    services.index_documents([*shelf.documents.values(), *shelf.documents.values()])
    assert [row[2] for row in rows()] == [key]
    assert_counts_are_true()


def test_removal_takes_the_words_away(shelf: Shelf) -> None:
    kept = shelf.add("Covoiturage des agents")
    gone = shelf.add("Vélo des agents")
    assert services.remove(KIND, [gone, uuid4()]) == 1
    assert [row[2] for row in rows()] == [kept]
    assert_counts_are_true()
    assert services.remove(KIND, [kept]) == 1
    assert_counts_are_true()


def test_what_is_not_loaded_any_more_leaves(shelf: Shelf) -> None:
    key = shelf.add("Covoiturage")
    shelf.add("Vélo")
    del shelf.documents[key]
    services.reindex(KIND, now=True)
    assert len(rows()) == 1
    assert_counts_are_true()


def test_a_repair_counts_again(shelf: Shelf) -> None:
    shelf.add("Covoiturage des agents")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE search_lexeme SET df = 99 WHERE term = 'agent'")
        cursor.execute("INSERT INTO search_lexeme (term, df) VALUES ('fantome', 3)")
    services.recount()
    assert_counts_are_true()


def test_scores_are_refreshed_without_the_text(shelf: Shelf) -> None:
    key = shelf.add("Covoiturage", score=1)
    shelf.documents[key] = shelf.documents[key].__class__(KIND, key, "Autre texte", score=8)
    assert services.refresh_scores(KIND) == 1
    assert services.refresh_scores(KIND) == 0
    assert [row[4] for row in rows()] == [8.0]


def test_tiers_follow_the_scores(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "TOP", 2)
    monkeypatch.setattr(store, "MIDDLE", 2)
    for score in range(6):
        shelf.add(f"Covoiturage {score}", score=score)
    while services.balance_tiers():
        pass
    assert {row[4]: row[3] for row in rows()} == {5.0: 0, 4.0: 0, 3.0: 1, 2.0: 1, 1.0: 2, 0.0: 2}
    shelf.add("Covoiturage neuf", score=9)
    shelf.add("Covoiturage moyen", score=2.5)
    shelf.add("Covoiturage petit", score=0)
    assert [row[3] for row in rows()][-3:] == [0, 1, 2]
    shelf.add("Covoiturage changé", score=0, object_id=rows()[0][2])
    assert len(rows()) == 9
    assert_counts_are_true()


def test_hidden_and_withdrawn_ideas_are_taken_out(people: Cast) -> None:
    idea = IdeaFactory(author=people.alice)
    services.index_objects("idea", [idea.pk])
    assert [row[2] for row in rows()] == [idea.pk]
    type(idea).objects.filter(pk=idea.pk).update(state=State.WITHDRAWN)
    services.index_objects("idea", [idea.pk])
    assert rows() == []


def test_scheduling_waits_for_the_commit(shelf: Shelf) -> None:
    """The job is a row of the same transaction: nothing is left when it is rolled back."""
    with connection.cursor() as cursor, transaction.atomic():
        services.schedule_index(KIND, [UUID(int=1)])
        cursor.execute(
            "SELECT args->>'kind', args->'ids'->>0 FROM procrastinate_jobs WHERE task_name = 'search.index_objects'"
        )
        assert cursor.fetchall() == [(KIND, str(UUID(int=1)))]
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'search.index_objects'")
        assert cursor.fetchone() == (0,)


def test_jobs_cut_large_work_into_batches(shelf: Shelf) -> None:
    with procrastinate_app.current_app.replace_connector(InMemoryConnector()) as app:
        services.schedule_index(KIND, [UUID(int=place + 1) for place in range(services.BATCH + 1)])
        assert [len(job["args"]["ids"]) for job in app.connector.jobs.values()] == [services.BATCH, 1]


def test_the_jobs_do_what_they_say(shelf: Shelf) -> None:
    key = shelf.add("Covoiturage", score=1)
    services.remove(KIND, [key])
    tasks.index_objects.func(KIND, [str(key)])
    assert len(rows()) == 1
    tasks.index_objects.func("inconnu", [str(key)])
    tasks.refresh.func(0)
    with procrastinate_app.current_app.replace_connector(InMemoryConnector()) as app:
        tasks.reindex.func()
        tasks.nightly.func(0)
        assert {job["args"]["kind"] for job in app.connector.jobs.values()} >= {KIND}


def test_commands(shelf: Shelf, people: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    shelf.add("Covoiturage des agents")
    call_command("search_reindex", kind=KIND, recount=True)
    assert "1 objets indexés" in capsys.readouterr().out
    call_command("search_reindex", kind=KIND, jobs=True)
    assert "tâches de fond" in capsys.readouterr().out
    call_command("search_explain", "covoiturge des agents", email=people.alice.email)
    told = capsys.readouterr().out
    assert "Corrigé : covoiturage des agents" in told
    assert "Hit(" in told
    call_command("search_explain", "le covoiturage des agents", email=people.alice.email, look_alikes=True)
    assert "LookAlike(" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("search_reindex", kind="inconnu")
    with pytest.raises(CommandError):
        call_command("search_explain", "x", email="personne@exemple.test")
