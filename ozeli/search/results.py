"""What a search gives back."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Hit:
    """A found object; `rank` is a whole number that only compares hits of one search, `key` its tie-breaker."""

    kind: str
    object_id: UUID
    rank: int
    key: int


@dataclass(frozen=True, slots=True)
class SearchResults:
    """A page of hits.

    `total` is exact, unless `is_capped`: there are at least so many. `facets` counts by kind whatever kinds were
    asked. `corrected` is the mended text, empty when nothing was mended. `is_relaxed` says that too few documents
    held every word, so that those holding some of them stand here too. `lexemes` are what to mark in extracts.
    """

    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    is_capped: bool = False
    facets: dict[str, int] = field(default_factory=dict)
    corrected: str = ""
    is_relaxed: bool = False
    lexemes: frozenset[str] = frozenset()
    next: str = ""
    previous: str = ""


@dataclass(frozen=True, slots=True)
class LookAlike:
    """An object that resembles a text; `shared_words` are the words of the text, as typed, that it shares."""

    kind: str
    object_id: UUID
    score: float
    shared_words: list[str]
