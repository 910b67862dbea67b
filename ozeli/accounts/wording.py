"""How the acts of the journal read in French."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from ozeli.core.access import Level, bricks
from ozeli.core.french import long_date
from ozeli.core.ui import KINDS
from ozeli.journal.models import Entry

VERBS = {
    "rights.set_level": "Droit modifié",
    "rights.grant_membership": "Profil donné",
    "rights.end_membership": "Profil retiré",
}
KIND_LABELS = {"matrix": "Matrice des droits", "person": "Personne", "idea": "Idée"} | {
    code: label for code, (_glyph, label) in KINDS.items() if code != "person"
}
SYSTEM = "Le système"
ERASED = "Personne effacée"


def who(actor: UUID | None, names: Mapping[UUID, str]) -> str:
    """The name behind an actor key, as far as it is still known."""
    return SYSTEM if actor is None else names.get(actor, ERASED)


def people_in(entry: Entry) -> list[UUID | None]:
    """The actor keys that an entry names: who acted, and who it is about."""
    return [entry.actor, _key(entry.object_id) if entry.kind == "person" else None]


def about(entry: Entry, names: Mapping[UUID, str], profiles: Mapping[str, str]) -> str:
    """What the act is about."""
    if entry.kind == "matrix":
        brick, _, profile = entry.object_id.partition(".")
        title = bricks[brick].title if brick in bricks else brick
        return f"«\u202f{title}\u202f» pour {profiles.get(profile, profile)}"
    if entry.kind == "person":
        key = _key(entry.object_id)
        return names.get(key, ERASED) if key else entry.object_id
    return f"{KIND_LABELS.get(entry.kind, entry.kind)} {entry.object_id[:8]}"


def details(entry: Entry, profiles: Mapping[str, str]) -> str:
    """What the act changed, in one line."""
    held = entry.details
    if entry.verb == "rights.set_level":
        return f"{Level(held['was']).label} → {Level(held['level']).label}"
    if entry.verb in ("rights.grant_membership", "rights.end_membership"):
        return _membership(held, profiles)
    return ", ".join(
        f"{name}\u00a0: {value}" for name, value in sorted(held.items()) if value not in ("", None)
    )


def _membership(held: Mapping[str, Any], profiles: Mapping[str, str]) -> str:
    profile = profiles.get(held["profile"], held["profile"])
    where = f"sur {held['organisation']}" if held["organisation"] else "sur tout le réseau"
    end = f", jusqu’au {long_date(date.fromisoformat(held['ends_on']))}" if held["ends_on"] else ""
    return f"{profile} {where}{end}"


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
