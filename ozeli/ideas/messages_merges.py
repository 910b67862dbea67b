"""What people are told when two ideas are united, or parted; and around a second look."""

from django.urls import reverse

from ozeli.accounts.models import User
from ozeli.core.french import NARROW, long_date, month
from ozeli.core.registry import Message

from . import rules
from .messages import Scene, message, quoted, said
from .models import IdeaMerge, SecondLook


def merge_of(scene: Scene) -> IdeaMerge | None:
    """The merge that an event tells, whether it made it or undid it."""
    found = IdeaMerge.objects.filter(absorbed=scene.idea, step__lte=scene.data.get("step", 0))
    return found.select_related("kept").order_by("-step").first()


def merged(scene: Scene, user: User) -> Message | None:
    made = merge_of(scene)
    if made is None:
        return None
    mine = rules.is_author(user, scene.idea)
    lines = [
        said("Pourquoi", made.reason),
        "Vos votes et vos commentaires y sont déjà. Qui avait voté pour les deux n’y compte qu’une fois.",
        f"Vous en devenez co-auteur{NARROW}: elle porte aussi votre signature." if mine else "",
    ]
    return message(
        scene,
        f"{scene.whose(user)} est regroupée avec l’idée {quoted(made.kept.title)}",
        "Deux idées sont regroupées",
        *lines,
        url=made.kept.get_absolute_url(),
    )


def parted(scene: Scene, user: User) -> Message | None:
    made = merge_of(scene)
    if made is None:
        return None
    return message(
        scene,
        f"{scene.whose(user)} est séparée de l’idée {quoted(made.kept.title)}",
        "Deux idées sont séparées",
        said("Pourquoi", made.undo_reason),
        "Chacune retrouve ses votes, ses auteurs et ses commentaires. Ce qui est arrivé depuis reste où il est.",
    )


# --- second look ------------------------------------------------------------------------------------------------------


def look_url(scene: Scene) -> str:
    return reverse("ideas:second_look_answer", args=[scene.idea.short])


def look_of(scene: Scene) -> SecondLook | None:
    return SecondLook.objects.filter(idea=scene.idea).first()


def promised(look: SecondLook, scene: Scene) -> str:
    return (
        f"d’ici la fin de {month(look.due_on)}" if scene.idea.is_anonymous else f"le {long_date(look.due_on)}"
    )


def look_asked(scene: Scene, user: User) -> Message | None:
    look = look_of(scene)
    if look is None or not look.is_pending:
        return None
    return message(
        scene,
        f"Un second regard est demandé sur l’idée {scene.title}",
        "Un second regard est demandé",
        said("Ce que l’auteur en dit", look.words),
        f"Il est attendu {promised(look, scene)}, par une autre personne que celle qui a répondu.",
        url=look_url(scene),
    )


def look_awaited(scene: Scene, user: User) -> Message | None:
    look = look_of(scene)
    if look is None or not look.is_pending:
        return None
    was = "était promis" if look.is_late else "est promis"
    return message(
        scene,
        f"Un second regard sur l’idée {scene.title} {was} {promised(look, scene)}",
        "Un second regard est en retard" if look.is_late else "Un second regard est bientôt attendu",
        url=look_url(scene),
    )


def look_maintained(scene: Scene, user: User) -> Message | None:
    look = look_of(scene)
    if look is None:
        return None
    return message(
        scene,
        f"{scene.whose(user)} a eu son second regard{NARROW}: la réponse est maintenue",
        "La réponse est maintenue après un second regard",
        said("Pourquoi", look.answer),
        "Si quelque chose change un jour, chacun peut encore demander sa relance.",
    )
