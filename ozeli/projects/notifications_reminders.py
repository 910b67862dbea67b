"""What owners are reminded of, gently: a point to make, a project that says nothing, one that waits or is frozen."""

from collections.abc import Iterable

from ozeli.accounts.models import User
from ozeli.accounts.selectors import memberships_giving
from ozeli.activity.models import Event
from ozeli.core.access import Level
from ozeli.core.french import NARROW, NBSP, days, quoted
from ozeli.core.registry import Message, Pace

from .enums import Role, State
from .models import Project, ProjectMember
from .notifications import CARRIED, named, register_type

UPDATE_DUE = "project.update_due"
CHOICES = (
    "S’il avance, un point de trois minutes suffit. S’il attend, vous pouvez le geler\u202f; s’il s’arrête, dites ce"
    " que d’autres peuvent en apprendre. Vous pouvez aussi le confier à quelqu’un."
)
THREE_MINUTES = "Avancement, météo, une ligne, prochain pas\u00a0: trois minutes suffisent."


def _owner(event: Event) -> Iterable[int]:
    owners = ProjectMember.objects.filter(project=event.object_id, role=Role.OWNER)
    return owners.values_list("user_id", flat=True)


def _owner_and_desk(event: Event) -> Iterable[int]:
    """Those who contribute for the body itself; the desks of the whole network have the consolidation."""
    body = Project.objects.filter(pk=event.object_id).values("organisation")
    desk = memberships_giving("projects", Level.CONTRIBUTE).filter(organisation__in=body)
    return {*_owner(event), *desk.values_list("user_id", flat=True)}


def _owns(project: Project, user: User) -> bool:
    return any(one.user_id == user.pk and one.role == Role.OWNER for one in project.members.all())


def _update_due(project: Project, event: Event, user: User) -> Message:
    return Message(
        text=f"Où en êtes-vous de {quoted(project.title)}{NARROW}?",
        url=f"{project.get_absolute_url()}point/",
        subject=f"Où en êtes-vous{NARROW}? {named(project)}",
        lines=[
            f"Le dernier point sur {quoted(project.title)} date de {days(event.data['days'])}.",
            THREE_MINUTES,
        ],
        own=True,
        action_required=True,
    )


def _silent(project: Project, event: Event, user: User) -> Message:
    spent = days(event.data["days"])
    if _owns(project, user):
        lines = [
            f"{quoted(project.title)} n’a pas donné de nouvelles depuis {spent}.",
            CHOICES,
        ]
    else:
        lines = [
            f"{quoted(project.title)}, de votre organisme, n’a pas donné de nouvelles depuis {spent}.",
            "L’équipe est peut-être en difficulté\u00a0: un appel vaut mieux qu’une relance.",
        ]
    return Message(
        text=f"{quoted(project.title)} est silencieux depuis {spent}",
        url=f"{project.get_absolute_url()}point/" if _owns(project, user) else project.get_absolute_url(),
        subject=f"Un projet silencieux depuis {spent}{NBSP}: {named(project)}",
        lines=lines,
        own=True,
    )


def _still(project: Project, event: Event, user: User) -> Message:
    spent = days(event.data["days"])
    if project.state == State.FROZEN:
        text = f"{quoted(project.title)} est gelé depuis {spent}"
        line = "Vous pouvez le reprendre, ou l’arrêter en disant ce qu’il a appris."
    else:
        text = f"{quoted(project.title)} attend d’être lancé depuis {spent}"
        line = "Vous pouvez le lancer, le confier à quelqu’un, ou le retirer des listes."
    return Message(
        text=text,
        url=project.get_absolute_url(),
        subject=f"Votre projet attend{NBSP}: {named(project)}",
        lines=[f"{text}.", line],
        own=True,
    )


def _is_still_silent(event: Event, user: User) -> bool:
    """Nobody has made the point since the reminder, and there is still one to make."""
    said = event.at.date()
    project = Project.objects.filter(pk=event.object_id, state=State.UNDER_WAY).first()
    return project is not None and (project.updated_on is None or project.updated_on < said)


def register() -> None:
    register_type(
        UPDATE_DUE,
        "Un point à faire sur votre projet",
        _update_due,
        recipients=_owner,
        short="un point à faire",
        family=CARRIED,
        pace=Pace.NOW,
        asks_action=True,
        still_required=_is_still_silent,
        topic_title="Ce que votre projet attend de vous",
        reason="vous portez ce projet",
        position=63,
    )
    for place, (code, title, words, recipients) in enumerate(
        (
            ("project.silent", "Un projet ne donne plus de nouvelles", _silent, _owner_and_desk),
            ("project.still_waiting", "Votre projet attend d’être lancé", _still, _owner),
            ("project.still_frozen", "Votre projet est gelé depuis longtemps", _still, _owner),
        )
    ):
        register_type(
            code,
            title,
            words,
            recipients=recipients,
            short=title[0].lower() + title[1:],
            family=CARRIED,
            pace=Pace.NOW,
            topic=UPDATE_DUE,
            reason="vous portez ce projet, ou suivez ceux de votre organisme",
            position=64 + place,
        )
