"""The pages that launch, freeze, resume, give up, complete and reopen a project."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ozeli.core import clock
from ozeli.projects.enums import Cause, Role, State
from ozeli.projects.models import Project
from ozeli.projects.services import circuit
from ozeli.projects.words_moves import MOVES, WORDS
from ozeli.projects.workflow import TRANSITIONS
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
WHY = "Les agents formés partent en renfort jusqu’en mars."
SAID: dict[str, dict[str, str]] = {
    "launch": {},
    "freeze": {"cause": "key_person", "note": WHY},
    "resume": {},
    "give_up": {"cause": "answered_no", "note": WHY, "lesson": "Retirer un champ avant d’en ajouter un."},
    "complete": {"ending": "deploy"},
    "reopen": {"note": "Un autre site reprend l’essai."},
}


def of(people: Cast, name: str, **more: Any) -> Project:
    """A project from which that move is made, all its stages passed."""
    state = State.UNDER_WAY if name == "give_up" else sorted(TRANSITIONS[name].sources)[0]
    return ProjectFactory(owner=people.alice, passed=7, state=state, **more)


def send(client: Client, project: Project, name: str, **said: Any) -> Any:
    data = {"idempotency_key": str(uuid.uuid4()), "seen": project.state, "made_on": clock.today().isoformat()}
    return client.post(f"{project.get_absolute_url()}{MOVES[name]}/", data | said)


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("name", MOVES)
def test_each_move_is_explained_then_made(people: Cast, sign_in: SignIn, name: str) -> None:
    project, client = of(people, name), sign_in(people.alice)
    assert WORDS[name].title in text(client.get(f"{project.get_absolute_url()}{MOVES[name]}/"))

    response = send(client, project, name, **SAID[name])

    project.refresh_from_db()
    assert response.status_code == 302 and response.url == project.get_absolute_url()
    assert project.state == TRANSITIONS[name].target
    assert project.moves.get().note == SAID[name].get("note", "")


@pytest.mark.parametrize("name", MOVES)
def test_those_who_only_read_or_help_make_none(people: Cast, sign_in: SignIn, name: str) -> None:
    project = of(people, name, team={Role.SPONSOR: [people.bob]})
    for person in (people.bob, people.charlie):
        address = f"{project.get_absolute_url()}{MOVES[name]}/"
        assert sign_in(person).get(address).status_code == 403
        assert send(sign_in(person), project, name, **SAID[name]).status_code == 403


@pytest.mark.parametrize(
    ("name", "said", "message"),
    [
        ("launch", {"made_on": "2999-01-01"}, "à venir"),
        ("launch", {"made_on": ""}, "Donnez le jour"),
        ("freeze", {"cause": ""}, "Choisissez la cause"),
        ("freeze", {"note": "non"}, "en une phrase"),
        ("give_up", {"lesson": "non"}, "apprendre"),
        ("give_up", {"note": ""}, "en une phrase"),
        ("complete", {"ending": ""}, "Choisissez la suite"),
        ("complete", {"ending": "inconnue"}, "inconnue"),
        ("reopen", {"note": "non"}, "ce qui a changé"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    people: Cast, sign_in: SignIn, name: str, said: dict[str, str], message: str
) -> None:
    project = of(people, name)
    response = send(sign_in(people.alice), project, name, **SAID[name] | said)
    assert response.status_code == 422 and message in text(response)
    kept = (SAID[name] | said).get("lesson", "")
    assert kept in text(response)
    project.refresh_from_db()
    assert not project.moves.exists()


def test_who_comes_second_reads_what_happened_and_keeps_their_words(people: Cast, sign_in: SignIn) -> None:
    project = of(people, "freeze")
    read = Project.objects.get(pk=project.pk)
    circuit.move(project, "freeze", actor=people.rita, note=WHY, cause=Cause.TIME)

    late = send(sign_in(people.alice), read, "give_up", **SAID["give_up"])

    assert late.status_code == 409 and "Gelé" in text(late) and SAID["give_up"]["lesson"] in text(late)
    project.refresh_from_db()
    assert send(sign_in(people.alice), project, "give_up", **SAID["give_up"]).status_code == 302


def test_a_move_that_is_no_more_to_make_gives_the_words_back(people: Cast, sign_in: SignIn) -> None:
    project = of(people, "freeze")
    read = Project.objects.get(pk=project.pk)
    circuit.move(
        project, "freeze", actor=people.rita, note="Une autre raison, écrite avant.", cause=Cause.TIME
    )
    late = send(sign_in(people.alice), read, "freeze", **SAID["freeze"])
    assert late.status_code == 409 and WHY in text(late) and "à faire maintenant" in text(late)
    address = f"{project.get_absolute_url()}geler/"
    assert "à faire maintenant" in text(sign_in(people.alice).get(address))


def test_finishing_early_says_how_much_is_left(people: Cast, sign_in: SignIn) -> None:
    project, client = ProjectFactory(owner=people.alice, passed=5), sign_in(people.alice)
    assert "2\u00a0étapes restent" in text(client.get(f"{project.get_absolute_url()}terminer/"))
    assert send(client, project, "complete", ending="stop").status_code == 422
    assert send(client, project, "complete", ending="stop", note=WHY).status_code == 302


def test_a_lifecycle_with_its_own_stops_offers_them(people: Cast, sign_in: SignIn) -> None:
    project, client = ProjectFactory(owner=people.alice, lifecycle="startup-etat"), sign_in(people.alice)
    stop = project.lifecycle.endings.filter(state=State.ABANDONED)[0]
    assert stop.name in text(client.get(f"{project.get_absolute_url()}abandonner/"))
    assert send(client, project, "give_up", **SAID["give_up"], ending=stop.code).status_code == 302
    project.refresh_from_db()
    assert project.ending == stop


def test_an_end_before_the_start_is_refused_near_the_day(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, passed=7, started_on=clock.today())
    response = send(sign_in(people.alice), project, "complete", ending="deploy", made_on="2020-01-01")
    assert response.status_code == 422 and "avant le démarrage" in text(response)


@pytest.mark.parametrize("name", MOVES)
def test_the_same_post_sent_again_has_one_effect(people: Cast, sign_in: SignIn, name: str) -> None:
    project, client = of(people, name), sign_in(people.alice)
    said = SAID[name] | {"idempotency_key": str(uuid.uuid4())}
    assert [send(client, project, name, **said).status_code for _time in range(3)] == [302, 302, 302]
    assert project.moves.count() == 1
