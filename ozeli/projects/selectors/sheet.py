"""What the sheet of a project shows, gathered in few queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch

from ozeli.accounts.models import User
from ozeli.challenges.selectors import published
from ozeli.core import clock
from ozeli.core.french import NBSP, long_date, month, plural, short_date
from ozeli.core.memo import kept_for
from ozeli.core.ui import Link, Step, ThreadNode, TimelineEntry
from ozeli.ideas.models import Idea
from ozeli.ideas.selectors.challenges import sees
from ozeli.ideas.selectors.places import place_ideas, place_people

from .. import standing
from ..enums import ENDED_STATES, Role, State, Verdict
from ..models import (
    KIND,
    Gate,
    LifecycleVersion,
    Project,
    ProjectMember,
    ProjectMove,
    ProjectQuerySet,
    Stage,
    StageReport,
)

IDEAS_SHOWN = 2
_AROUND = """
select
    exists (select from activity_follow where kind = %(kind)s and object_id = %(project)s and user_id = %(user)s),
    (select count(*) from activity_follow where kind = %(kind)s and object_id = %(project)s),
    (select count(*) from projects_projectupdate where project_id = %(project)s),
    array(select idea_id from projects_projectidea where project_id = %(project)s order by id)
"""


@dataclass(frozen=True, slots=True)
class Around:
    """What this person follows, what was told, and the ideas that are tried."""

    is_followed: bool
    followers: int
    updates: int
    ideas: list[UUID]


@dataclass(frozen=True, slots=True)
class Course:
    """The stages of a project: what its reports and its gates say of each."""

    steps: list[Step]
    # How many stages have something to read.
    told: int
    # The gate of the current stage, when it awaits its decision.
    awaited: Gate | None
    has_gates: bool
    has_groups: bool


def readable() -> ProjectQuerySet:
    """Projects with their people; `complete` gives the rest, from memory."""
    people = ProjectMember.objects.select_related("user")
    return Project.objects.select_related("updated_by").prefetch_related(Prefetch("members", people))


def complete(project: Project) -> Project:
    """A project of `readable`, with the names of its body, domain and lifecycle, and the bodies of its people."""
    place_ideas([project])  # type: ignore[list-item]
    place_people(one.user for one in project.members.all())
    if (version := versions().get(project.lifecycle_id)) is not None:
        project.lifecycle = version
        project.ending = next((one for one in version.endings.all() if one.pk == project.ending_id), None)
    return project


@kept_for(60)
def versions() -> dict[int, LifecycleVersion]:
    """The published versions of the lifecycles, with their stages and endings: they never change. Read only."""
    found = LifecycleVersion.objects.filter(published_on__isnull=False).select_related("lifecycle")
    return {one.pk: one for one in found.prefetch_related("stages", "endings")}


def around(project: Project, user: User) -> Around:
    """One query, in SQL since the ORM would take longer to write it than PostgreSQL to answer."""
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, {"kind": KIND, "project": project.pk, "user": user.pk})
        return Around(*cursor.fetchone())


def owner_of(project: Project) -> ProjectMember | None:
    return next((one for one in project.members.all() if one.role == Role.OWNER), None)


def moves_of(project: Project) -> list[ProjectMove]:
    """What stopped or ended the project and all that came before, in order; nothing while it goes on."""
    if project.state not in ENDED_STATES and project.state != State.FROZEN:
        return []
    return list(ProjectMove.objects.filter(project=project).select_related("actor").order_by("pk"))


def told_moves(moves: Sequence[ProjectMove]) -> list[TimelineEntry]:
    """The life of a project that stopped, the latest first; its last move has a card of its own."""
    return [
        TimelineEntry(
            when=long_date(one.made_on) if one.made_on else "Sans date",
            text=f"{_TOLD[one.transition]}{_because(one)}",
            who=one.actor.display_name if one.actor else "",
        )
        for one in reversed(moves)
        if one.transition in _TOLD
    ]


_TOLD = {
    "launch": "Lancé",
    "freeze": "Gelé",
    "resume": "Repris",
    "give_up": "Arrêté",
    "complete": "Terminé",
    "reopen": "Rouvert",
}


def _because(move: ProjectMove) -> str:
    return f"{NBSP}: {standing.lower(move.get_cause_display())}" if move.cause else ""


# --- its stages -------------------------------------------------------------------------------------------------------


def course(project: Project) -> Course:
    """Its stages, in two queries."""
    reports = {
        one.stage_id: one
        for one in StageReport.objects.filter(project=project).only(
            "stage_id", "entered_on", "passed_on", "passage_id", "is_told", "project_id"
        )
    }
    stages = list(project.lifecycle.stages.all())
    has_gates = any(stage.is_gate for stage in stages)
    rounds = Gate.objects.filter(project=project).order_by("round") if has_gates else []
    gates = {gate.stage_id: gate for gate in rounds}
    lead = _leads(stages, reports)
    steps = [_step(project, stage, reports.get(stage.pk), gates.get(stage.pk), lead) for stage in stages]
    here = next((one for one in stages if one.number == project.stage_number and project.is_live), None)
    gate = gates.get(here.pk) if here is not None and here.is_gate else None
    return Course(
        steps=steps,
        told=sum(report.is_told for report in reports.values()),
        awaited=gate if gate is not None and not gate.verdict else None,
        has_gates=has_gates,
        has_groups=bool(lead),
    )


def _leads(stages: Sequence[Stage], reports: Mapping[int, StageReport]) -> dict[int, int]:
    """Stage passed in one act with others that follow it → the number of the last of them."""
    found: dict[int, int] = {}
    acts = [(stage.number, reports[stage.pk].passage_id) for stage in stages if stage.pk in reports]
    for number, act in acts:
        last = max((other for other, one in acts if act is not None and one == act), default=number)
        if last > number:
            found[number] = last
    return found


def _step(
    project: Project, stage: Stage, report: StageReport | None, gate: Gate | None, lead: Mapping[int, int]
) -> Step:
    if stage.number <= project.stages_passed:
        note = _passed(report, gate, lead.get(stage.number))
        return Step(stage.number, stage.name, note, "done", stage.is_gate, stage.number in lead)
    if stage.number == project.stage_number and project.is_live:
        return Step(stage.number, stage.name, _current(project, report, gate), "now", stage.is_gate)
    note = _coming(project, stage, gate)
    return Step(stage.number, stage.name, note, "todo", stage.is_gate)


def _passed(report: StageReport | None, gate: Gate | None, lead: int | None) -> str:
    today = clock.today()
    if gate is not None and gate.verdict == Verdict.GO and gate.decided_on:
        return f"Jalon{NBSP}: GO le {short_date(gate.decided_on, today)}"
    if lead is not None:
        return f"Passée avec la{NBSP}{lead}"
    if report is None or report.passed_on is None:
        return "Passée"
    return short_date(report.passed_on, today)


def _current(project: Project, report: StageReport | None, gate: Gate | None) -> str:
    if project.state == State.TO_LAUNCH:
        return "À commencer"
    if project.state == State.FROZEN:
        return "Gelé ici"
    if gate is not None and not gate.verdict and gate.due_on:
        return f"Jalon attendu le {short_date(gate.due_on, clock.today())}"
    since = report.entered_on if report else None
    return f"En cours {_since(since)}" if since else "En cours"


def _since(day: date) -> str:
    spent = (clock.today() - day).days
    return f"depuis {plural(spent, 'jour')}" if spent > 0 else "depuis aujourd’hui"


def _coming(project: Project, stage: Stage, gate: Gate | None) -> str:
    if project.state == State.ABANDONED:
        return "Arrêté ici" if stage.number == project.stages_passed + 1 else ""
    if project.state == State.COMPLETED:
        return "Pas parcourue"
    if gate is not None and gate.due_on:
        return f"Jalon en {month(gate.due_on)}"
    return "À venir, jalon" if stage.is_gate else "À venir"


# --- the thread -------------------------------------------------------------------------------------------------------


def ideas_of(ids: Sequence[UUID], user: User) -> list[Idea]:
    """Those among the ideas of a project that this person may read, in order."""
    if not ids:
        return []
    found = {one.pk: one for one in Idea.objects.visible_to(user).filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def thread(
    project: Project,
    ideas: Sequence[Idea],
    hidden: int,
    user: User,
    knots: Mapping[str, Sequence[ThreadNode]],
) -> list[ThreadNode]:
    """Le fil: where the project comes from, where it stands, what is not yet. `hidden` ideas are for others to read."""
    nodes = [_challenge(ideas, user), *_ideas(ideas, hidden)]
    said = standing.place_in_course(project)
    nodes.append(ThreadNode("project", cut(project.title), said, "here"))
    hope = _hope(project)
    for kind in ("achievement", "adoption"):
        brought = knots.get(kind) or [ThreadNode(kind, "Pas encore", hope, "next")]
        nodes += brought
        hope = ""
    return [node for node in nodes if node is not None]


def _challenge(ideas: Sequence[Idea], user: User) -> ThreadNode | None:
    known = published().get(ideas[0].challenge_id) if ideas and ideas[0].challenge_id else None
    if known is None or not sees(user, known):
        return None
    return ThreadNode("challenge", cut(known.title), url=known.url)


def _ideas(ideas: Sequence[Idea], hidden: int) -> list[ThreadNode]:
    nodes = [
        ThreadNode("idea", cut(one.title), _when(one), url=one.get_absolute_url())
        for one in ideas[:IDEAS_SHOWN]
    ]
    if (others := len(ideas) - IDEAS_SHOWN) > 0:
        last = nodes[-1]
        said = Link(f"et {plural(others, 'autre idée', 'autres idées')}", "#idees")
        nodes[-1] = ThreadNode("idea", last.name, last.when, url=last.url, more=said)
    if not nodes and hidden:
        nodes.append(ThreadNode("idea", "Une idée qui n’est pas ouverte à tous"))
    return nodes


def _when(idea: Idea) -> str:
    votes = plural(idea.vote_count, "vote")
    return votes if idea.is_undated else f"{votes}, {month(idea.deposited_on)}"


def _hope(project: Project) -> str:
    if project.state == State.ABANDONED:
        return "L’essai s’est arrêté avant"
    if project.state == State.COMPLETED:
        return f"Suite{NBSP}: {project.ending.name}" if project.ending else ""
    return "Si l’essai est concluant"


def cut(title: str, length: int = 60) -> str:
    """A title as a knot shows it."""
    return title if len(title) <= length else f"{title[:length].rsplit(' ', 1)[0]}…"


# --- seen from an idea ----------------------------------------------------------------------------------------------


def tries_of(idea: Idea, user: User) -> list[Project]:
    """The projects that try an idea and that this person may read, the latest news first. Kept on the idea."""
    kept: list[Project] | None = idea.__dict__.get("tried_by")
    if kept is None:
        rows = Project.objects.visible_to(user).filter(ideas__idea=idea, is_withdrawn=False)
        kept = list(rows.order_by("-touched_on", "-id"))
        place_ideas(kept)  # type: ignore[arg-type]
        idea.__dict__["tried_by"] = kept
    return kept
