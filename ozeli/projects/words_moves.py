"""Where each change of state is made, and the words of its page."""

from dataclasses import dataclass

# Where each move of the table is made.
MOVES = {
    "launch": "lancer",
    "freeze": "geler",
    "resume": "reprendre",
    "give_up": "abandonner",
    "complete": "terminer",
    "reopen": "rouvrir",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What the page of a move says, and what it says once it is made."""

    title: str
    lede: str
    button: str
    done: str
    side: str = ""


WORDS = {
    "launch": Words(
        "Lancer l’essai",
        "Le projet passe en cours, à sa première étape. Ceux qui le suivent l’apprennent.",
        "Lancer l’essai",
        "L’essai est lancé. Bonne route\u202f!",
    ),
    "freeze": Words(
        "Geler le projet",
        "Une pause, à n’importe quelle étape. Le projet garde sa place et reprendra où il en était.",
        "Geler le projet",
        "Le projet est gelé. Il garde sa place, et reprendra quand vous voudrez.",
        "Un projet gelé n’est plus relancé chaque mois, mais seulement au bout de six. Ses bilans restent lus.",
    ),
    "resume": Words(
        "Reprendre le projet",
        "Le projet repart de l’étape où il s’était arrêté.",
        "Reprendre",
        "Le projet est repris.",
    ),
    "give_up": Words(
        "Arrêter l’essai",
        "Un essai qui s’arrête a appris quelque chose. Dites-le\u00a0: d’autres partiront de plus loin.",
        "Arrêter l’essai",
        "L’essai est arrêté. Ce qu’il a appris est en tête de sa fiche, et au cimetière.",
        "Rien ne s’efface\u00a0: la fiche, les bilans et les documents restent. Le projet pourra être rouvert.",
    ),
    "complete": Words(
        "Terminer le projet",
        "L’essai a sa réponse. Dites la suite qui lui est donnée.",
        "Terminer le projet",
        "Le projet est terminé. Merci à toute l’équipe.",
        "La fiche et ses bilans restent lus, et l’équipe peut encore les compléter.",
    ),
    "reopen": Words(
        "Rouvrir le projet",
        "Le projet repart de la première étape qui n’est pas passée.",
        "Rouvrir",
        "Le projet est rouvert.",
    ),
}
