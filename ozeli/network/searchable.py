"""Bodies of the network, as the search finds them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from ozeli.core.registry import Searchable, SearchCard, SearchDocument, searchables

from .models import Organisation

KIND = "organisation"


def object_id(pk: int) -> UUID:
    """Bodies have small whole keys; the index wants a UUID."""
    return UUID(int=pk)


def _found(ids: Sequence[UUID]) -> list[Organisation]:
    return list(
        Organisation.objects.filter(pk__in=[one.int for one in ids if one.int < 2**63]).select_related(
            "branch"
        )
    )


def load(ids: Sequence[UUID]) -> Iterable[SearchDocument]:
    for body in _found(ids):
        if body.is_active:
            yield SearchDocument(
                kind=KIND,
                object_id=object_id(body.pk),
                title=body.name,
                body={
                    "B": body.code.replace("-", " "),
                    "C": f"{body.branch.name} {body.get_region_display()} {body.department}",
                },
                organisation_id=body.pk,
                branch_id=body.branch_id,
            )


def ids() -> Iterable[UUID]:
    for pk in (
        Organisation.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True).iterator()
    ):
        yield object_id(pk)


def load_cards(wanted: Sequence[UUID], user: Any) -> Iterable[SearchCard]:
    """Every signed-in person reads the sheet of every body; the brick was checked before."""
    for body in _found(wanted):
        if body.is_active:
            notes = [body.branch.name, body.get_region_display()]
            yield SearchCard(
                object_id(body.pk), body.name, body.get_absolute_url(), notes=[note for note in notes if note]
            )


def register() -> None:
    searchables.register(
        Searchable(
            kind=KIND,
            brick="directory",
            label="organisme",
            label_plural="organismes",
            load=load,
            ids=ids,
            load_cards=load_cards,
            position=60,
            scoped=False,
        )
    )
