"""How a process uses the embedded server: hold a lock, make sure that it runs, let go."""

import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Lock

from ozeli.embedded_postgres.layout import (
    DATABASE,
    PORT,
    USER,
    EmbeddedPostgresError,
    Layout,
    State,
    is_locked,
    take_lock,
    wait_for,
)
from ozeli.embedded_postgres.supervise import EXIT_REFUSED

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 90

_guard = Lock()
_held: dict[Path, int] = {}  # the clients' lock, one descriptor a home, kept until exit
_started: dict[Path, dict[str, str]] = {}
_supervisors: list[subprocess.Popen[bytes]] = []


def start(home: Path) -> dict[str, str]:
    """Return Django's settings for the server of `home`, starting it if nobody has.

    Cheap after the first call of a process, which keeps the server alive until it exits.
    Raises EmbeddedPostgresError with a French sentence.
    """
    return _started.get(home) or ensure_running(home)


def ensure_running(home: Path, seconds: float = START_SECONDS) -> dict[str, str]:
    """Like `start`, but look again: a supervisor or server killed meanwhile is replaced."""
    layout = Layout(home)
    with _guard:
        layout.create()
        _hold_client_lock(layout)
        state = _wait_until_ready(layout, time.monotonic() + seconds)
        _started[home] = {"HOST": state.socket, "PORT": str(PORT), "NAME": DATABASE, "USER": USER}
        return _started[home]


def is_running(home: Path) -> bool:
    layout = Layout(home)
    return layout.base.exists() and is_locked(layout.supervisor_lock) and layout.read_state().ready


def release(home: Path, seconds: float = 30) -> bool:
    """Let go, without the usual delay. True once the server has stopped; False when others use it."""
    layout = Layout(home)
    with _guard:
        _started.pop(home, None)
        descriptor = _held.pop(layout.base, None)
        if descriptor is None:
            return not is_running(home)
        layout.hurry.touch()
        os.close(descriptor)
    wait_for(lambda: not is_locked(layout.supervisor_lock) or _others_hold_on(layout), seconds=seconds)
    layout.hurry.unlink(missing_ok=True)
    return not is_locked(layout.supervisor_lock)


def _others_hold_on(layout: Layout) -> bool:
    """True when other clients keep the lock (for a second: a mere look lasts an instant)."""
    return not wait_for(
        lambda: is_locked(layout.clients_lock) or not is_locked(layout.clients_lock, even_shared=True),
        seconds=1,
    )


def _hold_client_lock(layout: Layout) -> None:
    if layout.base in _held:
        return
    descriptor = wait_for(lambda: take_lock(layout.clients_lock, exclusive=False), seconds=START_SECONDS)
    if descriptor is None:
        raise EmbeddedPostgresError("Le serveur PostgreSQL embarqué ne finit pas de s’arrêter. Recommencez.")
    _held[layout.base] = descriptor


def _wait_until_ready(layout: Layout, deadline: float) -> State:
    supervisor: subprocess.Popen[bytes] | None = None
    while time.monotonic() < deadline:
        if not is_locked(layout.supervisor_lock):
            if supervisor is None or supervisor.poll() is not None:
                if supervisor is not None and supervisor.returncode == EXIT_REFUSED:
                    raise EmbeddedPostgresError(layout.read_state().error or "PostgreSQL ne démarre pas.")
                supervisor = _spawn_supervisor(layout)
        else:
            state = layout.read_state()
            if state.ready and _answers(state):
                return state
        time.sleep(0.02)
    raise EmbeddedPostgresError(f"PostgreSQL ne répond pas. Son journal : {layout.log}")


def _spawn_supervisor(layout: Layout) -> subprocess.Popen[bytes]:
    paths = [str(PROJECT), os.environ.get("PYTHONPATH", "")]
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "ozeli.embedded_postgres", "supervise", str(layout.home)],
        cwd="/",
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _supervisors[:] = [known for known in _supervisors if known.poll() is None] + [supervisor]
    return supervisor


def _answers(state: State) -> bool:
    import psycopg  # here, so that the supervisor, which shares this package, stays small

    try:
        psycopg.connect(host=state.socket, port=PORT, dbname=DATABASE, user=USER, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
