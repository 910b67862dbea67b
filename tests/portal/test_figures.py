"""Key figures: what they count, and nothing about fewer than five people."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.engagement.models import Vote
from ozeli.ideas.enums import State
from ozeli.ideas.selectors import figures
from tests.factories import CommentFactory, IdeaFactory, OrganisationFactory, UserFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]


def value(code: str) -> str:
    found = {figure.code: figure.value for figure in figures.key_figures.__wrapped__().figures}
    return found[code]


def deposit(count: int, **fields: object) -> None:
    """That many ideas of that many people of one body."""
    body = fields.pop("body", None) or OrganisationFactory()
    for _ in range(count):
        IdeaFactory(author=UserFactory(organisation=body), **fields)


def test_four_people_stay_out_of_sight_and_five_show(db: None) -> None:
    deposit(4)
    assert value("deposited") == figures.HIDDEN
    assert value("participants") == figures.HIDDEN

    deposit(1)
    assert value("deposited") == "5"
    assert value("participants") == "5"


def test_ten_ideas_of_one_person_stay_out_of_sight(people: Cast) -> None:
    IdeaFactory.create_batch(10, author=people.alice)

    assert value("deposited") == figures.HIDDEN


def test_only_what_everybody_may_read_in_the_last_year_is_counted(db: None) -> None:
    deposit(5)
    deposit(5, audience="organisation")
    deposit(5, is_hidden=True)
    deposit(5, deposited_on=clock.today() - timedelta(days=400))

    assert value("deposited") == "5"


def test_few_anonymous_ideas_are_not_told_apart(db: None) -> None:
    deposit(6)
    deposit(4, is_anonymous=True)
    definition = figures.key_figures.__wrapped__().figures[0].definition
    assert "anonyme" not in definition

    deposit(1, is_anonymous=True)
    assert "Dont 5\u00a0anonymes" in figures.key_figures.__wrapped__().figures[0].definition


def test_delay_is_the_median_to_the_first_answer(db: None) -> None:
    for days in (0, 10, 20, 30, 100):
        deposit(1, state=State.NOT_RETAINED, deposited_on=clock.today() - timedelta(days=days))

    assert value("delay") == "20\u00a0jours"
    assert value("answered") == "10 sur 10"


def test_share_of_answers(db: None) -> None:
    deposit(3, state=State.NOT_RETAINED)
    deposit(6)

    assert value("answered") == "3 sur 10"


def test_participants_are_different_people(people: Cast) -> None:
    idea = IdeaFactory(author=people.alice)
    for voter in (people.alice, people.bob, people.charlie):
        Vote.objects.create(ballot=idea.ballot, voter=voter, cast_on=clock.today())
    CommentFactory(idea=idea, author=people.bob)
    CommentFactory(idea=idea, author=people.rita)
    CommentFactory(idea=idea, author=people.nora)

    assert value("participants") == "5"


def test_no_idea_gives_no_figure(db: None) -> None:
    assert {figure.value for figure in figures.key_figures.__wrapped__().figures} == {figures.HIDDEN}
    assert figures.key_figures.__wrapped__().branches == ()


def test_branch_of_few_is_hidden_and_so_is_its_difference(people: Cast) -> None:
    deposit(7, body=people.loire)
    deposit(2, body=people.nord)

    lines = {line.branch: line.deposited for line in figures.key_figures.__wrapped__().branches}

    assert lines == {"Maladie": figures.HIDDEN, "Famille": figures.HIDDEN}


def test_page_and_export_show_the_same(sign_in: SignIn, people: Cast) -> None:
    deposit(7, body=people.loire)
    deposit(6, body=people.nord, state=State.NOT_RETAINED)
    alice = sign_in(people.alice)

    page = alice.get("/donnees-cles/").content.decode()
    text = b"".join(alice.get("/donnees-cles/export.csv").streaming_content).decode("utf-8-sig")

    assert "13" in page
    assert "Maladie;7;0;7" in text
    assert "Famille;6;6;0" in text


def test_page_pays_for_its_figures_once(
    sign_in: SignIn, people: Cast, django_assert_num_queries: DjangoAssertNumQueries, settings: object
) -> None:
    settings.READ_ONLY_GET = False
    alice = sign_in(people.alice)
    alice.get("/donnees-cles/")

    with django_assert_num_queries(4):
        alice.get("/donnees-cles/")
