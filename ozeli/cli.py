"""The `ozeli` command: run the product, look after it, and Django's own commands."""

import argparse
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from ozeli.core.processes import die_with_parent
from ozeli.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, DEMO_RECEIPTS
from ozeli.supervisor import Child, Supervisor

SETTINGS = "ozeli.config.settings"
AIRLOCK_THREADS = 4
USAGE = """Ozéli, le portail d’innovation collaborative.

  ozeli demo             prépare la démonstration et l’ouvre sur cette machine
  ozeli serve            lance le portail et ses tâches de fond
  ozeli worker           lance seulement les tâches de fond
  ozeli migrate          met la base de données à jour
  ozeli create_administrator ADRESSE NOM ORGANISME   ouvre le premier compte
  ozeli doctor           examine l’installation et dit quoi faire
  ozeli journal verify   vérifie la chaîne du journal
  ozeli privacy replay   refait les effacements après une restauration
  ozeli privacy retention   efface ce qui a passé sa durée (--dry-run)
  ozeli import QUOI FICHIER   importe des organismes, des idées, des projets (--dry-run, --partial)

Toute autre commande est une commande de Django (« ozeli help » en donne la liste).
"""


def main(arguments: list[str] | None = None) -> None:
    """Entry of the command line; ends the process with its code."""
    words = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    commands: dict[str, Callable[[list[str]], int]] = {
        "serve": serve,
        "worker": worker,
        "demo": demo,
        "prepare-demo": prepare_demo,
        "doctor": doctor,
        "journal": journal,
        "import": import_table,
    }
    if not words or words[0] in ("-h", "--help"):
        print(USAGE)
        raise SystemExit(0 if words else 2)
    command = commands.get(words[0])
    try:
        raise SystemExit(command(words[1:]) if command else django([*words]))
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def django(words: list[str]) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["ozeli", *words])
    return 0


# --- running the product ---------------------------------------------------------------


def serve(words: list[str]) -> int:
    options = _serve_options("ozeli serve", words)
    _refuse_busy_ports(options)
    os.environ.setdefault("OZELI_AIRLOCK_URL", _airlock_address(options))
    _start_embedded_database()
    if _static_files_are_stale():
        _run_ourselves("collectstatic", "--noinput", "-v0")
    # Afterwards the embedded server stops by itself, or stays for those who use it.
    return _supervise(options, on_ready=lambda: print(f"Ozéli répond sur {_address(options)}", flush=True))


def demo(words: list[str]) -> int:
    """Prepare and serve on loopback, say when it is ready, leave nothing running behind."""
    options = _serve_options("ozeli demo", words)
    if not _is_loopback(options.host):
        _fail(
            "La démonstration a des mots de passe publics : elle n’écoute que sur cette machine (127.0.0.1)."
        )
    os.environ |= {"OZELI_DEMO": "1", "PORT": str(options.port)}
    os.environ.setdefault("OZELI_URL", _address(options))
    os.environ.setdefault("OZELI_AIRLOCK_URL", _airlock_address(options))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _refuse_busy_ports(options)
    try:
        print("Préparation de la démonstration…", flush=True)
        _start_embedded_database()
        _run_ourselves("prepare-demo")
        # Workers share their port: another portal that took it meanwhile would answer in turn with ours.
        _refuse_busy_ports(options)
        return _supervise(options, on_ready=lambda: _announce_demo(options))
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _release_embedded_database()


