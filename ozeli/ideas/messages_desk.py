"""What experts, the desk and authors are told around an answer being prepared.

A private note is quoted to the expert or to the desk alone, in the body of a mail, never in its subject.
"""

from django.urls import reverse

from ozeli.accounts.models import User
from ozeli.core.french import long_date
from ozeli.core.registry import Message

from . import rules
from .messages import Scene, completion_url, message, opinion_url, quoted, said
from .models import CompletionRequest, DeskNote, ExpertNote, IdeaExpert

SHORT_WORDS = "Quelques phrases suffisent. Si vous ne pouvez pas répondre, dites-le en une phrase."


# --- experts ----------------------------------------------------------------------------------------------------------


def expert_asked_again(scene: Scene, user: User) -> Message | None:
    given = IdeaExpert.objects.filter(idea=scene.idea, user=user, given_on__isnull=False).first()
    if given is None or given.given_on is None:
        return None
    return message(
        scene,
        f"Votre avis est demandé à nouveau sur l’idée {scene.title}",
        "Votre avis est demandé à nouveau",
        said("Le message du bureau", given.message),
        f"L’avis que vous avez donné le {long_date(given.given_on)} reste au dossier\u00a0: "
        "vous pouvez le compléter ou le remplacer.",
        url=opinion_url(scene.idea),
    )


def opinion_soon(scene: Scene, user: User) -> Message | None:
    asked = _asked(scene, user)
    if asked is None or asked.due_on is None:
        return None
    return message(
        scene,
        f"Votre avis est attendu le {long_date(asked.due_on)} sur l’idée {scene.title}",
        "Votre avis est attendu dans les jours qui viennent",
        SHORT_WORDS,
        url=opinion_url(scene.idea),
        action=True,
    )


def opinion_late(scene: Scene, user: User) -> Message | None:
    asked = _asked(scene, user)
    if asked is None or asked.due_on is None:
        return None
    return message(
        scene,
        f"Votre avis était attendu le {long_date(asked.due_on)} sur l’idée {scene.title}",
        "Votre avis est encore attendu",
        SHORT_WORDS,
        url=opinion_url(scene.idea),
        action=True,
    )


def opinion_day(scene: Scene, user: User) -> Message | None:
    asked = _asked(scene, user)
    if asked is None or asked.due_on is None:
        return None
    return message(
        scene,
        f"Votre avis est maintenant attendu le {long_date(asked.due_on)} sur l’idée {scene.title}",
        "Une autre date pour votre avis",
        url=opinion_url(scene.idea),
    )


def expert_removed(scene: Scene, user: User) -> Message:
    return message(
        scene,
        f"Votre avis n’est plus demandé sur l’idée {scene.title}",
        "Votre avis n’est plus demandé",
        "Vous n’avez rien à faire.",
        url=reverse("ideas:my_opinions"),
    )


def expert_declined(scene: Scene, user: User) -> Message:
    declined = IdeaExpert.objects.filter(pk=scene.data.get("expertise")).first()
    return message(
        scene,
        f"{scene.who} ne peut pas donner son avis sur l’idée {scene.title}",
        "Un avis est décliné",
        said("Sa raison", declined.decline_reason if declined else ""),
        "Vous pouvez demander l’avis de quelqu’un d’autre.",
        url=_file_url(scene),
    )


def expert_note(scene: Scene, user: User) -> Message | None:
    """A word of the expert to the desk, or back: the other side of the exchange reads it."""
    note = ExpertNote.objects.select_related("expertise").filter(pk=scene.data.get("note")).first()
    if note is None or rules.is_author(user, scene.idea):
        return None
    is_expert = note.expertise.user_id == user.pk
    place = reverse("ideas:expertise", args=[scene.idea.short, note.expertise_id])
    return message(
        scene,
        f"{scene.who} vous écrit au sujet de l’avis demandé sur l’idée {scene.title}",
        "Une note privée au sujet d’un avis",
        quoted(note.body),
        "Cette note n’est lue que de l’expert et du bureau.",
        url=f"{opinion_url(scene.idea)}#notes" if is_expert else f"{place}#notes",
    )


def _asked(scene: Scene, user: User) -> IdeaExpert | None:
    """The opinion still awaited from this person."""
    awaited = IdeaExpert.objects.filter(given_on__isnull=True, declined_on__isnull=True)
    return awaited.filter(idea=scene.idea, user=user).first()


# --- the desk, and authors --------------------------------------------------------------------------------------------


def assigned(scene: Scene, user: User) -> Message | None:
    if scene.idea.handler_id != user.pk:
        return None
    note = DeskNote.objects.filter(pk=scene.data.get("note")).first()
    due = scene.idea.answer_due_on
    promised = (
        f"La réponse est promise pour le {long_date(due)}." if due and not scene.idea.is_anonymous else ""
    )
    return message(
        scene,
        f"{scene.who} vous confie la réponse à l’idée {scene.title}",
        "Une idée vous est confiée",
        promised,
        said("Sa note", note.body if note else ""),
        url=scene.desk_url,
    )


def completion_awaited(scene: Scene, user: User) -> Message | None:
    asked = CompletionRequest.objects.filter(pk=scene.data.get("request"), ended_on__isnull=True).first()
    if asked is None:
        return None
    wished = f"La réponse est souhaitée pour le {long_date(asked.due_on)}." if asked.due_on else ""
    return message(
        scene,
        f"Votre idée {scene.title} attend toujours votre complément",
        "Votre idée attend votre complément",
        "\n".join(quoted(question) for question in asked.questions.values()),
        wished,
        "Tant qu’il manque, personne ne peut vous répondre. Vos votes et vos commentaires sont gardés.",
        url=completion_url(scene.idea),
        action=True,
    )


def resume(scene: Scene, user: User) -> Message:
    return message(
        scene,
        f"{scene.whose(user)} est reprise sans attendre le complément demandé",
        "Une idée est reprise",
        said("Pourquoi", scene.note),
        "Le bureau vous répondra d’après le texte tel qu’il est.",
    )


def _file_url(scene: Scene) -> str:
    return reverse("ideas:file", args=[scene.idea.short])
