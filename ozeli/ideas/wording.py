"""How the acts on ideas are said where the journal is read."""

from collections.abc import Mapping
from typing import Any

from .enums import State, Verdict

VERBS = {
    "idea.open_debate": "a ouvert le débat sur une idée",
    "idea.ask_completion": "a demandé un complément sur une idée",
    "idea.complete": "a complété une idée",
    "idea.study": "a mis une idée à l’étude",
    "idea.postpone": "a repoussé la réponse à une idée",
    "idea.retain": "a retenu une idée",
    "idea.decline": "n’a pas retenu une idée",
    "idea.revive": "a relancé une idée",
    "idea.withdraw": "a retiré une idée",
    "idea.ask_expert": "a demandé un avis sur une idée",
    "idea.give_opinion": "a donné un avis sur une idée",
    "idea.ask_revival": "a demandé la relance d’une idée",
    "idea.decline_revival": "a décliné une demande de relance",
    "decision.prepare": "a préparé une décision",
}


def details(held: Mapping[str, Any]) -> str:
    """What an act keeps besides its verb: the states it went through, the verdict it prepared."""
    if held.get("source") in State.values and held.get("target") in State.values:
        return f"{State(held['source']).label} → {State(held['target']).label}"
    if held.get("verdict") in Verdict.values:
        return f"{Verdict(held['verdict']).label}, tour {held.get('round', 1)}"
    return ""
