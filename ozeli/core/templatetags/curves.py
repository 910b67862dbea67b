"""The chart of what is measured along time."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .. import french
from ..charts import ABOVE, HEIGHT, DayPoint, Number, Scale, day_span, day_ticks, plain, scale_of, written
from .marks import EMPTY

register = template.Library()

_INSET = 4  # hundredths of the width between the axis and the first day
_NEAR = 28  # a word and a line this close would cover each other


@register.simple_tag
def line_chart(
    *,
    points: Sequence[DayPoint],
    label: str,
    unit: str = "",
    goal: Number | None = None,
    goal_label: str = "cible",
    start: Number | None = None,
) -> SafeString:
    """Values along time, the first and the last written; the goal as a dashed line, the start as a dotted one.

    `label` says in a sentence what the chart shows. Nothing without points.
    """
    if not points:
        return EMPTY
    points = sorted(points, key=lambda one: one.on)
    lines = [value for value in (goal, start) if value is not None]
    scale = scale_of([*(one.value for one in points), *lines])
    first, last = day_span([one.on for one in points])

    def across(day: date) -> float:
        return round(_INSET + (100 - _INSET) * (day - first).days / (last - first).days, 2)

    def down(value: Number) -> float:
        return round(ABOVE + HEIGHT * (1 - scale.share(value) / 100), 1)

    spots = [(across(one.on), down(one.value)) for one in points]
    guides = [
        (name, down(value), f"{words}{french.NBSP}{written(plain(float(value)), unit=unit)}")
        for name, value, words in (("goal", goal, goal_label), ("start", start, "départ"))
        # A line that begins at its start says it by itself.
        if value is not None and not (name == "start" and float(value) == float(points[0].value))
    ]
    ends = _ends(points, spots, unit, [at for _name, at, _words in guides])
    return format_html(
        '<div class="plot gut-{}{}"><svg class="chart" role="img" width="100%" height="{}"><title>{}</title>{}{}{}{}{}'
        "</svg></div>",
        _gutter([written(tick, unit=unit) for tick in map(plain, scale.ticks)]),
        " has-aside" if any(end.anchor == "start" for end in ends[1:]) else "",
        ABOVE + HEIGHT + 30,
        label,
        _levels(scale, unit, down),
        _curve(spots, [down(tick) for tick in scale.ticks]),
        _guides(guides, spots),
        _values(ends),
        _days(first, last, across),
    )


def _levels(scale: Scale, unit: str, down: Callable[[Number], float]) -> SafeString:
    return format_html_join(
        "",
        '<text x="-8" y="{}" text-anchor="end">{}</text>',
        ((down(tick) + 4.5, written(tick, unit=unit)) for tick in map(plain, scale.ticks)),
    )


def _gutter(words: Sequence[str]) -> int:
    """The letters to leave room for, beside the axis: an even number."""
    return min(14, 2 * ((max(map(len, words)) + 1) // 2))


def _guides(guides: Sequence[tuple[str, float, str]], spots: Sequence[tuple[float, float]]) -> SafeString:
    """The goal and the start as (class, height, words): each written at the end where the curve is further."""
    rows = []
    for name, at, words in guides:
        left, right = abs(spots[0][1] - at), abs(spots[-1][1] - at)
        at_left = left > right or spots[-1][0] < 60
        under = name == "start"
        rows.append(
            (name, at, "0" if at_left else "100%", at + 16 if under else at - 7, _anchor(at_left), words)
        )
    return format_html_join(
        "",
        '<line class="{0}" x2="100%" y1="{1}" y2="{1}"/><text class="said" x="{2}" y="{3}"{4}>{5}</text>',
        rows,
    )


def _anchor(at_left: bool) -> SafeString:
    return EMPTY if at_left else mark_safe(' text-anchor="end"')


def _curve(spots: Sequence[tuple[float, float]], levels: Sequence[float]) -> SafeString:
    """The levels, the line and its rings, stretched to the page; the strokes keep their width."""
    grid = "".join(f"M0 {level:g}H100" for level in levels)
    along = "L".join(f"{x:g} {y:g}" for x, y in spots)
    rings = "".join(f"M{x:g} {y:g}h.01" for x, y in spots)
    return format_html(
        '<svg width="100%" height="{0}" viewBox="0 0 100 {0}" preserveAspectRatio="none" class="drawing">'
        '<path class="grid" d="{3}"/><path class="curve" d="M{1}"/><path class="pt" d="{2}"/>'
        '<path class="pt-in" d="{2}"/></svg>',
        ABOVE + HEIGHT + 8,
        along,
        rings,
        grid,
    )


class _End(NamedTuple):
    """A value written near its ring."""

    x: float
    aside: int
    y: float
    anchor: str
    said: str


def _ends(
    points: Sequence[DayPoint], spots: Sequence[tuple[float, float]], unit: str, lines: Sequence[float]
) -> list[_End]:
    """The first and the last values, above their ring, under it, or beside it: where nothing passes."""
    apart = spots[-1][0] - spots[0][0] > 25
    placed = [(0, 1, 2, "start"), (-1, -2, 6, "end")] if apart else [(-1, -1, 0, "middle")]
    ends = []
    for place, near, aside, anchor in placed:
        (x, y), point = spots[place], points[place]
        said = written(point.value, point.shown, unit)
        above = spots[near][1] >= y and not any(0 < y - at < _NEAR for at in lines)
        under = y + _NEAR <= ABOVE + HEIGHT and not any(0 < at - y < _NEAR for at in lines)
        if above or under or anchor != "end":
            ends.append(_End(x, aside, y - 12 if above or not under else y + 22, anchor, said))
        else:
            ends.append(_End(x, 12, y + 4.5, "start", said))
    return ends


def _values(ends: Sequence[_End]) -> SafeString:
    return format_html_join(
        "", '<text class="strong" x="{}%" dx="{}" y="{}" text-anchor="{}">{}</text>', ends
    )


def _days(first: date, last: date, across: Callable[[date], float]) -> SafeString:
    ticks = day_ticks(first, last)
    return format_html_join(
        "",
        '<text{} x="{}%" y="{}" text-anchor="middle">{}</text>',
        (
            (
                mark_safe(' class="odd"') if place % 2 and len(ticks) > 3 else EMPTY,
                across(day),
                ABOVE + HEIGHT + 26,
                words,
            )
            for place, (day, words) in enumerate(ticks)
        ),
    )
