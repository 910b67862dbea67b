"""Words: of the acts on ideas where the journal is read, of the questions put to authors."""

from collections.abc import Mapping
from typing import Any

from .enums import OPEN_STATES, State, Verdict

# The texts of an idea, as their author is asked about them.
COMPLETION_FIELDS = {
    "problem": "Quel problème voyez-vous\u202f?",
    "beneficiaries": "Pour qui\u202f?",
    "proposal": "Que proposez-vous\u202f?",
    "benefit": "Qu’est-ce que cela changerait\u202f?",
}


def asked_in_words(questions: Mapping[str, str]) -> str:
    """The questions of a complement as everybody reads them: the general one, then each with its field."""
    said = [questions["general"]] if questions.get("general") else []
    for name, label in COMPLETION_FIELDS.items():
        if questions.get(name):
            said.append(f"Sur «\u202f{label}\u202f»\u00a0: {questions[name]}")
    return "\n\n".join(said)


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
    "idea.resume": "a repris une idée sans attendre son complément",
    "idea.decline_opinion": "n’a pas pu donner l’avis demandé sur une idée",
    "idea.change_opinion_day": "a changé la date d’un avis sur une idée",
    "idea.remove_expert": "a retiré une demande d’avis sur une idée",
    "idea.assign": "a dit qui répond à une idée",
    "answers.lead": "a changé le responsable des réponses d’un organisme",
    "idea.change_tags": "a changé les mots-clés d’une idée",
    "idea.write_desk_note": "a écrit une note du bureau sur une idée",
    "idea.remove_desk_note": "a retiré une note du bureau sur une idée",
    "template.create": "a écrit une réponse type",
    "template.change": "a modifié une réponse type",
    "template.delete": "a supprimé une réponse type",
    "idea.give_opinion": "a donné un avis sur une idée",
    "idea.ask_revival": "a demandé la relance d’une idée",
    "idea.decline_revival": "a décliné une demande de relance",
    "idea.merge": "a regroupé une idée avec une autre",
    "idea.absorb": "a fait d’une idée celle qui en regroupe une autre",
    "idea.part": "a séparé d’une idée celle qu’elle regroupait",
    **dict.fromkeys(
        (f"idea.unmerge_to_{state}" for state in sorted(OPEN_STATES)),
        "a séparé une idée de celle qui la regroupait",
    ),
    "idea.link": "a dit voisines deux idées",
    "idea.unlink": "a retiré le lien entre deux idées",
    "idea.support_revival": "a appuyé une demande de relance",
    "idea.ask_second_look": "a demandé un second regard",
    "idea.maintain": "a maintenu une réponse après un second regard",
    "idea.reopen": "a rouvert une idée après un second regard",
    "lesson.write": "a écrit une leçon du cimetière",
    "lesson.change": "a modifié une leçon du cimetière",
    "lesson.remove": "a retiré une leçon du cimetière",
    "idea.sign": "a signé une idée avec ses auteurs",
    "idea.unsign": "a retiré sa signature d’une idée",
    "idea.remove_signature": "a retiré la signature d’une autre personne",
    "team.ask": "a proposé à quelqu’un de rejoindre son équipe",
    "team.accept": "a rejoint une équipe",
    "team.decline": "a décliné de rejoindre une équipe",
    "team.leave": "a quitté une équipe",
    "team.remove": "a retiré quelqu’un de son équipe",
    "moderation.hidden": "a masqué un contenu signalé",
    "moderation.warned": "a averti l’auteur d’un contenu signalé",
    "moderation.dismissed": "a classé un signalement sans suite",
    "moderation.restored": "a rétabli un contenu masqué",
    "decision.prepare": "a préparé une décision",
    "challenge.give_prize": "a donné le prix d’un défi",
    "challenge.take_prize": "a repris le prix d’un défi",
    "idea.selected": "a sélectionné une idée, par le nombre de ses votes",
}


def details(held: Mapping[str, Any]) -> str:
    """What an act keeps besides its verb: the states it went through, the verdict it prepared."""
    if held.get("source") in State.values and held.get("target") in State.values:
        moved = f"{State(held['source']).label} → {State(held['target']).label}"
        return f"{moved}. {held['reason']}" if held.get("reason") else moved
    if held.get("verdict") in Verdict.values:
        return f"{Verdict(held['verdict']).label}, tour {held.get('round', 1)}"
    return ""


def of_answers(held: Mapping[str, Any]) -> str:
    """The body whose answers have another person to answer for them."""
    return str(held.get("name", ""))
