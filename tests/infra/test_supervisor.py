"""One command that keeps others alive: real processes, small ones."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ozeli import supervisor
from ozeli.supervisor import Child

from .processes import eventually, is_alive

pytestmark = pytest.mark.infra
PATIENT = """
import os, signal, time
{trap}
with open({path!r}, "a") as file:
    file.write(f"{{os.getpid()}}\\n")
time.sleep(600)
"""


class Run:
    """A supervisor in a process of its own, with children that note their pids in files."""

    def __init__(self, folder: Path, *children: str, settings: str = "") -> None:
        self.folder = folder
        script = f"""
            import sys, logging
            from ozeli import supervisor
            from ozeli.supervisor import Child, Supervisor
            {settings}
            logging.basicConfig()
            children = [{", ".join(children)}]
            sys.exit(Supervisor(children, on_ready=lambda: print("ready", flush=True)).run())
        """
        self.process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True
        )

    def pids(self, name: str) -> list[int]:
        path = self.folder / name
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def latest(self, name: str, count: int = 1) -> int:
        return eventually(lambda: len(self.pids(name)) >= count and self.pids(name)[-1])

    def end(self, signum: int) -> int:
        self.process.send_signal(signum)
        return self.process.wait(30)


def child(folder: Path, name: str, *, deaf: bool = False, essential: bool = False) -> str:
    trap = "signal.signal(signal.SIGTERM, signal.SIG_IGN)" if deaf else "pass"
    source = PATIENT.format(trap=trap, path=str(folder / name))
    return f"Child({name!r}, [sys.executable, '-c', {source!r}], essential={essential})"


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_every_child_and_ends_cleanly(tmp_path: Path, signum: int) -> None:
    run = Run(tmp_path, child(tmp_path, "web"), child(tmp_path, "jobs"))
    pids = [run.latest("web"), run.latest("jobs")]
    assert run.end(signum) == 0
    assert not any(map(is_alive, pids))


def test_a_killed_child_is_started_again(tmp_path: Path) -> None:
    run = Run(tmp_path, child(tmp_path, "web"), child(tmp_path, "jobs"))
    jobs, web = run.latest("jobs"), run.latest("web")
    os.kill(web, signal.SIGKILL)
    assert run.latest("web", 2) != web
    assert run.pids("jobs") == [jobs]
    run.end(signal.SIGTERM)


def test_children_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    run = Run(tmp_path, child(tmp_path, "web"), child(tmp_path, "jobs"))
    pids = [run.latest("web"), run.latest("jobs")]
    run.end(signal.SIGKILL)
    eventually(lambda: not any(map(is_alive, pids)), seconds=5)


def test_a_deaf_child_is_killed_after_the_grace_period(tmp_path: Path) -> None:
    run = Run(tmp_path, child(tmp_path, "deaf", deaf=True), settings="supervisor.GRACE_SECONDS = 0.5")
    pid = run.latest("deaf")
    assert run.end(signal.SIGTERM) == 1
    assert not is_alive(pid)


def test_a_misconfigured_essential_child_ends_everything(tmp_path: Path) -> None:
    hopeless = "Child('web', [sys.executable, '-c', 'raise SystemExit(1)'], essential=True)"
    settings = "supervisor.FIRST_PAUSE = 0.05; Supervisor._announce = lambda self: None"
    run = Run(tmp_path, hopeless, child(tmp_path, "jobs"), settings=settings)
    assert run.process.wait(20) == 1
    assert not any(map(is_alive, run.pids("jobs")))


def test_restarts_come_later_and_later_up_to_a_limit() -> None:
    child = Child("web", ["true"])
    pauses = []
    for _ in range(10):
        child.started_at = supervisor.time.monotonic()
        child.note_death()
        pauses.append(child.pause)
    assert pauses[:3] == [1, 2, 4]
    assert pauses[-1] == supervisor.LONGEST_PAUSE
    child.started_at -= supervisor.SETTLED_SECONDS + 1
    child.note_death()
    assert child.pause == supervisor.FIRST_PAUSE
