"""The only clock of the project: times are UTC, days are those of Paris, and tests can stop it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _stopped_at.get() or timezone.now()


def today() -> date:
    """The present day in Europe/Paris."""
    return timezone.localdate(now())


@contextmanager
def stopped(at: datetime) -> Iterator[None]:
    """Stop the clock at an aware instant for the current context."""
    token = _stopped_at.set(at)
    try:
        yield
    finally:
        _stopped_at.reset(token)
