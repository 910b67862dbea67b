"""How the journal says the acts on projects."""

from collections.abc import Mapping
from typing import Any

VERBS = {
    "project.created": "a créé un projet",
    "project.edited": "a modifié la fiche d’un projet",
    "project.updated": "a fait le point sur un projet",
    "project.withdrawn": "a retiré un projet des listes",
    "project.put_back": "a remis un projet dans les listes",
    "project.launch": "a lancé un projet",
    "project.freeze": "a gelé un projet",
    "project.resume": "a repris un projet",
    "project.give_up": "a abandonné un projet",
    "project.complete": "a terminé un projet",
    "project.reopen": "a rouvert un projet",
    "project.report": "a écrit un bilan d’étape",
    "project.stages_passed": "a passé une étape d’un projet",
    "project.stages_taken_back": "est revenu sur une étape d’un projet",
    "project.gate_named": "a nommé qui décide un jalon",
    "project.gate_criteria": "a écrit les critères d’arrêt d’un jalon",
    "project.gate_decided": "a décidé un jalon",
    "synthesis.created": "a commencé une synthèse",
    "synthesis.edited": "a modifié une synthèse",
    "synthesis.rewritten": "a refait une section de synthèse d’après les données",
    "synthesis.published": "a publié une synthèse",
    "synthesis.stopped": "a interrompu la publication d’une synthèse",
    "synthesis.withdrawn": "a retiré une synthèse",
    "synthesis.dropped": "a supprimé une synthèse en préparation",
    "project.joined": "a mis quelqu’un autour d’un projet",
    "project.role_changed": "a changé le rôle de quelqu’un autour d’un projet",
    "project.handed_over": "a confié un projet à quelqu’un",
    "project.taken_on": "est devenu porteur d’un projet importé",
    "project.left": "a quitté l’équipe d’un projet",
    "project.removed": "a retiré quelqu’un d’un projet",
    "project.body_added": "a ajouté un organisme à un projet",
    "project.body_removed": "a retiré un organisme d’un projet",
    "project.logged": "a écrit dans un journal de bord",
    "project.log_corrected": "a corrigé un billet de journal de bord",
    "project.log_removed": "a retiré un billet de journal de bord",
    "project.indicator_added": "a choisi ce que mesure un projet",
    "project.indicator_changed": "a modifié un indicateur d’un projet",
    "project.indicator_removed": "a retiré un indicateur d’un projet",
    "project.measured": "a relevé une mesure",
    "project.measure_corrected": "a corrigé une mesure",
    "project.measure_removed": "a retiré une mesure",
    "project.budget_added": "a ajouté une ligne au budget d’un projet",
    "project.budget_changed": "a modifié le budget d’un projet",
    "project.budget_removed": "a retiré une ligne du budget d’un projet",
}

VERBS |= {
    "lifecycle.copied": "a copié un parcours",
    "lifecycle.prepared": "a commencé une version de parcours",
    "lifecycle.composed": "a composé une version de parcours",
    "lifecycle.discarded": "a abandonné une version de parcours",
    "lifecycle.published": "a publié une version de parcours",
}


def details(held: Mapping[str, Any]) -> str:
    """What an act keeps besides its verb, in one line."""
    return str(held.get("title", ""))
