"""From what a person typed to what the index is asked: groups of equivalent lexemes, corrected and completed.

Everything that reaches PostgreSQL's query notation is a lexeme of ours (letters and digits, quoted): whatever
is typed, operators, quotes or SQL, is only ever words.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from . import analysis, store
from .thesaurus import CONCEPT, Thesaurus

LONGEST = 20_000
MOST_TERMS = 128
MOST_COMPLETIONS = 12
SHORTEST_PREFIX = 3
NEAR = 2_000
# Letters that the stemmer may have taken from a well-written word and left to a mistyped one.
MOST_ENDING = 6


@dataclass(slots=True)
class Group:
    """One thing that is asked for, and the lexemes that say it. `surface` is what was typed, `times` how often."""

    surface: str
    lexemes: list[str]
    phrases: list[tuple[str, ...]] = field(default_factory=list)
    df: int = 0
    idf: float = 0.0
    times: int = 1
    start: int = 0
    end: int = 0

    @property
    def tsquery(self) -> str:
        said = [quote(lexeme) for lexeme in self.lexemes]
        said += [f"({' & '.join(quote(lexeme) for lexeme in phrase)})" for phrase in self.phrases]
        return f"({' | '.join(said)})"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked. `corrected` is the text with its typos mended, empty when nothing was mended; `mended` are the
    lexemes that it brings."""

    groups: list[Group]
    documents: int
    corrected: str = ""
    mended: Sequence[str] = ()

    @property
    def lexemes(self) -> frozenset[str]:
        return frozenset(lexeme for group in self.groups for lexeme in group.lexemes)


def quote(lexeme: str) -> str:
    """A lexeme in PostgreSQL's notation for tsquery and tsvector."""
    return "'" + lexeme.replace("\\", "").replace("'", "") + "'"


def parse(text: str, thesaurus: Thesaurus, *, expand: bool = True) -> Query:
    """The query for a text. `expand` completes unknown words (prefixes, then typos) and opens the concepts to every way
    of saying them; a draft is taken as it is, its concepts counting beside the words that say them."""
    text = analysis.compose(text[:LONGEST])
    groups = _groups(text, thesaurus) if expand else _loose_groups(text, thesaurus)
    documents, known = store.frequencies({lexeme for group in groups for lexeme in _all_lexemes(group)})
    corrected, mended = "", list[str]()
    if expand and len(groups) <= MOST_TERMS:
        corrected, mended = _complete(text, groups, known)
    for group in groups:
        group.df = _frequency(group, known)
        group.idf = idf(documents, group.df)
    groups.sort(key=lambda group: (group.df or documents + 1, group.start))
    return Query(groups[:MOST_TERMS], documents, corrected, mended)


def idf(documents: int, df: int) -> float:
    """How much a lexeme tells: near 0 when every document holds it, 7 when one in a thousand does."""
    return math.log(1 + (documents - df + 0.5) / (df + 0.5)) if documents >= df else 0.0


class _Gathered(dict[str, Group]):
    """Groups by name; a repetition counts once more, not twice."""

    def add(self, name: str, group: Group) -> None:
        if name in self:
            self[name].times += 1
        else:
            self[name] = group

    def in_order(self) -> list[Group]:
        return sorted(self.values(), key=lambda group: (group.start, -group.end))


def _groups(text: str, thesaurus: Thesaurus) -> list[Group]:
    """One group a word, concepts standing for the words that say them."""
    words = list(analysis.words(text))
    groups = _Gathered()
    covered: set[int] = set()
    for said in thesaurus.occurrences([word.lexeme for word in words]):
        first, last = words[said.start], words[said.start + said.length - 1]
        covered.update(range(said.start, said.start + said.length))
        members = thesaurus.members[said.concept]
        single = [member[0] for member in members if len(member) == 1]
        several = [member for member in members if len(member) > 1]
        surface = text[first.start : last.end]
        groups.add(
            said.concept, Group(surface, [said.concept, *single], several, start=first.start, end=last.end)
        )
    for place, word in enumerate(words):
        if place not in covered:
            groups.add(word.lexeme, Group(word.surface, [word.lexeme], start=word.start, end=word.end))
    return groups.in_order()


