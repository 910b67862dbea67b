"""The sheet of a project: what it says to whom, in few queries; following it; writing to its owner."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from ozeli.activity.models import Event, Follow
from ozeli.core import clock
from ozeli.core.idempotency import FIELD
from ozeli.ideas.enums import State as IdeaState
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from ozeli.projects.enums import Cause, Role, State, Verdict
from ozeli.projects.models import (
    BudgetLine,
    Gate,
    Indicator,
    LogEntry,
    Measure,
    Project,
    ProjectIdea,
    ProjectMove,
    ProjectUpdate,
)
from ozeli.projects.services import sheet as services
from tests.factories import IdeaFactory
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def _post(client: Client, path: str, **data: str):
    return client.post(path, {FIELD: str(uuid4()), **data})


def _lived(people: Cast, rows: int) -> Project:
    """A project with `rows` of everything that its sheet shows."""
    project = ProjectFactory(owner=people.alice, passed=2, weather="mixed", updated_by=people.alice)
    Project.objects.filter(pk=project.pk).update(updated_on=clock.today())
    gate_stage = project.lifecycle.stages.get(number=3)
    Gate.objects.create(project=project, stage=gate_stage, decider=people.bob, due_on=clock.today())
    for number in range(rows):
        idea = IdeaFactory(author=people.bob, state=IdeaState.EXPERIMENTING)
        ProjectIdea.objects.create(project=project, idea=idea, joined_on=clock.today())
        Follow.objects.create(
            kind="project", object_id=project.pk, user=[people.bob, people.rita, people.nora][number]
        )
        ProjectUpdate.objects.create(project=project, said_on=clock.today(), author=people.alice, progress=30)
        LogEntry.objects.create(
            project=project, body="Un essai.", author=people.alice, written_on=clock.today()
        )
        BudgetLine.objects.create(project=project, label="Développement", planned=1_000)
        indicator = Indicator.objects.create(project=project, name="Rappels", unit="%")
        Measure.objects.create(indicator=indicator, measured_on=clock.today(), value=12)
    return project


@pytest.mark.parametrize("rows", [1, 3])
def test_a_sheet_costs_as_many_queries_whatever_it_holds(
    rows: int, people: Cast, sign_in: SignIn, as_in_production: None, django_assert_num_queries: Callable
) -> None:
    project = _lived(people, rows)
    client = sign_in(people.charlie)
    client.get(project.get_absolute_url())  # what is kept in memory

    with django_assert_num_queries(15):
        page = client.get(project.get_absolute_url())

    assert page.status_code == 200


@pytest.mark.parametrize("state", [State.FROZEN, State.ABANDONED])
def test_a_stopped_project_says_first_what_is_learned(state: State, people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, state=state, cause=Cause.KEY_PERSON)
    ProjectMove.objects.create(
        project=project,
        transition="give_up",
        source=State.UNDER_WAY,
        target=state,
        cause=Cause.KEY_PERSON,
        note="Malik est parti.",
        lesson="Ne pas dépendre d’une seule personne.",
        actor=people.alice,
        made_on=clock.today(),
    )

    page = sign_in(people.bob).get(project.get_absolute_url()).content.decode()

    assert page.index("Ne pas dépendre d’une seule personne.") < page.index("Malik est parti.")
    assert ("Départ d’une personne clé" in page and "Proposer mon aide" in page) or state == State.ABANDONED


@pytest.mark.parametrize(
    ("who", "act", "tail"),
    [
        ("charlie", "Proposer mon aide", "aide/"),
        ("alice", "Où en êtes-vous\u202f?", "point/"),
        ("rita", "Où en êtes-vous\u202f?", "point/"),
        ("bob", "Écrire au journal", "journal/"),
    ],
)
def test_each_reader_is_offered_one_thing(
    who: str, act: str, tail: str, people: Cast, sign_in: SignIn
) -> None:
    project = ProjectFactory(owner=people.alice, team={Role.SPONSOR: [people.bob]})

    page = sign_in(getattr(people, who)).get(project.get_absolute_url()).content.decode()

    head = page[page.index("<h1>") : page.index("fil-band")]
    assert head.count("btn-1") == 1 and act in head and f"{project.get_absolute_url()}{tail}" in head


def test_the_person_who_decides_is_offered_the_gate(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, passed=2)
    stage = project.lifecycle.stages.get(number=3)
    gate = Gate.objects.create(project=project, stage=stage, decider=people.bob)
    url = project.get_absolute_url()

    assert "Décider du jalon" in sign_in(people.bob).get(url).content.decode()
    assert "Décider du jalon" not in sign_in(people.charlie).get(url).content.decode()

    Gate.objects.filter(pk=gate.pk).update(
        verdict=Verdict.GO, reason="Convaincant.", decided_on=clock.today(), decided_by=people.bob
    )
    assert "Décider du jalon" not in sign_in(people.bob).get(url).content.decode()


def test_its_thread_names_only_the_ideas_that_one_may_read(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    inner = IdeaFactory(author=people.alice, title="Idée du bureau", audience=Audience.ORGANISATION)
    ProjectIdea.objects.create(project=project, idea=inner, joined_on=clock.today())
    url = project.get_absolute_url()

    assert "Idée du bureau" in sign_in(people.alice).get(url).content.decode()
    far = sign_in(people.charlie).get(url).content.decode()
    assert "Idée du bureau" not in far and "Une idée qui n’est pas ouverte à tous" in far


def test_nothing_of_a_third_party_is_loaded(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, video_url="https://tube.exemple.fr/w/abc")

    page = sign_in(people.bob).get(project.get_absolute_url()).content.decode()

    assert 'href="https://tube.exemple.fr/w/abc" rel="noreferrer noopener external"' in page
    assert page.count("tube.exemple.fr/w/abc") == 1 and "<iframe" not in page and "<video" not in page


def test_an_old_title_in_the_address_leads_to_the_sheet(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    answer = sign_in(people.bob).get(f"/projets/{project.short}-ancien-titre/?page=2")
    assert (answer.status_code, answer["Location"]) == (302, f"{project.get_absolute_url()}?page=2")


@pytest.mark.parametrize("who", ["charlie", "dev", "zoe"])
def test_a_stranger_finds_nothing(who: str, people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, audience=Audience.ORGANISATION)
    client = sign_in(getattr(people, who))
    url = project.get_absolute_url()
    for tail in ("", "aide/", "modifier/", "point/", "points/", "retirer/"):
        assert client.get(f"{url}{tail}").status_code == 404, tail
    assert client.post(f"{url}suivre/", {"want": "1"}).status_code == 404


def test_one_follows_and_stops(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    client, url = sign_in(people.bob), project.get_absolute_url()

    assert client.post(f"{url}suivre/", {"want": "1"}).status_code == 302
    assert Follow.objects.filter(kind="project", object_id=project.pk, user=people.bob).exists()
    assert "Ne plus suivre, 1\u00a0abonné" in client.get(url).content.decode()
    answer = client.post(f"{url}suivre/", {"want": "0"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "Suivre" in answer.content.decode()
    assert not Follow.objects.exists()
    assert client.post(f"{url}suivre/", {"want": "2"}).status_code == 400


# --- a word to its owner ----------------------------------------------------------------------------------------------


def test_help_reaches_the_owner_without_her_address(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    client, url = sign_in(people.bob), project.get_absolute_url()

    page = client.get(f"{url}aide/").content.decode()
    assert people.alice.email not in page and people.bob.email in page
    answer = _post(client, f"{url}aide/", words="Je peux développer deux jours.")

    assert answer["Location"] == url
    told = Event.objects.get(type=services.HELP)
    assert told.actor == people.bob and told.data["words"] == "Je peux développer deux jours."


def test_an_empty_word_is_refused_and_a_sixth_too(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    client, path = sign_in(people.bob), f"{project.get_absolute_url()}aide/"

    assert _post(client, path, words="  ").status_code == 422
    for number in range(services.LETTERS_A_DAY):
        assert _post(client, path, words=f"Message {number}").status_code == 302
    refused = _post(client, path, words="Encore un message")
    assert refused.status_code == 422 and "Encore un message" in refused.content.decode()


def test_nobody_is_written_to_when_nobody_carries_it(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    project.members.all().delete()
    client, url = sign_in(people.bob), project.get_absolute_url()

    assert "Proposer mon aide" not in client.get(url).content.decode()
    assert _post(client, f"{url}aide/", words="Bonjour").status_code == 422


# --- out of the lists -------------------------------------------------------------------------------------------------


def test_a_withdrawn_project_stays_with_its_team(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    url, client = project.get_absolute_url(), sign_in(people.alice)

    assert _post(client, f"{url}retirer/", want="1", reason="Non").status_code == 422
    assert _post(client, f"{url}retirer/", want="1", reason="Créé deux fois par erreur.").status_code == 302
    assert sign_in(people.bob).get(url).status_code == 404
    assert "retiré des listes" in client.get(url).content.decode()
    assert _post(client, f"{url}retirer/", want="0").status_code == 302
    assert sign_in(people.bob).get(url).status_code == 200
    assert list(
        Entry.objects.filter(verb__startswith="project.").order_by("pk").values_list("verb", flat=True)
    ) == [
        "project.withdrawn",
        "project.put_back",
    ]


def test_a_member_does_not_withdraw_it(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, team={Role.MEMBER: [people.bob]})
    assert sign_in(people.bob).get(f"{project.get_absolute_url()}retirer/").status_code == 403
