"""What charts are given, and the scales they are drawn on.

Drawn by `templatetags.charts` and `templatetags.curves`: widths are shares of the page, so that a phone reads the same
words at the same size.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from .french import NBSP, number

Number = int | float | Decimal
# One colour and its shades first, then textures (dots: frozen; hatch: committed) and the two ends (done, rest).
Fill = Literal["c1", "c2", "c3", "c-done", "c-rest", "c-plan", "dots", "hatch"]

SHORT_MONTHS = (
    "janv.",
    "févr.",
    "mars",
    "avril",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)
HEIGHT = 168  # of a drawing, in pixels, words excluded
ABOVE = 24  # room for what is written above the highest mark
_MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """A number of a bar chart or of a list of bars. `shown` writes it otherwise; `url` opens the rows behind it."""

    label: str
    value: Number
    url: str = ""
    shown: str = ""
    fill: Fill = "c1"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole. The key says `shown` (the value when empty) and `note`, and opens `url`."""

    label: str
    value: Number
    fill: Fill = "c1"
    shown: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class DayPoint:
    """A value on a day."""

    on: date
    value: Number
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """A median and the middle half around it (first and third quartiles)."""

    label: str
    low: Number
    middle: Number
    high: Number
    shown: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Round values from `low` to `high`, and where a value stands between them."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def share(self, value: Number) -> float:
        """0 at `low`, 100 at `high`."""
        return round(100 * (float(value) - self.low) / (self.high - self.low), 2)


def scale_of(values: Sequence[Number], *, from_zero: bool = False, steps: int = 4) -> Scale:
    """A scale with about `steps` steps of 1, 2 or 5 that holds all these values."""
    floats = [float(value) for value in values] + ([0.0] if from_zero else [])
    low, high = min(floats, default=0.0), max(floats, default=1.0)
    if low == high:
        low, high = (min(low, 0.0), max(high, 0.0)) if low else (0.0, 1.0)
    step = _round_step((high - low) / steps)
    first, last = math.floor(low / step), math.ceil(high / step)
    ticks = tuple(round(place * step, 10) for place in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def written(value: Number, shown: str = "", unit: str = "") -> str:
    """« 48 % »: `shown` when the caller wrote it, else the number and its unit."""
    return shown or number(value) + (NBSP + unit if unit else "")


def plain(value: float) -> int | float:
    """A whole number as such: « 40 », not « 40,0 »."""
    return int(value) if value == int(value) else value


def _round_step(rough: float) -> float:
    """The round step nearest above: 1, 2, 5 or 10 times a power of ten."""
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next(power * lead for lead in (1, 2, 5, 10) if power * lead >= rough * 0.999)


def day_span(days: Sequence[date]) -> tuple[date, date]:
    """The first and the last day of a line, a month apart at least."""
    first, last = min(days), max(days)
    short = 30 - (last - first).days
    return (
        (first - timedelta(short // 2), last + timedelta(short - short // 2)) if short > 0 else (first, last)
    )


def day_ticks(first: date, last: date) -> list[tuple[date, str]]:
    """The first days of months or years between two days, seven at most, and what the axis writes there.

    A year is written once, where it begins.
    """
    months = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= last
    ]
    for every in (1, 2, 3, 6, 12, 24, 60, 120, 240):
        kept = [day for day in months if (day.year * 12 + day.month - 1) % every == 0]
        if len(kept) <= _MOST_TICKS:
            break
    if every >= 12:
        return [(day, str(day.year)) for day in kept]
    named = {*kept[:1], *(day for before, day in pairwise(kept) if before.year != day.year)}
    return [
        (day, SHORT_MONTHS[day.month - 1] + (f"{NBSP}{day.year}" if day in named else "")) for day in kept
    ]
