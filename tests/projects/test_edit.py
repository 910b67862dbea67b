"""A project begins, from scratch or from an idea; its sheet is rewritten, never over words that were not seen."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from ozeli.activity.models import Event, Follow
from ozeli.core.idempotency import FIELD
from ozeli.ideas.enums import State as IdeaState
from ozeli.ideas.models import IdeaMove
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from ozeli.projects.enums import Role, State, Trigger
from ozeli.projects.forms.project import words_of
from ozeli.projects.models import Project
from ozeli.projects.notifications import concerned
from ozeli.projects.services import creation
from ozeli.projects.services.sheet import save_sheet
from tests.factories import IdeaFactory
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
NEW = "/projets/nouveau/"


def _post(client: Client, path: str, **data: str):
    return client.post(path, {FIELD: str(uuid4()), **data})


def _new(client: Client, path: str = NEW, **data: str):
    return _post(client, path, **{"lifecycle": "poc-7", "audience": "network"} | data)


def _words(project: Project, **data: str) -> dict[str, str]:
    told = {name: "" if value is None else str(value) for name, value in words_of(project).items()}
    return told | data


# --- it begins --------------------------------------------------------------------------------------------------------


def test_a_title_is_enough(people: Cast, sign_in: SignIn) -> None:
    answer = _new(sign_in(people.alice), title="Rappel par SMS")

    project = Project.objects.get()
    assert answer["Location"] == project.get_absolute_url()
    assert (project.title, project.state, project.organisation) == (
        "Rappel par SMS",
        State.TO_LAUNCH,
        people.loire,
    )
    assert project.members.get().role == Role.OWNER


def test_what_is_chosen_is_kept(people: Cast, sign_in: SignIn) -> None:
    _new(
        sign_in(people.alice),
        title="Rappel",
        summary="Deux lignes.",
        lifecycle="essai-3",
        audience="organisation",
        expected_end_on="2027-03-31",
    )
    project = Project.objects.get()
    assert (project.summary, project.audience) == ("Deux lignes.", Audience.ORGANISATION)
    assert project.expected_end_on == date(2027, 3, 31)
    assert (project.lifecycle.lifecycle.code, project.stage_count) == ("essai-3", 3)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Donnez un titre"),
        ({"title": "x" * 141}, "la limite est de 140"),
        ({"title": "Bien", "expected_end_on": "demain"}, "Écrivez une date"),
        ({"title": "Bien", "audience": "monde"}, "Choisissez qui pourra lire"),
        ({"title": "Bien", "lifecycle": "autre"}, "Choisissez un parcours"),
        ({"title": "Bien", "domain_id": "rien"}, "Ce domaine n’existe plus"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    wrong: dict[str, str], said: str, people: Cast, sign_in: SignIn
) -> None:
    answer = _new(sign_in(people.alice), summary="Une longue explication.", **wrong)

    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and "Une longue explication." in page
    assert not Project.objects.exists()


def test_a_form_sent_twice_makes_one_project(people: Cast, sign_in: SignIn) -> None:
    client = sign_in(people.alice)
    data = {FIELD: str(uuid4()), "title": "Une fois", "lifecycle": "poc-7", "audience": "network"}
    first, second = client.post(NEW, data), client.post(NEW, data)
    assert first["Location"] == second["Location"] and Project.objects.count() == 1


def test_an_animator_names_another_of_her_bodies_and_no_other(people: Cast, sign_in: SignIn) -> None:
    assert "Organisme qui le porte" not in sign_in(people.alice).get(NEW).content.decode()
    refused = _new(sign_in(people.rita), title="Là-bas", organisation=people.rhone.name)
    assert (
        refused.status_code == 422 and "Vous tenez les projets de vos organismes" in refused.content.decode()
    )
    assert _new(sign_in(people.nora), title="Là-bas", organisation=people.rhone.name).status_code == 302
    assert Project.objects.get().organisation == people.rhone


def test_from_an_idea_it_carries_authors_followers_and_thread(people: Cast, sign_in: SignIn) -> None:
    idea = IdeaFactory(authors=[people.alice, people.bob], state=IdeaState.RETAINED, title="Deux lignes")
    Follow.objects.create(kind="idea", object_id=idea.pk, user=people.charlie)
    client, path = sign_in(people.alice), f"{NEW}?idee={idea.short}"

    page = client.get(path).content.decode()
    assert "Deux lignes" in page and idea.proposal[:40] in page
    _new(client, path, title="Deux lignes, en vrai", idee=idea.short)

    project = Project.objects.get()
    idea.refresh_from_db()
    assert idea.state == IdeaState.EXPERIMENTING and project.trigger == Trigger.AGENT_IDEA
    assert {one.user for one in project.members.all()} == {people.alice, people.bob}
    assert Follow.objects.filter(kind="project", object_id=project.pk, user=people.charlie).exists()
    shown = client.get(idea.get_absolute_url()).content.decode()
    assert project.get_absolute_url() in shown[shown.index("fil-band") : shown.index("sheet-act")]
    assert idea.get_absolute_url() in client.get(project.get_absolute_url()).content.decode()


def test_the_idea_says_nothing_of_a_project_that_one_may_not_read(people: Cast, sign_in: SignIn) -> None:
    idea = IdeaFactory(author=people.alice, state=IdeaState.RETAINED)
    _new(
        sign_in(people.alice),
        f"{NEW}?idee={idea.short}",
        title="Nom gardé entre nous",
        idee=idea.short,
        audience="organisation",
    )

    assert "Nom gardé entre nous" not in sign_in(people.charlie).get(idea.get_absolute_url()).content.decode()
    assert not IdeaMove.objects.filter(note__contains="Nom gardé").exists()


def test_an_animator_begins_it_for_the_body_of_the_idea(people: Cast, sign_in: SignIn) -> None:
    idea = IdeaFactory(author=people.alice, state=IdeaState.RETAINED)
    client, path = sign_in(people.nora), f"{NEW}?idee={idea.short}"
    assert f'value="{people.loire.name}"' in client.get(path).content.decode()
    _new(client, path, title="Essai", idee=idea.short, organisation=people.loire.name)
    assert Project.objects.get().organisation == people.loire


def test_an_idea_is_not_tried_by_anyone(people: Cast, sign_in: SignIn) -> None:
    idea = IdeaFactory(author=people.alice, state=IdeaState.RETAINED)
    answer = sign_in(people.charlie).get(f"{NEW}?idee={idea.short}")
    assert answer.status_code == 403 and "essayée par ses auteurs" in answer.content.decode()
    assert _new(sign_in(people.charlie), NEW, title="Prise", idee=idea.short).status_code == 403
    assert not Project.objects.exists()


@pytest.mark.parametrize("short", ["zzz", "0" * 11, "<script>"])
def test_an_idea_that_is_not_there_is_not_found(short: str, people: Cast, sign_in: SignIn) -> None:
    assert sign_in(people.alice).get(NEW, {"idee": short}).status_code == 404


def test_a_hidden_idea_is_not_found_either(people: Cast, sign_in: SignIn) -> None:
    idea = IdeaFactory(author=people.alice, state=IdeaState.RETAINED, audience=Audience.ORGANISATION)
    assert sign_in(people.charlie).get(NEW, {"idee": idea.short}).status_code == 404
    assert _new(sign_in(people.charlie), title="Prise", idee=idea.short).status_code == 404


def test_what_resembles_is_shown_while_one_types(people: Cast, sign_in: SignIn) -> None:
    answer = sign_in(people.alice).post(f"{NEW}ressemblances/", {"title": "Rien de tel", "summary": ""})
    assert answer.status_code == 200 and "Rien de semblable" in answer.content.decode()


# --- its sheet --------------------------------------------------------------------------------------------------------


def test_the_team_rewrites_the_sheet(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    client, path = sign_in(people.alice), f"{project.get_absolute_url()}modifier/"

    answer = _post(
        client,
        path,
        **_words(
            project,
            title="Un autre nom",
            pitch="En deux minutes.",
            video_url="tube.exemple.fr/w/abc",
            trigger="user_need",
            keywords="accueil, transfert",
            started_on="2026-05-04",
            expected_end_on="2027-01-30",
        ),
    )

    project.refresh_from_db()
    assert answer["Location"] == project.get_absolute_url()
    assert (project.title, project.pitch, project.trigger) == (
        "Un autre nom",
        "En deux minutes.",
        "user_need",
    )
    assert (project.video_url, project.keywords) == (
        "https://tube.exemple.fr/w/abc",
        ["accueil", "transfert"],
    )
    assert (project.started_on, project.version) == (date(2026, 5, 4), 2)
    kept = Entry.objects.get(verb="project.edited").details["changes"]
    assert kept["title"][1] == "Un autre nom" and "summary" not in kept


def test_nothing_changed_is_nothing_written(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    path = f"{project.get_absolute_url()}modifier/"
    assert _post(sign_in(people.alice), path, **_words(project)).status_code == 302
    project.refresh_from_db()
    assert project.version == 1 and not Entry.objects.filter(verb="project.edited").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"started_on": "2026-06-01", "expected_end_on": "2026-05-01"},
            "La fin prévue vient après le démarrage.",
        ),
        ({"video_url": "data:text/html;base64,AA=="}, "Écrivez une adresse"),
        ({"video_url": "ftp://exemple.fr/film"}, "adresse du web"),
        ({"keywords": ", ".join("abcdefghijk")}, "mots-clés"),
        ({"title": " "}, "Donnez un titre"),
    ],
)
def test_a_wrong_sheet_is_refused_with_its_words(
    wrong: dict[str, str], said: str, people: Cast, sign_in: SignIn
) -> None:
    project = ProjectFactory(owner=people.alice)
    path = f"{project.get_absolute_url()}modifier/"
    answer = _post(sign_in(people.alice), path, **_words(project, pitch="Gardé tel quel.") | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and "Gardé tel quel." in page


def test_of_two_texts_both_are_shown(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, team={Role.MEMBER: [people.bob]})
    read = _words(project)
    save_sheet(project, {"pitch": "Le texte de Bob."}, actor=people.bob, version=1)
    client, path = sign_in(people.alice), f"{project.get_absolute_url()}modifier/"

    answer = _post(client, path, **read | {"pitch": "Le texte d’Alice."})

    page = answer.content.decode()
    assert answer.status_code == 409 and "Le texte de Bob." in page and "Le texte d’Alice." in page
    assert Project.objects.get().pitch == "Le texte de Bob."
    again = _post(client, path, **read | {"pitch": "Les deux.", "version": "2"})
    assert again.status_code == 302 and Project.objects.get().pitch == "Les deux."


def test_a_member_does_not_choose_the_readers(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, team={Role.MEMBER: [people.bob]})
    client, path = sign_in(people.bob), f"{project.get_absolute_url()}modifier/"
    assert "Qui peut le lire" not in client.get(path).content.decode()
    assert _post(client, path, **_words(project, audience="organisation")).status_code == 302
    assert Project.objects.get().audience == Audience.NETWORK


def test_the_desk_gives_it_to_another_of_its_bodies(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    path = f"{project.get_absolute_url()}modifier/"
    words = _words(project, organisation=people.nord.name)
    assert _post(sign_in(people.rita), path, **words).status_code == 422
    assert _post(sign_in(people.nora), path, **words).status_code == 302
    project.refresh_from_db()
    assert (project.organisation, project.branch) == (people.nord, people.nord.branch)


def test_the_creation_is_told_to_the_team_and_the_followers_of_the_idea(people: Cast) -> None:
    idea = IdeaFactory(author=people.bob, state=IdeaState.RETAINED)
    Follow.objects.create(kind="idea", object_id=idea.pk, user=people.charlie)
    creation.create({"title": "Essai"}, actor=people.nora, ideas=[idea])
    told = Event.objects.get(type="project.created")
    assert {people.bob.pk, people.charlie.pk, people.nora.pk} == set(concerned(told))
