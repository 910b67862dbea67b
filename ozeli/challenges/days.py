"""Days of phases in Europe/Paris: a phase that ends « le 20 mars » lasts until the midnight that follows."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Protocol

from django.utils import timezone

from ozeli.core.french import NBSP, clock_time, long_date

MIDNIGHT = time(0)
WEEK = timedelta(weeks=1)
YEAR = timedelta(weeks=52)  # the same days of the week


class Span(Protocol):
    @property
    def opens_at(self) -> datetime: ...

    @property
    def closes_at(self) -> datetime | None: ...


def start_of(day: date, hour: time | None = None) -> datetime:
    """The instant at which that day begins, or that hour of it."""
    return timezone.make_aware(datetime.combine(day, hour or MIDNIGHT))


def end_of(day: date, hour: time | None = None) -> datetime:
    """The instant at which that day is over, or that hour of it."""
    return start_of(day, hour) if hour else start_of(day + timedelta(days=1))


def first_day(span: Span) -> date:
    return timezone.localdate(span.opens_at)


def last_day(span: Span) -> date | None:
    """The last day on which it is open."""
    return last_day_of(span.closes_at)


def last_day_of(end: datetime | None) -> date | None:
    return None if end is None else timezone.localdate(end - timedelta(microseconds=1))


def hour_of(at: datetime | None) -> time | None:
    """The hour of an instant when it is not midnight: what the form shows beside the day."""
    hour = None if at is None else timezone.localtime(at).time().replace(second=0, microsecond=0)
    return None if hour == MIDNIGHT else hour


def moved(at: datetime, by: timedelta) -> datetime:
    """The same local hour, so many days later: a summer time between the two changes nothing."""
    local = timezone.localtime(at)
    return timezone.make_aware(local.replace(tzinfo=None) + by)


def said_start(at: datetime) -> str:
    """« 3 mars 2027 », « 3 mars 2027 à 9 h »."""
    hour = hour_of(at)
    return f"{long_date(at)} à {clock_time(hour)}" if hour else long_date(at)


def said_end(at: datetime) -> str:
    """« 20 mars 2027 » when it is the end of that day, « 20 mars 2027 à 18 h » otherwise."""
    hour = hour_of(at)
    day = last_day_of(at)
    assert day is not None
    return f"{long_date(at)} à {clock_time(hour)}" if hour else long_date(day)


def said_span(span: Span) -> str:
    """« du 3 mars au 20 mars 2027 », « à partir du 3 mars 2027 », « le 3 mars 2027 »."""
    if span.closes_at is None:
        return f"à partir du {said_start(span.opens_at)}"
    start, end = said_start(span.opens_at), said_end(span.closes_at)
    if start == end:
        return f"le {start}"
    first, last = first_day(span), last_day(span)
    if first == last and hour_of(span.opens_at) and hour_of(span.closes_at):
        hours = (clock_time(span.opens_at), clock_time(span.closes_at))
        return f"le {long_date(first)} de {hours[0]} à {hours[1]}"
    shared = f"{NBSP}{first.year}"
    if last and first.year == last.year and not hour_of(span.opens_at):
        start = start.removesuffix(shared)
    return f"du {start} au {end}"


def years_to_add(spans: Iterable[Span], today: date) -> timedelta:
    """How far the dates of an earlier challenge go so that all of them are to come, in whole years."""
    first = min((first_day(span) for span in spans), default=today)
    gap = YEAR
    while first + gap < today:
        gap += YEAR
    return gap
