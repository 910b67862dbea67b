"""The stages of a project, as its pages show them: days, reports, gates."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse

from ozeli.core.french import NBSP, days, long_date, number, plural

from ..enums import State
from ..models import Gate, Method, Passage, Project, Stage, StageReport
from ..services import dates
from ..services.stages import TEXTS
from .gates import Round, round_of

EXCERPT = 2


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage of the course: `facts` says when, `late` what is longer than expected, `gate` its last round."""

    stage: Stage
    state: str
    facts: list[str]
    late: str = ""
    report: StageReport | None = None
    texts: list[tuple[str, str]] = field(default_factory=list)
    gate: Round | None = None
    told_by: str = ""
    # Passed in one act with the next stage.
    is_joined: bool = False

    @property
    def is_told(self) -> bool:
        return self.report is not None and self.report.is_told


@dataclass(frozen=True, slots=True)
class Told:
    """A stage report to read: its texts by heading, its figures, its methods, who wrote it."""

    report: StageReport
    texts: list[tuple[str, str]]
    figures: list[tuple[str, str]]
    methods: list[Method]
    by: str

    @property
    def word(self) -> str:
        """What was said when the stage was passed."""
        return self.report.passage.note if self.report.passage else ""

    @property
    def passed_by(self) -> str:
        actor = self.report.passage.actor if self.report.passage else None
        return actor.display_name if actor else ""

    @property
    def tags(self) -> list[tuple[str, str]]:
        """Its methods, with their pages."""
        return [(one.name, reverse("projects:method", args=[one.code])) for one in self.methods]


def journey(project: Project) -> list[StageRow]:
    """Every stage of a project, in order: two queries, its stages given."""
    reports = {
        one.stage_id: one
        for one in StageReport.objects.filter(project=project).select_related("written_by", "passage")
    }
    stages = list(project.lifecycle.stages.all())
    for stage in stages:
        if stage.pk in reports:
            reports[stage.pk].stage = stage
    gates = _last_gates(project) if any(stage.is_gate for stage in stages) else {}
    return [_row(project, stage, reports, stages, gates.get(stage.pk)) for stage in stages]


def _last_gates(project: Project) -> dict[int, Gate]:
    rounds = Gate.objects.filter(project=project).select_related("decider", "decided_by").order_by("round")
    return {gate.stage_id: gate for gate in rounds}


def _row(
    project: Project,
    stage: Stage,
    reports: Mapping[int, StageReport],
    stages: Sequence[Stage],
    gate: Gate | None,
) -> StageRow:
    report = reports.get(stage.pk)
    state = state_of(project, stage)
    others = together(report, reports.values(), stages)
    facts, late = facts_of(project, stage, report, others)
    return StageRow(
        stage=stage,
        state=state,
        facts=facts,
        late=late,
        report=report,
        texts=texts_of(report)[:EXCERPT] if report else [],
        gate=round_of(gate, project) if gate else None,
        told_by=told_by(report) if report else "",
        is_joined=stage.number + 1 in others,
    )


def state_of(project: Project, stage: Stage) -> str:
    """« done », « now » or « todo »."""
    if stage.number <= project.stages_passed:
        return "done"
    return "now" if stage.number == project.stage_number else "todo"


def together(
    report: StageReport | None, reports: Collection[StageReport], stages: Sequence[Stage]
) -> list[int]:
    """The numbers of the other stages that the same act passed."""
    if report is None or report.passage_id is None:
        return []
    keys = {one.stage_id for one in reports if one.passage_id == report.passage_id}
    return [stage.number for stage in stages if stage.pk in keys and stage.pk != report.stage_id]


