"""Decisions published in one act: each is its own move and notification; those changed meanwhile stay prepared."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.selectors import with_grants
from ozeli.core import clock
from ozeli.core.errors import Refused

from ..enums import ItemState
from ..models import Decision, PublicationBatch, PublicationItem
from .decisions import publish_decision

AT_ONCE = 100
IN_THE_REQUEST = 20
GONE = "Votre compte ne permet plus de publier cette réponse."


@transaction.atomic
def publish_many(read: Sequence[tuple[Decision, int]], *, actor: User) -> PublicationBatch:
    """Publish decisions, each at the version that was read; the batch says what became of each.

    Up to 20 it is done when this returns; beyond, a job does it. The caller has checked that the person may see
    these decisions; the right to publish each is asked again at that moment. Raises Refused on none, or too many.
    """
    from ..tasks import publish_batch

    if not read:
        raise Refused("Choisissez au moins une décision à publier.")
    if len(read) > AT_ONCE:
        raise Refused(f"Choisissez {AT_ONCE} décisions au plus à la fois.")
    batch = PublicationBatch.objects.create(actor=actor, asked_at=clock.now())
    # In the order of the ideas: two batches at once take their locks one after the other, never crosswise.
    in_order = sorted(read, key=lambda one: one[0].idea_id)
    items = PublicationItem.objects.bulk_create(
        PublicationItem(batch=batch, decision=decision, version=version) for decision, version in in_order
    )
    if len(items) > IN_THE_REQUEST:
        publish_batch.defer(batch_id=str(batch.pk))
    else:
        for item in items:
            _publish(item.pk, actor)
    return batch


def publish_waiting(batch_id: UUID) -> None:
    """What is left of a batch. The rights are those of its author now."""
    batch = PublicationBatch.objects.get(pk=batch_id)
    waiting = batch.items.filter(state=ItemState.WAITING).order_by("decision__idea_id")
    actor = next(iter(with_grants([batch.actor_id] if batch.actor_id else [])), None)
    for pk in list(waiting.values_list("pk", flat=True)):
        _publish(pk, actor)


@transaction.atomic
def _publish(pk: int, actor: User | None) -> None:
    """One decision of a batch, once: published and told, or left as it is with the reason."""
    waiting = PublicationItem.objects.select_for_update(of=("self",)).filter(state=ItemState.WAITING, pk=pk)
    item = waiting.select_related("decision__idea").first()
    if item is None:
        return
    try:
        if actor is None:
            raise Refused(GONE)
        with transaction.atomic():
            publish_decision(item.decision, actor=actor, version=item.version)
        item.state = ItemState.PUBLISHED
    except Refused as error:
        item.state, item.refusal = ItemState.REFUSED, str(error)[:300]
    item.save(update_fields=["state", "refusal"])
