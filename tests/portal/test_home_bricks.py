"""The home composed by administrators: kinds, order, settings, preview by profile, undo."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts.models import Profile, User
from ozeli.accounts.services import set_level
from ozeli.core import clock, memo
from ozeli.core.access import Level
from ozeli.core.idempotency import FIELD
from ozeli.core.registry import home_bricks
from ozeli.ideas.enums import State
from ozeli.ideas.models import Idea, IdeaExpert
from ozeli.journal.models import Entry
from ozeli.portal.models import HomeBrick
from ozeli.portal.todo import waiting_for
from tests.factories import DecisionFactory, IdeaFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
PATH = "/administration/accueil/"


@pytest.fixture
def adam(sign_in: SignIn, people: Cast) -> Client:
    return sign_in(people.adam)


def post(client: Client, path: str, **fields: object) -> int:
    return client.post(path, {FIELD: str(uuid4()), **fields}).status_code


def add(client: Client, kind: str, **fields: object) -> HomeBrick:
    assert post(client, f"{PATH}ajouter/", kind=kind) == 302
    brick = HomeBrick.objects.filter(kind=kind).latest("pk")
    if fields:
        assert post(client, f"{PATH}{brick.pk}/", version=brick.version, **fields) == 302
    return brick


def home(client: Client) -> str:
    memo.forget_all()
    return client.get("/").content.decode()


def test_every_kind_says_what_it_shows() -> None:
    assert {"featured", "ideas_to_look_at", "ideas_waiting", "answers_given", "key_figures"} <= {
        kind.code for kind in home_bricks
    }
    assert {"most_discussed", "todo", "tools", "text"} <= {kind.code for kind in home_bricks}
    assert [kind.code for kind in home_bricks if not kind.description] == []


def test_text_brick_is_published_at_once_and_clean(adam: Client, sign_in: SignIn, people: Cast) -> None:
    text = (
        "## Bonjour\n\n**Trois** jours <b>gras</b> [ici](https://a.test/) [non](ftp://a.test)\n\n- un\n- deux"
    )
    add(adam, "text", title="Le mot du mois", text=text)

    page = home(sign_in(people.zoe))
    assert "<h2>Le mot du mois</h2>" in page
    assert "<h3>Bonjour</h3>" in page
    assert "<strong>Trois</strong> jours &lt;b&gt;gras&lt;/b&gt;" in page
    assert '<a href="https://a.test/" rel="noopener noreferrer">ici</a> [non]' in page
    assert "<ul><li>un</li><li>deux</li></ul>" in page
    assert "Rien ne vous est encore ouvert" in page


def test_featured_ideas_follow_the_choice_and_their_audience(
    adam: Client, sign_in: SignIn, people: Cast
) -> None:
    first, second = (IdeaFactory(author=people.bob, title=f"Choisie {n}") for n in "AB")
    inner = IdeaFactory(author=people.bob, audience="organisation")
    lines = f"{second.get_absolute_url()}\nhttps://portail.test{first.get_absolute_url()}"
    brick = add(adam, "featured", ideas=lines)

    band = home(sign_in(people.alice)).split("<h2>À la une</h2>")[1].split("</section>")[0]
    assert band.index("Choisie B") < band.index("Choisie A")

    response = adam.post(
        f"{PATH}{brick.pk}/", {FIELD: str(uuid4()), "version": 2, "ideas": inner.get_absolute_url()}
    )
    assert response.status_code == 422
    assert "que tout le réseau peut lire" in response.content.decode()

    Idea.objects.filter(pk=second.pk).update(is_hidden=True)
    band = home(sign_in(people.alice)).split("<h2>À la une</h2>")[1].split("</section>")[0]
    assert "Choisie B" not in band


def test_waiting_and_discussed_bricks(adam: Client, sign_in: SignIn, people: Cast) -> None:
    today = clock.today()
    IdeaFactory(author=people.bob, title="Plus tard", answer_due_on=today + timedelta(days=9))
    IdeaFactory(author=people.bob, title="Bientôt", answer_due_on=today + timedelta(days=1))
    Idea.objects.filter(title="Plus tard").update(comment_count=5)
    Idea.objects.filter(title="Bientôt").update(comment_count=2)
    add(adam, "ideas_waiting", count=1)
    add(adam, "most_discussed", count=2)

    page = home(sign_in(people.alice))
    waiting = page.split("<h2>Elles attendent une réponse</h2>")[1].split("</section>")[0]
    talked = page.split("<h2>On en parle</h2>")[1].split("</section>")[0]
    assert "Bientôt" in waiting and "Plus tard" not in waiting
    assert talked.index("Plus tard") < talked.index("Bientôt")
    assert "5\u00a0commentaires" in talked


def test_period_of_the_figures_is_set(adam: Client) -> None:
    brick = HomeBrick.objects.get(kind="key_figures")
    whole = home(adam)
    post(adam, f"{PATH}{brick.pk}/", days=90, version=1)

    start = clock.today() - timedelta(days=90)
    assert f"{start.day}" in home(adam).split("Où en est le réseau")[1]
    assert home(adam) != whole


def test_acts_are_named_after_their_brick(adam: Client) -> None:
    add(adam, "text", title="Bienvenue à tous", text="Bonjour.")

    page = adam.get(PATH).content.decode()

    for act in ("Monter", "Masquer", "Retirer"):
        assert re.search(rf'{act}<span class="sr">[\s:]*Bienvenue à tous</span>', page), act


def test_hidden_then_removed_then_undone(adam: Client) -> None:
    brick = HomeBrick.objects.get(kind="key_figures")
    post(adam, f"{PATH}{brick.pk}/afficher/", want=0)
    assert "Où en est le réseau" not in home(adam)
    post(adam, f"{PATH}{brick.pk}/afficher/", want=1)
    assert "Où en est le réseau" in home(adam)
    post(adam, f"{PATH}{brick.pk}/retirer/")
    assert "Où en est le réseau" not in home(adam)
    removed = Entry.objects.latest("pk")

    assert post(adam, f"{PATH}annuler/{removed.pk}/") == 302

    assert "Où en est le réseau" in home(adam)
    assert [entry.verb for entry in Entry.objects.filter(kind="home").order_by("pk")] == [
        "setting.change",
        "setting.change",
        "setting.archive",
        "setting.undo",
    ]


def test_settings_are_undone(adam: Client) -> None:
    brick = HomeBrick.objects.get(kind="answers_given")
    post(adam, f"{PATH}{brick.pk}/", title="Ce qu’on a répondu", count=3, version=1)
    assert HomeBrick.objects.get(pk=brick.pk).options == {"count": 3}

    post(adam, f"{PATH}annuler/{Entry.objects.latest('pk').pk}/")

    brick.refresh_from_db()
    assert (brick.title, brick.options) == ("", {})


def test_order_is_changed_by_buttons(adam: Client) -> None:
    brick = HomeBrick.objects.get(kind="key_figures")
    for _ in range(8):
        post(adam, f"{PATH}{brick.pk}/deplacer/", step=-1)

    assert HomeBrick.objects.filter(is_active=True).first() == brick
    lines = adam.get(PATH).content.decode().split('<li class="mini brick-line"')[1:]
    assert ["Monter" in line for line in lines] == [False] + [True] * (len(lines) - 1)
    assert ["Descendre" in line for line in lines] == [True] * (len(lines) - 1) + [False]


def test_two_at_once_sees_both(adam: Client) -> None:
    brick = HomeBrick.objects.get(kind="key_figures")
    post(adam, f"{PATH}{brick.pk}/", title="Le premier", days=90, version=1)

    fields = {FIELD: str(uuid4()), "title": "Le second", "days": 90, "version": 1}
    response = adam.post(f"{PATH}{brick.pk}/", fields)

    assert response.status_code == 409
    assert "Le premier" in response.content.decode()
    assert 'value="Le second"' in response.content.decode()


def test_unknown_kind_and_too_many_are_refused(adam: Client) -> None:
    assert post(adam, f"{PATH}ajouter/", kind="rien") == 422
    while HomeBrick.objects.filter(is_active=True).count() < 12:
        add(adam, "text")
    assert post(adam, f"{PATH}ajouter/", kind="text") == 422


# --- preview ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "sees", "misses"),
    [
        ("reader", ("existe-t-il", "Idées à regarder"), ("Le portail lui-même",)),
        ("developer", ("Le portail lui-même",), ("existe-t-il", "Idées à regarder")),
    ],
)
def test_preview_shows_what_the_profile_would_see(
    profile: str, sees: tuple[str, ...], misses: tuple[str, ...], adam: Client
) -> None:
    page = adam.get(f"{PATH}apercu/?profil={profile}").content.decode()

    assert "Aperçu" in page
    assert not [words for words in sees if words not in page]
    assert not [words for words in misses if words in page]


def test_preview_is_nobody_s(adam: Client, people: Cast) -> None:
    idea = IdeaFactory(author=people.adam, state=State.TO_COMPLETE)
    page = adam.get(f"{PATH}apercu/?profil=superadmin").content.decode()

    assert "idée à compléter" not in page
    assert "dont le vôtre" not in page
    assert "Adam Martin" in page  # the frame stays one's own
    assert idea.title


def test_preview_equals_the_home_of_who_holds_the_profile(
    adam: Client, sign_in: SignIn, people: Cast
) -> None:
    IdeaFactory(author=people.bob, title="Une idée de tous")

    def body(page: str) -> str:
        return page.split('<div class="wrap home">')[1].split("</main>")[0]

    for profile, person in (("reader", people.alice), ("administrator", people.adam)):
        previewed = adam.get(f"{PATH}apercu/?profil={profile}").content.decode()
        own = home(sign_in(person))
        assert _titles(body(previewed)) == _titles(body(own)), profile
    set_level(Profile.objects.get(code="reader"), "ideas", Level.NONE, actor=None)
    assert "Une idée de tous" not in adam.get(f"{PATH}apercu/?profil=reader").content.decode()


def _titles(page: str) -> list[str]:
    return [part.split("</h2>")[0] for part in page.split("<h2>")[1:]]


# --- things to do -----------------------------------------------------------------------------------------------------


def test_things_to_do_of_an_agent(sign_in: SignIn, people: Cast) -> None:
    IdeaFactory(author=people.alice, state=State.TO_COMPLETE)
    studied = IdeaFactory(author=people.bob, state=State.UNDER_STUDY)
    due = clock.today() + timedelta(days=2)
    IdeaExpert.objects.create(idea=studied, user=people.alice, asked_on=clock.today(), due_on=due)

    said = [(line.said, line.state) for line in waiting_for(people.alice)]
    assert said == [("1\u00a0idée à compléter", ""), ("1\u00a0avis à rendre", "wait")]
    assert "1\u00a0avis à rendre" in home(sign_in(people.alice))
    assert waiting_for(people.bob) == []


def test_things_to_do_of_the_desk(people: Cast) -> None:
    late = clock.today() - timedelta(days=3)
    waits = {"waiting_since": late}
    IdeaFactory(author=people.alice, answer_due_on=late, **waits)
    DecisionFactory(idea=IdeaFactory(author=people.alice, state=State.UNDER_STUDY, **waits))
    IdeaFactory(author=people.bob, **waits)

    said = {line.said: (line.state, line.when) for line in waiting_for(people.rita)}
    assert said["1\u00a0réponse en retard"] == ("late", "en retard de 3\u00a0jours")
    assert "1\u00a0idée à qualifier" in said
    assert "1\u00a0décision à publier" in said
    everywhere = {line.said for line in waiting_for(people.nora)}
    assert "2\u00a0idées à qualifier" in everywhere


def test_things_to_do_cost_one_query_and_none_to_who_has_no_profile(
    people: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for person, count in ((people.rita, 1), (people.nora, 1), (people.zoe, 0)):
        assert person.level("ideas") >= 0
        with django_assert_num_queries(count):
            waiting_for(person)


def test_whole_home_stays_within_eleven_queries(
    adam: Client,
    sign_in: SignIn,
    people: Cast,
    django_assert_max_num_queries: Callable[[int], object],
    settings: object,
) -> None:
    settings.READ_ONLY_GET = False
    idea = IdeaFactory(author=people.bob)
    add(adam, "featured", ideas=idea.get_absolute_url())
    add(adam, "ideas_waiting")
    add(adam, "most_discussed")
    add(adam, "text", text="Bonjour")
    alice = sign_in(people.alice)
    alice.get("/")
    with django_assert_max_num_queries(11):
        page = alice.get("/").content.decode()
    assert page.count("<h2>") >= 6


def test_kept_statement_counts_what_stands_now(people: Cast) -> None:
    assert waiting_for(people.alice) == []
    IdeaFactory(author=people.alice, state=State.TO_COMPLETE)
    assert [line.said for line in waiting_for(people.alice)] == ["1\u00a0idée à compléter"]

    set_level(Profile.objects.get(code="reader"), "ideas", Level.NONE, actor=None)
    assert waiting_for(User.objects.get(pk=people.alice.pk)) == []
