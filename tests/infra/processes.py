"""How these tests wait and look at processes: never a bare sleep."""

import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def eventually(probe: Callable[[], T], *, seconds: float = 20, what: str = "") -> T:
    """Return the first true answer of `probe`; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < deadline, f"nothing after {seconds} s: {what or probe}"
        time.sleep(0.02)
    return found


def is_alive(pid: int) -> bool:
    """True for a running process; a zombie is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def processes_naming(text: str) -> list[int]:
    """Every live process, but this one, whose command line or environment names `text`."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid() and _names(folder, text.encode()):
            found.append(int(folder.name))
    return found


def _names(folder: Path, text: bytes) -> bool:
    try:
        words = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
    except OSError:
        return False
    return text in words and is_alive(int(folder.name))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
