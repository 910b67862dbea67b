"""The dated phases of a startup, as stages passed and changes of state.

Files of the field are odd: phases without an end, that overlap, that go back. Each oddity follows one rule, told in
`Oddity`, and is counted; nothing is left out. Pure computation: nothing here reads the base.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from ozeli.core import clock

from ..enums import ENDED_STATES, State

# Stages of the lifecycle, in their order, then its endings: the state that each gives.
STAGES = ("investigation", "construction", "acceleration", "consolidation")
ENDINGS: Mapping[str, State] = {
    "transfere": State.COMPLETED,
    "opere": State.COMPLETED,
    "abandon": State.ABANDONED,
    "abandon-investigation": State.ABANDONED,
}
ORDER = (*STAGES, *ENDINGS)
# Two phases are apart when more than a month lies between them: shorter gaps are how dates are rounded.
APART = timedelta(days=31)


class Oddity(StrEnum):
    """What the phases of a file have of their own. The value is the rule that is followed, in a few words."""

    OPEN = "Une phase sans date de fin, suivie d’une autre, finit quand l’autre commence."
    OVERLAP = "Deux phases qui se chevauchent gardent chacune leurs dates."
    GAP = (
        "Plus d’un mois entre deux phases\u00a0: les dates restent, aucune étape n’est en cours entre-temps."
    )
    SAME_DAY = (
        "Deux phases commencées le même jour se suivent dans l’ordre du parcours\u202f;"
        " la dernière du fichier reste la dernière."
    )
    FUTURE = "Une phase à venir garde sa date\u00a0: le projet se tient déjà à cette phase."
    BACKWARDS = (
        "Un retour à une phase antérieure est gardé\u00a0: le projet se tient à sa dernière phase,"
        " et l’étape plus lointaine garde ses dates."
    )
    AFTER_END = (
        "Une phase après une fin rouvre le projet ce jour-là\u202f; la fin d’avant reste dans son histoire."
    )
    ENDED_ENDING = (
        "La date de fin d’un abandon, d’un transfert ou d’une reprise ne compte pas\u00a0: son début le date."
    )
    ENDED_BEFORE_STOP = (
        "Une étape finie avant l’abandon n’est pas passée\u00a0: sa fin est dite au journal de bord."
    )
    ENDED_LAST = "La date de fin d’une dernière phase que rien ne suit est la fin prévue du projet."
    TWICE = "Une phase dite deux fois ne fait qu’une étape\u00a0: de son premier début à sa dernière fin."
    UNSORTED = "Des phases données dans le désordre sont lues dans l’ordre de leurs dates."
    NO_PHASE = "Un projet sans phase est à lancer."


class Unreadable(Exception):  # noqa: N818 (what phases are)
    """Why these phases cannot be read. The message is French."""


@dataclass(frozen=True, slots=True)
class Phase:
    name: str
    start: date
    end: date | None = None
    comment: str = ""

    @property
    def rank(self) -> int:
        return ORDER.index(self.name)

    @property
    def is_stage(self) -> bool:
        return self.name in STAGES


@dataclass(slots=True)
class Step:
    """A stage entered: `passed_on` is empty while the project stands there, or when it stopped there."""

    code: str
    entered_on: date
    passed_on: date | None = None
    told: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A change of state. `stage` is where the project stood, `ending` how it ended."""

    transition: str
    source: State
    target: State
    made_on: date
    stage: str = ""
    ending: str = ""
    note: str = ""


@dataclass(slots=True)
class Course:
    """What the phases of a startup amount to."""

    state: State = State.TO_LAUNCH
    started_on: date | None = None
    ended_on: date | None = None
    expected_end_on: date | None = None
    # Where it stands, or stood when it was stopped.
    stage: str = ""
    ending: str = ""
    stages_passed: int = 0
    steps: dict[str, Step] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    # Stages that came to an end before the project was stopped: (day, code).
    ceased: list[tuple[date, str]] = field(default_factory=list)
    oddities: Counter[Oddity] = field(default_factory=Counter)

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED_STATES


def read_phases(told: Sequence[Mapping[str, object]]) -> list[Phase]:
    """The phases of a line. Raises Unreadable for an unknown name, a bad day, an end before its start."""
    return [_read(one, place) for place, one in enumerate(told, 1)]


def _read(one: Mapping[str, object], place: int) -> Phase:
    name = str(one.get("name") or "")
    if name not in ORDER:
        known = ", ".join(ORDER)
        raise Unreadable(f"La phase {place} a un nom inconnu, « {name} » : les phases connues sont {known}.")
    start = read_day(one.get("start"), f"Le début de la phase {place} ({name})")
    if start is None:
        raise Unreadable(
            f"La phase {place} ({name}) n’a pas de date de début : écrivez-la, comme 2024-05-31."
        )
    end = read_day(one.get("end"), f"La fin de la phase {place} ({name})")
    if end is not None and end < start:
        raise Unreadable(f"La phase {place} ({name}) finit avant d’avoir commencé : corrigez ses dates.")
    return Phase(name, start, end, str(one.get("comment") or "").strip())


