"""Stage reports, the passage of one stage or several, and its undoing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.projects.enums import Cause, Role, State, Verdict
from ozeli.projects.models import BudgetLine, Gate, Method, Project, StageReport
from ozeli.projects.services import circuit, dates, stages
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def report(project: Project, number: int) -> StageReport | None:
    return StageReport.objects.filter(project=project, stage__number=number).select_related("stage").first()


def go(project: Project, number: int) -> Gate:
    stage = project.lifecycle.stages.get(number=number)
    decided = {"verdict": Verdict.GO, "reason": "Convaincant", "decided_on": clock.today()}
    return Gate.objects.update_or_create(project=project, stage=stage, round=1, defaults=decided)[0]


# --- reports ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("done", "Deux ateliers"),
        ("failures", "Le champ agaçait"),
        ("budget_spent", Decimal("0")),
        ("days_planned", 3),
    ],
)
def test_one_field_is_enough(people: Cast, name: str, value: object) -> None:
    project = ProjectFactory(owner=people.alice)

    written = stages.save_report(project, 1, {name: value}, actor=people.alice, version=1)

    written.refresh_from_db()
    assert getattr(written, name) == value and written.is_told
    assert (written.written_by, written.written_on, written.version) == (people.alice, clock.today(), 2)
    assert Event.objects.filter(type="project.report").count() == 1


def test_a_method_alone_is_told_too(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    method = Method.objects.all()[0]

    written = stages.save_report(project, 1, {}, actor=people.alice, version=1, methods=[method])

    assert written.is_told and list(written.methods.all()) == [method]
    again = stages.save_report(project, 1, {"done": "Fait"}, actor=people.alice, version=2)
    assert list(again.methods.all()) == [method]
    assert Event.objects.filter(type="project.report").count() == 1, "told once"
    emptied = stages.save_report(project, 1, {"done": ""}, actor=people.alice, version=3, methods=[])
    assert not emptied.is_told


def test_a_stage_to_come_may_be_told_ahead(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    ahead = stages.save_report(project, 5, {"budget_planned": Decimal(900)}, actor=people.alice, version=0)
    assert (ahead.entered_on, ahead.version) == (None, 1)
    with pytest.raises(Refused, match="parcours"):
        stages.save_report(project, 8, {"done": "?"}, actor=people.alice, version=0)


def test_two_writers_are_told_of_each_other(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, team={Role.MEMBER: [people.bob]})
    stages.save_report(project, 1, {"done": "Elle"}, actor=people.alice, version=1)
    with pytest.raises(Conflict, match="Votre saisie est gardée"), transaction.atomic():
        stages.save_report(project, 1, {"done": "Lui"}, actor=people.bob, version=1)
    with pytest.raises(Conflict), transaction.atomic():
        stages.save_report(project, 1, {"done": "Lui"}, actor=people.bob, version=0)
    assert report(project, 1).done == "Elle"


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_readers_write_no_report(people: Cast, who: str) -> None:
    project = ProjectFactory(owner=people.alice, team={Role.COACH: [people.charlie]})
    with pytest.raises(Refused):
        stages.save_report(project, 1, {"done": "?"}, actor=getattr(people, who), version=1)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"budget_spent": Decimal(-1)}, "négatif"),
        ({"budget_planned": Decimal("100000001")}, "100 millions"),
        ({"days_spent": Decimal("20001")}, "20 000"),
        ({"days_planned": Decimal("-0.5")}, "négatif"),
        ({"entered_on": datetime(2999, 1, 1, tzinfo=UTC).date()}, "à venir"),
        ({"passed_on": datetime(2020, 1, 1, tzinfo=UTC).date()}, "depuis la page du parcours"),
    ],
)
def test_what_cannot_be_is_refused(people: Cast, values: dict, said: str) -> None:
    project = ProjectFactory(owner=people.alice)
    with pytest.raises(Refused, match=said), transaction.atomic():
        stages.save_report(project, 1, values, actor=people.alice, version=1)
    assert not report(project, 1).is_told


def test_days_in_the_wrong_order_are_refused(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, passed=1)
    reversed_days = {"entered_on": clock.today(), "passed_on": clock.today() - timedelta(days=2)}
    with pytest.raises(Refused, match="dans l’ordre"):
        stages.save_report(project, 1, reversed_days, actor=people.alice, version=1)
    right = {"entered_on": clock.today() - timedelta(days=9), "passed_on": clock.today() - timedelta(days=2)}
    assert (
        stages.save_report(project, 1, right, actor=people.alice, version=1).entered_on == right["entered_on"]
    )


def test_reports_make_the_budget_until_it_has_lines(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    spent = {"budget_planned": Decimal(1000), "budget_spent": Decimal("250.50")}
    stages.save_report(project, 1, spent, actor=people.alice, version=1)
    stages.save_report(project, 2, {"budget_planned": Decimal(500)}, actor=people.alice, version=0)

    project.refresh_from_db()
    assert (project.budget_planned, project.budget_committed, project.budget_spent) == (
        Decimal(1500),
        Decimal("250.50"),
        Decimal("250.50"),
    )
    BudgetLine.objects.create(project=project, label="Matériel", planned=80)
    stages.save_report(project, 2, {"budget_planned": Decimal(900)}, actor=people.alice, version=1)
    project.refresh_from_db()
    assert project.budget_planned == Decimal(1500)


# --- passages ---------------------------------------------------------------------------------------------------------


def test_passing_a_stage_enters_the_next_one(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, progress=80, progress_is_said=True)

    passage = stages.pass_stages(project, [1], actor=people.alice, note="Vite fait")

    assert (project.stages_passed, project.stage_number, project.progress) == (1, 2, 14)
    assert not project.progress_is_said and passage.note == "Vite fait"
    assert report(project, 1).passed_on == clock.today() and report(project, 1).passage == passage
    assert report(project, 2).entered_on == clock.today() and report(project, 2).passed_on is None


def test_several_stages_are_one_act(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    go(project, 3)

    passage = stages.pass_stages(project, [3, 1, 2], actor=people.alice)

    assert [one.stage.number for one in passage.reports.order_by("stage__number")] == [1, 2, 3]
    assert (report(project, 2).entered_on, report(project, 2).passed_on) == (None, clock.today())
    assert project.stage_number == 4 and Event.objects.filter(type="project.stages_passed").count() == 1


def test_a_gate_waits_for_its_go(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, passed=2)
    with pytest.raises(Refused, match="décision GO"):
        stages.pass_stages(project, [3], actor=people.alice)
    waited = go(project, 3)
    Gate.objects.filter(pk=waited.pk).update(verdict=Verdict.CONTINUE)
    with pytest.raises(Refused, match="décision GO"):
        stages.pass_stages(project, [3], actor=people.alice)


def test_only_what_may_be_grouped_is(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, passed=5)
    go(project, 7)
    with pytest.raises(Refused, match="ne se passe pas avec une autre"):
        stages.pass_stages(project, [6, 7], actor=people.alice)
    stages.pass_stages(project, [6], actor=people.alice)
    stages.pass_stages(project, [7], actor=people.alice)
    assert (project.stages_passed, project.stage_number, project.progress) == (7, None, 100)


@pytest.mark.parametrize("numbers", [[], [2], [1, 3], [8]])
def test_stages_are_passed_in_order(people: Cast, numbers: list[int]) -> None:
    project = ProjectFactory(owner=people.alice)
    with pytest.raises(Refused):
        stages.pass_stages(project, numbers, actor=people.alice)
    assert not project.passages.exists()


def test_a_stage_is_passed_once(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, team={Role.MEMBER: [people.bob]})
    read_before = Project.objects.get(pk=project.pk)
    stages.pass_stages(project, [1], actor=people.alice)
    with pytest.raises(Conflict, match="déjà passée"):
        stages.pass_stages(read_before, [1], actor=people.bob)


def test_passing_launches_a_project_to_launch(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, state=State.TO_LAUNCH)
    stages.pass_stages(project, [1], actor=people.alice)
    assert (project.state, project.started_on) == (State.UNDER_WAY, clock.today())


def test_a_frozen_project_passes_nothing(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, state=State.FROZEN)
    with pytest.raises(Refused, match="reprenez"):
        stages.pass_stages(project, [1], actor=people.alice)


@pytest.mark.parametrize("gap", [-1, 1])
def test_no_stage_is_passed_before_its_beginning_nor_tomorrow(people: Cast, gap: int) -> None:
    project = ProjectFactory(owner=people.alice)
    with pytest.raises(Refused, match=r"avant|à venir"):
        stages.pass_stages(project, [1], actor=people.alice, passed_on=clock.today() + timedelta(days=gap))


def test_readers_pass_nothing(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, team={Role.SPONSOR: [people.bob]})
    with pytest.raises(Refused, match="équipe"):
        stages.pass_stages(project, [1], actor=people.bob)


def test_the_group_offered_stops_at_a_gate_and_at_what_stands_alone(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    offered = lambda: [one.number for one in stages.next_group(project, stages.last_gates(project))]  # noqa: E731
    assert offered() == [1, 2]
    go(project, 3)
    assert offered() == [1, 2, 3, 4, 5, 6]
    stages.pass_stages(project, offered(), actor=people.alice)
    assert offered() == []
    go(project, 7)
    assert offered() == [7]
    stages.pass_stages(project, [7], actor=people.alice)
    assert offered() == []


# --- taking back ------------------------------------------------------------------------------------------------------


def test_a_passage_of_today_is_taken_back(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    stages.pass_stages(project, [1, 2], actor=people.alice)
    stages.save_report(project, 2, {"done": "Gardé"}, actor=people.alice, version=1)

    names = stages.take_back(project, actor=people.alice)

    assert names == ["Poser le défi", "Parties prenantes"]
    assert (project.stages_passed, project.stage_number, project.progress) == (0, 1, 0)
    assert report(project, 1).passed_on is None and report(project, 1).entered_on == clock.today()
    assert (report(project, 2).done, report(project, 2).passed_on) == ("Gardé", None)
    assert report(project, 3) is None and not project.passages.exists()
    stages.pass_stages(project, [1], actor=people.alice)
    assert report(project, 2).entered_on == clock.today()


def test_what_the_next_stage_tells_stays(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    stages.pass_stages(project, [1], actor=people.alice)
    stages.save_report(project, 2, {"done": "Déjà"}, actor=people.alice, version=1)
    stages.take_back(project, actor=people.alice)
    assert (report(project, 2).done, report(project, 2).entered_on) == ("Déjà", None)


def test_the_last_stage_is_taken_back_too(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, lifecycle="essai-3", passed=2)
    go(project, 3)
    stages.pass_stages(project, [3], actor=people.alice)
    assert project.stage_number is None
    stages.take_back(project, actor=people.alice)
    assert (project.stage_number, project.stages_passed) == (3, 2)


def test_an_older_passage_asks_for_a_reason(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    with clock.stopped(clock.now() - timedelta(days=2)):
        report_of_before = report(project, 1)
        StageReport.objects.filter(pk=report_of_before.pk).update(entered_on=clock.today())
        stages.pass_stages(project, [1], actor=people.alice)
    with pytest.raises(Refused, match="plus d’aujourd’hui"):
        stages.take_back(project, actor=people.alice)
    stages.take_back(project, actor=people.alice, reason="Le sponsor s’est retiré depuis.")
    assert project.stage_number == 1


def test_what_is_taken_back_is_the_passage_that_was_read(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    with pytest.raises(Refused, match="Aucune"):
        stages.take_back(project, actor=people.alice)
    first = stages.pass_stages(project, [1], actor=people.alice)
    stages.pass_stages(project, [2], actor=people.alice)
    with pytest.raises(Conflict):
        stages.take_back(project, actor=people.alice, passage=first.pk)
    with pytest.raises(Refused, match="équipe"):
        stages.take_back(project, actor=people.charlie)
    circuit.move(project, "freeze", actor=people.alice, note="Plus personne ici", cause=Cause.TIME)
    with pytest.raises(Refused, match="n’est pas en cours"):
        stages.take_back(project, actor=people.alice)


# --- days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "overdue", "slow"), [(15, False, False), (16, True, False), (30, True, False), (31, True, True)]
)
def test_a_stage_may_be_late_then_slow(people: Cast, days: int, overdue: bool, slow: bool) -> None:
    project = ProjectFactory(owner=people.alice)
    first = report(project, 1)
    first.entered_on = clock.today() - timedelta(days=days)
    assert (dates.is_overdue(first), dates.is_slow(first), dates.lasted(first)) == (overdue, slow, days)
    assert dates.expected_pass(first) == first.entered_on + timedelta(days=15)


def test_nothing_is_late_without_days(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    first = report(project, 1)
    first.entered_on = None
    assert (dates.lasted(first), dates.is_overdue(first), dates.is_slow(first)) == (None, False, False)
    first.entered_on, first.stage.expected_days = clock.today() - timedelta(days=900), None
    assert (dates.is_overdue(first), dates.is_slow(first)) == (False, False)


def test_the_expected_end_is_the_sum_of_the_stages(people: Cast) -> None:
    version = ProjectFactory(owner=people.alice).lifecycle
    total = sum(stage.expected_days for stage in version.stages.all())
    assert dates.expected_end(version, clock.today()) == clock.today() + timedelta(days=total)
    version.stages.filter(number=1).update(expected_days=None)
    assert dates.expected_end(version, clock.today()) is None
