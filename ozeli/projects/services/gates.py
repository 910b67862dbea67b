"""GO / NO GO gates: who decides, on what criteria, then the decision, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import long_date
from ozeli.engagement.services import clean_text

from .. import rules
from ..enums import TEAM_ROLES, Cause, State, Verdict
from ..models import KIND, Gate, Passage, Project, Stage
from . import held as holding
from .circuit import NOTE_MIN_LENGTH, move
from .stages import is_go, last_gates, pass_stages

REMINDED_BEFORE = timedelta(days=7)
LONGEST_WAIT = timedelta(days=366)
NOT_YOURS = "Les jalons sont préparés par l’équipe du projet."
NOT_DECIDER = "La personne nommée pour ce jalon le décide : jamais l’équipe du projet."
STALE_GATE = (
    "Ce jalon a changé pendant que vous le lisiez : sa date, ses critères ou la personne qui décide."
    " Votre saisie est gardée : relisez, puis enregistrez de nouveau."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision brought: the gate decided, the passage that a GO made, the round that « continue » opened."""

    gate: Gate
    passage: Passage | None = None
    following: Gate | None = None


class Decided(Conflict):
    """Somebody decided first: `gate` holds what was decided."""

    def __init__(self, gate: Gate) -> None:
        who = gate.decided_by.display_name if gate.decided_by else "Quelqu’un"
        verdict = Verdict(gate.verdict).label
        day = long_date(gate.decided_on) if gate.decided_on else ""
        super().__init__(f"{who} a décidé ce jalon le {day} : {verdict}. Une seule décision est retenue.")
        self.gate = gate


def of(project: Project, number: int, known: Mapping[int, Gate] | None = None) -> Gate:
    """The gate of that stage that waits for a decision, else the last one decided. It may not be saved yet.

    `known` are the last rounds of the project, when the caller has read them.
    """
    stage = _gate_stage(project, number)
    last = (last_gates(project) if known is None else known).get(number)
    if last is None:
        return Gate(project=project, stage=stage)
    is_open_again = last.verdict == Verdict.NO_GO and project.is_live
    if last.verdict == Verdict.CONTINUE or is_open_again:
        return Gate(
            project=project,
            stage=stage,
            round=last.round + 1,
            decider=last.decider,
            criteria=last.criteria,
            criteria_on=last.criteria_on,
        )
    return last


def coming(project: Project, known: Mapping[int, Gate] | None = None) -> Gate | None:
    """The next gate that waits: the first stage not passed that asks for a decision and has no GO."""
    if project.stage_number is None:
        return None
    decided = last_gates(project) if known is None else known
    for stage in project.lifecycle.stages.all():
        if stage.is_gate and stage.number >= project.stage_number and not is_go(decided.get(stage.number)):
            return of(project, stage.number, decided)
    return None


@transaction.atomic
def name_decider(
    project: Project, number: int, decider: User | None, *, actor: User, due_on: date | None, version: int
) -> Gate:
    """Name who decides a gate and by when; nobody leaves it to the desk of the body. Told to the person named."""
    held, gate = _prepared(project, number, actor, version)
    if decider is not None:
        if rules.role_of(decider, held) in TEAM_ROLES:
            raise Refused("Un jalon est décidé par quelqu’un d’extérieur à l’équipe du projet.")
        if not decider.is_active or not rules.can_see(decider, held):
            raise Refused(
                "Cette personne ne peut pas lire ce projet. Nommez-la coach ou parrain, ou élargissez"
                " l’audience du projet."
            )
    _check_due(due_on, former=gate.due_on)
    is_new = decider is not None and decider.pk != gate.decider_id
    if due_on != gate.due_on:
        gate.reminded_on = None
    gate.decider, gate.due_on = decider, due_on
    _save(gate)
    holding.note(
        "gate_named", held, actor, stage=gate.stage.name, due_on=due_on.isoformat() if due_on else ""
    )
    holding.touch(held, is_news=False)
    if is_new and decider is not None:
        tell("project.gate_named", KIND, held.pk, actor=actor, gate=gate.pk, person=decider.pk)
    return gate


@transaction.atomic
def write_criteria(project: Project, number: int, criteria: str, *, actor: User, version: int) -> Gate:
    """Say before the gate what would stop the project; shown at the decision, and never changed after it."""
    held, gate = _prepared(project, number, actor, version)
    gate.criteria = clean_text(criteria)
    gate.criteria_on = clock.today() if gate.criteria else None
    _save(gate)
    holding.note("gate_criteria", held, actor, stage=gate.stage.name)
    holding.touch(held, is_news=False)
    return gate


@transaction.atomic
def decide(
    gate: Gate,
    verdict: str,
    *,
    actor: User,
    reason: str,
    lesson: str = "",
    cause: str = "",
    next_due_on: date | None = None,
    version: int,
) -> Outcome:
    """Decide a gate, once. GO passes its stage when it is the current one; CONTINUE opens a round to decide on a
    new day; NO GO gives the project up, with its cause and its lesson.

    `gate` is the round that was read, saved or not, at `version`. Raises Refused, and Decided (a Conflict) when
    somebody decided first.
    """
    held = holding.hold(gate.project)
    stands = _stands(held, gate)
    if stands.verdict:
        raise Decided(stands)
    if stands.version != version:
        raise Conflict(STALE_GATE)
    if not rules.decides(actor, stands, held):
        raise Refused(NOT_DECIDER)
    _check_turn(held, stands.stage)
    reason, lesson = clean_text(reason), clean_text(lesson)
    _check_words(verdict, reason, lesson, cause, next_due_on)
    stands.verdict, stands.reason = verdict, reason
    stands.lesson = lesson if verdict == Verdict.NO_GO else ""
    stands.decided_on, stands.decided_by = clock.today(), actor
    _save(stands)
    holding.note("gate_decided", held, actor, stage=stands.stage.name, verdict=verdict)
    return _follow(held, stands, actor, cause=cause, next_due_on=next_due_on)


