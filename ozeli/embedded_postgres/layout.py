"""What clients and the supervisor share: places under OZELI_HOME, locks, published state."""

import fcntl
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

USER = "ozeli"
DATABASE = "ozeli"
PORT = 5432  # names the socket file only: the server listens on no network address


class EmbeddedPostgresError(Exception):
    """The embedded server cannot run; the message is a French sentence for the user."""


@dataclass(frozen=True)
class State:
    """What the supervisor publishes. Only believed while its lock is held."""

    supervisor: int = 0
    postmaster: int = 0
    socket: str = ""
    data: str = ""
    ready: bool = False
    error: str = ""


class Layout:
    """The files of one embedded server, all under `home/postgresql`."""

    def __init__(self, home: Path) -> None:
        self.home = Path(os.path.realpath(home))
        self.base = self.home / "postgresql"
        self.clients_lock = self.base / "clients.lock"
        self.supervisor_lock = self.base / "supervisor.lock"
        self.hurry = self.base / "hurry"
        self.state_file = self.base / "state.json"
        self.elsewhere = self.base / "data-elsewhere"  # names the data folder when it is not here
        self.log = self.base / "server.log"

    def create(self) -> None:
        """Make the folder; as root it must let the server's account through, no more."""
        try:
            self.base.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise EmbeddedPostgresError(
                f"Impossible de créer {self.base} ({error.strerror}). "
                "Choisissez un autre dossier avec la variable OZELI_HOME."
            ) from error

    def read_state(self) -> State:
        try:
            return State(**json.loads(self.state_file.read_text()))
        except (OSError, ValueError, TypeError):
            return State()

    def write_state(self, state: State) -> None:
        staging = self.state_file.with_suffix(".new")
        staging.write_text(json.dumps(asdict(state)))
        staging.replace(self.state_file)


def take_lock(path: Path, *, exclusive: bool) -> int | None:
    """Return a descriptor holding the lock, or None when somebody holds it against us."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise EmbeddedPostgresError(
            f"{path} appartient à un autre utilisateur. Relancez la commande avec le compte qui a créé "
            "ce dossier, ou choisissez-en un autre avec la variable OZELI_HOME."
        ) from error
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_locked(path: Path, *, even_shared: bool = False) -> bool:
    """Tell whether somebody holds the lock: exclusively or, `even_shared`, at all."""
    descriptor = take_lock(path, exclusive=even_shared)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def wait_for(probe: Callable[[], T | None], *, seconds: float, every: float = 0.03) -> T | None:
    """Call `probe` until it returns something true; None once `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found or time.monotonic() > deadline:
            return found or None
        time.sleep(every)
