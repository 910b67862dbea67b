"""« Mes idées »: the lists, rewriting, completing, withdrawing."""

import uuid

import pytest

from ozeli.activity.services import set_follow
from ozeli.core import clock
from ozeli.engagement.services import set_tags
from ozeli.ideas.enums import State
from ozeli.ideas.models import KIND, Idea, IdeaExpert
from ozeli.ideas.services import deposits, voices
from tests.factories import IdeaFactory

# Session, person, rights, ideas, drafts, opinions, unread notifications.
MINE_QUERIES = 8


def fields(idea, **changes):
    """What the form of an idea posts."""
    texts = {
        name: getattr(idea, name) for name in ("title", "problem", "beneficiaries", "proposal", "benefit")
    }
    rest = {
        "domain": idea.domain.code,
        "audience": idea.audience,
        "objective": "",
        "tags": "",
        "version": idea.version,
    }
    return {**texts, **rest, "idempotency_key": str(uuid.uuid4()), **changes}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("as_in_production")
def test_my_ideas_query_count(rows, people, sign_in, django_assert_num_queries):
    for idea in IdeaFactory.create_batch(
        rows, author=people.alice, state=State.UNDER_STUDY, handler=people.rita
    ):
        IdeaExpert.objects.create(idea=idea, user=people.alice, asked_on=clock.today())
        deposits.save_draft(people.alice, {"problem": "Un début."})
    client = sign_in(people.alice)
    client.get("/mes-idees/")
    with django_assert_num_queries(MINE_QUERIES):
        page = client.get("/mes-idees/")
    assert [len(page.context[name]) for name in ("rows", "drafts", "opinions")] == [rows] * 3


def test_my_ideas_tell_who_answers(people, sign_in):
    IdeaFactory(author=people.alice, handler=people.rita)
    assert "Rita Martin vous répond" in sign_in(people.alice).get("/mes-idees/").content.decode()


def test_each_list_holds_its_own(people, sign_in):
    mine = IdeaFactory(author=people.bob)
    followed, supported = IdeaFactory.create_batch(2, author=people.alice)
    set_follow(KIND, followed.pk, user=people.bob, wanted=True)
    voices.vote(supported, voter=people.bob, wanted=True)
    client = sign_in(people.bob)
    for address, idea in (("", mine), ("?liste=suivies", followed), ("?liste=soutenues", supported)):
        assert [row.key for row in client.get(f"/mes-idees/{address}").context["rows"]] == [idea.short]


def test_long_list_is_paged(people, sign_in):
    IdeaFactory.create_batch(17, author=people.alice)
    client = sign_in(people.alice)
    first = client.get("/mes-idees/")
    rest = client.get(f"/mes-idees/{first.context['next_url']}")
    assert (len(first.context["rows"]), len(rest.context["rows"])) == (15, 2)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Vous n’avez pas encore déposé d’idée"),
        ("?liste=suivies", "Vous ne suivez aucune idée"),
        ("?liste=soutenues", "Vous ne soutenez aucune idée"),
        ("?liste=autre", "Vous n’avez pas encore déposé d’idée"),
    ],
)
def test_empty_lists_say_what_to_do(address, words, people, sign_in):
    assert words in sign_in(people.bob).get(f"/mes-idees/{address}").content.decode()


def test_drafts_of_others_are_never_shown(people, sign_in):
    deposits.save_draft(people.alice, {"problem": "Un secret."})
    assert sign_in(people.bob).get("/mes-idees/").context["drafts"] == []


def test_author_rewrites_the_text(people, sign_in):
    idea, client = IdeaFactory(author=people.alice), sign_in(people.alice)
    set_tags(KIND, idea.pk, ["accueil"])
    url = f"{idea.get_absolute_url()}modifier/"
    assert client.get(url).context["form"]["tags"].value() == "accueil"
    response = client.post(url, fields(idea, title="Rappeler la veille, par SMS", tags="sms, accueil"))
    idea.refresh_from_db()
    assert idea.title == "Rappeler la veille, par SMS"
    assert response.url == idea.get_absolute_url()


