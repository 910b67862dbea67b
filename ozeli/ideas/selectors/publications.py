"""Decisions chosen for a batch, and what became of those of a batch."""

from datetime import timedelta
from uuid import UUID

from ozeli.accounts.models import User
from ozeli.activity.selectors import living_jobs
from ozeli.core import clock

from ..enums import ItemState
from ..models import Decision, Idea, PublicationBatch, PublicationItem
from .desk import prepared_decisions

GRACE = timedelta(minutes=1)
PATIENCE = timedelta(days=1)


def chosen(user: User, keys: list[int]) -> list[Decision]:
    """Those of this desk that still wait to be published, the oldest first."""
    return list(prepared_decisions(user).filter(pk__in=keys).order_by("prepared_on", "pk")) if keys else []


def any_of(user: User, keys: list[int]) -> list[Decision]:
    """Those of this desk, published meanwhile or not: the batch says what became of each."""
    mine = Decision.objects.filter(pk__in=keys, idea__in=Idea.objects.in_scope_of(user))
    return list(mine.select_related("idea").order_by("pk")) if keys else []


def items_of(batch: PublicationBatch) -> list[PublicationItem]:
    return list(batch.items.select_related("decision__idea").order_by("pk"))


def forgotten() -> list[UUID]:
    """The batches that wait and that no job will publish any more: its worker was killed too often, or it failed.

    After a day somebody has to look: the decisions are still there, prepared.
    """
    now = clock.now()
    waiting = PublicationBatch.objects.filter(
        asked_at__gt=now - PATIENCE, asked_at__lt=now - GRACE, items__state=ItemState.WAITING
    )
    found = waiting.order_by("asked_at", "pk").distinct().values_list("pk", flat=True)
    living = {args["batch_id"] for args in living_jobs("ideas.publish_batch").values_list("args", flat=True)}
    return [pk for pk in found if str(pk) not in living]
