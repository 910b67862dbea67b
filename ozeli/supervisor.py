"""Run several commands as one: start them, restart those that die, stop them together.

Each child leads its own session, so that Ctrl-C reaches only this process, which then
asks each child to end in its own time; and each dies with this process if it is killed.
"""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from ozeli.core.processes import die_with_parent

logger = logging.getLogger("ozeli.supervisor")

POLL_SECONDS = 0.1
WATCH_SECONDS = 2.0
GRACE_SECONDS = 20.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
SETTLED_SECONDS = 30.0
HOPELESS_RESTARTS = 3


@dataclass
class Child:
    """One command kept alive. A child that lasted long enough restarts without waiting."""

    name: str
    command: Sequence[str]
    essential: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    not_before: float = 0.0
    pause: float = FIRST_PAUSE
    restarts: int = 0

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        parent = os.getpid()
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            list(self.command),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM, parent),
        )

    def note_death(self) -> None:
        """Plan the next start, later each time it dies young."""
        code = self.process.returncode if self.process else None
        lived = time.monotonic() - self.started_at
        self.pause = FIRST_PAUSE if lived > SETTLED_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
        self.not_before = time.monotonic() + (0 if lived > SETTLED_SECONDS else self.pause)
        self.process = None
        self.restarts += 1
        logger.warning("%s s’est arrêté (code %s), relance dans %.1f s", self.name, code, self.pause)

    def send(self, signum: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signum)

    def kill_session(self) -> None:
        """SIGKILL for the child and whatever it started."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Supervisor:
    """`watch` is called every two seconds; `on_ready` once, when `is_ready` first says so.

    An essential child that keeps dying before that moment ends everything: it is misconfigured.
    """

    children: list[Child]
    watch: Callable[[], None] = lambda: None
    is_ready: Callable[[], bool] = lambda: True
    on_ready: Callable[[], None] = lambda: None
    stopping: bool = field(default=False, init=False)
    announced: bool = field(default=False, init=False)

    def run(self) -> int:
        """Block until SIGTERM or SIGINT. Returns 0, or 1 when a child was hopeless or had to be killed."""
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._stop)
        next_watch = 0.0
        while not self.stopping and not self._is_hopeless():
            self._keep_alive()
            if time.monotonic() >= next_watch:
                self.watch()
                next_watch = time.monotonic() + WATCH_SECONDS
            self._announce()
            time.sleep(POLL_SECONDS)
        hopeless = not self.stopping
        self.stopping = True
        return self._end() or int(hopeless)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _announce(self) -> None:
        if not self.announced and not self.stopping and self.is_ready():
            self.announced = True
            self.on_ready()

    def _is_hopeless(self) -> bool:
        worn_out = [
            child for child in self.children if child.essential and child.restarts >= HOPELESS_RESTARTS
        ]
        return not self.announced and bool(worn_out)

    def _keep_alive(self) -> None:
        for child in self.children:
            if child.is_alive or self.stopping:
                continue
            if child.process is not None:
                child.note_death()
            if time.monotonic() >= child.not_before:
                child.start()

    def _end(self) -> int:
        """SIGTERM to all at once, SIGKILL to those that stay after the grace period."""
        for child in self.children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while any(child.is_alive for child in self.children) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS / 2)
        stubborn = [child for child in self.children if child.is_alive]
        for child in stubborn:
            logger.warning("%s ne s’arrête pas : il est tué", child.name)
            child.kill_session()
        return 1 if stubborn else 0