def prepare_demo(words: list[str]) -> int:
    """Migrate, load the demo network if the base is empty, collect static files: one process for all."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_demo")
    if _static_files_are_stale():
        call_command("collectstatic", interactive=False, verbosity=0)
    return 0


def worker(words: list[str]) -> int:
    if words:
        _fail("usage : ozeli worker (pour des réglages fins : ozeli procrastinate worker)")
    import django

    django.setup()
    from ozeli.worker import run_worker

    run_worker()
    return 0


def _supervise(options: argparse.Namespace, on_ready: Callable[[], None]) -> int:
    web = _granian(options, options.port, options.workers, options.threads, "--log-level", "error")
    children = [Child("web", [*web, "ozeli.config.wsgi:application"], essential=True)]
    if not options.without_airlock:
        # One process, that counts for all; and no log at all, whatever happens.
        airlock = _granian(options, options.airlock_port, 1, AIRLOCK_THREADS, "--no-log")
        children.append(Child("sas", [*airlock, "ozeli.airlock.wsgi:application"], essential=True))
    if not options.without_worker:
        children.append(Child("tâches", [sys.executable, "-m", "ozeli.cli", "worker"]))
    return Supervisor(
        children,
        watch=_watch_embedded_database,
        is_ready=lambda: _answers(f"{_address(options)}/readyz") and _airlock_answers(options),
        on_ready=on_ready,
    ).run()


def _granian(options: argparse.Namespace, port: int, workers: int, threads: int, *logs: str) -> list[str]:
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", *logs]
    granian += ["--host", options.host, "--port", str(port)]
    granian += ["--workers", str(workers), "--blocking-threads", str(threads)]
    # A worker told to end while it still loads forgets it: hence a short patience.
    return [*granian, "--respawn-failed-workers", "--respawn-interval", "1", "--workers-kill-timeout", "5"]


def _serve_options(name: str, words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=name, add_help=True)
    parser.add_argument("--host", type=_address_of, default="127.0.0.1", help="adresse d’écoute")
    parser.add_argument("--port", type=int, default=_default_port(), help="port d’écoute (ou variable PORT)")
    parser.add_argument(
        "--workers", type=int, default=int(os.environ.get("OZELI_WORKERS", "2")), help="processus web"
    )
    parser.add_argument(
        "--threads", type=int, default=int(os.environ.get("OZELI_THREADS", "4")), help="fils par processus"
    )
    parser.add_argument("--without-worker", action="store_true", help="sans les tâches de fond")
    parser.add_argument(
        "--airlock-port", type=int, help="port du dépôt anonyme (par défaut, celui du portail plus un)"
    )
    parser.add_argument("--without-airlock", action="store_true", help="sans le dépôt anonyme")
    options = parser.parse_args(words)
    options.airlock_port = options.airlock_port or options.port + 1
    if not options.without_airlock and not options.port != options.airlock_port < 65536:
        _fail(
            f"Le port {options.airlock_port} ne convient pas au dépôt anonyme. Donnez-en un : --airlock-port."
        )
    return options


def _address_of(host: str) -> str:
    """What granian listens on: an address, never a name."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{host} n’est pas une adresse IP, comme 127.0.0.1 ou ::1") from None


def _default_port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        _fail(f"PORT={given} n’est pas un numéro de port.")
    return int(given)


def _address(options: argparse.Namespace) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(options.host, options.host)  # noqa: S104 (told, not bound)
    return f"http://{host}:{options.port}"


def _airlock_address(options: argparse.Namespace) -> str:
    """By another name than the portal's: cookies ignore ports, and none may follow."""
    return f"http://localhost:{options.airlock_port}"


def _airlock_answers(options: argparse.Namespace) -> bool:
    """Asked under its own name, the only one it answers to."""
    if options.without_airlock:
        return True
    name = urllib.parse.urlsplit(os.environ.get("OZELI_AIRLOCK_URL", _airlock_address(options))).netloc
    at = _address(argparse.Namespace(host=options.host, port=options.airlock_port))
    return _answers(at + "/static/core/favicon.svg", host=name)


def _is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host).is_loopback


def _refuse_busy_ports(options: argparse.Namespace) -> None:
    """Before anything starts."""
    _refuse_busy_port(options.host, options.port)
    if not options.without_airlock:
        _refuse_busy_port(options.host, options.airlock_port, for_airlock=True)


