"""Decisions chosen for a batch, and what became of those of a batch."""

from ozeli.accounts.models import User

from ..models import Decision, Idea, PublicationBatch, PublicationItem
from .desk import prepared_decisions


def chosen(user: User, keys: list[int]) -> list[Decision]:
    """Those of this desk that still wait to be published, the oldest first."""
    return list(prepared_decisions(user).filter(pk__in=keys).order_by("prepared_on", "pk")) if keys else []


def any_of(user: User, keys: list[int]) -> list[Decision]:
    """Those of this desk, published meanwhile or not: the batch says what became of each."""
    mine = Decision.objects.filter(pk__in=keys, idea__in=Idea.objects.in_scope_of(user))
    return list(mine.select_related("idea").order_by("pk")) if keys else []


def items_of(batch: PublicationBatch) -> list[PublicationItem]:
    return list(batch.items.select_related("decision__idea").order_by("pk"))
