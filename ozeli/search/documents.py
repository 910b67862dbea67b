"""From a document to what the index keeps of it: weighted lexemes, and the word that each one was written as."""

from collections import Counter
from dataclasses import dataclass
from functools import cache

from ozeli.core.registry import SearchDocument
from ozeli.network.enums import Audience

from . import analysis
from .thesaurus import Thesaurus

WEIGHTS = "ABCD"
# Repetition counts a little, and only so far.
MOST_REPEATS = 3
LONGEST_TEXT = 100_000
AUDIENCES = {Audience.ORGANISATION.value: 0, Audience.BRANCH.value: 1, Audience.NETWORK.value: 2}


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document ready to be written: `tsv` in PostgreSQL's own notation, `words` by lexeme."""

    document: SearchDocument
    tsv: str
    words: dict[str, str]

    @property
    def audience(self) -> int:
        return AUDIENCES[self.document.audience]


def analyse(document: SearchDocument, thesaurus: Thesaurus) -> IndexedDocument:
    """The weighted lexemes of a document, concepts included."""
    counts: dict[str, Counter[str]] = {}
    words: dict[str, str] = {}
    for weight, text in (("A", document.title), *sorted(document.body.items())):
        found = analysis.pairs(text[:LONGEST_TEXT])
        sequence = [lexeme for _surface, lexeme in found]
        sequence += [occurrence.concept for occurrence in thesaurus.occurrences(sequence)]
        for lexeme, count in Counter(sequence).items():
            counts.setdefault(lexeme, Counter())[weight] += count
        for surface, lexeme in found:
            known = words.get(lexeme)
            if known is None or len(surface) < len(known):
                words[lexeme] = surface.lower()
    return IndexedDocument(
        document, " ".join(_entry(lexeme, found) for lexeme, found in counts.items()), words
    )


def _entry(lexeme: str, counts: Counter[str]) -> str:
    return f"'{lexeme}':{_places(tuple(min(counts[weight], MOST_REPEATS) for weight in WEIGHTS))}"


@cache
def _places(repeats: tuple[int, ...]) -> str:
    """« 1A,2B,3B »: as many places as repeats, by weight."""
    labels = [weight for weight, times in zip(WEIGHTS, repeats, strict=True) for _ in range(times)]
    return ",".join(f"{place}{label}" for place, label in enumerate(labels, 1))
