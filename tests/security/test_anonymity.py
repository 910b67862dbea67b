"""An anonymous idea tells its branch and its month, and nothing more, to anyone and on any screen."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.french import MONTHS
from ozeli.ideas.enums import State
from ozeli.ideas.models import KIND, Idea, IdeaMove
from ozeli.ideas.selectors.figures import key_figures
from ozeli.ideas.services import circuit
from ozeli.search.services import index_objects
from tests.factories import ANSWER, CommentFactory, DecisionFactory, IdeaFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
DAY = re.compile(
    rf"(?:\d{{1,2}}|1er)[ \u00a0](?:{'|'.join(MONTHS)})|\d[ \u00a0\u202f]jours?\b|\d\d/\d\d/\d{{4}}"
    r"|\b20\d\d-\d\d-\d\d\b|après le dépôt|jour même|aujourd’hui|\bhier\b"
)
LISTS = (
    "/", "/idees/", "/idees/?tri=soutenues", "/idees/export.csv", "/cimetiere/", "/cimetiere/export.csv",
    "/recherche/?q=rendez-vous", "/recherche/export.csv?q=rendez-vous", "/animation/?file=qualifier",
    "/animation/?file=etudier", "/animation/?file=repondre", "/animation/?file=retard", "/animation/decisions/",
    "/mes-idees/?liste=suivies",
)  # fmt: skip


def text(client: Client, path: str) -> str:
    """What one reads of a page, its frame and the days of our own words left aside."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    page = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
    said = re.sub(r"<sup>er</sup>", "er", page.partition('id="contenu"')[2] or page)
    for ours in ("Le droit ne le permet pas aujourd’hui", key_figures().period):
        said = said.replace(ours, "")
    return said


@pytest.fixture
def unsigned(people: Cast) -> list[Idea]:
    """In every state, months ago and this month, with all that may surround an idea. Nothing else is on the portal."""
    ideas = []
    for state in (State.DEPOSITED, State.IN_DEBATE, State.UNDER_STUDY, State.NOT_RETAINED, State.RETAINED):
        for age in (0, 40, 100):
            ideas.append(
                IdeaFactory(
                    author=people.alice,
                    is_anonymous=True,
                    state=state,
                    deposited_on=clock.today() - timedelta(days=age),
                )
            )
    prepared, retained = ideas[6], ideas[12]
    DecisionFactory(idea=prepared, answer=ANSWER, prepared_by=people.nora)
    DecisionFactory(
        idea=retained, verdict="retained", reason="", published_on=clock.today(), published_by=people.nora
    )
    for idea in ideas:
        CommentFactory(idea=idea, author=people.bob)
        IdeaMove.objects.create(
            idea=idea,
            transition="deposit",
            source="draft",
            target="deposited",
            round=1,
            made_on=idea.deposited_on,
        )
    index_objects(KIND, [idea.pk for idea in ideas])
    return ideas


def test_no_list_tells_a_day_or_a_body(sign_in: SignIn, people: Cast, unsigned: list[Idea]) -> None:
    nora = sign_in(people.nora)
    for path in LISTS:
        said = text(nora, path)
        assert not DAY.findall(said), path
        assert people.loire.name not in said, path
        assert people.alice.display_name not in said, path
    assert unsigned[0].title not in text(nora, f"/organismes/{people.loire.code}/")


def test_no_sheet_tells_a_day_or_a_body(sign_in: SignIn, people: Cast, unsigned: list[Idea]) -> None:
    nora = sign_in(people.nora)
    for idea in unsigned:
        pages = [idea.get_absolute_url()]
        pages += [f"/animation/{idea.short}/"] if idea.is_open else [f"{idea.get_absolute_url()}relance/"]
        for path in pages if idea.state != State.RETAINED else pages[:1]:
            said = text(nora, path)
            assert not DAY.findall(said), (idea.state, path)
            assert people.loire.name not in said.replace(people.bob.organisation.name, ""), path
            assert people.alice.display_name not in said, path


def test_the_pattern_sees_the_days_of_signed_ideas(sign_in: SignIn, people: Cast) -> None:
    """The teeth of the two tests above."""
    idea = IdeaFactory(author=people.alice, deposited_on=clock.today() - timedelta(days=3))
    CommentFactory(idea=idea)
    for path in ("/", "/idees/", "/idees/export.csv", "/animation/?file=qualifier", idea.get_absolute_url()):
        assert DAY.findall(text(sign_in(people.nora), path)), path


def test_neighbours_in_a_list_do_not_give_the_day_back(people: Cast) -> None:
    """Two anonymous ideas of one month cannot be told apart by the signed ones that stand between their days."""
    assert {
        IdeaFactory(is_anonymous=True, deposited_on=date(2026, 10, day)).deposited_on for day in (1, 17, 31)
    } == {date(2026, 10, 1)}


@pytest.mark.parametrize("day", ["deposited_on", "waiting_since"])
def test_the_database_refuses_a_day(people: Cast, day: str) -> None:
    idea = IdeaFactory(is_anonymous=True)
    with pytest.raises(IntegrityError, match="ideas_anonymous_without_day"), transaction.atomic():
        Idea.objects.filter(pk=idea.pk).update(**{day: date(2026, 10, 17)})


def test_the_promise_follows_from_the_month_alone() -> None:
    """Neither its date nor the day when it turns late says on which day of the month the idea came."""
    days = [date(2026, 1, 1) + timedelta(days=ahead) for ahead in range(400)]
    promised = {(day.year, day.month): set() for day in days}
    for day in days:
        promised[day.year, day.month].add(circuit.answer_due_on(None, day))

    assert all(len(dates) == 1 for dates in promised.values())
    assert promised[2026, 1] == {date(2026, 2, 28)}
    assert promised[2026, 12] == {date(2027, 1, 31)}
    assert all(circuit.answer_due_on(None, day) >= day + timedelta(days=27) for day in days)
    assert all(
        circuit.answer_due_on(None, one) <= circuit.answer_due_on(None, two) for one, two in pairwise(days)
    )


def test_the_steps_of_an_anonymous_idea_keep_the_month(people: Cast) -> None:
    idea = IdeaFactory(is_anonymous=True)
    with clock.stopped(clock.now().replace(month=10, day=17)):
        circuit.ask_completion(idea, actor=people.nora, note="Pour qui est-ce exactement ?")
        circuit.complete(idea, actor=None)

    assert [step.made_on.day for step in idea.moves.all()] == [1, 1]
    assert idea.waiting_since is not None
    assert idea.waiting_since.day == 1
