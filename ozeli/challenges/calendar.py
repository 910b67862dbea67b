"""What makes a calendar of phases sound, said in French with the phases' names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from ozeli.core.french import NARROW, NBSP, list_of, long_date

from .days import first_day, moved, said_end, said_start
from .enums import DEPOSIT_PHASES, ENDLESS_PHASES, VOTING_PHASES, PhaseKind

ORDER = list(PhaseKind)


@dataclass(frozen=True, slots=True)
class Planned:
    """A phase as it is wanted."""

    kind: PhaseKind
    opens_at: datetime
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and with which phase (None: with the whole)."""

    kind: PhaseKind | None
    message: str


def named(kind: PhaseKind) -> str:
    return f"«{NARROW}{kind.label}{NARROW}»"


def faults(planned: Sequence[Planned], *, today: date | None = None, is_whole: bool = True) -> list[Fault]:
    """Everything that forbids this calendar; `today` is given when nothing of it may have begun before.

    `is_whole` asks that no phase be missing.
    """
    phases = sorted(planned, key=lambda one: one.opens_at)
    found = [*_reversed(phases)]
    if not found:
        found += [*_overlapping(phases), *_disordered(phases), *_reopening(phases)]
    if today is not None:
        found += _past(phases, today)
    return [*found, *_missing(phases)] if is_whole else found


def _reversed(phases: Iterable[Planned]) -> Iterable[Fault]:
    for one in phases:
        if one.closes_at is None and one.kind not in ENDLESS_PHASES:
            yield Fault(
                one.kind, f"Donnez le dernier jour de {named(one.kind)}{NBSP}: cette phase doit finir."
            )
        elif one.closes_at is not None and one.closes_at <= one.opens_at:
            yield Fault(
                one.kind,
                f"{named(one.kind)} finirait le {said_end(one.closes_at)}, avant de commencer le"
                f" {said_start(one.opens_at)}.",
            )


def _overlapping(phases: Sequence[Planned]) -> Iterable[Fault]:
    for place, one in enumerate(phases):
        for other in phases[place + 1 :]:
            if one.closes_at is None:
                yield Fault(
                    other.kind,
                    f"{named(one.kind)} n’a pas de fin{NBSP}: {named(other.kind)} ne peut pas la suivre.",
                )
            elif other.opens_at < one.closes_at:
                yield Fault(
                    other.kind,
                    f"{named(one.kind)} et {named(other.kind)} se chevauchent{NBSP}: la première finit le"
                    f" {said_end(one.closes_at)}, la seconde commence le {said_start(other.opens_at)}.",
                )


def _disordered(phases: Sequence[Planned]) -> Iterable[Fault]:
    for one, other in pairwise(phases):
        if ORDER.index(other.kind) < ORDER.index(one.kind):
            order = list_of([kind.label.lower() for kind in ORDER])
            yield Fault(
                other.kind,
                f"{named(other.kind)} ne peut pas suivre {named(one.kind)}. L’ordre est{NBSP}: {order}.",
            )


def _reopening(phases: Iterable[Planned]) -> Iterable[Fault]:
    """The votes of a challenge have one window: closed, they are locked."""
    for one, other in pairwise(phase for phase in phases if phase.kind in VOTING_PHASES):
        if one.closes_at is not None and one.closes_at < other.opens_at:
            yield Fault(
                other.kind,
                f"{named(other.kind)} doit commencer quand {named(one.kind)} finit, le {said_end(one.closes_at)}"
                f"{NBSP}: entre les deux, les votes fermeraient pour rouvrir.",
            )


def _past(phases: Iterable[Planned], today: date) -> Iterable[Fault]:
    for one in phases:
        if first_day(one) < today:
            yield Fault(
                one.kind,
                f"{named(one.kind)} commencerait le {long_date(one.opens_at)}, un jour déjà passé.",
            )


def _missing(phases: Sequence[Planned]) -> Iterable[Fault]:
    kinds = {one.kind for one in phases}
    if not kinds & DEPOSIT_PHASES:
        yield Fault(
            None,
            f"Il manque une phase pour déposer{NBSP}: remplissez {named(PhaseKind.DEPOSIT)}"
            f" ou {named(PhaseKind.OPEN)}.",
        )
    if not kinds & VOTING_PHASES:
        yield Fault(
            None,
            f"Il manque une phase pour voter{NBSP}: remplissez {named(PhaseKind.OPEN)}"
            f" ou {named(PhaseKind.DEBATE)}.",
        )
    is_endless = any(one.closes_at is None for one in phases)
    if kinds & DEPOSIT_PHASES and not is_endless and PhaseKind.RESULTS not in kinds:
        yield Fault(
            None,
            f"Il manque {named(PhaseKind.RESULTS)}{NBSP}: chacun doit savoir quand il saura.",
        )


def shifted(phases: Iterable[Planned], by: timedelta) -> list[Planned]:
    """The same phases, all later (or earlier) by so much."""
    return [
        Planned(one.kind, moved(one.opens_at, by), moved(one.closes_at, by) if one.closes_at else None)
        for one in phases
    ]
