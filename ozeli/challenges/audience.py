"""Who is concerned by what happens to a challenge, besides those who follow it and those who animate it.

Apps above know who deposited, commented or voted: each says so once, in `AppConfig.ready`.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

Recipients = Callable[[UUID], Iterable[int]]
_sources: dict[str, Recipients] = {}


def register(code: str, recipients: Recipients) -> None:
    """`recipients(challenge_id)` yields the ids of people; registered again under its code, it replaces."""
    _sources[code] = recipients


def participants(challenge_id: UUID) -> set[int]:
    """The people whom the apps above know to take part in this challenge."""
    return {pk for source in _sources.values() for pk in source(challenge_id)}
