"""Filters and tags of French writing: `{{ idea.deposited_on|long_date }}`, `{{ votes|plural:"vote" }}`."""

from datetime import date, datetime, time
from decimal import Decimal

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from .. import french
from ..limited_html import limited_html as _limited_html

register = template.Library()


def _raise_first(text: str) -> SafeString:
    """Write « 1er » with its ordinal raised."""
    return mark_safe(conditional_escape(text).replace("1er" + french.NBSP, f"1<sup>er</sup>{french.NBSP}"))


@register.filter
def long_date(value: date | datetime | None) -> str:
    return _raise_first(french.long_date(value)) if value else ""


@register.filter
def short_date(value: date | datetime | None, today: date | None = None) -> str:
    return _raise_first(french.short_date(value, today)) if value else ""


@register.filter
def month(value: date | datetime | None) -> str:
    return french.month(value) if value else ""


@register.filter
def clock_time(value: datetime | time | None) -> str:
    return french.clock_time(value) if value else ""


@register.filter
def number(value: int | float | Decimal | None, places: int | None = None) -> str:
    return "" if value is None else french.number(value, places)


@register.filter
def plural(count: int, words: str) -> str:
    """`{{ n|plural:"idée" }}` or, when the plural is not a plain s, `{{ n|plural:"journal,journaux" }}`."""
    return french.plural(count, *words.split(","))


@register.filter
def plural_word(count: int, words: str) -> str:
    return french.plural_word(count, *words.split(","))


@register.filter
def quoted(text: object) -> str:
    """`{{ idea.title|quoted }}`: between guillemets, its own become “ ”. Put it before `linebreaks`."""
    return french.quoted(str(text))


@register.filter
def days(count: int) -> str:
    return french.days(count)


@register.filter
def capped(count: int, cap: int = 1000) -> str:
    return french.capped(count, cap)


@register.filter
def of_name(name: str) -> str:
    """« d’Aurélie Martin »: the preposition before a name."""
    return french.of_name(str(name))


@register.filter
def first_words(text: str, most: int) -> str:
    """The beginning of a text, its no-break spaces kept (`truncatewords` breaks them)."""
    return french.first_words(str(text), most)


@register.filter
def weight(size: int) -> str:
    """« 340 ko »."""
    return french.weight(size)


@register.filter
def typographic(text: str) -> str:
    return french.typographic(str(text))


@register.filter
def limited_html(text: str) -> SafeString:
    """A text of an administrator: paragraphs, lists, headings, bold, italic, links."""
    return _limited_html(str(text))
