"""How the states of a project show themselves: a word, a shape, a tone."""

from ozeli.core.ui import BadgeLook

from .enums import State

LOOKS: dict[str, BadgeLook] = {
    State.TO_LAUNCH: BadgeLook("À lancer", "ring"),
    State.UNDER_WAY: BadgeLook("En cours", "play"),
    State.FROZEN: BadgeLook("Gelé", "pause", "rest"),
    State.ABANDONED: BadgeLook("Abandonné", "stop", "rest"),
    State.COMPLETED: BadgeLook("Terminé", "okc", "done"),
}
WITHDRAWN = BadgeLook("Retiré", "withdrawn", "rest")
