"""Who is told of the team of a project, of its logbook and of its measures, and in which words."""

from collections.abc import Iterable

from ozeli.accounts.models import User
from ozeli.activity.models import Event
from ozeli.core.french import NBSP, long_date, quoted
from ozeli.core.registry import Message, Pace

from . import rules
from .enums import EntryTone, Role
from .models import LogEntry, Measure, Project
from .notifications import CARRIED, named, register_type
from .selectors.charts import valued

_GIVEN = {
    Role.OWNER: ("vous confie le projet", "Un projet vous est confié"),
    Role.MEMBER: ("vous a mis dans l’équipe du projet", "Vous êtes dans l’équipe d’un projet"),
    Role.SPONSOR: ("vous a choisi comme parrain du projet", "Vous parrainez un projet"),
    Role.COACH: ("vous a choisi comme coach du projet", "Vous accompagnez un projet"),
}
_WHAT_NOW = {
    Role.OWNER: "Vous décidez de son équipe et de sa suite\u202f; l’ancien porteur reste à vos côtés.",
    Role.MEMBER: "Vous écrivez sur sa fiche, ses bilans d’étape et son journal de bord.",
    Role.SPONSOR: "Vous ouvrez des portes, vous défendez l’essai, et vous écrivez dans son journal de bord.",
    Role.COACH: "Vous accompagnez l’équipe, et vous écrivez dans le journal de bord.",
}
LONGEST_QUOTE = 280


# --- who --------------------------------------------------------------------------------------------------------------


def _this_person(event: Event) -> Iterable[int]:
    return [event.data["person"]]


# --- words ------------------------------------------------------------------------------------------------------------


def _who(event: Event) -> str:
    return event.actor.display_name if event.actor else "L’équipe"


def _joined(project: Project, event: Event, user: User) -> Message | None:
    role = rules.role_of(user, project)
    if not role:
        return None
    does, subject = _GIVEN[Role(role)]
    said = f"{_who(event)} {does} {quoted(project.title)}"
    return Message(
        text=said,
        url=project.get_absolute_url(),
        subject=f"{subject}{NBSP}: {named(project)}",
        lines=[
            f"{said}.",
            _WHAT_NOW[Role(role)],
            "Si ce n’est pas pour vous, quittez l’équipe quand vous voulez.",
        ],
        own=True,
    )


def _handed_over(project: Project, event: Event, user: User) -> Message:
    owner = next(
        (one.user.display_name for one in project.members.all() if one.user_id == event.data["to"]), ""
    )
    who = f"{owner} porte désormais" if owner else "Quelqu’un d’autre porte désormais"
    said = f"{who} le projet {quoted(project.title)}"
    return Message(
        text=said,
        url=project.get_absolute_url(),
        subject=f"Un projet change de porteur{NBSP}: {named(project)}",
        lines=[f"{said}.", "Vous restez dans son équipe."],
        own=True,
    )


def _removed(project: Project, event: Event, user: User) -> Message:
    said = f"Vous n’êtes plus dans l’équipe du projet {quoted(project.title)}"
    return Message(
        text=said,
        url=project.get_absolute_url(),
        subject=f"Vous n’êtes plus dans l’équipe d’un projet{NBSP}: {named(project)}",
        lines=[
            f"{_who(event)} vous a retiré de son équipe. Vous continuez de le lire, et de le suivre si vous le voulez."
        ],
        own=True,
    )


def _logged(project: Project, event: Event, user: User) -> Message | None:
    entry = LogEntry.objects.filter(pk=event.data["post"]).select_related("author").first()
    if entry is None:
        return None
    who = entry.author.display_name if entry.author else "L’équipe"
    lead = "" if entry.tone == EntryTone.NEWS else f"{EntryTone(entry.tone).label}. "
    said = entry.body if len(entry.body) <= LONGEST_QUOTE else f"{entry.body[:LONGEST_QUOTE].rstrip()}…"
    return Message(
        text=f"{who} écrit dans le journal de bord de {quoted(project.title)}",
        url=f"{project.get_absolute_url()}journal/",
        subject=f"Des nouvelles d’un projet{NBSP}: {named(project)}",
        lines=[f"{who} écrit{NBSP}: {quoted(f'{lead}{said}')}"],
        own=bool(rules.role_of(user, project)),
    )


def _measured(project: Project, event: Event, user: User) -> Message | None:
    row = Measure.objects.select_related("indicator").filter(pk=event.data["measure"]).first()
    if row is None:
        return None
    one = row.indicator
    value = valued(row.value, one.unit)
    goal = f" La cible est {valued(one.target, one.unit)}." if one.target is not None else ""
    return Message(
        text=f"{quoted(one.name)} vaut {value}, projet {quoted(project.title)}",
        url=f"{project.get_absolute_url()}mesures/",
        subject=f"Un projet relève une mesure{NBSP}: {named(project)}",
        lines=[f"{one.name}{NBSP}: {value} le {long_date(row.measured_on)}.{goal}"],
        own=bool(rules.role_of(user, project)),
    )


# --- registration -----------------------------------------------------------------------------------------------------


def register() -> None:
    register_type(
        "project.joined",
        "Vous entrez dans l’équipe d’un projet",
        _joined,
        recipients=_this_person,
        short="dans l’équipe",
        pace=Pace.NOW,
        family=CARRIED,
        topic_title="Votre place autour d’un projet change",
        position=71,
    )
    for code, title, words in (
        ("project.handed_over", "Un projet que vous portiez change de porteur", _handed_over),
        ("project.removed", "Vous n’êtes plus dans l’équipe d’un projet", _removed),
    ):
        register_type(
            code,
            title,
            words,
            recipients=_this_person,
            short="équipe",
            family=CARRIED,
            topic="project.joined",
        )
    register_type(
        "project.logged",
        "Un billet dans le journal de bord d’un projet",
        _logged,
        short="un billet",
        short_many="{} billets",
        topic="project.updated",
        position=72,
    )
    register_type(
        "project.measured",
        "Un projet relève une mesure",
        _measured,
        short="une mesure",
        short_many="{} mesures",
        topic="project.updated",
    )
