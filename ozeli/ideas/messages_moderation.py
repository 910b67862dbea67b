"""What people are told of reports and moderation. Never who reported; to the reporter, nothing of the text itself."""

from django.urls import reverse

from ozeli.accounts.models import User
from ozeli.core.french import NBSP
from ozeli.core.registry import Message
from ozeli.engagement.enums import PRESSING, CaseState
from ozeli.engagement.models import ModerationAct, ModerationCase

from .messages import Scene, quoted
from .models import KIND

CONTEST = (
    "Si vous pensez que c’est une erreur, répondez à l’équipe par la page « Écrire à l’équipe » du portail : une autre"
    " personne relira le dossier."
)


def reported(scene: Scene, user: User) -> Message | None:
    """To the desk: the first report, then the third."""
    case = ModerationCase.objects.filter(pk=scene.data.get("case")).first()
    if case is None or not case.is_open:
        return None
    what = "Une idée" if case.kind == KIND else "Un commentaire"
    many = f", par {PRESSING} personnes" if scene.data.get("count") == PRESSING else ""
    return Message(
        text=f"{what} est signalé{'e' if case.kind == KIND else ''}{many}{NBSP}: à lire au bureau de modération",
        url=reverse("ideas:case", args=[case.pk]),
        subject=f"{what} est signalé{'e' if case.kind == KIND else ''}{many}",
        lines=[
            f"{what} de votre périmètre est signalé{'e' if case.kind == KIND else ''}{many}.",
            "Rien n’est masqué tant que personne n’a décidé. Lisez le dossier, puis masquez, avertissez ou classez.",
        ],
    )


def settled(scene: Scene, user: User) -> Message | None:
    """To those who reported."""
    case = ModerationCase.objects.filter(pk=scene.data.get("case")).first()
    if case is None or case.is_open:
        return None
    said = {
        CaseState.HIDDEN: "il est masqué",
        CaseState.WARNED: "son auteur a été averti",
        CaseState.DISMISSED: "après examen, il reste affiché",
    }.get(CaseState(case.state), "il a été examiné")
    text = f"Le contenu que vous avez signalé a été lu{NBSP}: {said}"
    return Message(
        text=text,
        url=reverse("ideas:my_reports"),
        subject="Votre signalement a été lu",
        lines=[f"{text}.", "Merci de veiller à ce qui s’écrit ici. Votre nom n’a été montré à personne."],
    )


def moderated(scene: Scene, user: User) -> Message | None:
    """To the author of the text: what was decided, in the moderator's words, and how to contest it."""
    act = ModerationAct.objects.select_related("case").filter(pk=scene.data.get("act")).first()
    if act is None:
        return None
    idea = act.case.kind == KIND
    whose = f"Votre idée {scene.title}" if idea else f"Votre commentaire sur l’idée {scene.title}"
    done = {
        CaseState.HIDDEN: f"est masqué{'e' if idea else ''} par la modération",
        CaseState.WARNED: "a reçu un avertissement de la modération",
        CaseState.RESTORED: f"est de nouveau affiché{'e' if idea else ''}",
    }[CaseState(act.state)]
    restored = act.state == CaseState.RESTORED
    return Message(
        text=f"{whose} {done}",
        url=scene.idea.get_absolute_url(),
        subject="La modération a relu votre texte",
        lines=[
            line
            for line in (
                f"{whose} {done}.",
                f"Le message du modérateur{NBSP}: {quoted(act.message)}" if act.message else "",
                "" if restored else CONTEST,
            )
            if line
        ],
    )
