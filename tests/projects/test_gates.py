"""GO / NO GO gates: who decides, on what criteria, then one decision, under any race."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import Event, Notification
from ozeli.activity.services import set_follow
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.network.enums import Audience
from ozeli.projects.enums import Cause, Role, State, Verdict
from ozeli.projects.models import KIND, Gate, Project
from ozeli.projects.services import circuit, gates, stages
from tests.ideas.at_once import kinds, together
from tests.personas import Cast, cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db

WHY = "Les deux services veulent continuer avec nous."
STOP: dict[str, Any] = {"cause": Cause.LEGAL, "lesson": "Demander l’accord avant d’essayer."}
SOON = timedelta(days=5)


@pytest.fixture
def project(people: Cast) -> Project:
    """At its first gate, carried by alice."""
    return ProjectFactory(owner=people.alice, passed=2, team={Role.MEMBER: [people.dev]})


def decide(project: Project, verdict: str, actor: Any, **said: Any) -> gates.Outcome:
    gate = gates.of(Project.objects.get(pk=project.pk), 3)
    return gates.decide(gate, verdict, actor=actor, version=gate.version, **{"reason": WHY} | said)


def name(project: Project, person: Any, actor: Any, due_on: date | None = None, version: int = 1) -> Gate:
    return gates.name_decider(project, 3, person, actor=actor, due_on=due_on, version=version)


# --- naming -----------------------------------------------------------------------------------------------------------


def test_the_person_named_decides_and_is_told(people: Cast, project: Project) -> None:
    named = name(project, people.bob, people.alice, clock.today() + SOON)

    assert (named.decider, named.due_on, named.version) == (people.bob, clock.today() + SOON, 2)
    assert Event.objects.get(type="project.gate_named").data["person"] == people.bob.pk
    with pytest.raises(Refused, match="personne nommée"):
        decide(project, Verdict.GO, people.rita)
    assert decide(project, Verdict.GO, people.bob).gate.decided_by == people.bob


def test_the_same_person_is_told_once(people: Cast, project: Project) -> None:
    name(project, people.bob, people.alice)
    name(project, people.bob, people.alice, clock.today() + SOON, version=2)
    assert Event.objects.filter(type="project.gate_named").count() == 1


@pytest.mark.parametrize("who", ["alice", "dev"])
def test_nobody_of_the_team_decides(people: Cast, project: Project, who: str) -> None:
    with pytest.raises(Refused, match="extérieur"):
        name(project, getattr(people, who), people.alice)


def test_who_joins_the_team_decides_no_more(people: Cast, project: Project) -> None:
    name(project, people.bob, people.alice)
    project.members.create(user=people.bob, role=Role.MEMBER, joined_on=clock.today())
    with pytest.raises(Refused, match="jamais l’équipe"):
        decide(project, Verdict.GO, people.bob)


def test_who_cannot_read_the_project_is_not_named(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, passed=2, audience=Audience.ORGANISATION)
    with pytest.raises(Refused, match="ne peut pas lire"):
        name(project, people.charlie, people.alice)


def test_without_a_name_the_desk_decides(people: Cast, project: Project) -> None:
    for who in (people.alice, people.bob, people.charlie):
        with pytest.raises(Refused):
            decide(project, Verdict.GO, who)
    assert decide(project, Verdict.GO, people.rita).gate.verdict == Verdict.GO


def test_a_name_may_be_taken_away(people: Cast, project: Project) -> None:
    name(project, people.bob, people.alice)
    name(project, None, people.alice, version=2)
    with pytest.raises(Refused):
        decide(project, Verdict.GO, people.bob)


@pytest.mark.parametrize("gap", [-1, 400])
def test_a_decision_is_expected_within_a_year(people: Cast, project: Project, gap: int) -> None:
    with pytest.raises(Refused, match="date"):
        name(project, people.bob, people.alice, clock.today() + timedelta(days=gap))


def test_only_gates_have_deciders(people: Cast, project: Project) -> None:
    with pytest.raises(Refused, match="ne demande pas"):
        gates.name_decider(project, 4, people.bob, actor=people.alice, due_on=None, version=1)
    with pytest.raises(Refused, match="équipe"):
        name(project, people.bob, people.charlie)


# --- criteria ---------------------------------------------------------------------------------------------------------


def test_criteria_are_written_before_the_decision_only(people: Cast, project: Project) -> None:
    written = gates.write_criteria(project, 3, " Moins de 10 % \n", actor=people.alice, version=1)
    assert (written.criteria, written.criteria_on) == ("Moins de 10 %", clock.today())

    decide(project, Verdict.GO, people.rita)

    with pytest.raises(gates.Decided, match=r"Rita Martin a décidé"):
        gates.write_criteria(project, 3, "Autre", actor=people.alice, version=3)
    assert Gate.objects.get(project=project).criteria == "Moins de 10 %"


def test_a_decision_is_made_on_the_criteria_that_were_read(people: Cast, project: Project) -> None:
    read = gates.of(project, 3)
    gates.write_criteria(project, 3, "Moins de 10 %", actor=people.alice, version=1)
    with pytest.raises(Conflict, match="a changé"), transaction.atomic():
        gates.decide(read, Verdict.GO, actor=people.rita, reason=WHY, version=read.version)
    with pytest.raises(Conflict, match="a changé"), transaction.atomic():
        gates.write_criteria(project, 3, "Moins de 20 %", actor=people.alice, version=1)
    gates.write_criteria(project, 3, "", actor=people.alice, version=2)
    assert Gate.objects.get(project=project).criteria_on is None


def test_an_ended_project_prepares_no_gate(people: Cast, project: Project) -> None:
    circuit.move(project, "give_up", actor=people.alice, note=WHY, **STOP)
    with pytest.raises(Refused, match="fini"):
        gates.write_criteria(project, 3, "Trop tard", actor=people.alice, version=1)


# --- decisions --------------------------------------------------------------------------------------------------------


def test_a_go_passes_the_stage_that_is_current(people: Cast, project: Project) -> None:
    outcome = decide(project, Verdict.GO, people.rita)

    project.refresh_from_db()
    assert (project.stages_passed, project.stage_number) == (3, 4)
    assert outcome.passage and [one.stage.number for one in outcome.passage.reports.all()] == [3]
    assert [event.type for event in Event.objects.order_by("pk")] == ["project.gate_decided"]


def test_a_go_given_ahead_waits_for_the_team(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, passed=1)
    outcome = decide(project, Verdict.GO, people.rita)
    project.refresh_from_db()
    assert outcome.passage is None and project.stage_number == 2
    stages.pass_stages(project, [2, 3], actor=people.alice)
    assert project.stage_number == 4


def test_to_continue_opens_another_round(people: Cast, project: Project) -> None:
    name(project, people.bob, people.alice, clock.today())
    gates.write_criteria(project, 3, "Moins de 10 %", actor=people.alice, version=2)

    outcome = decide(project, Verdict.CONTINUE, people.bob, next_due_on=clock.today() + SOON)

    following = outcome.following
    assert following and (following.round, following.decider, following.criteria) == (
        2,
        people.bob,
        "Moins de 10 %",
    )
    assert following.due_on == clock.today() + SOON and not following.verdict
    project.refresh_from_db()
    assert project.stage_number == 3 and project.state == State.UNDER_WAY
    decide(project, Verdict.GO, people.bob)
    project.refresh_from_db()
    assert project.stage_number == 4


def test_a_no_go_gives_the_project_up_with_its_lesson(people: Cast, project: Project) -> None:
    decide(project, Verdict.NO_GO, people.rita, **STOP)

    project.refresh_from_db()
    step = project.moves.get()
    assert (project.state, project.cause, project.stage_number) == (State.ABANDONED, Cause.LEGAL, None)
    assert (step.note, step.lesson, step.actor, step.stage.number) == (WHY, STOP["lesson"], people.rita, 3)
    assert [event.type for event in Event.objects.order_by("pk")] == ["project.gate_decided"]


def test_a_reopened_project_decides_again(people: Cast, project: Project) -> None:
    decide(project, Verdict.NO_GO, people.rita, **STOP)
    project.refresh_from_db()
    circuit.move(project, "reopen", actor=people.alice, note="Le cadre juridique a changé.")
    again = gates.of(project, 3)
    assert (again.round, again.verdict) == (2, "")
    decide(project, Verdict.GO, people.rita)
    project.refresh_from_db()
    assert project.stage_number == 4


@pytest.mark.parametrize(
    ("verdict", "said", "missing"),
    [
        ("peut-être", {}, "Choisissez votre décision"),
        (Verdict.GO, {"reason": "ok"}, "raison"),
        (Verdict.CONTINUE, {}, "date"),
        (Verdict.CONTINUE, {"next_due_on": clock.today() - SOON}, "à venir"),
        (Verdict.NO_GO, STOP | {"lesson": ""}, "apprendre"),
        (Verdict.NO_GO, STOP | {"cause": ""}, "cause"),
    ],
)
def test_what_is_missing_is_asked(
    people: Cast, project: Project, verdict: str, said: dict[str, Any], missing: str
) -> None:
    with pytest.raises(Refused, match=missing), transaction.atomic():
        decide(project, verdict, people.rita, **said)
    assert not Gate.objects.filter(verdict__gt="").exists()


def test_gates_are_decided_in_order_and_by_live_projects(people: Cast, project: Project) -> None:
    last = gates.of(project, 7)
    with pytest.raises(Refused, match="Un autre jalon"):
        gates.decide(last, Verdict.GO, actor=people.rita, reason=WHY, version=1)
    circuit.move(project, "freeze", actor=people.alice, note=WHY, cause=Cause.TIME)
    with pytest.raises(Refused, match="repris"):
        decide(project, Verdict.GO, people.rita)


def test_the_gate_that_waits_is_the_next_one(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    waited = gates.coming(project)
    assert waited and waited.stage.number == 3
    decide(project, Verdict.GO, people.rita)
    project.refresh_from_db()
    waited = gates.coming(project)
    assert waited and waited.stage.number == 7
    circuit.move(project, "give_up", actor=people.alice, note=WHY, **STOP)
    assert gates.coming(project) is None


def test_the_second_decision_learns_of_the_first(people: Cast, project: Project) -> None:
    read = gates.of(project, 3)
    gates.decide(read, Verdict.GO, actor=people.rita, reason=WHY, version=1)
    with pytest.raises(gates.Decided, match=r"Rita Martin a décidé.*GO") as caught:
        gates.decide(read, Verdict.NO_GO, actor=people.nora, reason=WHY, version=1, **STOP)
    assert caught.value.gate.verdict == Verdict.GO


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_prepared", [False, True])
def test_a_gate_is_decided_once_whoever_comes_together(is_prepared: bool) -> None:
    people = cast()
    project = ProjectFactory(owner=people.alice, passed=2)
    if is_prepared:
        gates.write_criteria(project, 3, "Moins de 10 %", actor=people.alice, version=1)

    def attempt(verdict: str, actor: Any, **said: Any) -> Any:
        gate = gates.of(Project.objects.get(pk=project.pk), 3)
        return partial(gates.decide, gate, verdict, actor=actor, reason=WHY, version=gate.version, **said)

    results = together(
        attempt(Verdict.GO, people.rita),
        attempt(Verdict.NO_GO, people.nora, **STOP),
        attempt(Verdict.CONTINUE, people.adam, next_due_on=clock.today() + SOON),
        attempt(Verdict.GO, people.sonia),
    )

    assert kinds(results) == [False, True, True, True]
    decided = Gate.objects.get(project=project, verdict__gt="")
    assert all(one.gate.pk == decided.pk for one in results if isinstance(one, gates.Decided))
    assert Event.objects.filter(type="project.gate_decided").count() == 1
    project.refresh_from_db()
    assert (project.state == State.ABANDONED) == (decided.verdict == Verdict.NO_GO)
    assert (project.stage_number == 4) == (decided.verdict == Verdict.GO)


@pytest.mark.django_db(transaction=True)
def test_a_stage_is_passed_once_whoever_comes_together() -> None:
    people = cast()
    project = ProjectFactory(owner=people.alice)

    def attempt(actor: Any) -> Any:
        return partial(stages.pass_stages, Project.objects.get(pk=project.pk), [1], actor=actor)

    assert kinds(together(*map(attempt, (people.alice, people.rita, people.nora)))) == [False, True, True]
    project.refresh_from_db()
    assert project.stages_passed == 1 and project.passages.count() == 1


# --- told -------------------------------------------------------------------------------------------------------------


def lines_of(person: Any) -> list[str]:
    for event in Event.objects.filter(is_fanned_out=False):
        tell_batch(event.pk)
    return list(Notification.objects.filter(user=person).order_by("pk").values_list("text", flat=True))


def test_each_is_told_what_concerns_them(people: Cast, project: Project) -> None:
    set_follow(KIND, project.pk, user=people.charlie, wanted=True)
    name(project, people.bob, people.alice, clock.today() + SOON)
    assert lines_of(people.bob)[0].startswith("Vous décidez le jalon")
    decide(project, Verdict.GO, people.bob)
    project.refresh_from_db()
    stages.pass_stages(project, [4, 5], actor=people.alice)
    stages.save_report(project, 4, {"done": "Le plan"}, actor=people.alice, version=2)
    stages.take_back(project, actor=people.alice)
    circuit.move(project, "give_up", actor=people.alice, note=WHY, **STOP)

    read = " ".join(lines_of(people.charlie))
    for said in ("GO au jalon", "passe 2 étapes", "Un bilan est écrit", "revient à", "est arrêté"):
        assert said in read
    assert "GO au jalon" in lines_of(people.alice)[0]


def test_the_day_of_a_gate_is_recalled_before_then_after_once_each(people: Cast, project: Project) -> None:
    name(project, people.bob, people.alice, clock.today() + SOON)
    assert (gates.remind(), gates.remind()) == (1, 0)
    with clock.stopped(clock.now() + timedelta(days=6)):
        assert (gates.remind(), gates.remind()) == (1, 0)
    assert [line.split(" le ")[0] for line in lines_of(people.bob)][1:] == [
        "La décision du jalon «\u202fDécrire la solution\u202f» est attendue",
        "La décision du jalon «\u202fDécrire la solution\u202f» était attendue",
    ]


def test_a_new_day_is_recalled_anew_and_a_frozen_project_is_left_alone(
    people: Cast, project: Project
) -> None:
    name(project, people.bob, people.alice, clock.today() + SOON)
    gates.remind()
    gate = Gate.objects.get(project=project)
    name(project, people.bob, people.alice, clock.today() + timedelta(days=3), version=gate.version)
    assert gates.remind() == 1
    with clock.stopped(clock.now() + timedelta(days=9)):
        circuit.move(project, "freeze", actor=people.alice, note=WHY, cause=Cause.TIME)
        assert gates.remind() == 0
