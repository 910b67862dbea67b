"""What is told of the sheet of a project: the monthly point, its withdrawal, and a word for whoever carries it."""

from collections.abc import Iterable

from ozeli.accounts.models import User
from ozeli.activity.models import Event
from ozeli.core.french import NBSP, quoted
from ozeli.core.registry import Message, Pace

from .enums import Role
from .models import Project, ProjectMember, ProjectUpdate
from .notifications import CARRIED, register_type
from .services.sheet import HELP


def _team(event: Event) -> Iterable[int]:
    return ProjectMember.objects.filter(project=event.object_id).values_list("user_id", flat=True)


def _owner(event: Event) -> Iterable[int]:
    around = ProjectMember.objects.filter(project=event.object_id, role=Role.OWNER)
    return around.values_list("user_id", flat=True)


def _is_around(project: Project, user: User) -> bool:
    return ProjectMember.objects.filter(project=project, user=user).exists()


def _updated(project: Project, event: Event, user: User) -> Message | None:
    said = ProjectUpdate.objects.filter(pk=event.data.get("update"), project=project).first()
    if said is None:
        return None
    lines = [
        f"Avancement{NBSP}: {said.progress}{NBSP}%.",
        f"Météo{NBSP}: {said.get_weather_display()}." if said.weather else "",
        f"En une ligne{NBSP}: {quoted(said.line)}" if said.line else "",
        f"Le prochain pas{NBSP}: {quoted(said.next_step)}" if said.next_step else "",
        f"Ce qui est attendu{NBSP}: {quoted(said.needs)}" if said.needs else "",
    ]
    return Message(
        text=f"Des nouvelles du projet {quoted(project.title)}",
        url=project.get_absolute_url(),
        subject="Des nouvelles d’un projet",
        lines=[f"L’équipe du projet {quoted(project.title)} dit où elle en est.", *filter(None, lines)],
        own=_is_around(project, user),
    )


def _withdrawn(project: Project, event: Event, user: User) -> Message:
    reason = event.data.get("reason", "")
    return Message(
        text=f"Le projet {quoted(project.title)} est retiré des listes",
        url=project.get_absolute_url(),
        subject="Un de vos projets est retiré des listes",
        lines=[
            f"Le projet {quoted(project.title)} n’est plus lu que de son équipe et de l’animation.",
            f"La raison{NBSP}: {quoted(reason)}" if reason else "",
            "Rien n’est perdu\u00a0: il peut être remis dans les listes depuis sa fiche.",
        ],
        own=True,
    )


def _letter(project: Project, event: Event, user: User) -> Message | None:
    """The writer's address is given, as the form said it would be: one answers by mail."""
    writer = event.actor
    if writer is None or not writer.is_active:
        return None
    who = f"{writer.display_name}, {writer.organisation.name}"
    return Message(
        text=f"{writer.display_name} vous écrit au sujet du projet {quoted(project.title)}",
        url=project.get_absolute_url(),
        subject=f"{writer.display_name} vous écrit au sujet de votre projet",
        lines=[
            f"{who}, vous écrit depuis la fiche du projet {quoted(project.title)}{NBSP}:",
            event.data["words"],
            f"Pour répondre{NBSP}: {writer.email}",
        ],
        own=True,
    )


def register() -> None:
    register_type(
        "project.updated",
        "Une équipe dit où en est son projet",
        _updated,
        short="des nouvelles",
        short_many="{} fois des nouvelles",
        topic_title="Les nouvelles d’un projet\u00a0: points, bilans, journal, mesures",
        position=61,
    )
    register_type(
        "project.withdrawn",
        "Un de vos projets est retiré des listes",
        _withdrawn,
        recipients=_team,
        short="retiré des listes",
        family=CARRIED,
        topic="project.joined",
        position=68,
    )
    register_type(
        HELP,
        "Quelqu’un vous écrit au sujet de votre projet",
        _letter,
        recipients=_owner,
        short="un message",
        short_many="{} messages",
        pace=Pace.NOW,
        family=CARRIED,
        position=69,
    )
