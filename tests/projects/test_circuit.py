"""The changes of state of a project: what each asks, what each writes, who may."""

from datetime import timedelta

import pytest
from django.db import transaction

from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.journal.models import Entry
from ozeli.projects.enums import Cause, Role, State
from ozeli.projects.models import Project
from ozeli.projects.services import circuit
from ozeli.projects.workflow import TRANSITIONS
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db

WHY = "Les agents formés sont partis en renfort."
LEARNT = "Garder deux personnes par site, pas une."
STOP = {"note": WHY, "cause": Cause.KEY_PERSON, "lesson": LEARNT}


def ending(project: Project, code: str = "deploy"):
    return project.lifecycle.endings.get(code=code)


def test_launching_gives_the_day_of_the_start(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, state=State.TO_LAUNCH)

    step = circuit.move(project, "launch", actor=people.alice)

    assert (project.state, project.started_on, step.made_on) == (
        State.UNDER_WAY,
        clock.today(),
        clock.today(),
    )
    assert step.stage.number == 1 and step.source == State.TO_LAUNCH


def test_a_day_of_start_already_said_stays(people: Cast) -> None:
    begun = clock.today() - timedelta(days=20)
    project = ProjectFactory(owner=people.alice, state=State.TO_LAUNCH, started_on=begun)

    circuit.move(project, "launch", actor=people.alice)

    assert project.started_on == begun


@pytest.mark.parametrize("name", ["launch", "resume", "reopen"])
def test_no_project_begins_after_its_expected_end(people: Cast, name: str) -> None:
    source = next(iter(sorted(TRANSITIONS[name].sources)))
    project = ProjectFactory(
        owner=people.alice, state=source, expected_end_on=clock.today() - timedelta(days=1)
    )
    with pytest.raises(Refused, match="nouvelle date de fin"):
        circuit.move(project, name, actor=people.alice, note=WHY)


def test_freezing_keeps_the_cause_and_the_place(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, passed=2)

    step = circuit.move(project, "freeze", actor=people.alice, note=f"  {WHY} ", cause=Cause.KEY_PERSON)

    assert (project.state, project.cause, project.stage_number) == (State.FROZEN, Cause.KEY_PERSON, 3)
    assert (step.note, step.cause, step.stage.number) == (WHY, Cause.KEY_PERSON, 3)
    circuit.move(project, "resume", actor=people.alice)
    assert (project.state, project.cause, project.stage_number) == (State.UNDER_WAY, "", 3)


def test_a_project_frozen_before_its_launch_begins_when_it_is_resumed(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, state=State.TO_LAUNCH)
    circuit.move(project, "freeze", actor=people.alice, note=WHY, cause=Cause.BUDGET)
    assert project.started_on is None

    circuit.move(project, "resume", actor=people.alice)

    assert project.started_on == clock.today()


@pytest.mark.parametrize(
    ("name", "said", "missing"),
    [
        ("freeze", {"note": WHY}, "cause"),
        ("freeze", {"note": WHY, "cause": "humeur"}, "cause"),
        ("freeze", {"cause": Cause.BUDGET}, "en une phrase"),
        ("give_up", STOP | {"cause": ""}, "cause"),
        ("give_up", STOP | {"note": "non"}, "en une phrase"),
        ("give_up", STOP | {"lesson": " "}, "apprendre"),
        ("complete", {"note": WHY}, "suite"),
    ],
)
def test_what_is_missing_is_asked(people: Cast, name: str, said: dict, missing: str) -> None:
    project = ProjectFactory(owner=people.alice)
    with pytest.raises(Refused, match=missing):
        circuit.move(project, name, actor=people.alice, **said)
    project.refresh_from_db()
    assert project.state == State.UNDER_WAY and not project.moves.exists()


def test_giving_up_ends_the_project_and_keeps_the_lesson(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, passed=4)

    step = circuit.move(project, "give_up", actor=people.alice, **STOP)

    assert (project.state, project.cause, project.ended_on) == (
        State.ABANDONED,
        Cause.KEY_PERSON,
        clock.today(),
    )
    assert (project.stages_passed, project.stage_number) == (4, None)
    assert (step.lesson, step.stage.number) == (LEARNT, 5)


def test_a_project_finishes_early_with_a_reason(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, passed=4)
    with pytest.raises(Refused, match="Des étapes restent"):
        circuit.move(project, "complete", actor=people.alice, ending=ending(project))

    circuit.move(project, "complete", actor=people.alice, ending=ending(project), note=WHY)

    assert (project.state, project.ending.code, project.stage_number) == (State.COMPLETED, "deploy", None)


def test_a_whole_project_finishes_with_its_ending_alone(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, passed=7)
    circuit.move(project, "complete", actor=people.alice, ending=ending(project))
    assert project.state == State.COMPLETED and project.ended_on == clock.today()


