"""The table of transitions against the domain document (§ 4), row by row, and what the database itself refuses."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.registry import event_types, journal_verbs
from ozeli.ideas.circuit_page import page
from ozeli.ideas.enums import OPEN_STATES, State, Verdict
from ozeli.ideas.management.commands import ideas_circuit
from ozeli.ideas.management.commands.ideas_circuit import PATH
from ozeli.ideas.models import Decision, Idea
from ozeli.ideas.services.circuit import move
from ozeli.ideas.workflow import TRANSITIONS
from tests.factories import ANSWER, DecisionFactory, IdeaFactory
from tests.personas import Cast

# From the document, written again by hand: transition → (from, to, who).
OPEN = {"deposited", "to_complete", "in_debate", "under_study"}
DOCUMENT: dict[str, tuple[set[str], str, str]] = {
    "deposit": ({"draft"}, "deposited", "author"),
    "open_debate": ({"deposited"}, "in_debate", "desk"),
    "ask_completion": ({"deposited"}, "to_complete", "desk"),
    "complete": ({"to_complete"}, "deposited", "author"),
    "resume": ({"to_complete"}, "deposited", "desk"),
    "study": ({"in_debate"}, "under_study", "desk"),
    "postpone": ({"under_study"}, "under_study", "desk"),
    "retain": ({"under_study"}, "retained", "decider"),
    "decline": ({"under_study"}, "not_retained", "decider"),
    "revive": ({"not_retained"}, "deposited", "decider"),
    "withdraw": (OPEN, "withdrawn", "author"),
    "merge": (OPEN, "merged", "decider"),
    **{f"unmerge_to_{state}": ({"merged"}, state, "decider") for state in OPEN},
    "experiment": ({"retained"}, "experimenting", "system"),
    "achieve": ({"experimenting"}, "achieved", "system"),
    "spread": ({"achieved"}, "spread", "system"),
}
WHO = {
    "alice": {"author"},
    "rita": {"desk", "decider"},
    "nora": {"desk", "decider"},
    "adam": {"desk", "decider"},
    "referent_author": {"author", "desk"},
    "bob": set(),
    "charlie": set(),
    "dev": set(),
    "zoe": set(),
    "system": {"author", "desk", "decider", "system"},
}
STATES = [state for state in State if state != State.DRAFT]
LATER_APPS = {"projects", "achievements"}


def test_table_holds_the_moves_of_the_document_and_no_other() -> None:
    table = {row.name: (set(row.sources), row.target) for row in TRANSITIONS}
    assert table == {name: (sources, target) for name, (sources, target, _who) in DOCUMENT.items()}


def test_moves_of_later_apps_have_no_button() -> None:
    assert {row.name for row in TRANSITIONS if row.owner in LATER_APPS} == {
        name for name, (_from, _to, who) in DOCUMENT.items() if who == "system"
    }
    assert {row.owner for row in TRANSITIONS} == LATER_APPS | {"ideas"}


def test_open_states_are_those_of_the_document() -> None:
    assert OPEN_STATES == OPEN


def test_every_move_is_told_and_named_in_the_journal() -> None:
    for row in TRANSITIONS:
        if row.name != "deposit":
            assert f"idea.{row.name}" in event_types, row.name
        if row.owner == "ideas" and row.name != "deposit":
            assert journal_verbs.label(f"idea.{row.name}") != f"idea.{row.name}", row.name


def expected(state: str, transition: str, name: str) -> type[Exception] | None:
    sources, _target, who = DOCUMENT[transition]
    if state not in sources:
        return Conflict
    return None if who in WHO[name] else Refused


def outcome(attempt: Callable[[], Any]) -> type[Exception] | None:
    """What an attempt raises, undone in any case."""
    try:
        with transaction.atomic():
            attempt()
            transaction.set_rollback(True)
    except Refused as error:
        return type(error)
    return None


@pytest.mark.parametrize("state", STATES)
def test_every_move_of_every_person_from(state: str, people: Cast) -> None:
    """Each (state, transition, persona): moved, refused for the person, or a conflict with the state."""
    other = IdeaFactory()
    idea = IdeaFactory(
        authors=[people.alice, people.sonia], state=state, merged_into=other if state == "merged" else None
    )
    persons = {name: getattr(people, name, None) for name in WHO} | {"referent_author": people.sonia}
    seen = set()
    for transition, (_sources, target, _who) in DOCUMENT.items():
        changes: dict[str, Any] = {"note": "Une raison écrite en une phrase."}
        if "merge" in transition:
            changes["merged_into"] = other if transition == "merge" else None
        for name, person in persons.items():
            case = Idea.objects.get(pk=idea.pk)
            found = outcome(partial(move, case, transition, actor=person, **changes))
            assert found == expected(state, transition, name), (state, transition, name)
            assert found is not None or case.state == target
            seen.add(found)
    assert Conflict in seen


@pytest.mark.parametrize("name", [row.name for row in TRANSITIONS if row.reason_required])
@pytest.mark.parametrize("note", ["", "   \u00a0\n  ", "Trop bref", "\u200b" * 40])
def test_move_that_needs_a_reason_is_refused_without(name: str, note: str, people: Cast) -> None:
    source = sorted(TRANSITIONS[name].sources)[0]
    other = IdeaFactory() if source == State.MERGED else None
    idea = IdeaFactory(author=people.alice, state=source, merged_into=other)
    with pytest.raises(Refused, match="Écrivez la raison"):
        move(idea, name, actor=None, note=note)
    assert Idea.objects.get(pk=idea.pk).state == source


def test_buttons_offered_are_the_moves_allowed(people: Cast) -> None:
    idea = IdeaFactory(author=people.alice)
    desk = {"open_debate", "ask_completion", "merge"}
    assert {row.name for row in TRANSITIONS.open_to(people.rita, idea)} == desk
    assert {row.name for row in TRANSITIONS.open_to(people.alice, idea)} == {"withdraw"}
    assert TRANSITIONS.open_to(people.bob, idea) == []


# --- what the database refuses, whoever asks ------------------------------------------------------------------------


def refused_by_the_database(sql: str, *parameters: object) -> None:
    """Run a statement and every deferred check; it must not stand."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        cursor.execute("set constraints all immediate")