def _loose_groups(text: str, thesaurus: Thesaurus) -> list[Group]:
    """One group a word, and one more a concept said in several words (said in one, it stands for that word)."""
    words = list(analysis.words(text))
    groups = _Gathered()
    covered = set()
    for said in thesaurus.occurrences([word.lexeme for word in words]):
        first, last = words[said.start], words[said.start + said.length - 1]
        surface = text[first.start : last.end]
        groups.add(said.concept, Group(surface, [said.concept], start=first.start, end=last.end))
        if said.length == 1:
            covered.add(said.start)
    for word in (word for place, word in enumerate(words) if place not in covered):
        groups.add(word.lexeme, Group(word.surface, [word.lexeme], start=word.start, end=word.end))
    return groups.in_order()


def _all_lexemes(group: Group) -> list[str]:
    return group.lexemes + [lexeme for phrase in group.phrases for lexeme in phrase]


def _frequency(group: Group, known: dict[str, int]) -> int:
    """About how many documents answer the group: its concept holds all its ways of being said, once indexed."""
    if not group.lexemes[0].startswith(CONCEPT):
        return sum(known.get(lexeme, 0) for lexeme in group.lexemes)
    if concept := known.get(group.lexemes[0], 0):
        return concept
    said = [(lexeme,) for lexeme in group.lexemes[1:]] + group.phrases
    return max((min(known.get(lexeme, 0) for lexeme in member) for member in said), default=0)


def _complete(text: str, groups: Sequence[Group], known: dict[str, int]) -> tuple[str, list[str]]:
    """Give the groups that no document holds the lexemes that begin like them, else the nearest one.

    Returns the text mended, empty when the nearest was never needed, and the lexemes that mend it.
    """
    mended: list[tuple[int, int, str, str]] = []
    for group in groups:
        if any(known.get(lexeme) for lexeme in _all_lexemes(group)):
            continue
        typed = analysis.folded(group.surface)
        if len(typed) >= SHORTEST_PREFIX and (longer := store.starting_with(typed, MOST_COMPLETIONS)):
            known.update(longer)
            group.lexemes = [term for term, _ in longer]
        elif nearest := _nearest(typed, group.lexemes[0]):
            term, df, word = nearest
            known[term] = df
            group.lexemes = [term]
            mended.append((group.start, group.end, word or term, term))
    for start, end, word, _term in sorted(mended, reverse=True):
        text = text[:start] + word + text[end:]
    return text.strip() if mended else "", [term for *_place, term in mended]


def _nearest(typed: str, lexeme: str) -> tuple[str, int, str] | None:
    """The known lexeme that one slip of the finger (two in a long word) turns into the typed word.

    A slip may hide an ending from the stemmer: words are compared as well as stems. Two good letters are trusted
    first, then one.
    """
    if len(typed) < 4 or typed.isdigit() or not typed.isascii():
        return None
    allowed = 1 if len(typed) < 8 else 2
    lengths = range(max(2, len(lexeme) - MOST_ENDING), len(typed) + allowed + 1)
    for sure in (2, 1):
        candidates = store.neighbours(typed[:sure], lengths, NEAR)
        near = [
            (distance, -candidate[1], candidate)
            for candidate in candidates
            if (distance := _distance(typed, lexeme, candidate, allowed)) <= allowed
        ]
        if near:
            return min(near)[2]
    return None


def _distance(typed: str, lexeme: str, candidate: tuple[str, int, str], allowed: int) -> int:
    """Slips between two words: between their stems, else between the words when one may still be the other's stem."""
    term, _df, word = candidate
    by_stem = OSA.distance(lexeme, term, score_cutoff=allowed)
    if (
        by_stem <= allowed
        or not word
        or OSA.distance(typed[: len(term)], term, score_cutoff=allowed) > allowed
    ):
        return by_stem
    return OSA.distance(typed, analysis.folded(word), score_cutoff=allowed)