def _follow(held: Project, gate: Gate, actor: User, *, cause: str, next_due_on: date | None) -> Outcome:
    """What the verdict brings, in the same transaction."""
    passage, following = None, None
    tell("project.gate_decided", KIND, held.pk, actor=actor, gate=gate.pk)
    if gate.verdict == Verdict.NO_GO:
        move(
            held,
            "give_up",
            actor=actor,
            note=gate.reason,
            cause=cause,
            lesson=gate.lesson,
            has_right=True,
            is_told=False,
        )
    elif gate.verdict == Verdict.CONTINUE:
        following = of(held, gate.stage.number)
        following.due_on = next_due_on
        following.save()
        holding.touch(held)
    elif gate.stage.number == held.stage_number:
        passage = pass_stages(held, [gate.stage.number], actor=actor, has_right=True, is_told=False)
    else:
        holding.touch(held)
    return Outcome(gate, passage, following)


# --- what is asked ----------------------------------------------------------------------------------------------------


def _gate_stage(project: Project, number: int) -> Stage:
    stage = next((one for one in project.lifecycle.stages.all() if one.number == number), None)
    if stage is None or not stage.is_gate:
        raise Refused("Cette étape ne demande pas de décision.")
    return stage


def _prepared(project: Project, number: int, actor: User, version: int) -> tuple[Project, Gate]:
    """The project held, and its gate as it waits. Raises Refused, and Decided when it is too late."""
    held = holding.hold(project)
    if not rules.edits(actor, held):
        raise Refused(NOT_YOURS)
    if not held.is_live:
        raise Refused("Ce projet est fini : son jalon ne se prépare plus.")
    gate = of(held, number)
    if gate.verdict:
        raise Decided(gate)
    if gate.version != version:
        raise Conflict(STALE_GATE)
    return held, gate


def _stands(held: Project, gate: Gate) -> Gate:
    """That round as it is now; the row that nobody saved yet stands as it was read."""
    found = (
        Gate.objects.select_for_update(of=("self",))
        .select_related("stage", "decider", "decided_by")
        .filter(project=held, stage=gate.stage_id, round=gate.round)
        .first()
    )
    return found or of(held, gate.stage.number)


def _save(gate: Gate) -> None:
    """Written at its next version; the first writing of a row is version 2, since what was read is 1."""
    gate.version += 1
    gate.save()


def _check_turn(held: Project, stage: Stage) -> None:
    if held.state not in (State.TO_LAUNCH, State.UNDER_WAY):
        raise Refused("Ce projet est gelé ou fini : il se décide une fois repris.")
    waited = coming(held)
    if waited is None or waited.stage.number != stage.number:
        raise Refused("Un autre jalon se décide avant celui-ci.")


def _check_words(verdict: str, reason: str, lesson: str, cause: str, next_due_on: date | None) -> None:
    if verdict not in Verdict.values:
        raise Refused("Choisissez votre décision.")
    if len(reason) < NOTE_MIN_LENGTH:
        raise Refused("Donnez la raison en une phrase : l’équipe et ceux qui suivent le projet la liront.")
    if verdict == Verdict.NO_GO:
        if cause not in Cause.values:
            raise Refused("Choisissez la cause : elle sert à ceux qui viendront après.")
        if len(lesson) < NOTE_MIN_LENGTH:
            raise Refused("Dites en une phrase ce que d’autres peuvent apprendre de cet arrêt.")
    if verdict == Verdict.CONTINUE:
        if next_due_on is None:
            raise Refused("Donnez la date à laquelle vous déciderez.")
        _check_due(next_due_on)


def _check_due(day: date | None, *, former: date | None = None) -> None:
    """A day to come, within a year; one already set may stay."""
    if day is None or day == former:
        return
    if day < clock.today():
        raise Refused("Choisissez une date à venir pour la décision.")
    if day > clock.today() + LONGEST_WAIT:
        raise Refused("Choisissez une date d’ici un an pour la décision.")


# --- reminders --------------------------------------------------------------------------------------------------------


def remind() -> int:
    """Tell of the decisions expected within a week, then of those whose day has passed; once for each day set."""
    today = clock.today()
    waiting = Gate.objects.filter(verdict="", project__state__in=[State.TO_LAUNCH, State.UNDER_WAY])
    soon = waiting.filter(due_on__gte=today, due_on__lte=today + REMINDED_BEFORE, reminded_on__isnull=True)
    late = waiting.filter(due_on__lt=today).filter(
        Q(reminded_on__isnull=True) | Q(reminded_on__lte=F("due_on"))
    )
    return sum(
        _remind(gate, is_late=is_late)
        for rows, is_late in ((soon, False), (late, True))
        for gate in rows.filter(stage__number__gte=F("project__stage_number")).order_by("pk")
    )


@transaction.atomic
def _remind(gate: Gate, *, is_late: bool) -> int:
    """Once, whoever runs at the same time."""
    unsaid = Gate.objects.filter(pk=gate.pk, verdict="", due_on=gate.due_on, reminded_on=gate.reminded_on)
    if not unsaid.update(reminded_on=clock.today()):
        return 0
    tell("project.gate_due", KIND, gate.project_id, actor=None, gate=gate.pk, is_late=is_late)
    return 1
