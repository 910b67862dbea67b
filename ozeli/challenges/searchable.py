"""Challenges, as the search finds them: those that are published, and cancelled ones with their reason."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from ozeli.core.registry import Searchable, SearchCard, SearchDocument, searchables
from ozeli.network.enums import Audience

from .cards import cards, with_card_data
from .enums import ChallengeState
from .models import KIND, Challenge, ChallengeQuerySet


def findable() -> ChallengeQuerySet:
    return Challenge.objects.exclude(state=ChallengeState.DRAFT)


def load(ids: Sequence[UUID]) -> Iterable[SearchDocument]:
    """One open to several bodies is found by the body that carries it: the index knows one body for a document."""
    rows = (
        findable()
        .filter(pk__in=ids)
        .select_related("domain", "objective")
        .prefetch_related("bodies", "prizes")
    )
    for one in rows:
        bodies = [row.organisation_id for row in one.bodies.all()]
        invited = bodies[0] if len(bodies) == 1 else one.organisation_id
        yield SearchDocument(
            kind=KIND,
            object_id=one.pk,
            title=one.title,
            body={
                "B": f"{one.question}\n{one.theme}",
                "C": one.presentation,
                "D": "\n".join([one.rules_text, *(prize.title for prize in one.prizes.all())]),
            },
            audience=one.audience,
            organisation_id=invited if one.audience == Audience.ORGANISATION else one.organisation_id,
            branch_id=one.branch_id,
            domain_id=one.domain_id,
            status=one.state,
            year=one.opens_at.year if one.opens_at else None,
        )


def ids() -> Iterable[UUID]:
    return findable().order_by("pk").values_list("pk", flat=True).iterator(5_000)


def load_cards(wanted: Sequence[UUID], user: Any) -> Iterable[SearchCard]:
    rows = list(with_card_data(Challenge.objects.visible_to(user).filter(pk__in=wanted)))
    for one, card in zip(rows, cards(rows), strict=True):
        yield SearchCard(
            object_id=one.pk,
            title=one.title,
            url=card.url,
            text="\n".join(filter(None, (one.question, one.presentation))),
            notes=[card.carrier, card.look.label, *card.counted],
        )


def register() -> None:
    searchables.register(
        Searchable(
            kind=KIND,
            brick="challenges",
            label="défi",
            label_plural="défis",
            load=load,
            ids=ids,
            load_cards=load_cards,
            position=8,
        )
    )
