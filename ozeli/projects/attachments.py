"""Images and documents of projects: who reads them, who is told of a refusal."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core.french import NBSP, quoted
from ozeli.core.registry import EventType, Message, event_types
from ozeli.files.models import StoredFile
from ozeli.files.owners import Owner, owners

from .models import KIND, Project
from .notifications import visible

REFUSED = "project.file_refused"


def register() -> None:
    owners.register(Owner(KIND, visible=visible, existing=_existing, refused=_tell))
    event_types.register(
        EventType(
            code=REFUSED,
            title="Un document que vous avez joint à un projet est refusé",
            recipients=lambda event: [event.data["uploader"]],
            message=_message,
            visible=visible,
            reason="vous avez joint ce fichier",
            position=91,
        )
    )


def _existing(ids: Sequence[UUID]) -> Iterable[UUID]:
    return Project.objects.filter(pk__in=ids).values_list("pk", flat=True)


def _tell(file: StoredFile) -> None:
    """Tell the person who joined a file why it is refused."""
    if file.uploader_id is not None:
        data = {"uploader": file.uploader_id, "name": file.name, "reason": file.reason}
        tell(REFUSED, file.kind, file.object_id, actor=None, **data)


def _message(event: Any, user: User) -> Message | None:
    project = Project.objects.filter(pk=event.object_id).first()
    if project is None:
        return None
    said = f"Votre fichier {quoted(event.data['name'])} n’a pas été joint"
    return Message(
        text=f"{said}. {event.data['reason']}",
        url=f"{project.get_absolute_url()}documents/",
        subject=said,
        lines=[event.data["reason"], f"Rien d’autre ne change{NBSP}: la fiche du projet est intacte."],
    )
