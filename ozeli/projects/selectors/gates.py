"""Gates as their pages show them, and those that wait for a person."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.french import NBSP, long_date

from ..enums import TEAM_ROLES, Cause, State, Verdict
from ..models import Gate, Project, ProjectMember, ProjectMove, Stage

TONES = {Verdict.GO: "yes", Verdict.CONTINUE: "wait", Verdict.NO_GO: "no"}


@dataclass(frozen=True, slots=True)
class Round:
    """A round of a gate: decided (`verdict`, `tone`, who, when), else who is to decide and by when."""

    gate: Gate
    verdict: str
    tone: str
    who: str
    when: str
    why: str = ""
    is_late: bool = False

    @property
    def is_decided(self) -> bool:
        return bool(self.gate.verdict)


def round_of(gate: Gate, project: Project, cause: str = "") -> Round:
    """In words; `cause` is that of the stop which a NO GO made."""
    if gate.verdict:
        return Round(
            gate,
            verdict=str(Verdict(gate.verdict).label),
            tone=TONES[Verdict(gate.verdict)],
            who=gate.decided_by.display_name if gate.decided_by else "",
            when=long_date(gate.decided_on) if gate.decided_on else "",
            why=str(Cause(cause).label) if cause else "",
        )
    due = gate.due_on
    is_late = due is not None and due < clock.today() and project.state in (State.TO_LAUNCH, State.UNDER_WAY)
    return Round(
        gate,
        verdict=f"Décision attendue{f' le{NBSP}{long_date(due)}' if due else ''}",
        tone="wait",
        who=gate.decider.display_name if gate.decider else f"L’animation de {project.organisation.name}",
        when=long_date(due) if due else "",
        is_late=is_late,
    )


def rounds_of(project: Project, stage: Stage) -> list[Round]:
    """The rounds decided of a gate, the last first; two queries when one of them stopped the project."""
    found = list(
        Gate.objects.filter(project=project, stage=stage, verdict__gt="")
        .select_related("decider", "decided_by")
        .order_by("-round")
    )
    causes = _causes(project, stage) if any(one.verdict == Verdict.NO_GO for one in found) else {}
    return [round_of(one, project, causes.get(one.reason, "")) for one in found]


def _causes(project: Project, stage: Stage) -> dict[str, str]:
    """The causes of the stops made at that stage, by the words that explain them."""
    stops = ProjectMove.objects.filter(project=project, stage=stage, transition="give_up")
    return dict(stops.values_list("note", "cause"))


def awaiting(user: User) -> QuerySet[Gate]:
    """The gates that wait for this person's decision: the project has come to them, or their day is set.

    Named, or of the desk of a body when nobody is named; never those of a team they are in.
    """
    waiting = Gate.objects.filter(
        verdict="",
        project__state__in=[State.TO_LAUNCH, State.UNDER_WAY],
        stage__number__gte=F("project__stage_number"),
    )
    reached = Q(stage__number=F("project__stage_number")) | Q(due_on__isnull=False)
    mine = Q(decider=user)
    if user.level("projects") >= Level.CONTRIBUTE:
        scope = user.contribution_scope("projects")
        of_desk = Q(decider__isnull=True)
        mine |= of_desk if scope is None else of_desk & Q(project__organisation_id__in=scope)
    in_team = Exists(
        ProjectMember.objects.filter(project=OuterRef("project"), user=user, role__in=TEAM_ROLES)
    )
    return waiting.filter(reached & mine).exclude(in_team)
