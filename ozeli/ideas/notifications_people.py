"""Events told to precise people, whoever may read the idea: reporters, moderators, guests of a signature, a team.

Each says who may be told by a question of its own, in the place of `Idea.objects.visible_to`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ozeli.accounts.models import User
from ozeli.accounts.selectors import desk_people, with_grants
from ozeli.activity.models import Event
from ozeli.core.registry import EventType, Message, Pace, event_types
from ozeli.engagement.models import Comment, ModerationCase, Report

from . import messages_moderation
from .messages import Scene
from .models import KIND, Idea, IdeaAuthor
from .pacing import ASKED, DESK, MINE, works_a_desk

Words = Callable[[Scene, User], Message | None]
Ids = Callable[[Idea, dict[str, Any]], Iterable[int]]
Visible = Callable[[User, Sequence[UUID]], Iterable[UUID]]


@dataclass(frozen=True, slots=True)
class Told:
    code: str
    title: str
    group: Ids
    words: Words
    visible: Visible
    reason: str
    pacing: Mapping[str, Any]


# --- groups -----------------------------------------------------------------------------------------------------------


def _moderators(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    """The desk of the body, else that of the network; never who wrote what is reported."""
    case = ModerationCase.objects.filter(pk=data.get("case")).first()
    written = set(_writers(idea, case))
    people = [row for row in desk_people(idea.organisation_id) if row[0] not in written]
    own = [row[0] for row in people if row[1] is not None]
    return own or [row[0] for row in people]


def _writers(idea: Idea, case: ModerationCase | None) -> Iterable[int]:
    if case is None or case.kind == KIND:
        return IdeaAuthor.objects.filter(idea=idea).values_list("user_id", flat=True)
    rows = Comment.objects.filter(pk=case.object_id, author__isnull=False)
    return [pk for pk in rows.values_list("author_id", flat=True) if pk is not None]


def _authors_of_case(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    return _writers(idea, ModerationCase.objects.filter(pk=data.get("case")).first())


def _reporters(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    rows = Report.objects.filter(case=data.get("case"), reporter__isnull=False)
    return [pk for pk in rows.values_list("reporter_id", flat=True) if pk is not None]


# --- who may be told --------------------------------------------------------------------------------------------------


def _readable(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    return Idea.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)


def _on_desk(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    return Idea.objects.in_scope_of(user).filter(pk__in=ids).values_list("pk", flat=True)


def _reported(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    """What they reported may be hidden from them now: they still learn the outcome, and nothing else."""
    cases = ModerationCase.objects.filter(context_id__in=ids, reports__reporter=user)
    return cases.values_list("context_id", flat=True)


TABLE: list[Told] = [
    Told(
        "idea.reported",
        "Un contenu est signalé",
        _moderators,
        messages_moderation.reported,
        _on_desk,
        "vous modérez les idées de cet organisme ou du réseau",
        {"family": DESK, "default_pace": Pace.NOW, "offered": works_a_desk},
    ),
    Told(
        "idea.report_settled",
        "Un signalement est traité",
        _reporters,
        messages_moderation.settled,
        _reported,
        "vous avez signalé un contenu",
        {"family": ASKED},
    ),
    Told(
        "idea.moderated",
        "La modération a relu l’un de vos textes",
        _authors_of_case,
        messages_moderation.moderated,
        _readable,
        "vous avez écrit ce texte",
        {"family": MINE, "default_pace": Pace.NOW},
    ),
]


def _scene(event: Event) -> Scene:
    """The idea and what happened, read once for all the people told."""
    scene = event.__dict__.get("scene")
    if scene is None:
        idea = (
            Idea.objects.select_related("organisation", "branch")
            .prefetch_related("authors", "experts")
            .get(pk=event.object_id)
        )
        scene = event.__dict__["scene"] = Scene(event, idea)
    return scene


def _event_type(row: Told, position: int) -> EventType:
    def recipients(event: Event) -> Iterable[int]:
        return set(row.group(_scene(event).idea, event.data))

    def message(event: Event, user: User) -> Message | None:
        return row.words(_scene(event), user)

    def readers(object_id: UUID, ids: Iterable[int]) -> list[User]:
        return [user for user in with_grants(ids) if object_id in set(row.visible(user, [object_id]))]

    return EventType(
        code=row.code,
        title=row.title,
        recipients=recipients,
        message=message,
        visible=row.visible,
        readers=readers,
        reason=row.reason,
        position=60 + position,
        **row.pacing,
    )


def register() -> None:
    for position, row in enumerate(TABLE):
        event_types.register(_event_type(row, position))
