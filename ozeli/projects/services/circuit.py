"""The moves of the transition table, and what each brings with it: cause, lesson, ending, dates."""

from datetime import date
from typing import Any

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core import clock, workflow
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.services import clean_text
from ozeli.search.services import schedule_index

from ..enums import ENDED_STATES, Cause, State
from ..models import KIND, REPORT_KIND, Ending, Project, ProjectMove, StageReport
from ..workflow import TRANSITIONS
from . import held as holding
from .dates import check_after_start, check_past

NOTE_MIN_LENGTH = 10
STOPS = frozenset({"freeze", "give_up"})
# After these the project is under way: it has begun, if it had not.
_BEGIN = frozenset({"launch", "resume", "reopen"})
MOVED_MEANWHILE = "Entre-temps, ce projet a changé d’état. Votre saisie est gardée : relisez, puis décidez."
_REASONS = {
    "freeze": "Dites en une phrase pourquoi le projet s’interrompt : elle sera lue par ceux qui le suivent.",
    "give_up": "Dites en une phrase pourquoi le projet s’arrête : elle sera lue par ceux qui le suivent.",
    "reopen": "Dites en une phrase ce qui a changé depuis que ce projet a fini.",
}


@transaction.atomic
def move(
    project: Project,
    name: str,
    *,
    actor: User | None,
    note: str = "",
    cause: str = "",
    lesson: str = "",
    ending: Ending | None = None,
    version: int | None = None,
    seen: str = "",
    made_on: date | None = None,
    has_right: bool = False,
    is_told: bool = True,
) -> ProjectMove:
    """Make one move of the table: state, history, journal, index and the people told, in one transaction.

    `version` or `seen` (a state) is what the person was reading. `has_right`: the caller has judged it (a gate that
    says NO GO). Raises Refused (not allowed, something missing) and Conflict (somebody moved it first). The system
    (`actor` None) makes any move. `project` is brought up to date.
    """
    held = holding.hold(project)
    if seen and held.state != seen:
        raise Conflict(MOVED_MEANWHILE)
    made_on, note, lesson = made_on or clock.today(), clean_text(note), clean_text(lesson)
    _check(held, name, note=note, cause=cause, lesson=lesson, ending=ending, by_person=actor is not None)
    _check_day(held, name, made_on)
    source, stage_number = held.state, held.stage_number
    workflow.apply(
        TRANSITIONS[name],
        held,
        actor=None if has_right else actor,
        version=version,
        **_changes(held, name, made_on, cause, ending),
    )
    step = ProjectMove.objects.create(
        project=held,
        transition=name,
        source=source,
        target=held.state,
        stage=held.lifecycle.stages.get(number=stage_number) if stage_number else None,
        ending=ending,
        cause=cause if name in STOPS else "",
        note=note,
        lesson=lesson,
        actor=actor,
        made_on=made_on,
    )
    _after(held, step, is_told=is_told)
    project.refresh_from_db()
    return step


def stops_early(project: Project) -> bool:
    """Whether stages of its lifecycle would remain, were it finished now."""
    return project.stages_passed < project.stage_count


def endings(project: Project, state: str = State.COMPLETED) -> list[Ending]:
    """How a project of this version may end in this state, in order."""
    return list(project.lifecycle.endings.filter(state=state))


# --- what each move asks ----------------------------------------------------------------------------------------------


def _check(
    held: Project,
    name: str,
    *,
    note: str,
    cause: str,
    lesson: str,
    ending: Ending | None,
    by_person: bool,
) -> None:
    """Raises Refused for what is missing. The cause of a stop is always said, the words by persons alone."""
    if name in STOPS and cause not in Cause.values:
        raise Refused("Choisissez la cause : elle sert à ceux qui viendront après.")
    state = {"complete": State.COMPLETED, "give_up": State.ABANDONED}.get(name)
    if ending is not None and (ending.version_id != held.lifecycle_id or ending.state != state):
        raise Refused("Cette suite n’est pas prévue par le parcours du projet.")
    if not by_person:
        return
    if name in _REASONS and len(note) < NOTE_MIN_LENGTH:
        raise Refused(_REASONS[name])
    if name == "give_up" and len(lesson) < NOTE_MIN_LENGTH:
        raise Refused("Dites en une phrase ce que d’autres peuvent apprendre de cet arrêt.")
    if name == "complete":
        if ending is None and endings(held):
            raise Refused("Choisissez la suite donnée au projet.")
        if stops_early(held) and len(note) < NOTE_MIN_LENGTH:
            raise Refused("Des étapes restent à passer : dites en une phrase pourquoi le projet finit ici.")


def _check_day(held: Project, name: str, day: date) -> None:
    check_past(day, "La date de ce changement")
    if name in ("complete", "give_up"):
        check_after_start(held, day, "La date de fin")
    begins = name in _BEGIN and held.started_on is None
    if begins and held.expected_end_on is not None and held.expected_end_on < day:
        raise Refused("La fin prévue est déjà passée : donnez d’abord au projet une nouvelle date de fin.")


def _changes(held: Project, name: str, made_on: date, cause: str, ending: Ending | None) -> dict[str, Any]:
    """The columns that a move writes besides the state."""
    begun = {"started_on": made_on} if name in _BEGIN and held.started_on is None else {}
    if name == "freeze":
        return {"cause": cause}
    if name == "give_up":
        return {"cause": cause, "ending": ending, "ended_on": made_on, "stage_number": None}
    if name == "complete":
        return {"ending": ending, "ended_on": made_on, "stage_number": None}
    if name == "reopen":
        current = held.stages_passed + 1 if stops_early(held) else None
        return begun | {"cause": "", "ending": None, "ended_on": None, "stage_number": current}
    return begun | {"cause": ""}


def _after(held: Project, step: ProjectMove, *, is_told: bool) -> None:
    """The journal, the search and the people who follow learn of it."""
    kept = {"cause": step.cause} if step.cause else {}
    if step.ending is not None:
        kept["ending"] = step.ending.name
    holding.note(step.transition, held, step.actor, source=step.source, target=step.target, **kept)
    holding.touch(held)
    if ENDED_STATES & {step.source, step.target}:
        told = StageReport.objects.filter(project=held, is_told=True).values_list("pk", flat=True)
        schedule_index(REPORT_KIND, told)
    if is_told:
        tell(f"project.{step.transition}", KIND, held.pk, actor=step.actor, step=step.pk)
