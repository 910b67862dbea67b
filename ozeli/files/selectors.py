"""What is read of files: those of an object, the picture of an object, the one that a person asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum, UUIDField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from procrastinate.contrib.django.models import ProcrastinateJob

from ozeli.accounts.models import User

from .enums import WAITING, State
from .models import StoredFile
from .owners import owners

SWEPT_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Picture:
    """An image ready to be drawn by `files/_picture.html`: addresses by width, size (so that nothing moves), words."""

    url: str
    src: str
    avif: str
    webp: str
    width: int
    height: int
    description: str


def files_of(kind: str, object_id: UUID) -> list[StoredFile]:
    """All the files of an object, whatever their state, in the order they came: one query."""
    return list(
        StoredFile.objects.filter(kind=kind, object_id=object_id).order_by("created_on", "created_at", "pk")
    )


def image_of(kind: str, ids: Sequence[UUID]) -> dict[UUID, Picture]:
    """The first published image of each object, in one query. The caller has checked that the objects are visible."""
    images = StoredFile.objects.filter(
        kind=kind, object_id__in=ids, state=State.PUBLISHED, width__isnull=False
    )
    found: dict[UUID, Picture] = {}
    for image in images.order_by("created_on", "created_at", "pk"):
        if image.object_id not in found:
            found[image.object_id] = picture(image)
    return found


def picture(image: StoredFile) -> Picture:
    """How a published image is drawn."""
    url = image.get_absolute_url()
    sizes = [(int(width), int(height)) for width, height in image.renditions]
    # The one that browsers without `srcset` take: large enough for a page.
    width, height = next((one for one in sizes if one[0] >= 900), sizes[-1])

    def addresses(suffix: str) -> str:
        return ", ".join(f"{url}{each[0]}.{suffix} {each[0]}w" for each in sizes)

    return Picture(
        url=url,
        src=f"{url}{width}.webp",
        avif=addresses("avif"),
        webp=addresses("webp"),
        width=width,
        height=height,
        description=image.description,
    )


def downloadable(user: User, file_id: UUID) -> StoredFile | None:
    """The file, if it is published and this person may read its object *now*; None for any other reason."""
    file = StoredFile.objects.filter(pk=file_id, state=State.PUBLISHED).first()
    owner = owners.get(file.kind) if file else None
    if file is None or owner is None:
        return None
    return file if file.object_id in set(owner.visible(user, [file.object_id])) else None


def bytes_of(user: User) -> int:
    """What the files of a person weigh, against their quota."""
    mine = StoredFile.objects.filter(uploader=user).exclude(state=State.REFUSED)
    return mine.aggregate(total=Sum("size"))["total"] or 0


def forgotten_ids() -> list[UUID]:
    """The files that wait and that no living job cares for, oldest first."""
    cared_for = (
        ProcrastinateJob.objects.filter(task_name="files.inspect", status__in=["todo", "doing"])
        .annotate(file=Cast(KeyTextTransform("file_id", "args"), UUIDField()))
        .values("file")
    )
    waiting = StoredFile.objects.filter(state__in=sorted(WAITING)).exclude(pk__in=cared_for)
    return list(waiting.order_by("created_on", "pk").values_list("pk", flat=True)[:SWEPT_AT_ONCE])


def quarantined() -> int:
    return StoredFile.objects.filter(state=State.QUARANTINED).count()
