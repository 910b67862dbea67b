"""The home: bricks as rows, each obeying the matrix, and the frame around every page."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts.models import Profile, User
from ozeli.accounts.services import set_level
from ozeli.core import clock, memo
from ozeli.core.access import Level
from ozeli.core.french import short_date
from ozeli.engagement.models import Tag, Tagging, Vote
from ozeli.ideas.enums import State
from ozeli.ideas.models import Idea
from ozeli.portal.models import HomeBrick, ToolLink
from tests.factories import DecisionFactory, IdeaFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
TITLES = ("existe-t-il", "Idées à regarder", "Réponses", "Où en est le réseau", "Vos autres outils")


def home(client: Client) -> str:
    return client.get("/").content.decode()


@pytest.fixture
def tool(db: None) -> ToolLink:
    return ToolLink.objects.create(name="Le magasin", url="https://magasin.test/?q={q}", description="Kits")


def test_agent_sees_every_brick_in_order(sign_in: SignIn, people: Cast, tool: ToolLink) -> None:
    page = home(sign_in(people.alice))

    places = [page.index(title) for title in TITLES]
    assert places == sorted(places)
    assert "Le portail lui-même" not in page


def test_developer_sees_operations_only(sign_in: SignIn, people: Cast, tool: ToolLink) -> None:
    page = home(sign_in(people.dev))

    assert "Le portail lui-même" in page
    assert not [title for title in TITLES if title in page]
    assert 'href="/idees/' not in page
    assert 'href="/recherche/' not in page
    assert 'href="/exploitation/"' in page


def test_nobody_s_profile_says_whom_to_ask(sign_in: SignIn, people: Cast) -> None:
    page = home(sign_in(people.zoe))

    assert "Rien ne vous est encore ouvert" in page
    assert 'href="/contact/"' in page


@pytest.mark.parametrize(
    ("brick", "gone"),
    [
        ("search", ("existe-t-il",)),
        ("ideas", ("Idées à regarder", "Réponses", "Déposer une idée")),
        ("figures", ("Où en est le réseau",)),
        ("tools", ("Vos autres outils",)),
    ],
)
def test_closed_brick_takes_its_rows_away(
    sign_in: SignIn, people: Cast, tool: ToolLink, brick: str, gone: tuple[str, ...]
) -> None:
    set_level(Profile.objects.get(code="reader"), brick, Level.NONE, actor=None)

    page = home(sign_in(people.alice))

    assert not [words for words in gone if words in page]


def test_rows_follow_their_order_title_and_switch(sign_in: SignIn, people: Cast) -> None:
    HomeBrick.objects.filter(kind="key_figures").update(position=1, title="Les chiffres")
    HomeBrick.objects.filter(kind="answers_given").update(is_shown=False)
    HomeBrick.objects.create(kind="later", position=2)

    page = home(sign_in(people.alice))

    assert page.index("Les chiffres") < page.index("Idées à regarder")
    assert "<h2>Réponses</h2>" not in page


def test_ideas_to_look_at_are_visible_open_and_recent(sign_in: SignIn, people: Cast) -> None:
    IdeaFactory(author=people.bob, title="Ouverte à tous")
    IdeaFactory(author=people.charlie, title="De mon organisme", audience="organisation")
    IdeaFactory(author=people.bob, title="Close aux votes", state=State.RETAINED)
    IdeaFactory(author=people.bob, title="Masquée", is_hidden=True)
    hidden_day = IdeaFactory(author=people.bob, title="Sans nom", is_anonymous=True)

    page = home(sign_in(people.alice))

    assert "Ouverte à tous" in page
    assert "Sans nom" in page
    assert not [title for title in ("De mon organisme", "Close aux votes", "Masquée") if title in page]
    assert (
        short_date(hidden_day.deposited_on, clock.today()) not in page.split("Sans nom")[1].split("</li>")[0]
    )


def test_own_vote_is_told(sign_in: SignIn, people: Cast) -> None:
    idea = IdeaFactory(author=people.bob)
    Vote.objects.create(ballot=idea.ballot, voter=people.alice, cast_on=clock.today())
    Idea.objects.filter(pk=idea.pk).update(vote_count=1)

    assert "1\u00a0vote dont le vôtre" in home(sign_in(people.alice))


def test_answers_late_and_given_are_told(sign_in: SignIn, people: Cast) -> None:
    today = clock.today()
    IdeaFactory(author=people.bob, title="En retard", answer_due_on=today - timedelta(days=2))
    IdeaFactory(
        author=people.bob, title="À l’heure", answer_due_on=today + timedelta(days=2), state=State.UNDER_STUDY
    )
    answered = IdeaFactory(author=people.bob, title="Répondue", state=State.NOT_RETAINED)
    DecisionFactory(idea=IdeaFactory(author=people.bob, title="Pas publiée", state=State.UNDER_STUDY))

    answers = home(sign_in(people.alice)).split("<h2>Réponses</h2>")[1].split("</section>")[0]

    assert "en retard" in answers.split("En retard")[0]
    assert "Qui répond\u00a0: L’équipe d’animation (CPAM du Rhône)" in answers
    assert answered.title in answers
    assert "en 5\u00a0jours" in answers
    assert not [title for title in ("À l’heure", "Pas publiée") if title in answers]


def test_home_is_the_network_s(sign_in: SignIn, people: Cast) -> None:
    IdeaFactory(author=people.charlie, title="Entre nous", state=State.NOT_RETAINED, audience="organisation")
    IdeaFactory(author=people.charlie, title="Notre branche", audience="branch")
    IdeaFactory(author=people.charlie, title="Retirée", state=State.WITHDRAWN)

    for who in (people.alice, people.charlie, people.nora):
        page = home(sign_in(who))
        assert not [title for title in ("Entre nous", "Notre branche", "Retirée") if title in page]


def test_what_is_open_to_all_is_visible_to_each(people: Cast) -> None:
    for audience in ("network", "branch", "organisation"):
        for state in (State.DEPOSITED, State.WITHDRAWN):
            for is_hidden in (False, True):
                IdeaFactory(author=people.bob, audience=audience, state=state, is_hidden=is_hidden)
    shown = set(Idea.objects.open_to_all())

    assert len(shown) == 1
    for name, person in people.people().items():
        if person.level("ideas") >= Level.CONSULT:
            assert shown <= set(Idea.objects.visible_to(person)), name


def test_hero_counts_what_everybody_may_find(sign_in: SignIn, people: Cast) -> None:
    IdeaFactory.create_batch(2, author=people.alice)
    IdeaFactory(author=people.alice, audience="organisation")
    IdeaFactory(author=people.alice, is_hidden=True)

    assert "2\u00a0idées de 3\u00a0organismes" in home(sign_in(people.alice))


def test_words_of_the_hero_are_shared_by_three_ideas(sign_in: SignIn, people: Cast) -> None:
    often, once = (
        Tag.objects.create(name="accueil", slug="accueil"),
        Tag.objects.create(name="rare", slug="rare"),
    )
    for idea in IdeaFactory.create_batch(3, author=people.alice):
        Tagging.objects.create(tag=often, kind="idea", object_id=idea.pk)
    Tagging.objects.create(tag=once, kind="idea", object_id=idea.pk)

    page = home(sign_in(people.alice))

    assert 'href="/recherche/?q=accueil"' in page
    assert "rare" not in page


def test_query_count_is_the_same_with_one_and_three(
    sign_in: SignIn,
    people: Cast,
    tool: ToolLink,
    django_assert_num_queries: DjangoAssertNumQueries,
    settings: object,
) -> None:
    settings.READ_ONLY_GET = False
    alice = sign_in(people.alice)

    def more(count: int) -> None:
        IdeaFactory.create_batch(count, author=people.bob, answer_due_on=clock.today() - timedelta(days=1))
        IdeaFactory.create_batch(count, author=people.bob, state=State.NOT_RETAINED)

    more(1)
    alice.get("/")
    with django_assert_num_queries(7):
        alice.get("/")
    more(2)
    with django_assert_num_queries(7):
        alice.get("/")


# --- the frame -------------------------------------------------------------------------------------------------------


def test_menu_tells_where_one_is(sign_in: SignIn, people: Cast) -> None:
    page = sign_in(people.alice).get("/organismes/").content.decode()

    assert re.search(r'<a href="/organismes/" aria-current="page">Réseau</a>', page)


def test_account_menu_holds_what_is_one_s_own(sign_in: SignIn, people: Cast) -> None:
    of_alice, of_rita, of_adam = (home(sign_in(who)) for who in (people.alice, people.rita, people.adam))

    assert "/animation/" not in of_alice
    assert "/animation/" in of_rita
    assert 'href="/administration/"' not in of_rita
    assert 'href="/administration/"' in of_adam


def test_footer_and_menus_hold_no_dead_link(sign_in: SignIn, people: Cast) -> None:
    sonia = sign_in(people.sonia)
    page = home(sonia)
    parts = re.findall(r"<header.*?</header>|<footer.*?</footer>", page, re.DOTALL)
    links = {link for part in parts for link in re.findall(r'<a [^>]*href="(/[^"]*)"', part)}

    assert len(links) > 8
    assert {link: sonia.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_remembered_figures_are_dropped_on_demand() -> None:
    seen = iter((1, 2))
    counted = memo.kept_for(60)(lambda: next(seen))

    assert (counted(), counted()) == (1, 1)
    memo.forget_all()
    assert counted() == 2
