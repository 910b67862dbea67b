"""What the desk, the one who answers for a body, and the network are told of answers that are due, then late.

Each falls silent once the idea has its answer, waits for its author, or was promised for another day.
"""

from django.urls import reverse

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.french import days, long_date, month, of_name
from ozeli.core.registry import Message

from . import standing
from .messages import Scene, message
from .services.promises import RUNNING

DUE = (
    "Si la réponse demande plus de temps, gardez l’idée à l’étude\u00a0: son auteur lira la nouvelle date"
    " et sa raison."
)


def _stands(scene: Scene) -> bool:
    """Whether the promise that was told is still the one that waits."""
    due = scene.idea.answer_due_on
    return scene.idea.state in RUNNING and due is not None and due.isoformat() == scene.data.get("due")


def _day(scene: Scene) -> str:
    """« le 3 mars 2027 », « d’ici la fin du mois de mars 2027 »."""
    due = scene.idea.answer_due_on
    assert due is not None
    return (
        f"d’ici la fin du mois {of_name(month(due))}" if scene.idea.is_anonymous else f"le {long_date(due)}"
    )


def _late(scene: Scene) -> str:
    due = scene.idea.answer_due_on
    return (
        "en retard"
        if due is None or scene.idea.is_anonymous
        else f"en retard de {days((clock.today() - due).days)}"
    )


def _page(scene: Scene, user: User) -> str:
    """Where it is answered; the idea itself for an animator who works no desk."""
    return scene.desk_url if user.level("ideas") >= Level.CONTRIBUTE else scene.idea.get_absolute_url()


def answer_soon(scene: Scene, user: User) -> Message | None:
    if not _stands(scene):
        return None
    return message(
        scene,
        f"La réponse à l’idée {scene.title} est promise {_day(scene)}",
        "Une réponse est bientôt attendue",
        DUE,
        url=_page(scene, user),
    )


def answer_day(scene: Scene, user: User) -> Message | None:
    if not _stands(scene):
        return None
    late = scene.idea.is_overdue
    told = f"était promise {_day(scene)}" if late else "est promise pour aujourd’hui"
    return message(
        scene,
        f"La réponse à l’idée {scene.title} {told}",
        "Une réponse est en retard" if late else "Une réponse est attendue aujourd’hui",
        DUE,
        url=_page(scene, user),
    )


def answer_late(scene: Scene, user: User) -> Message | None:
    """To the one who answers for the answers of the body."""
    if not _stands(scene):
        return None
    return message(
        scene,
        f"La réponse à l’idée {scene.title} est {_late(scene)}\u00a0: elle remonte jusqu’à vous",
        "Une réponse en retard remonte jusqu’à vous",
        f"Elle revient à {standing.answerer(scene.idea)}. Vous pouvez y répondre, ou la confier à quelqu’un d’autre.",
        url=reverse("ideas:overdue"),
    )


def answer_late_network(scene: Scene, user: User) -> Message | None:
    if not _stands(scene):
        return None
    return message(
        scene,
        f"La réponse à l’idée {scene.title} est {_late(scene)}\u00a0: elle remonte jusqu’au réseau",
        "Une réponse en retard remonte jusqu’au réseau",
        f"Elle revient à {standing.answerer(scene.idea)} ({standing.place(scene.idea) or 'sans organisme'}).",
        url=reverse("ideas:overdue"),
    )
