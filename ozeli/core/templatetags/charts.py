"""Charts, as SVG made here: a title, labels where the eye is, and a table twin beside (`chart_twin`).

One colour, textures besides hue, the number printed on every mark. Nothing is drawn to scale with its letters: the
drawing is stretched to the page, its words and its strokes are not.
"""

from collections.abc import Sequence
from zlib import crc32

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .. import french
from ..charts import ABOVE, HEIGHT, Bar, Fill, Number, Part, Spread, plain, scale_of, written
from ..ui import Link
from .blocks import data_table
from .marks import EMPTY

register = template.Library()

_TEXTURES = {
    "hatch": '<pattern id="{}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="h-bg" width="7" height="7"/><rect class="h-fg" width="2.5" height="7"/></pattern>',
    "dots": '<pattern id="{}" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect class="h-bg" width="6" height="6"/><circle class="h-fg" cx="3" cy="3" r="1.5"/></pattern>',
}


class _Paint:
    """The fills of one drawing: classes, and the textures that it has to define, under ids of its own."""

    def __init__(self, label: str, parts: Sequence[tuple[str, Number]]) -> None:
        self.seed = f"{crc32(repr((label, parts)).encode()):x}"

    def fill(self, fill: Fill) -> SafeString:
        if fill in _TEXTURES:
            return format_html('fill="url(#{}-{})"', fill, self.seed)
        return format_html('class="{}"', fill)

    def textures(self, fills: Sequence[Fill]) -> SafeString:
        used = [fill for fill in _TEXTURES if fill in fills]
        if not used:
            return EMPTY
        drawn = "".join(_TEXTURES[fill].format(f"{fill}-{self.seed}") for fill in used)
        return mark_safe(f"<defs>{drawn}</defs>")


# --- counts -----------------------------------------------------------------------------------------------------------


@register.simple_tag
def bar_chart(*, bars: Sequence[Bar], label: str, axis: str = "") -> SafeString:
    """Few columns in an order that means something (stages, years), each with its number; a column opens its rows.

    Labels are short: for words, draw a `bar_list`.
    """
    top = max([float(bar.value) for bar in bars] + [1.0])
    width = 100 / max(len(bars), 1)
    paint = _Paint(label, [(bar.label, bar.value) for bar in bars])
    linked = any(bar.url for bar in bars)
    return format_html(
        '<div class="plot"><svg class="chart" role="{}" aria-label="{}" width="100%" height="{}"><title>{}</title>{}'
        '<line class="axis" x2="100%" y1="{}" y2="{}"/>{}</svg>{}</div>',
        "group" if linked else "img",
        label,
        ABOVE + HEIGHT + 26,
        label,
        paint.textures([bar.fill for bar in bars]),
        ABOVE + HEIGHT,
        ABOVE + HEIGHT,
        mark_safe("".join(_column(bar, place, width, top, paint) for place, bar in enumerate(bars))),
        format_html('<p class="plot-axis">{}</p>', axis) if axis else EMPTY,
    )


def _column(bar: Bar, place: int, width: float, top: float, paint: _Paint) -> SafeString:
    tall = round(HEIGHT * float(bar.value) / top, 1)
    middle = round(width * (place + 0.5), 2)
    drawn = format_html(
        '<rect {} x="{}%" y="{}" width="{}%" height="{}"/>'
        '<text class="strong" x="{}%" y="{}" text-anchor="middle">{}</text>'
        '<text x="{}%" y="{}" text-anchor="middle">{}</text>',
        paint.fill(bar.fill),
        round(width * (place + 0.2), 2),
        round(ABOVE + HEIGHT - tall, 1),
        round(width * 0.6, 2),
        tall,
        middle,
        round(ABOVE + HEIGHT - tall - 8, 1),
        written(bar.value, bar.shown),
        middle,
        ABOVE + HEIGHT + 20,
        bar.label,
    )
    if not bar.url:
        return drawn
    said = f"{bar.label}{french.NBSP}: {written(bar.value, bar.shown)}"
    return format_html('<a href="{}" aria-label="{}">{}</a>', bar.url, said, drawn)


@register.simple_tag
def bar_list(*, bars: Sequence[Bar], label: str = "") -> SafeString:
    """Words and their numbers as lying bars, in the order given. `label` is for those who do not see."""
    top = max([float(bar.value) for bar in bars] + [0.000001])
    paint = _Paint(label, [(bar.label, bar.value) for bar in bars])
    rows = format_html_join(
        "",
        '<dt>{}</dt><dd><svg class="bar" aria-hidden="true">{}<rect {} width="{}%" height="100%" rx="2"/></svg>'
        "<b>{}</b></dd>",
        (
            (
                format_html('<a href="{}">{}</a>', bar.url, bar.label) if bar.url else bar.label,
                paint.textures([bar.fill]) if bar.fill in _TEXTURES else EMPTY,
                paint.fill(bar.fill),
                round(100 * float(bar.value) / top, 1),
                written(bar.value, bar.shown),
            )
            for bar in bars
        ),
    )
    named = format_html('<p class="sr">{}</p>', label) if label else EMPTY
    return format_html('{}<dl class="barlist">{}</dl>', named, rows)


