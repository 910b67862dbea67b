"""The detached process that owns one PostgreSQL server.

It takes an exclusive lock, starts `postgres` as its child, restarts it when it dies, and
stops it when no client has held the client lock for a while. It signals no process but
its own child; if it is killed itself, the kernel asks the server to stop.
"""

import os
import signal
import subprocess
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from ozeli.core.processes import die_with_parent
from ozeli.embedded_postgres.cluster import Cluster, prepare
from ozeli.embedded_postgres.layout import (
    EmbeddedPostgresError,
    Layout,
    State,
    is_locked,
    take_lock,
    wait_for,
)

EXIT_REFUSED = 3
LINGER_SECONDS = float(os.environ.get("OZELI_POSTGRES_LINGER", "10"))
POLL_SECONDS = 0.25
STOP_SECONDS = 20
START_SECONDS = 60
START_ATTEMPTS = 12
LOG_LIMIT = 5_000_000


def supervise(home: Path) -> int:
    """Run until nobody needs the server. Returns the process's exit code."""
    os.umask(0o077)
    layout = Layout(home)
    layout.create()
    # A client looking at the lock holds it for an instant: insist a little.
    lock = wait_for(lambda: take_lock(layout.supervisor_lock, exclusive=True), seconds=1)
    if lock is None:
        return 0
    layout.write_state(State(supervisor=os.getpid()))
    try:
        Supervisor(layout, prepare(layout)).run()
    except (EmbeddedPostgresError, OSError) as error:
        layout.write_state(State(supervisor=os.getpid(), error=str(error)))
        return EXIT_REFUSED
    return 0


@dataclass
class Supervisor:
    layout: Layout
    cluster: Cluster
    server: subprocess.Popen[bytes] | None = None
    asked_to_stop: bool = False
    failures: int = 0
    idle_since: float | None = None
    state: State = field(default_factory=State)

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        self.state = State(os.getpid(), 0, str(self.cluster.socket), str(self.cluster.data))
        # Held while stopping: a client that comes late waits, then starts a new supervisor.
        clients: int | None = None
        while clients is None and not self.asked_to_stop:
            if self.server is None or self.server.poll() is not None:
                self._start_server()
            time.sleep(POLL_SECONDS)
            clients = self._lock_when_idle()
        self._stop_server()
        self.layout.write_state(replace(self.state, ready=False))
        self.layout.hurry.unlink(missing_ok=True)

    def _ask_to_stop(self, *_: object) -> None:
        self.asked_to_stop = True

    def _start_server(self) -> None:
        """Start `postgres`; after a kill -9 its old children may hold the data for a second."""
        self.layout.write_state(replace(self.state, ready=False))
        while not self.asked_to_stop:
            self._spawn()
            if wait_for(self._has_settled, seconds=START_SECONDS, every=0.02) and self._is_ready():
                self.failures = 0
                self.state = replace(self.state, postmaster=self._server_pid(), ready=True)
                self.layout.write_state(self.state)
                return
            self.failures += 1
            if self.failures >= START_ATTEMPTS:
                raise EmbeddedPostgresError(f"PostgreSQL ne démarre pas :\n{self._last_lines()}")
            time.sleep(min(0.1 * self.failures, 1))

    def _spawn(self) -> None:
        parent = os.getpid()
        if self.layout.log.exists() and self.layout.log.stat().st_size > LOG_LIMIT:
            self.layout.log.replace(self.layout.log.with_suffix(".log.1"))
        with self.layout.log.open("ab") as log:
            self.server = subprocess.Popen(
                self.cluster.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(signal.SIGINT, parent),
                **self.cluster.account.popen_arguments(),
            )

    def _server_pid(self) -> int:
        return self.server.pid if self.server else 0

    def _has_settled(self) -> bool:
        return self.asked_to_stop or self.server is None or self.server.poll() is not None or self._is_ready()

    def _is_ready(self) -> bool:
        """Read what `pg_ctl` reads; only our own child's file counts."""
        try:
            lines = (self.cluster.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(self._server_pid()) and lines[7].strip() == "ready"

    def _lock_when_idle(self) -> int | None:
        """Return the clients' lock once they have been absent long enough."""
        if is_locked(self.layout.clients_lock, even_shared=True):
            self.idle_since = None
            return None
        self.idle_since = self.idle_since or time.monotonic()
        hurried = self.layout.hurry.exists()
        if not hurried and time.monotonic() - self.idle_since < LINGER_SECONDS:
            return None
        return take_lock(self.layout.clients_lock, exclusive=True)

    def _stop_server(self) -> None:
        if self.server is None or self.server.poll() is not None:
            return
        self.server.send_signal(signal.SIGINT)
        try:
            self.server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait()

    def _last_lines(self) -> str:
        try:
            return "\n".join(self.layout.log.read_text(errors="replace").splitlines()[-6:])
        except OSError:
            return ""
