"""Numbers of a challenge that apps above know (ideas, votes, people): they give them, challenges only show them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Figures:
    """What everybody who takes part may read of a challenge."""

    ideas: int = 0
    votes: int = 0
    voices: int = 0  # comments
    participants: int = 0


Load = Callable[[Sequence[UUID]], Mapping[UUID, Figures]]
NOTHING = Figures()
_loaders: list[Load] = []


def register(load: Load) -> None:
    """`load(challenge_ids)` gives the figures of the challenges that have some; registered again, it replaces."""
    _loaders[:] = [load]


def of(challenge_ids: Sequence[UUID]) -> dict[UUID, Figures]:
    """The figures of each of these challenges, in the queries of the loader, none without challenge."""
    if not challenge_ids or not _loaders:
        return dict.fromkeys(challenge_ids, NOTHING)
    found = _loaders[0](challenge_ids)
    return {key: found.get(key, NOTHING) for key in challenge_ids}
