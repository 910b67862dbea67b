"""Once a challenge is published, only the ends of its phases move: with a reason, and never by surprise."""

from datetime import datetime, timedelta

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import NBSP

from .. import rules
from ..calendar import Planned, faults, named
from ..days import last_day, moved, said_end
from ..enums import ENDLESS_PHASES, ChallengeState, PhaseKind
from ..models import KIND, Challenge, Phase, PhaseChange
from . import communication
from .held import database_now, hold, note, touch
from .phases import settle_dates
from .publication import REASON_MIN_LENGTH, REASON_TOO_SHORT

# Whoever takes part learns of an end the day before.
NOTICE = timedelta(days=1)


@transaction.atomic
def move_end(
    challenge: Challenge,
    kind: PhaseKind,
    end: datetime | None,
    *,
    actor: User,
    reason: str,
    version: int,
    shifts: bool = False,
) -> Challenge:
    """Prolong a phase or bring its end forward; the next ones follow by as much when `shifts`.

    A phase that is over does not move, an end is never brought forward to less than a day from now, and phases that
    would overlap are refused by their names. Told to those who take part.
    """
    held = hold(challenge, version)
    phases = list(held.phases.select_for_update(of=("self",)))
    phase = _movable(held, phases, kind, actor, reason)
    now = database_now()
    _check_end(phase, end, now)
    later = [one for one in phases if phase.closes_at and one.opens_at >= phase.closes_at]
    gap = _gap(phase, end)
    changed = [(phase, phase.closes_at)]
    phase.closes_at = end
    if shifts and gap:
        changed += _shift(later, gap, now)
    planned = [Planned(PhaseKind(one.kind), one.opens_at, one.closes_at) for one in phases]
    if wrong := faults(planned, is_whole=False):
        raise Refused(" ".join(one.message for one in wrong))
    _write(held, changed, actor, reason, now)
    if gap and (was := last_day(Planned(kind, phase.opens_at, changed[0][1]))):
        communication.follow_end(held, was, gap)
    settle_dates(held)
    tell(
        "challenge.dates",
        KIND,
        held.pk,
        actor=actor,
        phase=kind.value,
        was=changed[0][1].isoformat() if changed[0][1] else "",
        end=end.isoformat() if end else "",
        reason=reason.strip(),
    )
    touch(held)
    return held


def _movable(challenge: Challenge, phases: list[Phase], kind: PhaseKind, actor: User, reason: str) -> Phase:
    """The phase, when this person may move it. Raises Refused otherwise."""
    if challenge.state != ChallengeState.PUBLISHED:
        raise Conflict("Ce défi n’est pas publié, ou il est annulé : ses phases ne se déplacent pas ici.")
    if not rules.leads(actor, challenge):
        raise Refused("Le calendrier revient au responsable du défi.")
    if len(reason.strip()) < REASON_MIN_LENGTH:
        raise Refused(REASON_TOO_SHORT)
    phase = next((one for one in phases if one.kind == kind), None)
    if phase is None:
        raise Conflict("Ce défi n’a pas cette phase.")
    return phase


def _check_end(phase: Phase, end: datetime | None, now: datetime) -> None:
    name = named(PhaseKind(phase.kind))
    if phase.closes_at is not None and phase.closes_at <= now:
        raise Refused(
            f"{name} est finie depuis le {said_end(phase.closes_at)}{NBSP}: ce qui est passé ne se déplace pas."
        )
    if end == phase.closes_at:
        raise Refused(f"{name} finit déjà ce jour-là{NBSP}: choisissez une autre date.")
    if end is None:
        if phase.kind not in ENDLESS_PHASES:
            raise Refused(f"Donnez le dernier jour de {name}{NBSP}: cette phase doit finir.")
    elif end < now + NOTICE and (phase.closes_at is None or end < phase.closes_at):
        raise Refused(
            f"{name} ne peut pas finir le {said_end(end)}{NBSP}: les participants doivent l’apprendre la veille."
            " Choisissez demain au plus tôt."
        )


def _gap(phase: Phase, end: datetime | None) -> timedelta:
    """By how many whole days the end moves; none without an end on both sides."""
    if end is None or phase.closes_at is None:
        return timedelta(0)
    return timedelta(days=round((end - phase.closes_at) / timedelta(days=1)))


def _shift(later: list[Phase], gap: timedelta, now: datetime) -> list[tuple[Phase, datetime | None]]:
    """Move the phases that follow; each with its former end."""
    changed = []
    for one in later:
        changed.append((one, one.closes_at))
        one.opens_at = moved(one.opens_at, gap)
        one.closes_at = moved(one.closes_at, gap) if one.closes_at else None
        if one.opens_at < now + NOTICE:
            raise Refused(
                f"{named(PhaseKind(one.kind))} commencerait dans moins d’un jour{NBSP}: les participants doivent"
                " l’apprendre la veille."
            )
        one.told_opening_at = None
    return changed


def _write(
    challenge: Challenge,
    changed: list[tuple[Phase, datetime | None]],
    actor: User,
    reason: str,
    now: datetime,
) -> None:
    """The phases, why they moved, and the journal; their new ends will be told the day before."""
    for phase, was in changed:
        phase.told_closing_at = None
        phase.save(update_fields=["opens_at", "closes_at", "told_opening_at", "told_closing_at"])
        PhaseChange.objects.create(
            challenge=challenge,
            kind=phase.kind,
            closed_at=was,
            closes_at=phase.closes_at,
            reason=reason.strip(),
            actor=actor,
            made_at=now,
        )
        note(
            "move_end",
            challenge,
            actor,
            phase=phase.kind,
            was=was.isoformat() if was else "",
            end=phase.closes_at.isoformat() if phase.closes_at else "",
            reason=reason.strip(),
        )
