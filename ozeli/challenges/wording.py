"""The acts on challenges as the journal tells them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ozeli.core.french import NBSP

from .days import said_end
from .enums import PhaseKind

VERBS = {
    "challenge.prepare": "a commencé la préparation d’un défi",
    "challenge.drop": "a supprimé la préparation d’un défi",
    "challenge.publish": "a publié un défi",
    "challenge.change": "a corrigé un défi publié",
    "challenge.move_end": "a déplacé la fin d’une phase d’un défi",
    "challenge.cancel": "a annulé un défi",
    "challenge.add_animator": "a ajouté quelqu’un à l’équipe d’un défi",
    "challenge.remove_animator": "a retiré quelqu’un de l’équipe d’un défi",
    "challenge.set_lead": "a nommé un responsable de défi",
    "challenge.unset_lead": "a retiré le rôle de responsable d’un défi",
}


def details(held: Mapping[str, Any]) -> str:
    """The name of the challenge, then what its act says more."""
    said = [str(held["title"])] if held.get("title") else []
    if held.get("phase") in PhaseKind.values:
        said.append(f"{PhaseKind(held['phase']).label}, fin{NBSP}: {_day(held, 'was')} → {_day(held, 'end')}")
    if held.get("reason"):
        said.append(str(held["reason"]))
    return ". ".join(said)


def _day(held: Mapping[str, Any], name: str) -> str:
    return said_end(datetime.fromisoformat(held[name])) if held.get(name) else "sans fin"
