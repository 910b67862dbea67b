"""States are data: a table of transitions, and the one function that applies a row of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F

from .errors import Conflict, Refused


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of a transition table.

    `allows(user, obj)` says who may; `owner` names the app that offers the button (the table also holds the moves
    that later apps will make); `reason_required` asks for a written reason.
    """

    name: str
    label: str
    sources: frozenset[str]
    target: str
    allows: Callable[[Any, Any], bool]
    owner: str = "ideas"
    reason_required: bool = False


class Table:
    """The transitions of one kind of object, by name."""

    def __init__(self, transitions: Iterable[Transition]) -> None:
        self.by_name: Mapping[str, Transition] = {row.name: row for row in transitions}

    def __iter__(self) -> Any:
        return iter(self.by_name.values())

    def __getitem__(self, name: str) -> Transition:
        return self.by_name[name]

    def open_to(self, user: Any, obj: Any) -> list[Transition]:
        """The moves that this person may make now."""
        return [row for row in self if obj.state in row.sources and row.allows(user, obj)]


def apply(
    transition: Transition, obj: models.Model, *, actor: Any, version: int | None = None, **changes: Any
) -> None:
    """Move `obj` along `transition` by one conditional update, with `changes` to other columns.

    `actor` None is the system (imports, jobs); `version` is the one the person was reading, when the screen knows.
    Raises Refused when the actor may not, Conflict when the object is no longer what was read: the caller's
    transaction is then to be abandoned.
    """
    state = obj.state  # type: ignore[attr-defined]
    if state not in transition.sources:
        raise Conflict("Entre-temps, cette fiche a changé d’état. Relisez-la avant de continuer.")
    if actor is not None and not transition.allows(actor, obj):
        raise Refused("Vous n’avez pas le droit de faire ce pas.")
    as_read = type(obj)._default_manager.filter(pk=obj.pk, state=state)
    if version is not None:
        as_read = as_read.filter(version=version)
    if not as_read.update(state=transition.target, version=F("version") + 1, **changes):
        raise Conflict("Cette fiche a changé pendant que vous la lisiez : quelqu’un est passé avant vous.")
    obj.refresh_from_db()
