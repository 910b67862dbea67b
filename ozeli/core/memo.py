"""Figures that may be a minute old: kept in the memory of the process, so that a page pays nothing for them."""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_forgetters: list[Callable[[], None]] = []


def kept_for(seconds: float) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Compute again only after `seconds`, for each arguments: few and plain, for what depends on nobody.

    Two threads may compute at once.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        kept: dict[object, tuple[float, T]] = {}

        @wraps(function)
        def remembered(*args: P.args, **kwargs: P.kwargs) -> T:
            key = (args, *sorted(kwargs.items()))
            found = kept.get(key)
            if found and found[0] > time.monotonic():
                return found[1]
            value = function(*args, **kwargs)
            kept[key] = (time.monotonic() + seconds, value)
            return value

        _forgetters.append(kept.clear)
        return remembered

    return decorate


def forget_all() -> None:
    """Drop everything kept: after a change of the administration, that whoever made it sees; and in tests."""
    for forget in _forgetters:
        forget()