def run(sql: str, *parameters: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


BURY = "update ideas_idea set state = 'not_retained' where id = %s"


@pytest.fixture
def studied(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, state=State.UNDER_STUDY)


def test_database_refuses_a_refusal_without_answer(studied: Idea) -> None:
    refused_by_the_database(BURY, studied.pk)


@pytest.mark.parametrize(
    "decision",
    [
        {"published_on": None},
        {"verdict": Verdict.RETAINED, "reason": ""},
        {"round": 2},
    ],
    ids=["only prepared", "another verdict", "another round"],
)
def test_database_refuses_a_refusal_whose_answer_is(decision: dict[str, Any], studied: Idea) -> None:
    DecisionFactory(idea=studied, **{"published_on": clock.today()} | decision)
    refused_by_the_database(BURY, studied.pk)


def test_database_takes_a_refusal_with_its_published_answer(studied: Idea) -> None:
    DecisionFactory(idea=studied, published_on=clock.today())
    run(BURY, studied.pk)
    assert Idea.objects.get(pk=studied.pk).state == State.NOT_RETAINED


def test_database_refuses_an_insert_of_a_refusal(people: Cast) -> None:
    refused_by_the_database(
        "insert into ideas_idea select (jsonb_populate_record(null::ideas_idea,"
        " to_jsonb(i) || jsonb_build_object('id', gen_random_uuid(), 'state', 'not_retained'))).* from ideas_idea i"
        " where id = %s",
        IdeaFactory(author=people.alice).pk,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"answer": "x" * 79},
        {"answer": " " * 90},
        {"answer": "\u00a0\u202f\n" * 40 + "x" * 70},
        {"answer": ""},
        {"reason": ""},
    ],
    ids=["79 characters", "blanks", "blanks around", "empty", "no reason"],
)
def test_database_refuses_an_unexplained_refusal(change: dict[str, str], studied: Idea) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DecisionFactory(idea=studied, **change)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("length", [80, 81])
def test_database_takes_eighty_characters(length: int, studied: Idea) -> None:
    DecisionFactory(idea=studied, answer="x" * length)


@pytest.mark.parametrize(
    "statement",
    [
        "update ideas_decision set published_on = null where idea_id = %s",
        "update ideas_decision set answer = answer || ' Et puis non.' where idea_id = %s",
        "update ideas_decision set verdict = 'retained' where idea_id = %s",
        "update ideas_decision set round = 9 where idea_id = %s",
        "delete from ideas_decision where idea_id = %s",
    ],
)
def test_database_keeps_a_published_answer_as_it_was_read(statement: str, people: Cast) -> None:
    idea = IdeaFactory(author=people.alice, state=State.NOT_RETAINED)
    refused_by_the_database(statement, idea.pk)
    assert idea.decisions.get().answer == ANSWER


def test_name_of_who_answered_may_be_erased(people: Cast) -> None:
    idea = IdeaFactory(author=people.alice, state=State.NOT_RETAINED)
    Decision.objects.filter(idea=idea).update(published_by=people.rita)
    Decision.objects.filter(idea=idea).update(published_by=None, prepared_by=None)
    assert idea.decisions.get().published_by is None


def test_prepared_answer_may_be_changed_and_dropped(studied: Idea) -> None:
    DecisionFactory(idea=studied)
    run("update ideas_decision set answer = answer || ' Merci encore.' where idea_id = %s", studied.pk)
    run("delete from ideas_decision where idea_id = %s", studied.pk)


def test_database_refuses_a_second_decision_for_the_round(studied: Idea) -> None:
    DecisionFactory(idea=studied)
    with pytest.raises(IntegrityError), transaction.atomic():
        DecisionFactory(idea=studied)
    DecisionFactory(idea=studied, round=2)


def test_database_refuses_an_idea_that_is_a_draft(studied: Idea) -> None:
    refused_by_the_database("update ideas_idea set state = 'draft' where id = %s", studied.pk)


def test_database_refuses_an_anonymous_idea_with_a_body(studied: Idea) -> None:
    refused_by_the_database("update ideas_idea set is_anonymous = true where id = %s", studied.pk)


# --- the page of the documentation ----------------------------------------------------------------------------------


def test_page_of_the_circuit_is_up_to_date() -> None:
    assert PATH.read_text(encoding="utf-8") == page(), "run `ozeli ideas_circuit --write`"


def test_page_draws_every_row_of_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ideas_circuit")
    printed = capsys.readouterr().out
    for row in TRANSITIONS:
        assert f"| `{row.name}` | {row.label} |" in printed
        for source in row.sources:
            assert re.search(rf'^    {source} -\.?->\|"{row.label}"\| {row.target}$', printed, re.MULTILINE)


def test_command_writes_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ideas_circuit, "PATH", tmp_path / "circuit.md")
    monkeypatch.setattr(ideas_circuit.settings, "BASE_DIR", tmp_path)
    call_command("ideas_circuit", "--write")
    assert (tmp_path / "circuit.md").read_text(encoding="utf-8") == page()
