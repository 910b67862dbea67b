"""Figures that may be a minute old: kept in the memory of the process, so that a page pays nothing for them."""

import time
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")
_forgetters: list[Callable[[], None]] = []


def kept_for(seconds: float) -> Callable[[Callable[[], T]], Callable[[], T]]:
    """Compute again only after `seconds`. For figures that depend on nobody; two threads may compute at once."""

    def decorate(function: Callable[[], T]) -> Callable[[], T]:
        kept: list[tuple[float, T]] = []

        @wraps(function)
        def remembered() -> T:
            if kept and kept[0][0] > time.monotonic():
                return kept[0][1]
            value = function()
            kept[:] = [(time.monotonic() + seconds, value)]
            return value

        _forgetters.append(kept.clear)
        return remembered

    return decorate


def forget_all() -> None:
    """Drop everything kept (tests)."""
    for forget in _forgetters:
        forget()
