"""The desk: who comes in, and what waits in which queue."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.http import urlencode
from pytest_django import DjangoAssertNumQueries

from ozeli.core import clock
from ozeli.ideas.enums import State
from ozeli.ideas.models import Idea, IdeaExpert
from ozeli.ideas.selectors.desk import Queue, counts
from tests.factories import DecisionFactory, IdeaFactory
from tests.personas import Cast


def send(client: Client, idea: Idea, form: str, *, file: str = "", **fields: object):
    """Post a form of the desk as the browser does, with its key and the version that was read."""
    data = {"form": form, "version": idea.version, "idempotency_key": str(uuid.uuid4())} | fields
    return client.post(f"/animation/{idea.short}/?{urlencode({'file': file})}", data)


@pytest.fixture
def idea(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, title="Prêter un scanner aux maisons France services")


@pytest.fixture
def studied(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, state=State.UNDER_STUDY, title="Un glossaire commun")


# --- who comes in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("alice", 403),
        ("bob", 403),
        ("rita", 200),
        ("nora", 200),
        ("adam", 200),
        ("sonia", 200),
        ("dev", 404),
        ("zoe", 404),
    ],
)
def test_desk_is_open_to_contributors(name, status, people, sign_in):
    assert sign_in(getattr(people, name)).get("/animation/").status_code == status


def test_desk_shows_only_the_ideas_of_the_scope(people, sign_in, idea):
    IdeaFactory(author=people.bob, title="Une idée du Rhône")
    page = sign_in(people.rita).get("/animation/").content.decode()
    assert idea.title in page
    assert "Une idée du Rhône" not in page


def test_idea_of_another_desk_is_absent(people, sign_in):
    other = IdeaFactory(author=people.bob)
    client = sign_in(people.rita)
    assert client.get(f"/animation/{other.short}/").status_code == 404
    assert client.get("/animation/zzzzzzzzzzzz/").status_code == 404
    assert send(client, other, "qualifier", move="open_debate").status_code == 404
    assert Idea.objects.get(pk=other.pk).state == State.DEPOSITED


def test_empty_desk_says_so(people, sign_in):
    page = sign_in(people.rita).get("/animation/").content.decode()
    assert "Rien ne vous attend" in page


# --- queues -----------------------------------------------------------------------------------------------------------


def test_each_queue_holds_its_states(people):
    for state in State:
        if state not in (State.DRAFT, State.MERGED):
            IdeaFactory(author=people.alice, state=state)
    late = IdeaFactory(
        author=people.alice, state=State.IN_DEBATE, deposited_on=clock.today() - timedelta(days=40)
    )
    IdeaFactory(author=people.alice, state=State.TO_COMPLETE, deposited_on=clock.today() - timedelta(days=40))
    DecisionFactory(idea=IdeaFactory(author=people.alice, state=State.UNDER_STUDY))
    assert late.is_overdue
    assert counts(people.rita) == {
        Queue.LATE: 1, Queue.ANSWER: 1, Queue.STUDY: 2, Queue.QUALIFY: 1, Queue.REVIVALS: 0, "preparees": 1,
    }  # fmt: skip


def test_queue_begins_with_the_oldest_wait(people, sign_in):
    for days in (3, 9, 6):
        IdeaFactory(
            author=people.alice,
            title=f"Attend {days} jours",
            deposited_on=clock.today() - timedelta(days=days),
        )
    page = sign_in(people.rita).get("/animation/?file=qualifier").content.decode()
    assert page.index("Attend 9 jours") < page.index("Attend 6 jours") < page.index("Attend 3 jours")


def test_queue_is_paged_by_key(people, sign_in):
    for days in range(20):
        IdeaFactory(
            author=people.alice, title=f"Idée {days:02}", deposited_on=clock.today() - timedelta(days=days)
        )
    client = sign_in(people.rita)
    first = client.get("/animation/?file=qualifier")
    assert len(first.context["rows"]) == 15
    assert first.context["rows"][0].title == "Idée 19"
    second = client.get("/animation/" + first.context["next_url"])
    assert [row.title for row in second.context["rows"]] == [f"Idée {day:02}" for day in (4, 3, 2, 1, 0)]


def test_a_late_answer_that_is_prepared_is_still_late(people, sign_in, idea):
    since = clock.today() - timedelta(days=90)
    DecisionFactory(
        idea=IdeaFactory(author=people.alice, state=State.UNDER_STUDY, deposited_on=since), published_on=None
    )
    page = sign_in(people.nora).get("/animation/").content.decode()
    assert "Aucune réponse en retard ne reste à écrire." in page
    assert "Aucune réponse n’est en retard" not in page


def test_anonymous_idea_shows_months_only(people, sign_in):
    since = clock.today().replace(day=1) - timedelta(days=50)
    IdeaFactory(author=people.alice, is_anonymous=True, deposited_on=since)
    response = sign_in(people.nora).get("/animation/?file=retard")
    (row,) = response.context["rows"]
    assert row.wait.startswith("depuis ")
    page = response.content.decode()
    assert "jours" not in page.split('<nav class="queue"')[1].split("</nav>")[-2]
    assert str(since.day) not in row.wait


def test_anonymous_idea_has_no_desk_but_the_network(people, sign_in):
    idea = IdeaFactory(author=people.alice, is_anonymous=True)
    assert sign_in(people.rita).get(f"/animation/{idea.short}/").status_code == 404
    assert sign_in(people.nora).get(f"/animation/{idea.short}/").status_code == 200


@pytest.mark.parametrize("file", ["retard", "repondre", "etudier", "qualifier", "relances"])
def test_desk_takes_the_same_queries_for_one_row_and_three(
    file, people, sign_in, django_assert_num_queries: DjangoAssertNumQueries
):
    client = sign_in(people.rita)
    old = {"author": people.alice, "deposited_on": clock.today() - timedelta(days=40)}

    def one_more():
        # The oldest opens: one to answer, whose form asks for the answer templates.
        for days, state in enumerate((State.DEPOSITED, State.IN_DEBATE, State.UNDER_STUDY)):
            since = clock.today() - timedelta(days=40 + days)
            IdeaFactory(author=people.alice, state=state, deposited_on=since)
        buried = IdeaFactory(state=State.NOT_RETAINED, **old)
        buried.revivals.create(user=people.bob, round=1, message="x" * 40, asked_on=clock.today())

    one_more()
    expected = QUERIES[file]
    client.get(f"/animation/?file={file}")
    with django_assert_num_queries(expected):
        client.get(f"/animation/?file={file}")
    one_more()
    one_more()
    with django_assert_num_queries(expected):
        client.get(f"/animation/?file={file}")


# One of them asks how far the late idea that opens went up.
QUERIES = {"retard": 23, "repondre": 22, "etudier": 21, "qualifier": 21, "relances": 11}


def test_idea_page_takes_the_same_queries_with_one_expert_and_three(
    people, sign_in, studied, django_assert_num_queries: DjangoAssertNumQueries
):
    client = sign_in(people.rita)
    url = f"/animation/{studied.short}/"
    IdeaExpert.objects.create(idea=studied, user=people.bob, asked_on=clock.today())
    client.get(url)
    with django_assert_num_queries(21):
        client.get(url)
    for expert in (people.charlie, people.nora):
        IdeaExpert.objects.create(idea=studied, user=expert, asked_on=clock.today())
    with django_assert_num_queries(21):
        client.get(url)
