"""`ozeli doctor`: examine the installation, one line a check, and say what to do."""

import os
import shutil
import smtplib
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error

OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRES = 15
HEARTBEAT_SECONDS = 60
LATE_MINUTES = 5
LOW_DISK_BYTES = 1_000_000_000
SHORT_KEY = 40


@dataclass(frozen=True)
class Finding:
    """What a check saw; `advice` is empty when all is well."""

    text: str
    advice: str = ""


def examine() -> int:
    """Print every finding. Returns 0 when all is well, 1 otherwise."""
    django.setup()
    connection.settings_dict["OPTIONS"].pop("pool", None)  # a pool would insist where one refusal is enough
    findings = [_guarded(name, check) for name, check in CHECKS.items()]
    for name, finding in zip(CHECKS, findings, strict=True):
        print(f"{'à voir' if finding.advice else 'ok':<7} {name:<12} {finding.text}")
        if finding.advice:
            print(f"{'':<20} → {finding.advice}")
    worrying = sum(1 for finding in findings if finding.advice)
    print("\nTout va bien." if not worrying else f"\nPoints à voir : {worrying}.")
    return 1 if worrying else 0


def _guarded(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Error as error:
        if name == "base":
            return Finding(
                f"injoignable ({str(error).strip().splitlines()[0]})", "Vérifiez DATABASE_URL et le serveur."
            )
        return Finding("inconnu sans la base", "Rétablissez d’abord la base de données.")


def check_python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Finding(found, "Installez Python 3.11 ou plus récent.")
    return Finding(found)


def check_environment() -> Finding:
    if sys.prefix == sys.base_prefix:
        return Finding("hors d’un environnement virtuel", "Lancez « make setup », puis .venv/bin/ozeli.")
    return Finding(sys.prefix)


def check_database() -> Finding:
    kind = "embarquée" if connection.settings_dict.get("EMBEDDED") else "externe"
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        version = cursor.fetchone()[0]
    if int(version.split(".")[0]) < OLDEST_POSTGRES:
        return Finding(f"PostgreSQL {version}, {kind}", "Ozéli demande PostgreSQL 15 ou plus récent.")
    return Finding(f"PostgreSQL {version}, {kind}")


def check_migrations() -> Finding:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        return Finding(f"{len(missing)} à appliquer", "Lancez « ozeli migrate ».")
    return Finding("à jour")


def check_worker() -> Finding:
    alive = _count(
        "select count(*) from procrastinate_workers where last_heartbeat > now() - make_interval(secs => %s)",
        HEARTBEAT_SECONDS,
    )
    if not alive:
        return Finding("aucun exécuteur de tâches", "Lancez « ozeli serve » ou « ozeli worker ».")
    return Finding(f"{alive} en marche")


def check_jobs() -> Finding:
    late = _count(
        "select count(*) from procrastinate_jobs j where status = 'todo' and coalesce(scheduled_at, ("
        " select min(at) from procrastinate_events e where e.job_id = j.id)) < now() - make_interval(mins => %s)",
        LATE_MINUTES,
    )
    failed = _count("select count(*) from procrastinate_jobs where status = 'failed'")
    text = f"{late} en retard, {failed} en échec"
    if late or failed:
        return Finding(text, "Voyez l’écran Exploitation ; un exécuteur tourne-t-il ?")
    return Finding(text)


def check_mail() -> Finding:
    if not os.environ.get("SMTP_URL"):
        folder = Path(settings.EMAIL_FILE_PATH)
        return Finding(f"écrits dans {folder} (aucun serveur : variable SMTP_URL)")
    address = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    opener = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    try:
        with opener(str(settings.EMAIL_HOST), settings.EMAIL_PORT, timeout=3) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding(f"{address} ne répond pas ({error})", "Vérifiez SMTP_URL et le serveur de messagerie.")
    return Finding(f"par {address}")


def check_disk() -> Finding:
    free = shutil.disk_usage(settings.HOME).free
    text = f"{free / 1e9:.1f} Go libres dans {settings.HOME}".replace(".", ",", 1)
    if free < LOW_DISK_BYTES:
        return Finding(text, "Libérez de la place : il faut au moins 1 Go.")
    return Finding(text)


def check_files() -> Finding:
    from ozeli.files import health

    seen = health.folder()
    return Finding(seen.said, seen.advice)


def check_antivirus() -> Finding:
    from ozeli.files import health

    seen = health.antivirus()
    return Finding(seen.said, seen.advice)


def check_airlock() -> Finding:
    from ozeli.airlock import health

    seen = health.host()
    return Finding(seen.said, seen.advice)


def check_airlock_secrets() -> Finding:
    from ozeli.airlock import health

    seen = health.secrets()
    return Finding(seen.said, seen.advice)


def check_airlock_base() -> Finding:
    from ozeli.airlock import health

    seen = health.base()
    return Finding(seen.said, seen.advice)


def check_secret_key() -> Finding:
    if len(settings.SECRET_KEY) < SHORT_KEY:
        return Finding("trop courte", "Donnez à OZELI_SECRET_KEY au moins 40 caractères tirés au hasard.")
    if os.environ.get("OZELI_SECRET_KEY"):
        return Finding("donnée par OZELI_SECRET_KEY")
    path = Path(settings.HOME) / "secret_key"
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Finding(f"{path} est lisible par d’autres", f"Lancez « chmod 600 {path} ».")
    return Finding(f"dans {path}")


def _count(query: str, *parameters: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return int(cursor.fetchone()[0])


CHECKS: dict[str, Callable[[], Finding]] = {
    "Python": check_python,
    "venv": check_environment,
    "base": check_database,
    "migrations": check_migrations,
    "exécuteur": check_worker,
    "tâches": check_jobs,
    "courriels": check_mail,
    "disque": check_disk,
    "fichiers": check_files,
    "antivirus": check_antivirus,
    "clé secrète": check_secret_key,
    "sas": check_airlock,
    "urne": check_airlock_secrets,
    "sas et base": check_airlock_base,
}
