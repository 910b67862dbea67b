"""How each state of an idea shows: word, shape, tone."""

from ozeli.core.ui import BadgeLook

from .enums import State

LOOKS: dict[str, BadgeLook] = {
    State.DRAFT: BadgeLook(State.DRAFT.label, "draft", "rest"),
    State.DEPOSITED: BadgeLook(State.DEPOSITED.label, "ring"),
    State.TO_COMPLETE: BadgeLook(State.TO_COMPLETE.label, "todo", "wait"),
    State.IN_DEBATE: BadgeLook(State.IN_DEBATE.label, "debate"),
    State.UNDER_STUDY: BadgeLook(State.UNDER_STUDY.label, "half"),
    State.RETAINED: BadgeLook(State.RETAINED.label, "okc", "done"),
    State.NOT_RETAINED: BadgeLook(State.NOT_RETAINED.label, "stop", "rest"),
    State.EXPERIMENTING: BadgeLook(State.EXPERIMENTING.label, "k-projet"),
    State.ACHIEVED: BadgeLook(State.ACHIEVED.label, "k-real", "done"),
    State.SPREAD: BadgeLook(State.SPREAD.label, "k-adopt", "done"),
    State.WITHDRAWN: BadgeLook(State.WITHDRAWN.label, "withdrawn", "rest"),
    State.MERGED: BadgeLook(State.MERGED.label, "merge", "rest"),
}
HIDDEN = BadgeLook("Masquée", "hidden", "rest")
