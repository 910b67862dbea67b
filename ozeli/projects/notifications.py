"""Who is told what happens to a project, and in which words: never of what they may not read at that moment."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from ozeli.accounts.models import User
from ozeli.accounts.selectors import with_grants
from ozeli.activity.models import Event
from ozeli.activity.selectors import followers
from ozeli.core.french import NBSP, quoted
from ozeli.core.registry import EventType, Message, Pace, event_types
from ozeli.network.enums import Audience

from . import rules
from .models import KIND, Project, ProjectMember

FOLLOWED, CARRIED = "Les projets que vous suivez", "Les projets que vous portez"
Words = Callable[[Project, Event, User], Message | None]


# --- who --------------------------------------------------------------------------------------------------------------


def concerned(event: Event) -> Iterable[int]:
    """Those who follow the project and those around it."""
    around = ProjectMember.objects.filter(project=event.object_id).values_list("user_id", flat=True)
    return {*followers(KIND, event.object_id), *around}


def visible(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    return Project.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)


def readers(project_id: UUID, user_ids: Iterable[int]) -> Sequence[User]:
    """Those among these people who may read the project now."""
    project = Project.objects.filter(pk=project_id).prefetch_related("members").first()
    if project is None:
        return []
    return [person for person in with_grants(user_ids) if rules.can_see(person, project)]


def titles(ids: Sequence[UUID]) -> Mapping[UUID, str]:
    return dict(Project.objects.filter(pk__in=ids).values_list("pk", "title"))


# --- words ------------------------------------------------------------------------------------------------------------


def _created(project: Project, event: Event, user: User) -> Message:
    who = event.actor.display_name if event.actor else "L’équipe"
    is_around = any(one.user_id == user.pk for one in project.members.all())
    line = (
        f"{who} a créé le projet {quoted(project.title)}, et vous êtes dans son équipe."
        if is_around
        else f"{who} a créé le projet {quoted(project.title)}, qui essaie une idée que vous suivez."
    )
    return Message(
        text=f"{who} lance un projet qui vous concerne{NBSP}: {quoted(project.title)}",
        url=project.get_absolute_url(),
        subject=f"Un essai commence{NBSP}: {named(project)}",
        lines=[line],
        own=is_around,
    )


def register_type(
    code: str,
    title: str,
    words: Words,
    *,
    recipients: Callable[[Event], Iterable[int]] = concerned,
    short: str = "",
    short_many: str = "",
    pace: Pace = Pace.DAILY,
    family: str = FOLLOWED,
    asks_action: bool = False,
    position: int = 60,
    topic: str = "",
    topic_title: str = "",
    reason: str = "vous suivez ce projet, vous le portez ou vous êtes dans son équipe",
    still_required: Callable[[Event, User], bool] | None = None,
) -> None:
    """A type of event of a project, told in `words` of the project as it stands.

    `topic` is the type whose pace this one follows; `topic_title` what that choice is called when it covers several.
    """

    def message(event: Event, user: User) -> Message | None:
        project = _project(event)
        return words(project, event, user) if project else None

    event_types.register(
        EventType(
            code,
            title,
            recipients,
            message,
            visible,
            readers=readers,
            reason=reason,
            family=family,
            default_pace=pace,
            # What concerns one's own projects alone has one choice, not two.
            own_family="" if family == CARRIED else CARRIED,
            own_pace=None if family == CARRIED else Pace.NOW,
            asks_action=asks_action,
            short=short,
            short_many=short_many,
            titles=titles,
            position=position,
            topic=topic,
            topic_title=topic_title,
            still_required=still_required,
        )
    )


def _project(event: Event) -> Project | None:
    """Read once for all the people told."""
    if "project" not in event.__dict__:
        rows = Project.objects.select_related("organisation").prefetch_related("members")
        event.__dict__["project"] = rows.filter(pk=event.object_id).first()
    found: Project | None = event.__dict__["project"]
    return found


def named(project: Project) -> str:
    """For the subject of a mail, read over a shoulder: the title of what the whole network reads, else the body."""
    return quoted(project.title) if project.audience == Audience.NETWORK else project.organisation.name


def register() -> None:
    register_type(
        "project.created",
        "Un projet où vous êtes commence",
        _created,
        short="créé",
        topic="project.launch",
    )
