"""The small marks: icon, badge, kind, avatar, person, tags, figures, tile map."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from math import ceil
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .. import french, icons
from ..access import Level
from ..ui import KINDS, REGIONS, BadgeLook, initials

register = template.Library()

EMPTY = mark_safe("")
_WORD = re.compile(r"(\w+)")


@cache
def drawn(name: str, small: bool = False) -> SafeString:
    """The icon as markup: two elements, the drawing stays in the sprite."""
    if name not in icons.names():
        raise template.TemplateSyntaxError(f"No icon is named {name!r}.")
    size = " i-s" if small else ""
    return mark_safe(
        f'<svg class="i{size}" aria-hidden="true"><use href="{static("core/icons.svg")}#{name}"/></svg>'
    )


@register.simple_tag
def icon(name: str, *, small: bool = False) -> SafeString:
    """A general icon or one of our glyphs, always beside a word."""
    return drawn(name, small)


@register.simple_tag
def logo(*, initials: str = "") -> SafeString:
    """Our drawing, or the initials of a body that has made the portal its own."""
    if initials:
        return format_html('<span class="logo-initials" aria-hidden="true">{}</span>', initials)
    return mark_safe(
        '<svg class="logo" viewBox="0 0 36 36" aria-hidden="true">'
        '<path class="logo-ring" d="M21.8 12.3a10.5 10.5 0 1 0 3.7 4.6"/>'
        '<path class="logo-leaf" d="M22 12.2C22 6 25.8 2.2 32.5 2.2c0 6.7-3.8 10-10.5 10Z"/></svg>'
    )


@lru_cache(maxsize=512)
def badge_html(look: BadgeLook, *, boxed: bool = False) -> SafeString:
    tone = f" is-{look.tone}" if look.tone else ""
    box = " badge-box" if boxed else ""
    return format_html('<span class="badge{}{}">{}{}</span>', tone, box, drawn(look.shape), look.label)


@register.simple_tag
def badge(
    *,
    look: BadgeLook | None = None,
    label: str = "",
    shape: str = "ring",
    tone: str = "",
    boxed: bool = False,
) -> SafeString:
    """A state: shape and word. Give a `look`, or label, shape and tone. `boxed` beside a page title only."""
    return badge_html(look or BadgeLook(label, shape, tone), boxed=boxed)  # type: ignore[arg-type]


def kind_html(code: str, label: str = "") -> SafeString:
    glyph, word = KINDS[code]
    return format_html('<span class="kind">{}{}</span>', drawn(glyph), label or word)


@register.simple_tag
def kind(code: str, *, label: str = "") -> SafeString:
    """The kind of a sheet: its glyph and its word."""
    return kind_html(code, label)


@register.simple_tag
def avatar(name: str) -> SafeString:
    """Initials in a disc; the name stands beside, so readers of the screen do not hear it twice."""
    return format_html('<span class="ava" aria-hidden="true">{}</span>', initials(name))


@register.simple_tag
def who(*, name: str = "", role: str = "", url: str = "") -> SafeString:
    """A person who answers, carries or wrote. Without a name: an anonymous author."""
    face = (
        format_html('<span class="ava" aria-hidden="true">{}</span>', initials(name))
        if name
        else format_html('<span class="ava" aria-hidden="true">{}</span>', drawn("user"))
    )
    shown = format_html('<a href="{}">{}</a>', url, name) if url else format_html("{}", name or "Anonyme")
    under = format_html(' <small class="muted">{}</small>', role) if role else EMPTY
    return format_html('<div class="who">{}<b>{}</b>{}</div>', face, shown, under)


@register.simple_tag
def tags(*, items: Iterable[tuple[str, str]], label: str = "Mots-clés") -> SafeString:
    """Tags as (word, url); an empty url leaves the word alone."""
    drawn_tags = format_html_join(
        "",
        "<li>{}</li>",
        (
            (format_html('<a class="tag" href="{}">{}</a>', url, word),)
            if url
            else (format_html('<span class="tag">{}</span>', word),)
            for word, url in items
        ),
    )
    return format_html('<ul class="tags" aria-label="{}">{}</ul>', label, drawn_tags)


@register.simple_tag
def promise(*, text: str, state: str = "wait") -> SafeString:
    """Who answers and until when, in words. States: wait, late (coral, says so in words too), done."""
    classes = {"wait": "promise", "late": "promise late", "done": "promise is-done"}[state]
    shape = "okc" if state == "done" else "clock"
    return format_html('<span class="{}">{}<span>{}</span></span>', classes, drawn(shape), text)


@register.simple_tag
def key_figure(
    *, value: Any, label: str, definition: str, url: str = "", url_label: str = "", level: int = 3
) -> SafeString:
    """A number, its name and its definition, with the way to the rows behind it."""
    shown = french.number(value) if isinstance(value, int) else value
    link = format_html(' <a href="{}">{}</a>', url, url_label) if url else EMPTY
    heading = format_html('<h{0} class="label">{1}</h{0}>', level, label)
    return format_html('<div class="fig"><b>{}</b>{}<p>{}{}</p></div>', shown, heading, definition, link)


@register.simple_tag
def level(value: int, *, was: int | None = None) -> SafeString:
    """A level of the matrix: bars and word; `was` tells the level before an unsaved change."""
    held = Level(value)
    before = (
        format_html('<span class="was">était : {}</span>', Level(was).label) if was is not None else EMPTY
    )
    return format_html(
        '<span class="lvl l{}">{}{}</span>{}', int(held), drawn(f"level-{int(held)}"), held.label, before
    )


@register.simple_tag
def tile_map(*, counts: Mapping[str, int], label: str) -> SafeString:
    """The eighteen regions as tiles (keys: official region codes); each tile prints its number."""
    top = max([*counts.values(), 1])
    tiles = format_html_join(
        "",
        '<li class="r-{} t{}"><abbr title="{}">{}</abbr>{}</li>',
        (
            (code, ceil(3 * counts.get(code, 0) / top), full, short, counts.get(code, 0))
            for code, (short, full) in REGIONS.items()
        ),
    )
    return format_html('<ul class="tiles" aria-label="{}">{}</ul>', label, tiles)


def marked(text: str, words: Sequence[str]) -> SafeString:
    """Escape `text` and mark the words that are shared or searched, whatever their accents, case or plural."""
    wanted = {french.fold(word).rstrip("sx") for word in words if word}
    pieces = []
    for piece in _WORD.split(str(text)):
        hit = piece and french.fold(piece).rstrip("sx") in wanted
        pieces.append(format_html("<mark>{}</mark>", piece) if hit else conditional_escape(piece))
    return mark_safe("".join(pieces))


@register.filter
def mark(text: str, words: Sequence[str]) -> SafeString:
    """`{{ idea.problem|mark:shared }}`."""
    return marked(text, words)
