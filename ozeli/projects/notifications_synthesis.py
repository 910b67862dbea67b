"""Those who write a synthesis are told when its publication is over, whatever its end."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from ozeli.accounts.models import User
from ozeli.accounts.selectors import with_grants
from ozeli.core.french import quoted
from ozeli.core.registry import EventType, Message, Pace, event_types

from . import synthesis_rules as rules
from .enums import SynthesisState
from .models import Synthesis, SynthesisSection


def _writers(event: Any) -> Iterable[int]:
    """Whoever began it, asked for its publication, or wrote a section."""
    known = Synthesis.objects.filter(pk=event.object_id).values_list("created_by", "published_by")
    wrote = SynthesisSection.objects.filter(synthesis=event.object_id).values_list("written_by", flat=True)
    return {pk for pk in (*(one for row in known for one in row), *wrote) if pk is not None}


def _visible(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    return Synthesis.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)


def _readers(key: UUID, user_ids: Iterable[int]) -> Sequence[User]:
    found = Synthesis.objects.filter(pk=key).first()
    return [one for one in with_grants(user_ids) if rules.can_see(one, found)] if found else []


def _titles(ids: Sequence[UUID]) -> Mapping[UUID, str]:
    return dict(Synthesis.objects.filter(pk__in=ids).values_list("pk", "title"))


def _ready(event: Any, user: User) -> Message | None:
    found = Synthesis.objects.filter(pk=event.object_id).first()
    if found is None:
        return None
    if found.state == SynthesisState.PUBLISHED:
        text = f"La synthèse {quoted(found.title)} est publiée."
        lines = [text, "Le PDF et le fichier Word sont sur sa page, avec le texte."]
        return Message(
            text=text, url=found.get_absolute_url(), subject="Votre synthèse est publiée", lines=lines
        )
    if not found.message:
        return None
    text = f"La synthèse {quoted(found.title)} n’a pas été publiée."
    return Message(
        text=text,
        url=found.get_absolute_url(),
        subject="Votre synthèse n’est pas publiée",
        lines=[text, found.message],
    )


def register() -> None:
    event_types.register(
        EventType(
            code="synthesis.ready",
            title="La publication d’une synthèse que vous écrivez est finie",
            recipients=_writers,
            message=_ready,
            visible=_visible,
            readers=_readers,
            titles=_titles,
            reason="vous préparez cette synthèse",
            default_pace=Pace.NOW,
            family="Ce que je garde",
            short="synthèse publiée",
            short_many="{} synthèses publiées",
            position=210,
        )
    )