def read_day(told: object, what: str) -> date | None:
    """A day written 2024-05-31. Raises Unreadable."""
    if told in (None, ""):
        return None
    try:
        return date.fromisoformat(str(told).strip()[:10])
    except ValueError:
        raise Unreadable(f"{what} ne se lit pas, « {str(told)[:40]} » : écrivez 2024-05-31.") from None


# --- what is odd ------------------------------------------------------------------------------------------------------


def oddities(phases: Sequence[Phase]) -> Counter[Oddity]:
    """What is odd in these phases, in the order of the file: how many times, but once for a way back."""
    found: Counter[Oddity] = Counter()
    if not phases:
        found[Oddity.NO_PHASE] = 1
        return found
    today, last = clock.today(), phases[-1]
    for one, after in pairwise(phases):
        found[Oddity.OPEN] += one.end is None
        found[Oddity.OVERLAP] += one.end is not None and one.end > after.start
        found[Oddity.GAP] += one.end is not None and after.start - one.end > APART
        found[Oddity.SAME_DAY] += one.start == after.start
    found[Oddity.FUTURE] = sum(one.start > today for one in phases)
    found[Oddity.BACKWARDS] = any(one.rank > after.rank for one, after in pairwise(phases))
    found[Oddity.AFTER_END] = any(not one.is_stage for one in phases[:-1])
    found[Oddity.ENDED_ENDING] = sum(one.end is not None for one in phases if not one.is_stage)
    found[Oddity.ENDED_BEFORE_STOP] = sum(_ceases(one, after) for one, after in pairwise(phases))
    found[Oddity.ENDED_LAST] = last.is_stage and last.end is not None
    found[Oddity.TWICE] = len(phases) - len({one.name for one in phases})
    found[Oddity.UNSORTED] = any(one.start > after.start for one, after in pairwise(phases))
    return +found


def _ceases(one: Phase, after: Phase) -> bool:
    """Whether a stage came to an end on another day than the stop that follows it."""
    stops = ENDINGS.get(after.name) == State.ABANDONED
    return stops and one.is_stage and one.end not in (None, after.start)


# --- what it means ----------------------------------------------------------------------------------------------------


def course_of(phases: Sequence[Phase]) -> Course:
    """The stages entered and passed, the changes of state and where it all leads."""
    course = Course(oddities=oddities(phases))
    ordered = _in_order(phases)
    if not ordered:
        return course
    course.started_on = ordered[0].start
    first = ordered[0].name if ordered[0].is_stage else ""
    _move(course, "launch", State.UNDER_WAY, ordered[0].start, stage=first)
    for before, phase, after in zip([None, *ordered], ordered, [*ordered[1:], None], strict=False):
        if course.is_ended:
            _move(course, "reopen", State.UNDER_WAY, phase.start, note="La source dit une phase de plus.")
            course.ending = ""
        if phase.is_stage:
            _enter(course, phase, after)
        else:
            _end(course, phase, before)
    last = ordered[-1]
    course.ended_on = last.start if course.is_ended else None
    course.expected_end_on = last.end if last.is_stage else None
    course.stages_passed = _passed(course)
    return course


def _in_order(phases: Sequence[Phase]) -> list[Phase]:
    """By day, those of one day as the lifecycle has them; the last one of the file stays last."""
    if not phases:
        return []
    by_day = sorted(phases, key=lambda one: one.start)
    *before, last = by_day
    return [*sorted(before, key=lambda one: (one.start, one.rank)), last]


def _move(course: Course, transition: str, target: State, made_on: date, **more: str) -> None:
    course.moves.append(Move(transition, course.state, target, made_on, **more))
    course.state = target


def _enter(course: Course, phase: Phase, after: Phase | None) -> None:
    """A stage begins; it is passed unless it is where the project stands, or where it was stopped."""
    is_left = after is not None and ENDINGS.get(after.name) != State.ABANDONED
    left_on = (phase.end or after.start) if after is not None and is_left else None
    step = course.steps.setdefault(phase.name, Step(phase.name, phase.start))
    step.passed_on = left_on
    step.told = "\n\n".join(filter(None, dict.fromkeys([step.told, phase.comment])))
    course.stage = phase.name


def _end(course: Course, phase: Phase, before: Phase | None) -> None:
    """A transfer, that passes the stage where it stood, or a stop, that does not."""
    target = ENDINGS[phase.name]
    if phase.name == "abandon-investigation":
        course.stage = "investigation"
    if before is not None and before.end is not None and _ceases(before, phase):
        course.ceased.append((before.end, before.name))
    step = course.steps.get(course.stage)
    if target == State.COMPLETED and step is not None and step.passed_on is None:
        step.passed_on = phase.start
    transition = "give_up" if target == State.ABANDONED else "complete"
    _move(course, transition, target, phase.start, stage=course.stage, ending=phase.name, note=phase.comment)
    course.ending = phase.name


def _passed(course: Course) -> int:
    """How many stages lie behind: those before the one where it stands or stopped, all it entered once completed.

    A stage that the file does not tell of, before another that it tells, is held for passed without a report.
    """
    if course.state == State.COMPLETED:
        return max((STAGES.index(code) + 1 for code in course.steps), default=0)
    return STAGES.index(course.stage) if course.stage else 0
