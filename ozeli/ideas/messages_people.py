"""What people are told of amendments, signatures and teams."""

from django.urls import reverse

from ozeli.accounts.models import User
from ozeli.core.french import NBSP, long_date
from ozeli.core.registry import Message

from . import rules
from .enums import InvitationState
from .messages import Scene, quoted
from .models import CoauthorInvitation, IdeaAmendment, TeamMember


def amended(scene: Scene, user: User) -> Message | None:
    """The reason and the way to what changed: the words themselves stay on the page."""
    amendment = IdeaAmendment.objects.filter(pk=scene.data.get("amendment")).first()
    if amendment is None:
        return None
    text = f"{scene.whose(user)} a été modifiée"
    return Message(
        text=text,
        url=reverse("ideas:amendments", args=[scene.idea.short, scene.idea.slug]),
        subject=scene.subject("Une idée que vous suivez ou soutenez a changé"),
        lines=[
            f"{text} par {scene.who}.",
            f"Pourquoi{NBSP}: {quoted(amendment.reason)}",
            "La page dit ce qui a changé, mot à mot. Un vote se retire d’un geste.",
        ],
        own=rules.is_author(user, scene.idea),
    )


def _invitation(scene: Scene) -> CoauthorInvitation | None:
    rows = CoauthorInvitation.objects.select_related("invitee", "invited_by")
    return rows.filter(pk=scene.data.get("invitation")).first()


def coauthor_invited(scene: Scene, user: User) -> Message | None:
    invitation = _invitation(scene)
    if invitation is None or not invitation.is_awaited:
        return None
    text = f"{scene.who} vous propose de signer l’idée {scene.title}"
    return Message(
        text=text,
        url=invitation.get_absolute_url(),
        subject="On vous propose de signer une idée",
        lines=[
            f"{text}.",
            (
                f"Acceptez ou déclinez avant le {long_date(invitation.expires_on)}. Votre nom n’est montré à personne"
                " tant que vous n’avez pas accepté."
            ),
        ],
        action_required=True,
    )


def coauthor_answered(scene: Scene, user: User) -> Message | None:
    invitation = _invitation(scene)
    if invitation is None:
        return None
    accepted = invitation.state == InvitationState.ACCEPTED
    text = f"{invitation.invitee.display_name} {'signe' if accepted else 'ne signe pas'} l’idée {scene.title}"
    return Message(text=text, url=reverse("ideas:authors", args=[scene.idea.short, scene.idea.slug]))


def coauthor_left(scene: Scene, user: User) -> Message:
    return Message(
        text=f"{scene.who} ne signe plus l’idée {scene.title}",
        url=reverse("ideas:authors", args=[scene.idea.short, scene.idea.slug]),
    )


def coauthor_removed(scene: Scene, user: User) -> Message:
    text = f"Votre signature a été retirée de l’idée {scene.title} par {scene.who}"
    return Message(
        text=text,
        url="/idees/?lien=miennes",
        subject="Votre signature a été retirée d’une idée",
        lines=[f"{text}, qui l’a signée en premier.", "Si vous pensez que c’est une erreur, parlez-lui-en."],
    )


def team_asked(place: TeamMember) -> Message:
    text = f"{place.manager.display_name} vous propose de rejoindre son équipe"
    return Message(
        text=text,
        url=reverse("ideas:team_place", args=[place.pk]),
        subject="On vous propose de rejoindre une équipe",
        lines=[
            f"{text}.",
            (
                "Si vous acceptez, cette personne verra ensemble les idées que son équipe signe : celles que vous"
                " signez et qui sont publiées, jamais vos brouillons ni vos idées anonymes. Vous pouvez partir quand"
                " vous voulez."
            ),
        ],
        action_required=True,
    )
