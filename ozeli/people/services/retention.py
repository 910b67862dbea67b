"""Forget what had its time. The rules are told by the `holdings` of each app."""

from dataclasses import dataclass

from ozeli.core import clock
from ozeli.core.personal_data import Retention, forget, retentions
from ozeli.journal.services import record


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule, and how many rows it found too old."""

    rule: Retention
    rows: int


def due() -> list[Applied]:
    """What would be forgotten now: nothing is."""
    now = clock.now()
    return [Applied(rule, rule.rows(now).order_by().count()) for rule in retentions()]


def apply() -> list[Applied]:
    """Forget, each rule by batches of its own; the journal keeps how many, never what."""
    now, done = clock.now(), []
    for rule in retentions():
        rows = forget(rule, now)
        if rows:
            record("retention.applied", "retention", rule.code, actor=None, rows=rows)
        done.append(Applied(rule, rows))
    return done
