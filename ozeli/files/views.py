"""The private download: the right to read is asked each time, and what is given can do nothing."""

from pathlib import Path
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponseBase
from django.views.decorators.http import require_safe

from ozeli.accounts.requests import PersonRequest

from . import selectors, storage
from .models import StoredFile

TYPES = {"webp": "image/webp", "avif": "image/avif"}


@require_safe
def file(request: PersonRequest, file: UUID) -> HttpResponseBase:
    """The file itself: an image is shown, a PDF is always a download."""
    found = _found(request, file)
    return _given(found, storage.MAIN, found.media_type, attachment=not found.is_image)


@require_safe
def rendition(request: PersonRequest, file: UUID, width: int, suffix: str) -> HttpResponseBase:
    """An image at one of the widths that were made."""
    found = _found(request, file)
    if suffix not in TYPES or width not in {each[0] for each in found.renditions}:
        raise Http404("no such rendition")
    return _given(found, f"{width}.{suffix}", TYPES[suffix], attachment=False)


def _found(request: PersonRequest, file_id: UUID) -> StoredFile:
    """Http404 alike for what is absent, out of sight, refused or not inspected yet."""
    found = selectors.downloadable(request.user, file_id)
    if found is None:
        raise Http404("no such file for this person")
    return found


def _given(found: StoredFile, name: str, media_type: str, *, attachment: bool) -> HttpResponseBase:
    try:
        content = storage.opened(found.folder, name)
    except FileNotFoundError as error:
        raise Http404("bytes are gone") from error
    shown = found.name if name == storage.MAIN else f"{Path(found.name).stem}.{name.rpartition('.')[2]}"
    response = FileResponse(content, as_attachment=attachment, filename=shown, content_type=media_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
