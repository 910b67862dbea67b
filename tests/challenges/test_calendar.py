"""Which calendars of phases hold, and how what is wrong is said."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from ozeli.challenges.calendar import Planned, faults, shifted
from ozeli.challenges.days import (
    end_of,
    first_day,
    hour_of,
    last_day,
    moved,
    said_span,
    start_of,
    years_to_add,
)
from ozeli.challenges.enums import PhaseKind
from ozeli.core.french import NBSP

MONDAY = date(2027, 3, 1)


def phase(kind: PhaseKind, first: int, last: int | None) -> Planned:
    """From one day to another, counted from a Monday."""
    end = None if last is None else end_of(MONDAY + timedelta(days=last))
    return Planned(kind, start_of(MONDAY + timedelta(days=first)), end)


SOUND = [
    phase(PhaseKind.ANNOUNCE, 0, 6),
    phase(PhaseKind.DEPOSIT, 7, 27),
    phase(PhaseKind.DEBATE, 28, 41),
    phase(PhaseKind.RESULTS, 60, 90),
]


def said(*phases: Planned, today: date | None = None) -> str:
    return " ".join(fault.message for fault in faults(phases, today=today))


def test_a_sound_calendar_has_no_fault() -> None:
    assert faults(SOUND, today=MONDAY) == []
    assert faults([phase(PhaseKind.OPEN, 0, None)], today=MONDAY) == []


def test_overlapping_phases_are_both_named() -> None:
    found = said(*SOUND[:2], phase(PhaseKind.DEBATE, 20, 41), SOUND[3])
    assert "«\u202fDépôt\u202f» et «\u202fDébat et votes\u202f» se chevauchent" in found
    assert f"finit le 28{NBSP}mars{NBSP}2027, la seconde commence le 21{NBSP}mars{NBSP}2027" in found


def test_a_phase_hidden_within_a_longer_one_is_seen() -> None:
    """Not only neighbours: a long phase covers several."""
    long = phase(PhaseKind.ANNOUNCE, 0, 50)
    assert said(long, *SOUND[1:]).count("se chevauchent") == 2


def test_votes_never_close_to_open_again() -> None:
    """One window holds the votes of a challenge: days between two phases of votes would let votes in unsaid."""
    follows = phase(PhaseKind.DEBATE, 14, 27), phase(PhaseKind.RESULTS, 60, 90)
    assert "les votes fermeraient pour rouvrir" in said(phase(PhaseKind.OPEN, 0, 9), *follows)
    assert said(phase(PhaseKind.OPEN, 0, 13), *follows) == ""


def test_a_reversed_phase_is_named() -> None:
    assert "«\u202fDépôt\u202f» finirait le" in said(SOUND[0], phase(PhaseKind.DEPOSIT, 7, 5), *SOUND[2:])


def test_a_past_phase_is_named() -> None:
    found = said(*SOUND, today=MONDAY + timedelta(days=10))
    assert "«\u202fAnnonce\u202f» commencerait" in found
    assert "«\u202fDépôt\u202f» commencerait" in found
    assert "«\u202fDébat et votes\u202f» commencerait" not in found


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        ([SOUND[0], SOUND[2], SOUND[3]], "phase pour déposer"),
        ([SOUND[0], SOUND[1], SOUND[3]], "phase pour voter"),
        (SOUND[:3], "chacun doit savoir quand il saura"),
        ([], "phase pour déposer"),
    ],
)
def test_a_missing_phase_is_said(phases: list[Planned], words: str) -> None:
    assert words in said(*phases)


def test_only_some_phases_last_for_ever() -> None:
    assert "Donnez le dernier jour de «\u202fDébat et votes\u202f»" in said(
        SOUND[1], phase(PhaseKind.DEBATE, 28, None), SOUND[3]
    )
    assert "ne peut pas la suivre" in said(phase(PhaseKind.OPEN, 0, None), SOUND[3])


def test_phases_have_an_order() -> None:
    found = said(phase(PhaseKind.RESULTS, 0, 3), SOUND[1], SOUND[2])
    assert "«\u202fDépôt\u202f» ne peut pas suivre «\u202fRésultats\u202f»" in found


def test_the_last_day_is_included() -> None:
    one = SOUND[0]
    assert (first_day(one), last_day(one)) == (MONDAY, MONDAY + timedelta(days=6))
    assert hour_of(one.closes_at) is None
    assert said_span(one) == f"du 1er{NBSP}mars au 7{NBSP}mars{NBSP}2027"
    assert said_span(phase(PhaseKind.OPEN, 0, None)) == f"à partir du 1er{NBSP}mars{NBSP}2027"
    assert said_span(phase(PhaseKind.ANNOUNCE, 0, 0)) == f"le 1er{NBSP}mars{NBSP}2027"


def test_hours_are_those_of_paris() -> None:
    day = Planned(PhaseKind.DEBATE, start_of(MONDAY, time(9)), end_of(MONDAY, time(18, 30)))
    assert day.opens_at.astimezone(timezone.get_fixed_timezone(60)).hour == 9
    assert said_span(day) == f"le 1er{NBSP}mars{NBSP}2027 de 9{NBSP}h à 18{NBSP}h{NBSP}30"
    assert hour_of(day.closes_at) == time(18, 30)
    two = Planned(PhaseKind.DEBATE, day.opens_at, end_of(MONDAY + timedelta(days=1), time(18)))
    assert "à 9" in said_span(two) and "à 18" in said_span(two)


def test_a_phase_keeps_its_hours_over_summer_time() -> None:
    """Last Sunday of March: the same local hour is one hour earlier in UTC."""
    before = start_of(date(2027, 3, 20))
    after = moved(before, timedelta(days=14))
    assert timezone.localtime(after).time() == time(0)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(days=14) - timedelta(hours=1)
    assert shifted([SOUND[0]], timedelta(days=28))[0].closes_at == end_of(MONDAY + timedelta(days=34))


def test_last_year_comes_back_on_the_same_days_of_the_week() -> None:
    today = date(2029, 1, 10)
    gap = years_to_add(SOUND, today)
    first = MONDAY + gap
    assert first >= today and first.weekday() == 0
    assert first - timedelta(weeks=52) < today
    assert years_to_add([], today) == timedelta(weeks=52)


def test_an_instant_stays_an_instant() -> None:
    assert isinstance(start_of(MONDAY), datetime)
