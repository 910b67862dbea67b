"""The embedded server under ill treatment. Each test has a home, so a server, of its own."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from ozeli import embedded_postgres
from ozeli.embedded_postgres import cluster
from ozeli.embedded_postgres.layout import EmbeddedPostgresError, Layout, State, is_locked

from .processes import eventually, is_alive, processes_naming

pytestmark = pytest.mark.infra
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends its server an account")
MakeHome = Callable[[str], Path]
CLIENT = """
import sys
from pathlib import Path
from ozeli import embedded_postgres
embedded_postgres.start(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def make_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeHome]:
    """Homes that any account may reach, stopped and erased after the test; their supervisors hardly linger."""
    monkeypatch.setenv("OZELI_POSTGRES_LINGER", "0.5")
    folder = Path(tempfile.mkdtemp(prefix="ozeli-"))
    folder.chmod(0o755)
    homes: list[Path] = []

    def make(name: str) -> Path:
        homes.append(folder / name)
        return homes[-1]

    yield make
    for home in homes:
        embedded_postgres.release(home)
        layout = Layout(home)
        if layout.base.exists():
            eventually(partial(_has_stopped, layout), what="the server stops")
            state = layout.read_state()
            shutil.rmtree(state.socket or "/nowhere", ignore_errors=True)
            if Path(state.data).is_relative_to(cluster.SYSTEM_FOLDER):
                shutil.rmtree(Path(state.data).parent)
    shutil.rmtree(folder)


@pytest.fixture
def home(make_home: MakeHome) -> Path:
    return make_home("var")


def _has_stopped(layout: Layout) -> bool:
    return not is_locked(layout.supervisor_lock)


def ask(server: dict[str, str], query: str) -> object:
    with psycopg.connect(
        host=server["HOST"], port=server["PORT"], dbname=server["NAME"], user=server["USER"], autocommit=True
    ) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def state_of(home: Path) -> State:
    return Layout(home).read_state()


def client_of(home: Path) -> subprocess.Popen[str]:
    """Another process that uses the server until its input closes."""
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert client.stdout is not None
    assert client.stdout.readline() == "ready\n"
    return client


def test_a_second_start_finds_the_same_server(home: Path) -> None:
    first = embedded_postgres.start(home)
    before = state_of(home)
    second = embedded_postgres.ensure_running(home)
    assert first == second
    assert state_of(home) == before
    assert ask(second, "select current_user") == "ozeli"


def test_the_server_is_private_and_sorts_like_any_other(home: Path) -> None:
    server = embedded_postgres.start(home)
    folder = Path(server["HOST"]).stat()
    assert stat.S_IMODE(folder.st_mode) == 0o700
    assert folder.st_uid != 0
    assert ask(server, "show listen_addresses") == ""
    assert ask(server, "show server_encoding") == "UTF8"
    assert ask(server, "select lower('ÉÀŒ')") == "éàœ"


def test_parents_keep_their_modes(home: Path) -> None:
    modes = [path.stat().st_mode for path in home.parents]
    embedded_postgres.start(home)
    assert [path.stat().st_mode for path in home.parents] == modes


def test_kill_9_of_the_supervisor_stops_the_server_and_the_next_start_replaces_both(home: Path) -> None:
    server = embedded_postgres.start(home)
    ask(server, "create table kept as select 1 as x")
    old = state_of(home)
    os.kill(old.supervisor, signal.SIGKILL)
    eventually(lambda: not is_alive(old.postmaster), seconds=5, what="the server follows its supervisor")
    server = embedded_postgres.ensure_running(home)
    assert state_of(home).postmaster != old.postmaster
    assert ask(server, "select x from kept") == 1


def test_kill_9_of_the_postmaster_is_repaired_by_the_supervisor(home: Path) -> None:
    server = embedded_postgres.start(home)
    ask(server, "create table kept as select 1 as x")
    old = state_of(home)
    os.kill(old.postmaster, signal.SIGKILL)
    eventually(lambda: state_of(home).ready and state_of(home).postmaster != old.postmaster)
    assert state_of(home).supervisor == old.supervisor
    assert ask(embedded_postgres.ensure_running(home), "select x from kept") == 1


def test_kill_9_of_both_at_once(home: Path) -> None:
    server = embedded_postgres.start(home)
    ask(server, "create table kept as select 1 as x")
    old = state_of(home)
    os.kill(old.supervisor, signal.SIGKILL)
    os.kill(old.postmaster, signal.SIGKILL)
    assert ask(embedded_postgres.ensure_running(home), "select x from kept") == 1


def test_kill_9_of_a_client_leaves_the_others_served_then_nothing(home: Path) -> None:
    one, other = client_of(home), client_of(home)
    old = state_of(home)
    one.kill()
    one.wait()
    assert is_alive(old.postmaster)
    other.kill()
    other.wait()
    eventually(lambda: not is_alive(old.supervisor) and not is_alive(old.postmaster), what="all gone")
    assert not processes_naming(str(home))


