"""Extracts of a text around what was searched, the words marked whatever their accents, case or ending."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from . import analysis
from .thesaurus import CONCEPT, Thesaurus

EXTRACT = 240
# What is shown before the first mark: an eighth, so that it stays in sight on a phone.
LEAD = 8
_READ = 40_000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text that answers the search: its offsets, and the lexeme it says."""

    start: int
    end: int
    lexeme: str


def spans(text: str, lexemes: Collection[str], thesaurus: Thesaurus | None = None) -> list[Span]:
    """What answers in a composed text, in order, without overlap. Concepts need the thesaurus to be seen."""
    if not lexemes:
        return []
    words = list(analysis.words(text))
    found = [Span(word.start, word.end, word.lexeme) for word in words if word.lexeme in lexemes]
    if thesaurus is not None and any(lexeme.startswith(CONCEPT) for lexeme in lexemes):
        for said in thesaurus.occurrences([word.lexeme for word in words]):
            if said.concept in lexemes:
                last = words[said.start + said.length - 1]
                found.append(Span(words[said.start].start, last.end, said.concept))
    apart: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if not apart or span.start >= apart[-1].end:
            apart.append(span)
    return apart


def highlight(text: str, lexemes: Collection[str], thesaurus: Thesaurus | None = None) -> SafeString:
    """The whole text, escaped, with `<mark>` around what answers."""
    text = analysis.compose(text)
    return _marked(text, 0, len(text), spans(text, lexemes, thesaurus))


def extract(
    text: str, lexemes: Collection[str], thesaurus: Thesaurus | None = None, *, length: int = EXTRACT
) -> SafeString:
    """About `length` characters of the text, where most different words answer; its beginning when none does."""
    text = " ".join(analysis.compose(text[:_READ]).split())
    found = spans(text, lexemes, thesaurus)
    start, end = _window(text, found, length)
    shown = _marked(text, start, end, found)
    return mark_safe(("… " if start else "") + shown + (" …" if end < len(text) else ""))


def _window(text: str, found: list[Span], length: int) -> tuple[int, int]:
    """The stretch of whole words that holds most different lexemes, the earliest of equals."""
    if len(text) <= length:
        return 0, len(text)
    best, start = -1, 0
    for place, first in enumerate(found):
        inside = {span.lexeme for span in found[place:] if span.end <= first.start + length - length // LEAD}
        if len(inside) > best:
            best, start = len(inside), first.start
    start = max(0, min(start - length // LEAD, len(text) - length))
    if start:
        start = text.find(" ", start) + 1 or start
    end = start + length
    if end >= len(text):
        return start, len(text)
    return start, max(text.rfind(" ", start, end), start + length // 2)


def _marked(text: str, start: int, end: int, found: list[Span]) -> SafeString:
    pieces, place = [], start
    for span in found:
        if span.start < start or span.end > end:
            continue
        pieces += [escape(text[place : span.start]), "<mark>", escape(text[span.start : span.end]), "</mark>"]
        place = span.end
    pieces.append(escape(text[place:end]))
    return mark_safe("".join(pieces))
