"""The product as its users run it: `ozeli serve` on a database of its own, with a real SMTP server beside it."""

import asyncio
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from ozeli.challenges.selectors import SECONDS_KEPT
from tests.plugins.database import cloned_database, refusing_connections, run_in, server_environment

ROOT = Path(__file__).resolve().parent.parent.parent
OZELI = [sys.executable, "-m", "ozeli.cli"]


# The phases, the span of the challenge and the window of its votes: what `settle_dates` keeps together.
_BEGIN_PHASE = """
with moved as (
    select challenge.id, challenge.poll_id, phase.opens_at - now() + interval '1 day' as by
    from challenges_challenge challenge join challenges_phase phase on phase.challenge_id = challenge.id
    where phase.kind = %s and challenge.slug = %s
), phases as (
    update challenges_phase set opens_at = opens_at - moved.by, closes_at = closes_at - moved.by
    from moved where challenge_id = moved.id
), polls as (
    update engagement_poll set opens_at = opens_at - moved.by, closes_at = closes_at - moved.by
    from moved where engagement_poll.id = moved.poll_id
)
update challenges_challenge set opens_at = opens_at - moved.by, closes_at = closes_at - moved.by
from moved where challenges_challenge.id = moved.id
"""


def free_port() -> int:
    """A free port whose next one is free too: the airlock answers there."""
    while True:
        with socket.socket() as probe, socket.socket() as neighbour:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            try:
                neighbour.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def wait_until(ready: Callable[[], Any], *, seconds: float = 30, why: str | Callable[[], str] = "") -> Any:
    """Poll until `ready()` is true and give its value; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := ready():
            return value
        time.sleep(0.05)
    pytest.fail(f"waited {seconds} s in vain: {why() if callable(why) else why}")


@dataclass
class Mailbox:
    """The mails that the SMTP server received. Slow, it keeps a mail in its hands and never says that it has it."""

    mails: list[EmailMessage] = field(default_factory=list)
    port: int = 0
    is_slow: bool = False
    held: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.is_slow:
            self.held += 1
            while self.is_slow:
                await asyncio.sleep(0.05)
            return "451 Revenez plus tard"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def to(self, address: str, *about: str) -> list[EmailMessage]:
        """The mails to this address whose subject holds all these words."""
        return [m for m in self.mails if address in m["To"] and all(words in m["Subject"] for words in about)]

    def wait_for(self, address: str, *about: str, seconds: float = 30) -> EmailMessage:
        """The only such mail."""

        def why() -> str:
            return f"no mail to {address} about {about} but {[mail['Subject'] for mail in self.to(address)]}"

        found = wait_until(lambda: self.to(address, *about), seconds=seconds, why=why)
        assert len(found) == 1, [mail["Subject"] for mail in found]
        return found[0]

    @contextmanager
    def slow(self) -> Iterator[None]:
        self.is_slow, self.held = True, 0
        try:
            yield
        finally:
            self.is_slow = False


@dataclass
class Portal:
    """The running product. `airlock` is its other host, `database` its clone, `pid` its supervisor."""

    url: str
    airlock: str
    mailbox: Mailbox
    database: str
    pid: int
    env: dict[str, str]

    def is_ready(self) -> bool:
        return _answers(f"{self.url}/readyz")

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """Cut the portal off from its database, then let it come back."""
        with refusing_connections(self.database):
            yield

    def begin_phase(self, slug: str, kind: str) -> None:
        """Move all the dates of a challenge so that this phase began yesterday, as its days passing would.

        What each web process remembers of challenges is then let go.
        """
        run_in(self.database, _BEGIN_PHASE, kind, slug)
        time.sleep(SECONDS_KEPT + 1)

    def release_deposits(self) -> None:
        """Let the batch of the airlock go, as its seven days passing would."""
        words = "from ozeli.airlock.services.releases import release; release(force=True)"
        subprocess.run([*OZELI, "shell", "-v0", "-c", words], env=self.env, cwd=ROOT, check=True)

    def worker(self) -> int:
        """The process that runs the jobs; 0 when there is none for now."""
        return next((pid for pid in _children(self.pid) if b"ozeli.cli\0worker" in _command(pid)), 0)

    def kill_worker(self) -> int:
        pid: int = wait_until(self.worker, why="no worker is running")
        os.kill(pid, signal.SIGKILL)
        return pid


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rsplit(")", 1)[1].split()[1]) == parent:
                found.append(int(stat.parent.name))
        except OSError:
            continue
    return found


@contextmanager
def receiving_mail() -> Iterator[Mailbox]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def serving(mailbox: Mailbox) -> Iterator[Portal]:
    """Load the demonstration in a new clone and serve it on loopback, until the end of the block."""
    with cloned_database("e2e") as name:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        env = os.environ | server_environment(name)
        env |= {
            "SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}",
            "PORT": str(port),
            "OZELI_URL": url,
            "OZELI_DEMO": "1",
            "OZELI_AIRLOCK_URN": str(settings.HOME / "e2e" / f"{name}.urn"),
            # All the journeys of a run are one day of the same few people.
            "OZELI_MAILS_A_DAY": "1000",
            # A provider that is away: its button and pages are there all the same.
            "OZELI_OIDC_URL": "http://127.0.0.1:9",
            "OZELI_OIDC_CLIENT": "ozeli",
            "OZELI_OIDC_SECRET": "secret",
            "OZELI_OIDC_NAME": "ProConnect",
        }
        subprocess.run([*OZELI, "load_demo"], env=env, cwd=ROOT, check=True)
        with (settings.HOME / "e2e.lock").open("w") as lock:  # other workers share the folder
            fcntl.flock(lock, fcntl.LOCK_EX)
            subprocess.run([*OZELI, "collectstatic", "--noinput", "-v0"], env=env, cwd=ROOT, check=True)
        process = subprocess.Popen([*OZELI, "serve", "--port", str(port)], env=env, cwd=ROOT)
        portal = Portal(url, f"http://localhost:{port + 1}", mailbox, name, process.pid, env)
        try:
            wait_until(portal.is_ready, seconds=60, why="the portal did not start")
            yield portal
        finally:
            process.terminate()
            process.wait(30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
