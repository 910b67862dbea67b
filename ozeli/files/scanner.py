"""ClamAV over its socket, when `OZELI_CLAMAV` names one: the protocol INSTREAM, and nothing else of it.

A scanner that does not answer, answers late or answers nonsense is *away*: it never means that a file is clean.
"""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

DEFAULT_PORT = 3310
LONGEST_SCAN = 30.0
LONGEST_PING = 1.5
LONGEST_ANSWER = 4096
CHUNK = 64 * 1024


class ScannerAway(Exception):  # noqa: N818 (the field’s word)
    """No trustworthy answer. The message is French, meant for those who run the portal."""


def is_configured() -> bool:
    return bool(settings.CLAMAV)


def infection(path: Path) -> str:
    """The name of what infects the file; nothing when it is clean or when no scanner is configured.

    Raises ScannerAway.
    """
    if not is_configured():
        return ""
    with path.open("rb") as source:
        answer = _ask(b"zINSTREAM\0", iter(lambda: source.read(CHUNK), b""), LONGEST_SCAN)
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")[:100] or "inconnu"
    raise ScannerAway(f"L’antivirus répond «\u202f{answer[:60]}\u202f».")


def ping() -> None:
    """Raises ScannerAway when the configured scanner does not answer."""
    if (answer := _ask(b"zPING\0", iter(()), LONGEST_PING)) != "PONG":
        raise ScannerAway(f"L’antivirus répond «\u202f{answer[:60]}\u202f».")


def _ask(command: bytes, chunks: Iterator[bytes], seconds: float) -> str:
    """One command, its stream if any, and its answer up to the NUL: all within `seconds`."""
    deadline = time.monotonic() + seconds
    try:
        with _connection(seconds) as line:
            line.sendall(command)
            if command == b"zINSTREAM\0":
                for chunk in chunks:
                    line.settimeout(_left(deadline))
                    line.sendall(struct.pack("!L", len(chunk)) + chunk)
                line.sendall(struct.pack("!L", 0))
            return _answer(line, deadline)
    except (OSError, ValueError) as error:
        raise ScannerAway("L’antivirus ne répond pas.") from error


def _answer(line: socket.socket, deadline: float) -> str:
    said = b""
    while b"\0" not in said:
        line.settimeout(_left(deadline))
        piece = line.recv(LONGEST_ANSWER)
        said += piece
        if not piece or len(said) > LONGEST_ANSWER:
            raise ScannerAway("L’antivirus a coupé la conversation.")
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@contextmanager
def _connection(seconds: float) -> Iterator[socket.socket]:
    """`unix:/run/clamav/clamd.ctl` (or the path alone), `tcp://host:3310`, `host:3310`."""
    address = settings.CLAMAV.removeprefix("unix://").removeprefix("unix:")
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(min(seconds, 5.0))
            line.connect(address)
        except BaseException:
            line.close()
            raise
    else:
        parts = urlsplit(address if "//" in address else f"tcp://{address}")
        place = (parts.hostname or "127.0.0.1", parts.port or DEFAULT_PORT)
        line = socket.create_connection(place, timeout=min(seconds, 5.0))
    with line:
        yield line