def test_an_ending_belongs_to_the_version_of_the_project(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, passed=7)
    other = ProjectFactory(owner=people.alice, lifecycle="startup-etat")
    for stranger in (
        other.lifecycle.endings.filter(state=State.COMPLETED)[0],
        other.lifecycle.endings.filter(state=State.ABANDONED)[0],
    ):
        with pytest.raises(Refused, match="parcours"):
            circuit.move(project, "complete", actor=people.alice, ending=stranger)
    stop = other.lifecycle.endings.filter(state=State.ABANDONED)[0]
    circuit.move(other, "give_up", actor=people.alice, ending=stop, **STOP)
    assert other.ending == stop


@pytest.mark.parametrize(("passed", "stage"), [(3, 4), (7, None)])
def test_reopening_clears_the_end(people: Cast, passed: int, stage: int | None) -> None:
    project = ProjectFactory(owner=people.alice, passed=passed)
    circuit.move(project, "give_up", actor=people.alice, **STOP)
    with pytest.raises(Refused, match="ce qui a changé"):
        circuit.move(project, "reopen", actor=people.alice)

    circuit.move(project, "reopen", actor=people.alice, note="Un autre site reprend l’essai.")

    assert (project.state, project.cause, project.ending, project.ended_on) == (
        State.UNDER_WAY,
        "",
        None,
        None,
    )
    assert project.stage_number == stage


def test_no_end_comes_before_the_start_nor_tomorrow(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, started_on=clock.today() - timedelta(days=3))
    with pytest.raises(Refused, match="avant le démarrage"):
        circuit.move(
            project, "give_up", actor=people.alice, made_on=clock.today() - timedelta(days=9), **STOP
        )
    with pytest.raises(Refused, match="à venir"):
        circuit.move(
            project, "give_up", actor=people.alice, made_on=clock.today() + timedelta(days=1), **STOP
        )


ROLES = {
    "owner": {"launch", "freeze", "resume", "give_up", "complete", "reopen"},
    "member": {"launch"},
    "sponsor": set(),
    "coach": set(),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", [row.name for row in TRANSITIONS])
def test_each_role_makes_its_own_moves(people: Cast, role: str, name: str) -> None:
    team = {} if role == "owner" else {Role(role): [people.bob]}
    owner = people.bob if role == "owner" else people.alice
    project = ProjectFactory(owner=owner, team=team, state=sorted(TRANSITIONS[name].sources)[0], passed=7)
    said = STOP | ({"ending": ending(project)} if name == "complete" else {})
    if name in ROLES[role]:
        circuit.move(project, name, actor=people.bob, **said)
        assert project.state == TRANSITIONS[name].target
    else:
        with pytest.raises(Refused, match="droit"):
            circuit.move(project, name, actor=people.bob, **said)


@pytest.mark.parametrize(("who", "allowed"), [("rita", True), ("nora", True), ("bob", False), ("adam", True)])
def test_the_desk_of_the_body_stops_it_too(people: Cast, who: str, allowed: bool) -> None:
    project = ProjectFactory(owner=people.alice)
    if allowed:
        circuit.move(project, "freeze", actor=getattr(people, who), note=WHY, cause=Cause.TIME)
        assert project.state == State.FROZEN
    else:
        with pytest.raises(Refused):
            circuit.move(project, "freeze", actor=getattr(people, who), note=WHY, cause=Cause.TIME)


def test_who_read_another_state_is_told(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    circuit.move(project, "freeze", actor=people.alice, note=WHY, cause=Cause.TIME)
    with pytest.raises(Conflict), transaction.atomic():
        circuit.move(project, "give_up", actor=people.rita, seen=State.UNDER_WAY, **STOP)
    with pytest.raises(Conflict), transaction.atomic():
        circuit.move(project, "give_up", actor=people.rita, version=1, **STOP)
    with pytest.raises(Conflict), transaction.atomic():
        circuit.move(project, "complete", actor=people.rita, note=WHY, ending=ending(project))
    project.refresh_from_db()
    assert project.state == State.FROZEN


def test_the_system_moves_without_words(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    step = circuit.move(project, "give_up", actor=None, cause=Cause.OTHER)
    assert step.actor is None and project.state == State.ABANDONED


def test_a_move_is_journaled_told_and_brings_the_project_first(people: Cast) -> None:
    long_ago = clock.today() - timedelta(days=90)
    project = ProjectFactory(owner=people.alice, touched_on=long_ago)

    step = circuit.move(project, "freeze", actor=people.alice, note=WHY, cause=Cause.TIME)

    assert Entry.objects.filter(verb="project.freeze", object_id=project.pk).count() == 1
    assert Event.objects.get(type="project.freeze").data == {"step": step.pk}
    assert project.touched_on == clock.today() and project.version > 1


def test_a_move_may_stay_untold(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    circuit.move(project, "give_up", actor=people.alice, is_told=False, **STOP)
    assert not Event.objects.exists()
