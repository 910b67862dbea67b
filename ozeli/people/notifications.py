"""What people are told of their page and of their role."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.http import QueryDict

from ozeli.accounts.models import User
from ozeli.core.french import plural, quoted
from ozeli.core.registry import EventType, Message, Pace, event_types

from .models import PersonPage, SavedSearch
from .services.pages import WRITTEN
from .services.saved import LOOKED_AT, NEW_RESULTS, listing_open_to


def _owner(event: Any) -> Iterable[int]:
    return PersonPage.objects.filter(pk=event.object_id).values_list("user_id", flat=True)


def _own(user: User, object_ids: Sequence[UUID]) -> Iterable[UUID]:
    """Only its owner is told anything of a page."""
    return PersonPage.objects.filter(pk__in=object_ids, user=user).values_list("pk", flat=True)


def _letter(event: Any, user: User) -> Message | None:
    """The writer's address is given, as the form said it would be: one answers by mail."""
    writer = (
        User.objects.select_related("organisation")
        .filter(pk=event.data.get("writer"), is_active=True)
        .first()
    )
    if writer is None:
        return None
    return Message(
        text=f"{writer.display_name} vous a écrit",
        url=PersonPage.objects.get(pk=event.object_id).get_absolute_url(),
        subject=f"{writer.display_name} vous écrit",
        lines=[
            f"{writer.display_name}, {writer.organisation.name}, vous écrit depuis votre page :",
            event.data["words"],
            f"Pour répondre : {writer.email}",
        ],
    )


def _searcher(event: Any) -> Iterable[int]:
    return SavedSearch.objects.filter(pk=event.object_id).values_list("owner_id", flat=True)


def _own_search(user: User, object_ids: Sequence[UUID]) -> Iterable[UUID]:
    return SavedSearch.objects.filter(pk__in=object_ids, owner=user).values_list("pk", flat=True)


def _new_results(event: Any, user: User) -> Message | None:
    """The titles that the person may read as this is written; nothing when none is left."""
    search = SavedSearch.objects.get(pk=event.object_id)
    listing = listing_open_to(user, search.listing)
    if listing is None:
        return None
    wanted = set(event.data["new"])
    found = [
        one for one in listing.entries(user, QueryDict(search.query), LOOKED_AT) if str(one.id) in wanted
    ]
    if not found:
        return None
    said = plural(len(found), "nouveau résultat", "nouveaux résultats")
    return Message(
        text=f"{said} pour {quoted(search.name)}",
        url=search.get_absolute_url(),
        subject=f"{said} pour {quoted(search.name)}",
        lines=[f"Votre recherche {quoted(search.name)} a {said} :", *(f"– {one.title}" for one in found)],
    )


def _search_names(object_ids: Sequence[UUID]) -> dict[UUID, str]:
    return dict(SavedSearch.objects.filter(pk__in=object_ids).values_list("pk", "name"))


def register() -> None:
    event_types.register(
        EventType(
            code=NEW_RESULTS,
            title="Du nouveau dans une recherche que vous gardez",
            recipients=_searcher,
            message=_new_results,
            visible=_own_search,
            family="Ce que je garde",
            short="du nouveau",
            short_many="{} fois du nouveau",
            titles=_search_names,
            reason="vous avez enregistré cette recherche et demandé à être prévenu",
            position=210,
        )
    )
    event_types.register(
        EventType(
            code=WRITTEN,
            title="Quelqu’un vous écrit depuis votre page",
            recipients=_owner,
            message=_letter,
            visible=_own,
            family="Ce que je garde",
            default_pace=Pace.NOW,
            reason="vous avez ouvert votre page et accepté d’être contacté",
            position=200,
        )
    )