def test_release_stops_the_server_at_once_unless_others_use_it(home: Path) -> None:
    embedded_postgres.start(home)
    client = client_of(home)
    assert embedded_postgres.release(home) is False
    assert embedded_postgres.is_running(home)
    client.communicate()
    eventually(lambda: not is_locked(Layout(home).supervisor_lock))
    embedded_postgres.start(home)
    assert embedded_postgres.release(home) is True
    assert not embedded_postgres.is_running(home)


def test_two_homes_with_two_clients_each_run_two_servers(make_home: MakeHome) -> None:
    homes = [make_home("one"), make_home("other")]
    clients = [client_of(home) for home in homes for _ in range(2)]
    assert state_of(homes[0]).postmaster != state_of(homes[1]).postmaster
    for client in clients:
        client.communicate()


def test_a_long_path_uses_a_short_socket_folder(make_home: MakeHome) -> None:
    home = make_home("a" * 60 + "/" + "b" * 60)
    server = embedded_postgres.start(home)
    assert len(server["HOST"]) < 80
    assert ask(server, "select 1") == 1


def test_a_socket_folder_made_by_somebody_else_is_refused(make_home: MakeHome) -> None:
    home = make_home("c" * 100)
    base = Path(os.path.realpath(home)) / "postgresql"
    account = cluster.choose_account()
    root = "/run" if account.switch else os.environ.get("XDG_RUNTIME_DIR") or "/tmp"
    trap = Path(root) / f"oz-{cluster._short_hash(str(base))}"
    trap.mkdir()
    trap.chmod(0o777)
    try:
        with pytest.raises(EmbeddedPostgresError, match="quelqu’un d’autre pourrait lire"):
            embedded_postgres.start(home)
    finally:
        trap.rmdir()


def test_a_stale_postmaster_file_harms_nobody(home: Path) -> None:
    """The pid in a file left by a crash may now be a stranger's: it is never signalled."""
    embedded_postgres.start(home)
    assert embedded_postgres.release(home)
    stranger = subprocess.Popen(["/bin/sleep", "60"])
    try:
        layout = Layout(home)
        state = {
            "supervisor": stranger.pid,
            "postmaster": stranger.pid,
            "socket": "/nowhere",
            "data": "",
            "ready": True,
        }
        layout.state_file.write_text(json.dumps(state))
        assert ask(embedded_postgres.start(home), "select 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_initdb_leaves_nothing_to_trip_over(home: Path) -> None:
    layout = Layout(home)
    layout.create()
    (layout.base / "data.new").mkdir()
    (layout.base / "data.new" / "PG_VERSION").write_text("18\n")
    assert ask(embedded_postgres.start(home), "select 1") == 1


def test_data_of_another_version_is_refused_in_french(home: Path) -> None:
    embedded_postgres.start(home)
    assert embedded_postgres.release(home)
    version = Path(state_of(home).data) / "PG_VERSION"
    version.write_text("14\n")
    with pytest.raises(EmbeddedPostgresError, match="viennent de PostgreSQL 14"):
        embedded_postgres.start(home)


@as_root
def test_a_clone_behind_a_closed_folder_keeps_its_data_elsewhere(make_home: MakeHome) -> None:
    home = make_home("closed/var")
    home.parent.mkdir(mode=0o700)
    server = embedded_postgres.start(home)
    data = Path(state_of(home).data)
    assert data.is_relative_to(cluster.SYSTEM_FOLDER)
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700
    ask(server, "create table kept as select 1 as x")
    assert embedded_postgres.release(home)
    assert ask(embedded_postgres.start(home), "select x from kept") == 1
    assert Path(state_of(home).data) == data


@as_root
def test_data_kept_elsewhere_follow_a_moved_home_but_not_a_copy(make_home: MakeHome) -> None:
    first, moved, copied = make_home("closed/first"), make_home("closed/moved"), make_home("closed/copied")
    first.parent.mkdir(mode=0o700)
    ask(embedded_postgres.start(first), "create table kept as select 1 as x")
    assert embedded_postgres.release(first)
    first.rename(moved)
    assert ask(embedded_postgres.start(moved), "select x from kept") == 1
    shutil.copytree(moved, copied)
    assert ask(embedded_postgres.start(copied), "select to_regclass('kept')") is None
    assert embedded_postgres.release(moved)
    shutil.rmtree(Path(state_of(moved).data).parent)
    shutil.rmtree(moved)
    assert ask(embedded_postgres.start(moved), "select to_regclass('kept')") is None


@as_root
def test_an_unknown_account_is_refused_in_french(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cluster.ACCOUNT_VARIABLE, "personne-de-ce-nom")
    with pytest.raises(EmbeddedPostgresError, match="n’existe pas"):
        embedded_postgres.start(home)


def test_missing_binaries_are_told_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "WHEEL", "a_package_that_is_not_here")
    with pytest.raises(EmbeddedPostgresError, match="make setup"):
        cluster.find_install()