def _refuse_busy_port(host: str, port: int, *, for_airlock: bool = False) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            said = f"Impossible d’écouter sur {host}:{port} ({error.strerror})."
            if for_airlock:
                _fail(
                    f"{said} C’est le port du dépôt anonyme. Essayez-en un autre : --airlock-port {port + 10}."
                )
            _fail(f"{said} Essayez un autre port : PORT={port + 10}.")


def _answers(url: str, host: str = "") -> bool:
    asked = urllib.request.Request(url, headers={"Host": host} if host else {})  # noqa: S310 (our own http address)
    try:
        with urllib.request.urlopen(asked, timeout=2) as response:  # noqa: S310
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _announce_demo(options: argparse.Namespace) -> None:
    width = max(len(name) for name in DEMO_ACCOUNTS) + len("@demo.test")
    lines = [f"Ozéli est prêt : {_address(options)}"]
    if not options.without_airlock:
        lines.append(f"Dépôt anonyme  : {os.environ['OZELI_AIRLOCK_URL']}")
    lines += ["", f"Comptes (mot de passe : {DEMO_PASSWORD})"]
    lines += [f"  {name + '@demo.test':<{width}}  {role}" for name, role in DEMO_ACCOUNTS.items()]
    if not options.without_airlock:
        lines += ["", "Codes de suivi du dépôt anonyme", *_demo_receipts()]
    print("\n".join([*lines, "", "Ctrl-C pour tout arrêter."]), flush=True)


def _demo_receipts() -> list[str]:
    from ozeli.airlock import receipts

    codes = {name: receipts.shown(receipts.of_demonstration(name)) for name in DEMO_RECEIPTS}
    return [f"  {codes[name]}  {what}" for name, what in DEMO_RECEIPTS.items()]


def _run_ourselves(*words: str) -> None:
    """Run one of our commands in a process of its own: this one stays light while it supervises."""
    parent = os.getpid()
    done = subprocess.run(
        [sys.executable, "-m", "ozeli.cli", *words], preexec_fn=lambda: die_with_parent(parent=parent)
    )
    if done.returncode:
        raise SystemExit(done.returncode)


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(2)


# --- the embedded database and static files, without loading Django -----------------------


def _home() -> Path:
    from ozeli.config import settings

    return Path(settings.HOME)


def _is_embedded() -> bool:
    return not os.environ.get("DATABASE_URL")


def _start_embedded_database() -> None:
    from ozeli import embedded_postgres

    if _is_embedded():
        try:
            embedded_postgres.start(_home())
        except embedded_postgres.EmbeddedPostgresError as error:
            _fail(str(error))


def _watch_embedded_database() -> None:
    """Replace a killed supervisor or server; try again two seconds later when it does not come back."""
    from ozeli import embedded_postgres

    if _is_embedded() and not embedded_postgres.is_running(_home()):
        try:
            embedded_postgres.ensure_running(_home(), seconds=10)
        except embedded_postgres.EmbeddedPostgresError as error:
            print(error, file=sys.stderr)


def _release_embedded_database() -> None:
    from ozeli import embedded_postgres

    if _is_embedded():
        embedded_postgres.release(_home())


def _static_files_are_stale() -> bool:
    """True when a source is newer than the last collection."""
    from ozeli.config import settings

    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return True
    package = Path(__file__).parent
    sources = [
        *package.glob("*/static/**/*"),
        *package.glob("core/*.*"),
        package.parent / "requirements.lock",
    ]
    return any(path.exists() and path.stat().st_mtime > manifest.stat().st_mtime for path in sources)


# --- looking after it ----------------------------------------------------------------


def doctor(words: list[str]) -> int:
    from ozeli.doctor import examine

    return examine()


def journal(words: list[str]) -> int:
    if words != ["verify"]:
        _fail("usage : ozeli journal verify")
    import django

    django.setup()
    from ozeli.journal.services import verify

    faults = list(verify())
    print("\n".join(faults) if faults else "Le journal est intact.")
    return 1 if faults else 0


def import_table(words: list[str]) -> int:
    import django

    django.setup()
    from ozeli.transfers.command import run

    return run(words)


if __name__ == "__main__":
    main()
