"""The measured server: a process of `ozeli serve` on a database of its own, and what it costs."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def environment(name: str) -> dict[str, str]:
    """The variables of a process that works on the bench database `name` (made empty and migrated)."""
    home = ROOT / "var" / "bench"
    home.mkdir(parents=True, exist_ok=True)
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("OZELI_", "DATABASE_", "SMTP_")) or key == "OZELI_REAL_DATA"
    }
    return kept | {
        "OZELI_HOME": str(home),
        "OZELI_DATABASE": name,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "PYTHONPATH": str(ROOT),
    }


def python(name: str, *words: str) -> str:
    """Run a Python module on the bench database; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", *words],
        env=environment(name),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def fresh_database(name: str, n: int) -> dict[str, Any]:
    """Drop, create, migrate and seed; what the client needs."""
    python("postgres", "bench.database", name)
    python(name, "ozeli.cli", "migrate", "-v0")
    return json.loads(python(name, "bench.seed", str(n)))


class Server:
    """A running `ozeli serve`: its port, its start-up seconds, and the costs of its processes."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, start: float) -> None:
        self.process, self.port, self.start_seconds = process, port, start

    def cpu(self) -> float:
        """CPU seconds so far of the web processes and of PostgreSQL."""
        worker = set(self.worker())
        return sum(_cpu(pid) for pid in [*_family(self.process.pid), *_postgres()] if pid not in worker)

    def worker(self) -> list[int]:
        """The processes that run the jobs."""
        return [
            pid
            for pid in _family(self.process.pid)
            if "procrastinate" in _read(f"/proc/{pid}/cmdline")
            or "ozeli.cli\0worker" in _read(f"/proc/{pid}/cmdline")
        ]

    def web(self) -> list[int]:
        """The processes that answer requests."""
        return [pid for pid in _family(self.process.pid) if _is_web_worker(pid)]

    def airlock(self) -> list[int]:
        """The process that takes anonymous deposits."""
        return [pid for pid in _family(self.process.pid) if _is_web_worker(pid, "ozeli.airlock.wsgi")]

    def postgres(self) -> list[int]:
        """The postmaster, then its children."""
        return _postgres()

    def wait_for_jobs(self) -> None:
        """Until the worker has been idle for half a second: no job of an earlier measure is left."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            before = sum(_cpu(pid) for pid in self.worker())
            time.sleep(0.5)
            if sum(_cpu(pid) for pid in self.worker()) - before < 0.03:
                return

    def resident(self) -> list[float]:
        """Resident memory of each web worker, in MB, shared pages included."""
        return [int(_read(f"/proc/{pid}/statm").split()[1]) * PAGE / 1e6 for pid in self.web()]


@contextmanager
def serving(name: str, **more: str) -> Iterator[Server]:
    """`ozeli serve` on a database, until the block ends; `more` are variables of its environment."""
    port = _free_port()
    python(name, "ozeli.cli", "collectstatic", "--noinput", "-v0")
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "ozeli.cli", "serve", "--port", str(port)],
        env=environment(name) | {"PORT": str(port)} | more, cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", process)
        yield Server(process, port, time.perf_counter() - begin)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError("the server did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _read(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def _parents() -> dict[int, int]:
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _read(f"/proc/{entry}/stat")):
            found[int(entry)] = int(stat.rsplit(")", 1)[1].split()[1])
    return found


def _family(root: int) -> list[int]:
    """A process and all that descend from it."""
    parents, family = _parents(), [root]
    for pid in family:
        family += [child for child, parent in parents.items() if parent == pid]
    return family


def _postgres() -> list[int]:
    """The processes of the bench's own server: the postmaster named by its pid file, and its children."""
    files = list((ROOT / "var" / "bench").glob("**/postmaster.pid")) or list(
        Path("/var/lib/ozeli").glob("*/postmaster.pid")
    )
    homes = str(ROOT / "var" / "bench")
    for file in files:
        pid = int(file.read_text().split()[0])
        if len(files) == 1 or homes in _read(f"/proc/{pid}/cmdline"):
            return _family(pid)
    return []


def _cpu(pid: int) -> float:
    stat = _read(f"/proc/{pid}/stat")
    if not stat:
        return 0.0
    times = stat.rsplit(")", 1)[1].split()
    return (int(times[11]) + int(times[12])) / TICK


def _is_web_worker(pid: int, entry: str = "ozeli.config.wsgi") -> bool:
    parent = _parents().get(pid, 0)
    return entry in _read(f"/proc/{parent}/cmdline") and not any(p == pid for p in _parents().values())
