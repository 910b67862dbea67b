"""What `ozeli doctor` looks at: whether the airlock answers, and whether something about it would tell on people."""

import os
import stat
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from . import silence, urn

GUIDE = "Voyez docs/guides/sas.md."


@dataclass(frozen=True, slots=True)
class Seen:
    said: str
    advice: str = ""


def host() -> Seen:
    """Its own name, and somebody behind it."""
    name, portal = urlsplit(settings.AIRLOCK_URL), urlsplit(settings.PUBLIC_URL)
    if name.hostname == portal.hostname:
        return Seen(
            f"{settings.AIRLOCK_URL} a le nom du portail\u00a0: les cookies y suivraient les personnes",
            "Donnez au dépôt anonyme un autre nom\u00a0: OZELI_AIRLOCK_URL.",
        )
    try:
        with urllib.request.urlopen(f"{settings.AIRLOCK_URL}/", timeout=2) as answer:  # noqa: S310 (our own address)
            cookies = answer.headers.get_all("Set-Cookie")
    except (TimeoutError, urllib.error.URLError, OSError):
        return Seen(
            f"{settings.AIRLOCK_URL} ne répond pas", "Lancez « ozeli serve » ou l’unité du dépôt anonyme."
        )
    if cookies:
        return Seen("quelque chose devant lui pose un cookie", f"Retirez-le du serveur frontal. {GUIDE}")
    return Seen(f"répond à {settings.AIRLOCK_URL}, sans cookie")


def secrets() -> Seen:
    """The pepper and the urn are ours alone; the urn is whole."""
    for path in (Path(settings.AIRLOCK_ROOT) / "pepper", Path(settings.AIRLOCK_URN)):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            return Seen(f"{path} est lisible par d’autres", f"Lancez « chmod 600 {path} ».")
    try:
        waiting = len(urn.held())
    except (urn.Damaged, OSError):
        return Seen(f"{settings.AIRLOCK_URN} est illisible", f"Ne la supprimez pas. {GUIDE}")
    where = "donné par OZELI_AIRLOCK_PEPPER" if os.environ.get("OZELI_AIRLOCK_PEPPER") else "dans son fichier"
    # A count by itself says nothing of anybody; told by tens, two looks do not tell when somebody came.
    return Seen(
        f"poivre {where}, urne {'vide' if not waiting else f'de moins de {waiting // 10 * 10 + 10} envois'}"
    )


def base() -> Seen:
    """Whether the server would write down what the airlock asks; the embedded one is told not to."""
    from django.db import connection

    if connection.settings_dict.get("EMBEDDED"):
        return Seen("la base embarquée ne note rien de ce que demande le sas")
    if not os.environ.get("OZELI_AIRLOCK_DATABASE_URL") and (found := silence.faults()):
        return Seen(
            f"la base note des requêtes ({', '.join(found)})\u00a0: les textes ne sont pas comparés",
            f"Donnez au sas un rôle à lui, qui se taise. {GUIDE}",
        )
    return Seen(
        "un rôle de base à lui" if os.environ.get("OZELI_AIRLOCK_DATABASE_URL") else "la base se tait"
    )
