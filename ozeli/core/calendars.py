"""Calendars (RFC 5545): what an agenda subscribes to, or takes once. `icalendar` is imported where one is written only.

An occasion keeps its `uid` for ever; its `sequence` grows when its dates move, so that an agenda replaces it. From a
midnight to a midnight it is made of days; else it has hours, told with the zone of Europe/Paris.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

CONTENT_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something with dates. `ends` is the first instant after it; None when it has no end: its beginning is told.

    `changed` is when it was last changed: never « now », which would be a change at every reading.
    """

    uid: UUID
    title: str
    starts: datetime
    ends: datetime | None
    changed: datetime
    text: str = ""
    url: str = ""
    sequence: int = 0
    is_cancelled: bool = False


def write(name: str, occasions: Iterable[Occasion]) -> bytes:
    """The calendar of that name: the same bytes for the same occasions."""
    from icalendar import Calendar, vDuration

    calendar = Calendar()
    calendar.add("prodid", "-//Ozéli//Calendrier des défis//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", _printable(name))
    calendar.add("x-wr-calname", _printable(name))
    calendar.add("x-wr-timezone", "Europe/Paris")
    calendar.add("refresh-interval", vDuration.from_ical("PT6H"), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for one in occasions:
        calendar.add_component(_event(one))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(one: Occasion) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", f"urn:uuid:{one.uid}")
    event.add("summary", _printable(f"Annulé\u00a0: {one.title}" if one.is_cancelled else one.title))
    start, end = _bounds(one)
    event.add("dtstart", start)
    if end is not None:
        event.add("dtend", end)
    changed = one.changed.astimezone(UTC).replace(microsecond=0)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", one.sequence)
    event.add("status", "CANCELLED" if one.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if one.text:
        event.add("description", _printable(one.text))
    if one.url:
        event.add("url", one.url)
    return event


def _bounds(one: Occasion) -> tuple[date, date | None]:
    """Days when it goes from a midnight of Paris to another, else instants."""
    start = timezone.localtime(one.starts).replace(microsecond=0)
    end = timezone.localtime(one.ends).replace(microsecond=0) if one.ends else None
    if _is_midnight(start) and (end is None or (_is_midnight(end) and end > start)):
        return start.date(), end.date() if end else None
    return start, end


def _is_midnight(at: datetime) -> bool:
    return (at.hour, at.minute, at.second) == (0, 0, 0)


def _printable(text: str) -> str:
    """A text without what a calendar cannot hold."""
    return "".join(char for char in text if char == "\n" or char.isprintable() or char in "\u00a0\u202f")
