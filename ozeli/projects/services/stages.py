"""The stages of a project: what each taught, and the act that passes one or several of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import long_date
from ozeli.engagement.services import clean_text
from ozeli.search.services import schedule_index

from .. import rules
from ..enums import State, Verdict
from ..models import (
    KIND,
    REPORT_KIND,
    Gate,
    Method,
    Passage,
    Project,
    Stage,
    StageReport,
)
from . import held as holding
from .circuit import NOTE_MIN_LENGTH, move
from .dates import check_past

TEXTS = ("done", "successes", "difficulties", "failures", "practices")
NUMBERS = ("budget_planned", "budget_spent", "days_planned", "days_spent")
DAYS = ("entered_on", "passed_on")
NOT_YOURS = "Les étapes d’un projet sont tenues par son équipe."
STALE_REPORT = (
    "Quelqu’un a écrit ce bilan pendant que vous le rédigiez. Votre saisie est gardée :"
    " comparez, puis enregistrez de nouveau."
)
NO_STAGE = "Cette étape n’est pas dans le parcours du projet."


# --- reports ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_report(
    project: Project,
    number: int,
    values: Mapping[str, Any],
    *,
    actor: User | None,
    version: int | None,
    methods: Collection[Method] | None = None,
) -> StageReport:
    """Write what a stage taught; one field is enough, those that `values` leaves out stay as they are.

    `version` is that of the report that was read (0: there was none; None: whatever it is). The stage may be passed,
    current or still to come; the project may be over. Raises Refused, and Conflict when somebody wrote meanwhile.
    """
    held = holding.hold(project)
    if actor is not None and not rules.edits(actor, held):
        raise Refused(NOT_YOURS)
    report = _report(held, _stage(held, number))
    was_told = report.is_told
    if version is not None and version != (0 if report._state.adding else report.version):
        raise Conflict(STALE_REPORT)
    _write(report, values, actor)
    _check_report(report, held)
    chosen = _methods(report, methods)
    report.is_told = bool(chosen) or any(
        getattr(report, name) not in ("", None) for name in (*TEXTS, *NUMBERS)
    )
    report.save()
    if methods is not None:
        report.methods.set(chosen)
    sum_budget(held)
    holding.note("report", held, actor, stage=report.stage.name)
    holding.touch(held)
    schedule_index(REPORT_KIND, [report.pk])
    if report.is_told and not was_told:
        tell("project.report", KIND, held.pk, actor=actor, report=str(report.pk))
    return report


def _write(report: StageReport, values: Mapping[str, Any], actor: User | None) -> None:
    for name in (*TEXTS, *NUMBERS, *DAYS):
        if name in values:
            setattr(report, name, clean_text(values[name] or "") if name in TEXTS else values[name])
    report.written_on, report.written_by = clock.today(), actor
    report.version = 1 if report._state.adding else report.version + 1


def _methods(report: StageReport, wanted: Collection[Method] | None) -> list[int]:
    """The keys of the methods that the report will tell."""
    if wanted is not None:
        return sorted({method.pk for method in wanted})
    return [] if report._state.adding else list(report.methods.values_list("pk", flat=True))


def sum_budget(project: Project) -> None:
    """Keep on the project the sums that its stage reports tell, as long as it has no budget line of its own."""
    if project.budget.exists():
        return
    sums = project.reports.aggregate(planned=Sum("budget_planned"), spent=Sum("budget_spent"))
    spent = sums["spent"] or Decimal(0)
    Project.objects.filter(pk=project.pk).update(
        budget_planned=sums["planned"] or Decimal(0), budget_committed=spent, budget_spent=spent
    )


def _stage(project: Project, number: int) -> Stage:
    stage = project.lifecycle.stages.filter(number=number).first()
    if stage is None:
        raise Refused(NO_STAGE)
    return stage


def _report(project: Project, stage: Stage) -> StageReport:
    """The report of that stage, which may not exist yet."""
    found = StageReport.objects.filter(project=project, stage=stage).select_related("stage").first()
    return found or StageReport(project=project, stage=stage)


def _check_report(report: StageReport, project: Project) -> None:
    """Raises Refused for a number out of range or days in the wrong order."""
    try:
        report.clean_fields(exclude=[f.name for f in report._meta.fields if f.name not in NUMBERS])
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    check_past(report.entered_on, "Le début de l’étape")
    check_past(report.passed_on, "Le passage de l’étape")
    is_passed = report.stage.number <= project.stages_passed
    if is_passed != (report.passed_on is not None):
        raise Refused("Une étape se passe, ou se reprend, depuis la page du parcours.")
    if report.entered_on and report.passed_on and report.passed_on < report.entered_on:
        raise Refused(
            f"Cette étape commence le {long_date(report.entered_on)}, après son passage, le"
            f" {long_date(report.passed_on)} : remettez les deux dates dans l’ordre."
        )


# --- passages ---------------------------------------------------------------------------------------------------------


def next_group(project: Project, gates: Mapping[int, Gate]) -> list[Stage]:
    """The stages that one act may pass now: the current one, then those that may be grouped with the one before.

    `gates` are the last decisions by stage number. A gate without its GO ends the group: it is not in it.
    """
    found: list[Stage] = []
    for stage in project.lifecycle.stages.all():
        if project.stage_number is None or stage.number < project.stage_number:
            continue
        if found and not stage.is_groupable:
            break
        if stage.is_gate and not is_go(gates.get(stage.number)):
            break
        found.append(stage)
    return found


def is_go(gate: Gate | None) -> bool:
    return gate is not None and gate.verdict == Verdict.GO


@transaction.atomic
def pass_stages(
    project: Project,
    numbers: Sequence[int],
    *,
    actor: User | None,
    note: str = "",
    passed_on: date | None = None,
    has_right: bool = False,
    is_told: bool = True,
) -> Passage:
    """Pass one stage or several in one act, from the current one on. A project to launch is launched by it.

    Stages passed with the one before have no beginning of their own (`entered_on` stays empty), unless they were
    entered already. `has_right` and `is_told`: a gate has judged the right, and tells. Raises Refused, and Conflict
    when somebody passed them first.
    """
    held = holding.hold(project)
    if actor is not None and not has_right and not rules.edits(actor, held):
        raise Refused(NOT_YOURS)
    day = passed_on or clock.today()
    stages = _passable(held, sorted(set(numbers)), day)
    if held.state == State.TO_LAUNCH:
        move(held, "launch", actor=actor, made_on=day, has_right=True)
    passage = Passage.objects.create(project=held, made_on=clock.today(), actor=actor, note=clean_text(note))
    for stage in stages:
        report = _report(held, stage)
        report.passed_on, report.passage = day, passage
        report.version = 1 if report._state.adding else report.version + 1
        report.save()
        if report.is_told:
            schedule_index(REPORT_KIND, [report.pk])
    _count(held, stages[-1].number)
    if held.stage_number is not None:
        _enter(held, held.stage_number, day)
    names = [stage.name for stage in stages]
    holding.note("stages_passed", held, actor, stages=names)
    holding.touch(held)
    if is_told:
        tell("project.stages_passed", KIND, held.pk, actor=actor, passage=passage.pk, stages=names)
    project.refresh_from_db()
    return passage


def _passable(held: Project, numbers: Sequence[int], day: date) -> list[Stage]:
    """The stages of these numbers. Raises Refused or Conflict when one act may not pass them on that day."""
    if held.state not in (State.TO_LAUNCH, State.UNDER_WAY):
        raise Refused("Ce projet est gelé ou fini : reprenez-le avant de passer une étape.")
    if not numbers:
        raise Refused("Choisissez l’étape que vous passez.")
    if held.stage_number is None or numbers[0] < held.stage_number:
        raise Conflict("Cette étape est déjà passée : quelqu’un vient de le faire. Relisez le parcours.")
    if list(numbers) != list(range(held.stage_number, held.stage_number + len(numbers))):
        raise Refused("Les étapes se passent dans l’ordre, à partir de celle qui est en cours.")
    stages = list(held.lifecycle.stages.filter(number__in=numbers))
    if len(stages) != len(numbers):
        raise Refused(NO_STAGE)
    for stage in stages[1:]:
        if not stage.is_groupable:
            raise Refused(f"L’étape « {stage.name} » ne se passe pas avec une autre.")
    decided = last_gates(held)
    for stage in stages:
        if stage.is_gate and not is_go(decided.get(stage.number)):
            raise Refused(f"L’étape « {stage.name} » est un jalon : elle attend sa décision GO.")
    _check_passed_on(held, numbers, day)
    return stages


def _check_passed_on(held: Project, numbers: Sequence[int], day: date) -> None:
    check_past(day, "Le passage de l’étape")
    begun = (
        StageReport.objects.filter(project=held, stage__number__in=numbers, entered_on__gt=day)
        .select_related("stage")
        .order_by("entered_on")
        .last()
    )
    if begun is not None and begun.entered_on is not None:
        raise Refused(
            f"L’étape « {begun.stage.name} » a commencé le {long_date(begun.entered_on)} :"
            " elle ne se passe pas avant."
        )


def last_gates(project: Project) -> dict[int, Gate]:
    """The last round of each gate, by stage number."""
    rounds = Gate.objects.filter(project=project).select_related(
        "stage", "decider__organisation", "decided_by__organisation"
    )
    return {gate.stage.number: gate for gate in rounds.order_by("stage__number", "round")}


def _count(held: Project, passed: int) -> None:
    """Keep what follows from the number of stages passed; what the team said of the progress gives way to it."""
    held.stages_passed = passed
    held.stage_number = passed + 1 if passed < held.stage_count else None
    held.progress = round(100 * passed / held.stage_count)
    held.progress_is_said = False
    held.save(update_fields=["stages_passed", "stage_number", "progress", "progress_is_said"])


def _enter(held: Project, number: int, day: date) -> None:
    """The next stage begins; whoever decides its gate is told that the project has come to it."""
    report = _report(held, _stage(held, number))
    if report.entered_on is None:
        report.entered_on = day
        report.save()
    if not report.stage.is_gate:
        return
    gate = last_gates(held).get(number) or Gate.objects.create(project=held, stage=report.stage)
    if gate.decider_id is not None and not gate.verdict:
        tell("project.gate_reached", KIND, held.pk, actor=None, gate=gate.pk, person=gate.decider_id)


@transaction.atomic
def take_back(project: Project, *, actor: User, reason: str = "", passage: int | None = None) -> list[str]:
    """Undo the last passage: the same day freely, later with a reason. Returns the names of its stages.

    `passage` is the one that was read. What the reports tell stays; a GO stays decided. Raises Refused and Conflict.
    """
    held = holding.hold(project)
    if not rules.edits(actor, held):
        raise Refused(NOT_YOURS)
    last = held.passages.order_by("-pk").first()
    if last is None:
        raise Refused("Aucune étape passée n’est à reprendre.")
    if passage is not None and last.pk != passage:
        raise Conflict("D’autres étapes ont été passées entre-temps. Relisez le parcours.")
    if held.state != State.UNDER_WAY:
        raise Refused("Ce projet n’est pas en cours : reprenez-le avant de revenir sur une étape.")
    reason = clean_text(reason)
    if last.made_on != clock.today() and len(reason) < NOTE_MIN_LENGTH:
        raise Refused("Ce passage n’est plus d’aujourd’hui : dites en une phrase pourquoi vous y revenez.")
    reports = list(last.reports.select_related("stage").order_by("stage__number"))
    if held.stage_number is not None:
        _leave(held, held.stage_number)
    first = reports[0].stage.number
    for report in reports:
        _unpass(report, is_current=report.stage.number == first)
    last.delete()
    _count(held, first - 1)
    names = [report.stage.name for report in reports]
    holding.note("stages_taken_back", held, actor, stages=names, reason=reason)
    holding.touch(held)
    tell("project.stages_taken_back", KIND, held.pk, actor=actor, stages=names, reason=reason)
    project.refresh_from_db()
    return names


def _unpass(report: StageReport, *, is_current: bool) -> None:
    """The stage is not passed any more; a report that tells nothing goes with its passage."""
    if not is_current and not report.is_told:
        report.delete()
        return
    report.passed_on, report.passage = None, None
    if not is_current:
        report.entered_on = None
    elif report.entered_on is None:
        report.entered_on = clock.today()
    report.version += 1
    report.save()
    schedule_index(REPORT_KIND, [report.pk])


def _leave(held: Project, number: int) -> None:
    """The stage that the passage had opened has not begun."""
    report = StageReport.objects.filter(project=held, stage__number=number).first()
    if report is None:
        return
    if report.is_told:
        report.entered_on = None
        report.version += 1
        report.save()
    else:
        report.delete()


def reindex_reports(ids: Collection[UUID]) -> None:
    """The told reports of these projects are to be found anew: their audience, body or domain has changed."""
    told = StageReport.objects.filter(project__in=ids, is_told=True).values_list("pk", flat=True)
    schedule_index(REPORT_KIND, told)
