"""A project held while it is written: one writer at a time, and never over words that they have not seen.

Locks are taken in one order everywhere: the idea, then the project, then the rows that hang from it.
"""

from typing import Any
from uuid import UUID

from django.db.models import F

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock
from ozeli.core.errors import Conflict
from ozeli.journal.services import record
from ozeli.search.services import schedule_index

from ..models import KIND, Project

STALE = (
    "Quelqu’un a modifié cette fiche pendant que vous l’aviez sous les yeux. Votre saisie est gardée :"
    " comparez, puis enregistrez de nouveau."
)


def hold(project: Project, version: int | None = None) -> Project:
    """The project as it stands, held until the transaction ends. Raises Conflict when it is not that version."""
    stands = (
        Project.objects.select_for_update(of=("self",))
        .select_related("organisation", "lifecycle")
        .prefetch_related("members")
        .get(pk=project.pk)
    )
    if version is not None and stands.version != version:
        raise Conflict(STALE)
    return stands


def touch(project: Project, *, is_news: bool = True) -> None:
    """A new version, found anew by the search; `is_news` brings it first in the lists."""
    news = {"touched_on": clock.today()} if is_news else {}
    Project.objects.filter(pk=project.pk).update(version=F("version") + 1, **news)
    schedule_index(KIND, [project.pk])


def note(verb: str, project: Project, actor: User | None, **details: Any) -> None:
    """Append an act on this project to the journal."""
    key: UUID | None = actor_key(actor) if actor else None
    record(f"project.{verb}", KIND, project.pk, actor=key, title=project.title, **details)
