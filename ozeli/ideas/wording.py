"""How the acts on ideas are said where the journal is read."""

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
