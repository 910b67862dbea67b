"""Sent files, bounded while they arrive: past the limit of the page nothing more is written, and the words stay.

First of FILE_UPLOAD_HANDLERS. The rest of a file that is too large is read and thrown away, so that the fields after
it are not lost; a body beyond all reason is cut off.
"""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

# A file of 10 MB and the form around it.
LIMIT = 11_000_000
# Past it, not even thrown away: the connection is cut.
BEYOND_REASON = 64_000_000
CUT = "upload_was_cut"


def limit_of(path: str) -> int:
    """The most that this page takes (`UPLOAD_LIMITS` names those that take more than a file)."""
    larger = settings.UPLOAD_LIMITS.items()
    return max((most for start, most in larger if path.startswith(start)), default=LIMIT)


def was_cut(request: HttpRequest) -> bool:
    """Whether a file of this request was too large to be kept."""
    return bool(getattr(request, CUT, False))


class BoundedUploadHandler(FileUploadHandler):
    """Counts the bytes of all the files of a request, and keeps none past the limit."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 (Django’s name)
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        self.limit, self.received = limit_of(self.request.path if self.request else ""), 0
        self.announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.announced > max(BEYOND_REASON, self.limit):
            self._cut()
            raise StopUpload(connection_reset=True)
        if self.announced > self.limit:
            self._cut()
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > self.limit:
            self._cut()
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def _cut(self) -> None:
        setattr(self.request, CUT, True)