def facts_of(
    project: Project, stage: Stage, report: StageReport | None, others: Sequence[int]
) -> tuple[list[str], str]:
    """When a stage began and was passed, in words; then what is longer than expected, or nothing."""
    state, facts = state_of(project, stage), []
    if report and report.passed_on:
        facts.append(f"Passée le {long_date(report.passed_on)}{_with(others)}")
    elif state == "done":
        facts.append("Passée")
    elif state == "now" and report and report.entered_on:
        begun = f"Commencée le {long_date(report.entered_on)}"
        facts.append(begun if project.state == State.UNDER_WAY else f"{begun}, {_pause(project)}")
    elif state == "todo":
        facts.append("À venir" if project.is_live else "Pas parcourue")
    spent = dates.lasted(report) if report else None
    if state == "done" and spent is not None and not others:
        facts.append(f"en {days(spent)}")
    if stage.expected_days:
        facts.append(f"{plural(stage.expected_days, 'jour attendu', 'jours attendus')}")
    late = ""
    if report and project.state == State.UNDER_WAY and state == "now" and dates.is_overdue(report):
        late = f"{days((spent or 0) - (stage.expected_days or 0))} de plus que prévu"
    return facts, late


def _pause(project: Project) -> str:
    return "projet gelé" if project.state == State.FROZEN else "pas encore lancée"


def _with(others: Sequence[int]) -> str:
    if not others:
        return ""
    said = f"{', '.join(map(str, others[:-1]))} et {others[-1]}" if len(others) > 1 else str(others[0])
    return f", avec {'les étapes' if len(others) > 1 else 'l’étape'}{NBSP}{said}"


# --- one report -------------------------------------------------------------------------------------------------------


def report_at(project: Project, stage: Stage) -> StageReport:
    """The report of that stage, with its people and its passage; not saved when nothing is told of it."""
    found = (
        StageReport.objects.filter(project=project, stage=stage)
        .select_related("written_by", "passage__actor")
        .prefetch_related("methods")
        .first()
    )
    report = found or StageReport(project=project, stage=stage)
    report.project, report.stage = project, stage
    return report


def passed_with(report: StageReport) -> list[int]:
    """The numbers of the other stages that the same act passed: one query when there is an act."""
    if report.passage_id is None:
        return []
    others = StageReport.objects.filter(passage=report.passage_id).exclude(pk=report.pk)
    return list(others.order_by("stage__number").values_list("stage__number", flat=True))


def told(report: StageReport) -> Told:
    return Told(
        report=report,
        texts=texts_of(report),
        figures=figures_of(report),
        methods=[] if report._state.adding else list(report.methods.all()),
        by=told_by(report),
    )


def texts_of(report: StageReport) -> list[tuple[str, str]]:
    """(heading, text) of what is told."""
    return [(label, getattr(report, name)) for name, label in HEADINGS.items() if getattr(report, name)]


HEADINGS = {name: str(StageReport._meta.get_field(name).verbose_name).capitalize() for name in TEXTS}  # type: ignore[union-attr]


def figures_of(report: StageReport) -> list[tuple[str, str]]:
    """« Budget » → « 1 250 € dépensés sur 2 000 € prévus »."""
    found = []
    if said := _of(report.days_spent, report.days_planned, f"{NBSP}j", "passés", "prévus"):
        found.append(("Temps", said))
    if said := _of(report.budget_spent, report.budget_planned, f"{NBSP}€", "dépensés", "prévus"):
        found.append(("Budget", said))
    return found


def _of(spent: Decimal | None, planned: Decimal | None, unit: str, is_spent: str, is_planned: str) -> str:
    parts = []
    if spent is not None:
        parts.append(f"{amount(spent)}{unit} {is_spent}")
    if planned is not None:
        parts.append(f"{amount(planned)}{unit} {is_planned}")
    return " sur ".join(parts)


def amount(value: Decimal) -> str:
    """« 1 250 », « 99,90 », « 2,5 »."""
    whole = value == value.to_integral_value()
    return number(int(value)) if whole else number(value.normalize())


def told_by(report: StageReport) -> str:
    """« Écrit par Aurélie N’Guessan, le 16 novembre 2026 »."""
    if not report.is_told or report.written_on is None:
        return ""
    who = f" par {report.written_by.display_name}," if report.written_by else ""
    return f"Écrit{who} le {long_date(report.written_on)}"


# --- the last act -----------------------------------------------------------------------------------------------------


def last_passage(project: Project) -> Passage | None:
    """The act that may be undone, with its reports in order."""
    return project.passages.prefetch_related("reports__stage").order_by("-pk").first()
