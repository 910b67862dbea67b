"""The logo of a body in the place of our mark: sent, inspected by a job, then worn by every page.

What is sent changes nothing: the job that finds it sound makes it the logo of the theme, in the journal, in the name
of whoever sent it. Until then, and when it is refused, the pages keep the one they had.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core.access import Level
from ozeli.core.errors import Refused
from ozeli.files import signatures
from ozeli.files.enums import WAITING, State
from ozeli.files.models import StoredFile
from ozeli.files.owners import Owner, owners
from ozeli.files.services import drop, join_file
from ozeli.journal import changes
from ozeli.journal.models import Entry

from .models import Theme

KIND, LOOK = "logo", "look"
MOST_BYTES = 1_000_000
TOO_LARGE = "Ce logo dépasse 1\u00a0Mo. Réduisez-le, puis envoyez-le."


@dataclass(frozen=True, slots=True)
class Logo:
    """A published logo: its mark (the start of its digest), its size, where its bytes are."""

    mark: str
    width: int
    height: int
    folder: str
    file: str

    @property
    def url(self) -> str:
        return reverse("portal:logo", args=[self.mark])


def logo_of(theme: Theme | None) -> Logo | None:
    """The logo that a theme wears; one query when there is one."""
    if theme is None or not theme.logo:
        return None
    image = StoredFile.objects.filter(pk=theme.logo, kind=KIND, state=State.PUBLISHED).first()
    if image is None or not image.renditions:
        return None
    width, height = image.renditions[0]  # the smallest: no page draws it wider
    return Logo(image.sha256[:16], width, height, image.folder, f"{width}.webp")


def pending() -> StoredFile | None:
    """What was sent last and is not worn: still being inspected, or refused with its reason."""
    return StoredFile.objects.filter(kind=KIND).exclude(state=State.PUBLISHED).order_by("-created_at").first()


@transaction.atomic
def send_logo(upload: Any, *, actor: User) -> StoredFile:
    """Keep an image and queue its inspection; what was sent before and not worn yet is forgotten. Raises Refused."""
    upload.seek(0)
    head = upload.read(signatures.HEAD_SIZE)
    if signatures.media_type(head) not in signatures.IMAGES:
        raise Refused("Un logo est une image\u00a0: PNG, WebP ou JPEG. Exportez-le dans l’un de ces formats.")
    if upload.size > MOST_BYTES:
        raise Refused(TOO_LARGE)
    drop(list(StoredFile.objects.filter(kind=KIND).exclude(state=State.PUBLISHED)))
    return join_file(upload, kind=KIND, object_id=uuid4(), uploader=actor, description="Logo du portail")


def remove_logo(*, actor: User, version: int) -> None:
    """Give the pages our mark back; undone from the journal. Raises Stale."""
    theme = Theme.objects.first()
    if theme is not None:
        changes.change(theme, {"logo": ""}, kind=LOOK, actor=actor_key(actor), version=version)


def wear(file: StoredFile) -> None:
    """Make a logo that was just found sound the one of the theme, in the transaction of its inspection."""
    theme, _created = Theme.objects.get_or_create(pk=1, defaults={"version": 0})
    actor = actor_key(file.uploader) if file.uploader else None
    changes.change(theme, {"logo": str(file.pk)}, kind=LOOK, actor=actor)


def register() -> None:
    owners.register(Owner(KIND, visible=_visible, existing=_existing, published=wear))


def _visible(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    """Its public address shows it; the file itself is for those who keep the look."""
    return ids if user.level("home") >= Level.ADMIN and user.scope("home", Level.ADMIN) is None else ()


def _existing(ids: Sequence[UUID]) -> Iterable[UUID]:
    """What is worn, what the only change that can be undone would bring back, and what is still being inspected."""
    kept = {theme.logo for theme in Theme.objects.all()}
    last = Entry.objects.filter(kind=LOOK, details__has_key="changes").order_by("-pk").first()
    if last is not None:
        kept.update(last.details["changes"].get("logo", ()))
    files = StoredFile.objects.filter(kind=KIND, object_id__in=ids)
    return [file.object_id for file in files if str(file.pk) in kept or file.state in WAITING]