def test_completing_redeposits(people, sign_in):
    idea = IdeaFactory(author=people.alice, state=State.TO_COMPLETE)
    url = f"{idea.get_absolute_url()}modifier/"
    assert sign_in(people.alice).get(url).url == f"{idea.get_absolute_url()}completer/"
    sign_in(people.alice).post(
        url, fields(idea, problem="Un rendez-vous sur cinq est manqué, soit 40 par semaine.")
    )
    idea.refresh_from_db()
    assert idea.state == State.DEPOSITED


def test_two_editors_both_see_both_texts(people, sign_in):
    idea = IdeaFactory(authors=[people.alice, people.bob])
    url = f"{idea.get_absolute_url()}modifier/"
    theirs = fields(idea, problem="Le texte de Bob, enregistré le premier.")
    mine = fields(idea, problem="Le texte d’Alice, tapé pendant ce temps.")
    assert sign_in(people.bob).post(url, theirs).status_code == 302
    clash = sign_in(people.alice).post(url, mine)
    page = clash.content.decode()
    assert clash.status_code == 409
    assert "Le texte de Bob, enregistré le premier." in page
    assert "Le texte d’Alice, tapé pendant ce temps.</textarea>" in page
    again = mine | {"version": clash.context["form"]["version"].value(), "idempotency_key": str(uuid.uuid4())}
    assert sign_in(people.alice).post(url, again).status_code == 302
    assert Idea.objects.get(pk=idea.pk).problem == mine["problem"]


def test_refused_text_is_kept(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    response = sign_in(people.alice).post(
        f"{idea.get_absolute_url()}modifier/", fields(idea, problem="Court.")
    )
    assert response.status_code == 422
    assert "Court.</textarea>" in response.content.decode()


def test_text_at_study_does_not_change(people, sign_in):
    idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    url, client = f"{idea.get_absolute_url()}modifier/", sign_in(people.alice)
    assert client.get(url).url == idea.get_absolute_url()
    late = client.post(url, fields(idea, problem="Un texte écrit trop tard, hélas."))
    assert late.status_code == 409
    assert "est à l’étude" in late.content.decode()
    assert "Un texte écrit trop tard, hélas." in late.content.decode()


@pytest.mark.parametrize("action", ["modifier", "retirer"])
def test_only_the_author_rewrites_or_withdraws(action, people, sign_in):
    idea = IdeaFactory(author=people.alice)
    url = f"{idea.get_absolute_url()}{action}/"
    assert sign_in(people.bob).get(url).status_code == 403
    assert sign_in(people.rita).post(url, fields(idea)).status_code == 403


def test_withdrawing_asks_first(people, sign_in):
    idea, client = IdeaFactory(author=people.alice), sign_in(people.alice)
    url = f"{idea.get_absolute_url()}retirer/"
    assert "Retirer votre idée\u202f?" in client.get(url).content.decode()
    idea.refresh_from_db()
    assert idea.state == State.DEPOSITED
    note = {"note": "Elle existe déjà chez nous.", "idempotency_key": str(uuid.uuid4())}
    assert client.post(url, note).url == "/mes-idees/"
    idea.refresh_from_db()
    assert idea.state == State.WITHDRAWN
    assert idea.moves.get(transition="withdraw").note == "Elle existe déjà chez nous."


def test_answered_idea_is_not_withdrawn(people, sign_in):
    idea, client = IdeaFactory(author=people.alice, state=State.RETAINED), sign_in(people.alice)
    url = f"{idea.get_absolute_url()}retirer/"
    assert "a déjà reçu sa réponse" in client.get(url).content.decode()
    late = client.post(url, {"idempotency_key": str(uuid.uuid4())})
    assert late.status_code == 409
    assert Idea.objects.get(pk=idea.pk).state == State.RETAINED
