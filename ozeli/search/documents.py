"""From a document to what the index keeps of it: weighted lexemes, and the word that each one was written as."""

from collections import Counter
from dataclasses import dataclass

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
        found = list(analysis.words(analysis.compose(text[:LONGEST_TEXT])))
        sequence = [word.lexeme for word in found]
        sequence += [occurrence.concept for occurrence in thesaurus.occurrences(sequence)]
        for lexeme, count in Counter(sequence).items():
            counts.setdefault(lexeme, Counter())[weight] += count
        for word in found:
            words[word.lexeme] = min(words.get(word.lexeme, word.surface), word.surface, key=len).lower()
    return IndexedDocument(
        document, " ".join(_entry(lexeme, found) for lexeme, found in counts.items()), words
    )


def _entry(lexeme: str, counts: Counter[str]) -> str:
    labels = [weight for weight in WEIGHTS for _ in range(min(counts[weight], MOST_REPEATS))]
    return f"'{lexeme}':" + ",".join(f"{place}{label}" for place, label in enumerate(labels, 1))
