"""Synonyms and acronyms as concepts: every way of saying a thing gives one more lexeme, written `~rsa`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ozeli.core.memo import kept_for

from . import analysis

CONCEPT = "~"
FRESH_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A concept said by `length` lexemes from `start` on."""

    start: int
    length: int
    concept: str


class Thesaurus:
    """Finds the concepts in a sequence of lexemes."""

    def __init__(self, synonyms: Iterable[tuple[str, Iterable[str]]]) -> None:
        self.members: dict[str, list[tuple[str, ...]]] = {}
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for term, expansions in synonyms:
            said = [tuple(analysis.lexemes(words)) for words in (term, *expansions)]
            if not said[0]:
                continue
            concept = CONCEPT + "".join(said[0])
            for member in dict.fromkeys(filter(None, said)):
                self.members.setdefault(concept, []).append(member)
                self._by_first.setdefault(member[0], []).append((member, concept))
        for candidates in self._by_first.values():
            candidates.sort(key=lambda candidate: -len(candidate[0]))

    def occurrences(self, lexemes: Sequence[str]) -> list[Occurrence]:
        """The concepts said in the sequence, the longest way of saying first, without overlap."""
        found = []
        after = 0
        for start, first in enumerate(lexemes):
            if start < after or first not in self._by_first:
                continue
            for member, concept in self._by_first[first]:
                if len(member) == 1 or tuple(lexemes[start : start + len(member)]) == member:
                    found.append(Occurrence(start, len(member), concept))
                    after = start + len(member)
                    break
        return found


@kept_for(FRESH_SECONDS)
def current() -> Thesaurus:
    """The thesaurus of the table, read again every ten seconds: a correction shows at once in every process."""
    from .models import Synonym

    return Thesaurus(Synonym.objects.order_by("term").values_list("term", "expansions"))
