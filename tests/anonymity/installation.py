"""A whole installation in a folder of its own: database, portal, airlock, worker, proxy and mail server, as processes.

What it writes stays readable to the scan: nothing goes to a shared place. The database is set to its most talkative:
every statement, every duration, every value of every parameter, every line of every error.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from aiosmtpd.controller import Controller

from ozeli.embedded_postgres.layout import DATABASE, PORT, USER, Layout
from tests.infra.processes import eventually, free_port, processes_naming

from .scan import files_of

ROOT = Path(__file__).resolve().parent.parent.parent
OZELI = [sys.executable, "-m", "ozeli.cli"]
TALKATIVE = {
    "log_statement": "all",
    "log_duration": "on",
    "log_min_duration_statement": "0",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
    "log_min_error_statement": "debug5",
    "log_min_messages": "debug1",
    "log_error_verbosity": "verbose",
}
# What the first change after a checkpoint copies whole into the WAL would show rows that nobody touched; so would the
# statistics of columns.
ROWS_ALONE = "full_page_writes"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


class Sink:
    """The mail server: everything that it was told, envelope and all."""

    def __init__(self) -> None:
        self.received: list[bytes] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        to = " ".join(envelope.rcpt_tos)  # type: ignore[attr-defined]
        content: bytes = envelope.content  # type: ignore[attr-defined]
        self.received.append(f"{envelope.mail_from} {to}\n".encode() + content)  # type: ignore[attr-defined]
        return "250 OK"


@dataclass
class Installation:
    """`portal` and `airlock` are the addresses that people use, behind the proxy when there is one."""

    folder: Path
    sink: Sink
    ports: dict[str, int]
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    has_proxy: bool = False

    @property
    def home(self) -> Path:
        return self.folder / "var"

    @property
    def layout(self) -> Layout:
        return Layout(self.home)

    @property
    def portal(self) -> str:
        return f"http://127.0.0.1:{self.ports['portal_proxy' if self.has_proxy else 'portal']}"

    @property
    def airlock(self) -> str:
        return f"http://localhost:{self.ports['airlock_proxy' if self.has_proxy else 'airlock']}"

    def run(self, *words: str) -> str:
        """One of our commands to its end."""
        return self._to_its_end([*OZELI, *words])

    def stage(self, *words: str) -> str:
        """One of the acts of `stage.py`, with the settings of this installation."""
        return self._to_its_end([sys.executable, "-m", "tests.anonymity.stage", *words])

    def _to_its_end(self, command: list[str]) -> str:
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with (self.folder / "said").open("a") as said:
            said.write(done.stdout)
        assert done.returncode == 0, done.stdout[-4000:]
        return done.stdout

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / "said").open("ab") as said:
            process = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=said, stderr=said, start_new_session=True
            )
        self.processes.append(process)
        return process

    def connect(self) -> psycopg.Connection:
        """As the owner of the base: the administrator that the promise names."""
        socket = self.layout.read_state().socket
        return psycopg.connect(host=socket, port=PORT, dbname=DATABASE, user=USER, autocommit=True)

    def make_talkative(self) -> None:
        """By the role: the command line of the embedded server says the contrary, and would win over a file."""
        with self.connect() as base:
            for name, value in TALKATIVE.items():
                base.execute(f"alter role {USER} set {name} = '{value}'")  # type: ignore[arg-type]
            for name in (ROWS_ALONE, "autovacuum"):
                base.execute(f"alter system set {name} = off")  # type: ignore[arg-type]
            for name in ("log_connections", "log_disconnections", "log_checkpoints", "log_lock_waits"):
                base.execute(f"alter system set {name} = on")  # type: ignore[arg-type]
            base.execute("select pg_reload_conf()")

    def lsn(self) -> int:
        with self.connect() as base:
            row = base.execute("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
            assert row is not None
            return int(row[0])

    def places(self, since: int = 0) -> Iterator[tuple[str, bytes]]:
        """All that this installation keeps, by name. `since`: the WAL is read from this position on."""
        with self.connect() as base:
            base.execute("checkpoint")
            yield from _statistics(base)
        yield from _dump(self)
        yield from ((f"wal/{name}", content) for name, content in self._wal(since))
        for name, content in files_of(self.folder, keep=lambda path: "pg_wal" not in path.parts):
            if "/static/" not in f"/{name}":  # our own stylesheets
                yield name, content
        for number, mail in enumerate(self.sink.received):
            yield f"mail/{number}", mail

    def _wal(self, since: int) -> Iterator[tuple[str, bytes]]:
        """The segments, without what is past the end: a segment used again keeps old records there."""
        size, end = 16 * 1024 * 1024, self.lsn()
        folder = Path(self.layout.read_state().data) / "pg_wal"
        for number in range(since // size, end // size + 1):
            name = f"00000001{number // 256:08X}{number % 256:08X}"
            first = max(since - number * size, 0)
            if (folder / name).exists():
                yield name, (folder / name).read_bytes()[first : end - number * size]


def _statistics(base: psycopg.Connection) -> Iterator[tuple[str, bytes]]:
    """Every view in which the server tells what it does and did."""
    views = base.execute(
        "select relname from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind = 'v'"
        " and relname ~ '^pg_(stat|prepared|cursors|locks|settings|file_settings)'"
    ).fetchall()
    assert len(views) > 30
    for (name,) in views:
        rows = base.execute(f"select to_jsonb(v) #>> '{{}}' from {name} v").fetchall()
        yield f"view/{name}", "\n".join(str(row[0]) for row in rows).encode()


def _dump(installation: Installation) -> Iterator[tuple[str, bytes]]:
    """Table by table, so that what was there before tells where."""
    from ozeli.embedded_postgres.cluster import find_install

    socket = installation.layout.read_state().socket
    program = str(find_install() / "bin" / "pg_dump")
    command = [program, "-h", socket, "-p", str(PORT), "-U", USER, DATABASE]
    done = subprocess.run(command, capture_output=True, check=True)
    table, lines = "schema", []
    for line in done.stdout.split(b"\n"):
        if line.startswith(b"COPY "):
            yield f"dump/{table}", b"\n".join(lines)
            table, lines = line.split(b" ")[1].decode(), []
        lines.append(line)
        if line == b"\\.":
            yield f"dump/{table}", b"\n".join(lines)
            table, lines = "schema", []
    yield f"dump/{table}", b"\n".join(lines)


@contextmanager
def receiving() -> Iterator[tuple[Sink, int]]:
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield sink, controller.port
    finally:
        controller.stop()


@contextmanager
def installed(*, has_proxy: bool, **environment: str) -> Iterator[Installation]:
    """An empty database with every migration, and nothing running yet."""
    folder = Path(tempfile.mkdtemp(prefix="oz-anon-"))
    folder.chmod(0o755)  # the server's account goes through it
    ports = {name: free_port() for name in ("portal", "airlock", "portal_proxy", "airlock_proxy")}
    with receiving() as (sink, mail_port):
        given = {key: value for key, value in os.environ.items() if not key.startswith(("OZELI_", "PG"))}
        given.pop("DATABASE_URL", None)
        given |= {
            "OZELI_HOME": str(folder / "var"),
            "OZELI_POSTGRES_LINGER": "60",
            "PORT": str(ports["portal"]),
            "SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
            "TMPDIR": str(folder / "tmp"),
            "OZELI_MAILS_A_DAY": "1000",
        }
        if has_proxy:
            given["OZELI_PROXIES"] = "1"
        (folder / "tmp").mkdir(mode=0o777)
        (folder / "tmp").chmod(0o777)
        made = Installation(folder, sink, ports, given | environment, has_proxy=has_proxy)
        made.environment |= {"OZELI_URL": made.portal, "OZELI_AIRLOCK_URL": made.airlock}
        try:
            made.run("migrate", "-v0")
            made.make_talkative()
            yield made
        finally:
            _end(made)


def _end(made: Installation) -> None:
    for process in reversed(made.processes):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    state = made.layout.read_state()
    if state.supervisor:
        made.layout.hurry.touch()
    eventually(lambda: not processes_naming(f"OZELI_HOME={made.home}\0"), seconds=90, what="nothing is left")
    shutil.rmtree(made.folder, ignore_errors=True)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
