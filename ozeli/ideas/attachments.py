"""Images and documents of ideas and of their drafts: who reads them, who joins and removes them, who is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core.french import NBSP, quoted
from ozeli.core.registry import EventType, Message, event_types
from ozeli.files.models import StoredFile
from ozeli.files.owners import Owner, owners
from ozeli.files.selectors import Picture, files_of, picture

from . import rules
from .models import KIND, Idea, IdeaDraft

DRAFT = "idea_draft"
REFUSED = "idea.file_refused"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the sheet shows: pictures, documents, and to those who look after them what is not shown yet."""

    pictures: list[tuple[StoredFile, Picture]]
    documents: list[StoredFile]
    waiting: int
    refused: int
    manage_url: str
    can_join: bool

    def __bool__(self) -> bool:
        return bool(self.pictures or self.documents or self.manage_url)


def can_join(user: User, idea: Idea) -> bool:
    """Its authors, as long as an answer is awaited: each file shows the day it was joined."""
    return idea.is_open and not idea.is_hidden and rules.is_author(user, idea)


def can_remove(user: User, idea: Idea) -> bool:
    return can_join(user, idea) or rules.works_desk(user, idea)


def shown(user: User, idea: Idea) -> Shown:
    """The files of an idea as its sheet shows them to this person: one query."""
    files = files_of(KIND, idea.pk)
    published = [file for file in files if file.is_published]
    manages, joins = can_remove(user, idea), can_join(user, idea)
    manages = joins or (manages and bool(files))
    return Shown(
        pictures=[(file, picture(file)) for file in published if file.is_image],
        documents=[file for file in published if not file.is_image],
        waiting=sum(1 for file in files if not file.is_published and not file.is_refused) if manages else 0,
        refused=sum(1 for file in files if file.is_refused) if manages else 0,
        manage_url=reverse("ideas:attachments", args=[idea.short, idea.slug]) if manages else "",
        can_join=joins,
    )


def register() -> None:
    owners.register(Owner(KIND, visible=_readable, existing=_existing, refused=_tell))
    owners.register(Owner(DRAFT, visible=_own_drafts, existing=_drafts, refused=_tell))
    event_types.register(
        EventType(
            code=REFUSED,
            title="Un fichier que vous avez joint est refusé",
            recipients=lambda event: [event.data["uploader"]],
            message=_message,
            visible=_readable_or_own,
            reason="vous avez joint ce fichier",
            position=90,
        )
    )


def _readable(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    return Idea.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)


def _existing(ids: Sequence[UUID]) -> Iterable[UUID]:
    return Idea.objects.filter(pk__in=ids).values_list("pk", flat=True)


def _own_drafts(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    return IdeaDraft.objects.filter(owner=user, pk__in=ids).values_list("pk", flat=True)


def _drafts(ids: Sequence[UUID]) -> Iterable[UUID]:
    return IdeaDraft.objects.filter(pk__in=ids).values_list("pk", flat=True)


def _readable_or_own(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    return {*_readable(user, ids), *_own_drafts(user, ids)}


def _tell(file: StoredFile) -> None:
    """Tell the person who joined a file why it is refused; nobody for an anonymous one."""
    if file.uploader_id is not None:
        data = {"uploader": file.uploader_id, "name": file.name, "reason": file.reason}
        tell(REFUSED, file.kind, file.object_id, actor=None, **data)


def _message(event: Any, user: User) -> Message | None:
    said = f"Votre fichier {quoted(event.data['name'])} n’a pas été joint"
    return Message(
        text=f"{said}. {event.data['reason']}",
        url=_url(event),
        subject=said,
        lines=[event.data["reason"], f"Rien d’autre ne change{NBSP}: votre texte est intact."],
    )


def _url(event: Any) -> str:
    if event.kind == DRAFT:
        return f"{reverse('ideas:deposit')}?brouillon={event.object_id}"
    idea = Idea.objects.get(pk=event.object_id)
    return reverse("ideas:attachments", args=[idea.short, idea.slug])
