"""Events told to precise people, whoever may read the idea: reporters, moderators, guests of a signature, a team.

Each says who may be told by a question of its own, in the place of `Idea.objects.visible_to`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ozeli.accounts.models import ActorKey, User
from ozeli.accounts.selectors import desk_people, with_grants
from ozeli.activity.models import Event
from ozeli.activity.selectors import followers
from ozeli.core.registry import EventType, Message, Pace, event_types
from ozeli.engagement.models import Comment, ModerationCase, Report, Vote

from . import messages_moderation, messages_people
from .enums import TeamState
from .messages import Scene
from .models import KIND, CoauthorInvitation, Idea, IdeaAuthor, TeamMember
from .notifications import readers as readers_of
from .pacing import ASKED, DESK, FOLLOWED, MINE, titles, together, visible_pairs, works_a_desk

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
    # Whether the object form of visibility answers for everybody at once: for many people.
    is_public: bool = False


# --- groups -----------------------------------------------------------------------------------------------------------


def _moderators(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    """The desk of the body, else that of the network; never who wrote what is reported."""
    case = ModerationCase.objects.filter(pk=data["case"]).first()
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
    return _writers(idea, ModerationCase.objects.filter(pk=data["case"]).first())


def _reporters(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    rows = Report.objects.filter(case=data.get("case"), reporter__isnull=False)
    return [pk for pk in rows.values_list("reporter_id", flat=True) if pk is not None]


def _authors(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    return _writers(idea, None)


def _readers_before(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    """Those who read the text before it changed: its authors, followers and voters of this round."""
    votes = Vote.objects.filter(ballot=idea.ballot_id, voter__isnull=False)
    return {*_writers(idea, None), *followers(KIND, idea.pk), *votes.values_list("voter_id", flat=True)}


def _invitee(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    rows = CoauthorInvitation.objects.filter(pk=data["invitation"])
    return rows.values_list("invitee_id", flat=True)


def _removed(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    return [data["person"]]


# --- who may be told --------------------------------------------------------------------------------------------------


def _readable(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    return Idea.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)


def _on_desk(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    return Idea.objects.in_scope_of(user).filter(pk__in=ids).values_list("pk", flat=True)


def _reported(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    """What they reported may be hidden from them now: they still learn the outcome, and nothing else."""
    cases = ModerationCase.objects.filter(context_id__in=ids, reports__reporter=user)
    return cases.values_list("context_id", flat=True)


def _invited(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    """An invitation opens nothing but its own page, whoever may read the idea."""
    awaited = CoauthorInvitation.objects.awaited().filter(invitee=user, idea__in=ids, idea__is_hidden=False)
    return awaited.values_list("idea_id", flat=True)


def _anyone(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    """Who signed the idea until now knows of it."""
    return ids


# --- what is asked is still to do -------------------------------------------------------------------------------------


def _invitation_awaited(event: Event, user: User) -> bool:
    return CoauthorInvitation.objects.awaited().filter(pk=event.data.get("invitation"), invitee=user).exists()


def _place_awaited(event: Event, user: User) -> bool:
    place = TeamMember.objects.filter(pk=event.data.get("place"), member=user, state=TeamState.PENDING)
    return place.exists()


TABLE: list[Told] = [
    Told(
        "idea.amended",
        "Une idée est modifiée",
        _readers_before,
        messages_people.amended,
        _readable,
        "vous avez signé, soutenu ou suivi cette idée",
        {
            "family": FOLLOWED,
            "own_family": MINE,
            "own_pace": Pace.NOW,
            "short": "modifiée",
            "short_many": "{} modifications",
            "titles": titles,
            "visible_pairs": visible_pairs,
        },
        is_public=True,
    ),
    Told(
        "idea.coauthor_invited",
        "On vous propose de signer une idée",
        _invitee,
        messages_people.coauthor_invited,
        _invited,
        "on vous propose de signer cette idée",
        {
            "family": ASKED,
            "default_pace": Pace.NOW,
            "asks_action": True,
            "still_required": _invitation_awaited,
        },
    ),
    Told(
        "idea.coauthor_answered",
        "Un co-auteur répond à votre invitation",
        _authors,
        messages_people.coauthor_answered,
        _readable,
        "vous signez cette idée",
        {"family": MINE, "default_pace": Pace.NOW},
    ),
    Told(
        "idea.coauthor_left",
        "Un co-auteur retire sa signature",
        _authors,
        messages_people.coauthor_left,
        _readable,
        "vous signez cette idée",
        {"family": MINE},
    ),
    Told(
        "idea.coauthor_removed",
        "Votre signature est retirée d’une idée",
        _removed,
        messages_people.coauthor_removed,
        _anyone,
        "vous avez signé cette idée",
        {"family": MINE, "default_pace": Pace.NOW},
    ),
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
        scene = event.__dict__["scene"] = Scene(event, _idea(event.object_id))
    return scene


def _idea(key: UUID) -> Idea:
    ideas = Idea.objects.select_related("organisation", "branch")
    return ideas.prefetch_related("authors", "experts").get(pk=key)


# --- teams ------------------------------------------------------------------------------------------------------------


def _place(event: Event) -> TeamMember | None:
    return TeamMember.objects.select_related("manager").filter(pk=event.data.get("place")).first()


def _team_members(event: Event) -> Iterable[int]:
    place = _place(event)
    return [place.member_id] if place is not None and place.state == TeamState.PENDING else []


def _team_message(event: Event, user: User) -> Message | None:
    place = _place(event)
    return (
        messages_people.team_asked(place) if place is not None and place.state == TeamState.PENDING else None
    )


def _of_my_managers(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    """The keys of the managers who asked this person."""
    rows = ActorKey.objects.filter(key__in=ids, user__team_members__member=user)
    return rows.values_list("key", flat=True)


TEAM = EventType(
    code="team.asked",
    title="On vous propose de rejoindre une équipe",
    recipients=_team_members,
    message=_team_message,
    visible=_of_my_managers,
    reason="une personne qui encadre une équipe vous propose de la rejoindre",
    position=80,
    family=ASKED,
    topic="idea.coauthor_invited",
    default_pace=Pace.NOW,
    asks_action=True,
    still_required=_place_awaited,
)


def _event_type(row: Told, position: int) -> EventType:
    def recipients(event: Event) -> Iterable[int]:
        return set(row.group(_scene(event).idea, event.data))

    def message(event: Event, user: User) -> Message | None:
        return row.words(_scene(event), user)

    def readers(object_id: UUID, ids: Iterable[int]) -> list[User]:
        if row.is_public:
            return readers_of(_idea(object_id), ids)
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
        **together(row.code),
    )


def register() -> None:
    for position, row in enumerate(TABLE):
        event_types.register(_event_type(row, position))
    event_types.register(TEAM)