# --- parts and spreads ------------------------------------------------------------------------------------------------


@register.simple_tag
def split_bar(
    *, parts: Sequence[Part], label: str, keys: bool = True, tall: bool = False, whole: Number = 0
) -> SafeString:
    """A whole and its parts, side by side; `keys=False` when the page already says them above.

    `whole` is drawn longer than the sum of the parts when it is.
    """
    total = max(sum(float(part.value) for part in parts), float(whole)) or 1.0
    paint = _Paint(label, [(part.label, part.value) for part in parts])
    rows, edge = [], 0.0
    for part in parts:
        share = 100 * float(part.value) / total
        if share:
            rows.append((paint.fill(part.fill), round(edge, 2), round(share, 2)))
        edge += share
    return format_html(
        '<svg class="bar split{}" role="img" aria-label="{}">{}{}</svg>{}',
        " is-tall" if tall else "",
        label,
        paint.textures([part.fill for part in parts]),
        format_html_join("", '<rect {} x="{}%" width="{}%" height="100%"/>', rows),
        _keys(parts) if keys else EMPTY,
    )


def _keys(parts: Sequence[Part]) -> SafeString:
    """What each texture means, and its number."""
    rows = format_html_join(
        "",
        '<div><dt class="swatch key-{}">{}</dt><dd>{}{}</dd></div>',
        (
            (
                part.fill,
                part.label,
                format_html('<a href="{}">{}</a>', part.url, written(part.value, part.shown))
                if part.url
                else written(part.value, part.shown),
                format_html(' <span class="muted small">{}</span>', part.note) if part.note else EMPTY,
            )
            for part in parts
        ),
    )
    return format_html('<dl class="keys">{}</dl>', rows)


@register.simple_tag
def range_chart(*, rows: Sequence[Spread], label: str, unit: str = "") -> SafeString:
    """A median (dot) and the middle half (bar) for each row, on one scale from zero."""
    scale = scale_of([row.high for row in rows], from_zero=True, steps=5)
    grid = "".join(f"M{scale.share(tick):g} 0V100" for tick in scale.ticks)
    drawn = format_html_join(
        "",
        '<div><dt>{}</dt><dd><b>{}</b><svg class="drawing" viewBox="0 0 100 100" preserveAspectRatio="none"'
        ' aria-hidden="true"><path class="grid" d="{}"/><path class="range" d="M{:g} 50H{:g}"/>'
        '<path class="pt-f" d="M{:g} 50h.01"/></svg></dd></div>'.replace("{:g}", "{}"),
        (
            (
                format_html('<a href="{}">{}</a>', row.url, row.label) if row.url else row.label,
                written(row.middle, row.shown, unit),
                grid,
                scale.share(row.low),
                scale.share(row.high),
                scale.share(row.middle),
            )
            for row in rows
        ),
    )
    ticks = format_html_join(
        "",
        '<text x="{}%" y="14" text-anchor="middle">{}</text>',
        ((scale.share(tick), written(plain(tick), unit=unit)) for tick in scale.ticks),
    )
    return format_html(
        '<div class="ranges"><p class="sr">{}</p><dl>{}</dl><svg class="chart" height="20" aria-hidden="true">{}</svg>'
        "</div>",
        label,
        drawn,
        ticks,
    )


# --- the same, as a table ---------------------------------------------------------------------------------------------


@register.simple_block_tag
def twin(content: str, *, words: str = "Voir le tableau") -> SafeString:
    """What a chart draws, folded under it; open on paper."""
    return format_html('<details class="twin"><summary>{}</summary>{}</details>', words, content)


@register.simple_tag
def chart_twin(
    *,
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str | int | Link]],
    exports: Sequence[tuple[str, str]] = (),
    words: str = "Voir le tableau",
    numeric: bool = True,
) -> SafeString:
    """The table twin of a chart: the first cell names the row, the others are its numbers (`numeric`).

    A cell is a text, a whole number, or a Link to the rows behind it.
    """
    side = mark_safe(' class="num"') if numeric else EMPTY
    first, *others = head
    top = format_html_join("", '<th scope="col"{}>{}</th>', ((side, word) for word in others))
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (
                _cell(row[0]),
                format_html_join("", "<td{}>{}</td>", ((side, _cell(cell)) for cell in row[1:])),
            )
            for row in rows
        ),
    )
    table = format_html(
        '<thead><tr><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody>', first, top, body
    )
    inside = data_table(content=table, caption=caption, exports=exports)
    return twin(content=inside, words=words)


def _cell(cell: str | int | Link) -> SafeString | str:
    if isinstance(cell, Link):
        return format_html('<a href="{}">{}</a>', cell.url, cell.label)
    return french.number(cell) if isinstance(cell, int) else cell
