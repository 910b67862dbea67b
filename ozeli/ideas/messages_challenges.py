"""What people are told of an idea in a challenge."""

from ozeli.accounts.models import User
from ozeli.core.french import NBSP, number
from ozeli.core.registry import Message

from .messages import Scene, message


def selected(scene: Scene, user: User) -> Message:
    """The votes have selected the idea; they stay open until the phase ends."""
    by = number(int(scene.data.get("threshold", 0)))
    return message(
        scene,
        f"{scene.whose(user)} est sélectionnée par {by}{NBSP}votes",
        "Une idée est sélectionnée par les votes",
        "Elle sera mise à l’étude à la fin des votes. D’ici là, chacun peut encore voter et commenter.",
        "Un vote retiré ensuite ne change rien à la sélection.",
    )
