"""The demonstration for real: from an empty folder to a page, killed in every way, gone without a trace."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from ozeli.embedded_postgres.layout import Layout

from .processes import eventually, free_port, is_alive, processes_naming

pytestmark = pytest.mark.infra


@dataclass
class Demo:
    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def said(self) -> str:
        return (self.home.parent / "said").read_text()

    def status(self, path: str) -> int:
        return self._ask(f"http://127.0.0.1:{self.port}{path}")

    def airlock_status(self, path: str) -> int:
        return self._ask(f"http://localhost:{self.port + 1}{path}")

    def _ask(self, url: str) -> int:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def wait_until_ready(self, seconds: float) -> None:
        line = f"Ozéli est prêt : http://127.0.0.1:{self.port}\n"
        eventually(
            lambda: line in self.said or self.process.poll() is not None, seconds=seconds, what="ready"
        )
        assert line in self.said, self.said

    def children(self, *words: str) -> list[int]:
        """The live descendants whose command line holds all these words."""
        return [pid for pid in processes_naming(f"OZELI_HOME={self.home}\0") if _runs(pid, words)]


def _runs(pid: int, words: tuple[str, ...]) -> bool:
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return False
    return all(word in line for word in words)


def _are_dead(pids: list[int]) -> bool:
    return not any(map(is_alive, pids))


def start_demo(folder: Path) -> Demo:
    home, port = folder / "var", free_port()
    environment = {
        key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "OZELI_DATABASE")
    }
    environment |= {"OZELI_HOME": str(home), "PORT": str(port), "OZELI_POSTGRES_LINGER": "1"}
    with (folder / "said").open("wb") as said:
        command = [sys.executable, "-m", "ozeli.cli", "demo"]
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said, start_new_session=True)
    return Demo(home, port, process)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One home for the whole file: the first test fills it, the others find it again."""
    path = Path(tempfile.mkdtemp(prefix="ozeli-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def demo(folder: Path) -> Iterator[Demo]:
    demo = start_demo(folder)
    yield demo
    demo.process.kill()
    demo.process.wait()
    eventually(lambda: not processes_naming(str(demo.home)), seconds=30, what="nothing is left")


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT], ids=["first-run", "second-run"])
def test_it_says_when_it_is_ready_and_leaves_nothing(demo: Demo, signum: int) -> None:
    demo.wait_until_ready(90)
    assert "agent@demo.test" in demo.said
    assert "mot de passe : ozeli-demo" in demo.said
    assert demo.status("/healthz") == demo.status("/readyz") == demo.status("/connexion/") == 200
    assert f"Dépôt anonyme  : http://localhost:{demo.port + 1}\n" in demo.said
    assert demo.airlock_status("/suivre/") == 200
    demo.process.send_signal(signum)
    assert demo.process.wait(30) == 0
    assert not processes_naming(str(demo.home))
    assert demo.status("/healthz") == demo.airlock_status("/") == 0


def test_it_leaves_nothing_when_killed(demo: Demo) -> None:
    demo.wait_until_ready(90)
    demo.process.kill()
    eventually(lambda: not processes_naming(str(demo.home)), seconds=30, what="nothing is left")


def test_a_web_worker_that_still_loads_dies_with_its_parent(demo: Demo) -> None:
    """It would keep the port, answering with old code beside the new server."""
    demo.wait_until_ready(90)
    parent, *workers = sorted(demo.children("ozeli.config.wsgi"))
    os.kill(workers[-1], signal.SIGKILL)
    newcomer = eventually(
        lambda: [pid for pid in demo.children("ozeli.config.wsgi") if pid not in (parent, *workers)]
    )
    os.kill(parent, signal.SIGKILL)
    eventually(partial(_are_dead, [parent, *workers, *newcomer]), seconds=10)
    eventually(lambda: demo.status("/readyz") == 200, what="a new server answers")


def test_it_survives_the_death_of_any_of_its_parts(demo: Demo) -> None:
    demo.wait_until_ready(90)
    web = demo.children("ozeli.config.wsgi")
    for victims in ([max(web)], [min(web)], demo.children("ozeli.cli", "worker")):
        assert victims
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        eventually(partial(_are_dead, victims))
        eventually(lambda: demo.status("/readyz") == 200, what="the web answers")
        eventually(lambda: demo.children("ozeli.cli", "worker"), what="a worker runs")
    for pid in demo.children("ozeli.airlock.wsgi"):
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: demo.airlock_status("/") == 200, what="the airlock answers")
    state = Layout(demo.home).read_state()
    os.kill(state.supervisor, signal.SIGKILL)
    os.kill(state.postmaster, signal.SIGKILL)
    eventually(lambda: Layout(demo.home).read_state().postmaster != state.postmaster, seconds=10)
    eventually(lambda: demo.status("/connexion/") == 200, seconds=10, what="pages come back by themselves")
