"""What the tests of files share: images drawn for the occasion, an idea of alice, a scanner that answers as told."""

import io
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from ozeli.files import services
from ozeli.files.models import StoredFile
from ozeli.files.settling import settle
from ozeli.ideas.models import KIND, Idea
from tests.factories import IdeaFactory
from tests.personas import Cast


def drawn(form: str = "PNG", size: tuple[int, int] = (320, 200), mode: str = "RGB", **how: Any) -> bytes:
    """An image in memory."""
    held = io.BytesIO()
    picture = Image.linear_gradient("L").resize(size).convert(mode)
    picture.save(held, form, **how)
    return held.getvalue()


def upload(content: bytes, name: str = "photo.png", said: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=said)


@pytest.fixture
def idea(people: Cast) -> Idea:
    """Of alice, read by all, in debate or before."""
    return IdeaFactory(author=people.alice)


@pytest.fixture
def join(idea: Idea, people: Cast) -> Callable[..., StoredFile]:
    """`join(content, name=…, inspected=True)`: a file of alice on her idea."""

    def joined(
        content: bytes | None = None, name: str = "photo.png", *, inspected: bool = True, **other: Any
    ) -> StoredFile:
        told: dict[str, Any] = {"kind": KIND, "object_id": idea.pk, "uploader": people.alice}
        told |= {"description": "Le guichet, vu de l’entrée"} | other
        file = services.join_file(upload(drawn() if content is None else content, name), **told)
        if inspected:
            settle(file.pk)
            file.refresh_from_db()
        return file

    return joined


class FakeClamd:
    """A clamd on a real socket. `answer`: « clean », « infected », « slow », « garbage », « cut », « error »."""

    def __init__(self, folder: Path) -> None:
        self.path, self.answer, self.streams = folder / f"{uuid4().hex[:8]}.ctl", "clean", []
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(str(self.path))
        self.server.listen(8)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _peer = self.server.accept()
            except OSError:
                return
            with line:
                try:
                    self._talk(line)
                except OSError:
                    continue

    def _talk(self, line: socket.socket) -> None:
        command = line.recv(6)
        while not command.endswith(b"\0"):
            command += line.recv(1)
        if command == b"zPING\0":
            line.sendall(b"PONG\0" if self.answer != "garbage" else b"\xff\xfe<html>\0")
            return
        self.streams.append(self._stream(line))
        if self.answer == "slow":
            time.sleep(3)
        if self.answer != "cut":
            line.sendall(
                {
                    "infected": b"stream: Eicar-Test-Signature FOUND\0",
                    "garbage": b"\xff\xfeHTTP/1.1 200 OK\r\n\r\n\0",
                    "error": b"INSTREAM size limit exceeded. ERROR\0",
                }.get(self.answer, b"stream: OK\0")
            )

    def _stream(self, line: socket.socket) -> bytes:
        held = b""
        while size := struct.unpack("!L", self._exactly(line, 4))[0]:
            held += self._exactly(line, size)
        return held

    @staticmethod
    def _exactly(line: socket.socket, size: int) -> bytes:
        held = b""
        while len(held) < size:
            piece = line.recv(size - len(held))
            if not piece:
                raise OSError("cut")
            held += piece
        return held

    def close(self) -> None:
        self.server.close()


@contextmanager
def fake_clamd(folder: Path) -> Iterator[FakeClamd]:
    served = FakeClamd(folder)
    try:
        yield served
    finally:
        served.close()


@pytest.fixture
def clamd(tmp_path: Path, settings: Any) -> Iterator[FakeClamd]:
    """A running scanner, configured."""
    with fake_clamd(tmp_path) as served:
        settings.CLAMAV = f"unix:{served.path}"
        yield served
