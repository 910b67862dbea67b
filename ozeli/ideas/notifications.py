"""Who is told what happens to an idea: one row for each event that the services tell.

Words are in `messages`. Nobody is told of an idea that they may not read at that moment (`readers`, the object form
of `Idea.objects.visible_to`, for many people at once).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from ozeli.accounts.models import User
from ozeli.accounts.selectors import desk_people, with_grants
from ozeli.activity.models import Event
from ozeli.activity.selectors import followers
from ozeli.challenges.models import ChallengeAnimator
from ozeli.core.access import Level
from ozeli.core.registry import EventType, Message, event_types
from ozeli.engagement.models import Vote

from . import messages, messages_answers, messages_challenges, messages_desk, messages_merges, pacing, rules
from .enums import OPEN_STATES
from .messages import Scene
from .models import KIND, ExpertNote, Idea, IdeaAuthor, IdeaExpert, IdeaMerge, RevivalRequest, SecondLook
from .services.promises import network_people
from .workflow import TRANSITIONS

Group = Callable[[Idea, dict[str, Any]], Iterable[int]]


# --- groups of people -------------------------------------------------------------------------------------------------


def _authors(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    return IdeaAuthor.objects.filter(idea=idea).values_list("user_id", flat=True)


def _followers(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    return followers(KIND, idea.pk)


def _voters(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    """Those who voted in this round."""
    return Vote.objects.filter(ballot=idea.ballot_id).values_list("voter_id", flat=True)


def _experts(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    return idea.experts.filter(declined_on__isnull=True).values_list("user_id", flat=True)


def _asked_expert(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    return [data["expert"]]


def _new_handler(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    return [data["handler"]]


def _this_expert(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    return IdeaExpert.objects.filter(pk=data["expertise"]).values_list("user_id", flat=True)


def _other_side(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    """Of a private note: the desk when the expert wrote it, else the expert alone."""
    note = ExpertNote.objects.select_related("expertise").filter(pk=data["note"]).first()
    if note is None:
        return []
    expert = note.expertise.user_id
    return [pk for pk in _desk(idea, data) if pk != expert] if note.author_id == expert else [expert]


def _mentioned(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    return data["people"]


def _asker(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    return RevivalRequest.objects.filter(pk=data["request"]).values_list("user_id", flat=True)


def _lead(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    return [data["lead"]]


def _network(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    return network_people()


def _of_both(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    """Authors, followers and voters of an idea and of the one with which a merge united it."""
    made = IdeaMerge.objects.filter(absorbed=idea, step__lte=data["step"]).order_by("-step").first()
    ballots = [idea.ballot_id, *([made.kept_ballot_id] if made else [])]
    for pk in (idea.pk, *([made.kept_id] if made else [])):
        yield from IdeaAuthor.objects.filter(idea=pk).values_list("user_id", flat=True)
        yield from followers(KIND, pk)
    voted = Vote.objects.filter(ballot__in=ballots, voter__isnull=False)
    yield from voted.values_list("voter_id", flat=True)


def _second_lookers(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    """The desk of the idea, without the person who answered first: then everybody else of it."""
    first = SecondLook.objects.filter(idea=idea).values_list("first_decider_id", flat=True).first()
    others = [pk for pk in _desk(idea, data) if pk != first]
    if others:
        return others
    signed = set(_authors(idea, data))
    return [row[0] for row in desk_people(idea.organisation_id) if row[0] not in signed and row[0] != first]


def _desk(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    """Who has to act: the handler, else the référents of the body, else those of the network; never an author."""
    signed = set(_authors(idea, data))
    people = [row for row in desk_people(idea.organisation_id) if row[0] not in signed]
    network = [row for row in people if row[1] is None]
    for circle in (
        [row for row in people if row[0] == idea.handler_id],
        [row for row in people if row[1] is not None],
        [row for row in network if row[2] == Level.CONTRIBUTE],
        network,
    ):
        if circle:
            return [row[0] for row in circle]
    return []


def _reminded(idea: Idea, data: dict[str, Any]) -> Iterable[int]:
    """Who has to act; of an idea of a challenge that nobody handles, its animators too, never an author."""
    yield from _desk(idea, data)
    if idea.challenge_id is not None and idea.handler_id is None:
        signed = set(_authors(idea, data))
        team = ChallengeAnimator.objects.filter(challenge=idea.challenge_id).values_list("user_id", flat=True)
        yield from (pk for pk in team if pk not in signed)


# --- the table --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """An event: its title in the settings of a person, who is concerned, in which words, and why them."""

    code: str
    title: str
    groups: Sequence[Group]
    words: Callable[[Scene, User], Message | None]
    reason: str = ""


INVOLVED = (_authors, _followers)
EXPERT = "votre avis est attendu"
DESK = "vous animez les idées de cet organisme ou du réseau"
REMINDED = "vous animez les idées de cet organisme, du réseau ou de ce défi"

TABLE: list[Told] = [
    Told("idea.deposited", "Une idée est déposée", [_desk], messages.deposited, DESK),
    Told("idea.open_debate", "Une idée entre en débat", INVOLVED, messages.open_debate),
    Told("idea.selected", "Une idée est sélectionnée par les votes", INVOLVED, messages_challenges.selected),
    Told("idea.ask_completion", "Un complément est demandé", [_authors], messages.ask_completion),
    Told("idea.complete", "Une idée est complétée", [_desk, *INVOLVED], messages.complete),
    Told("idea.study", "Une idée est mise à l’étude", INVOLVED, messages.study),
    Told("idea.postpone", "Une réponse est repoussée", INVOLVED, messages.postpone),
    Told("idea.retain", "Une idée est retenue", [*INVOLVED, _voters], messages.answered),
    Told("idea.decline", "Une idée n’est pas retenue", [*INVOLVED, _voters], messages.answered),
    Told("idea.withdraw", "Une idée est retirée", [*INVOLVED, _desk, _experts], messages.withdraw),
    Told("idea.revive", "Une idée est relancée", INVOLVED, messages.revive),
    Told("idea.expert_asked", "Votre avis est demandé", [_asked_expert], messages.expert_asked, EXPERT),
    Told(
        "idea.expert_asked_again",
        "Votre avis est demandé à nouveau",
        [_asked_expert],
        messages_desk.expert_asked_again,
        "vous avez donné votre avis sur cette idée",
    ),
    Told("idea.opinion_given", "Un avis est donné", [_desk], messages.opinion_given, DESK),
    Told(
        "idea.opinion_soon",
        "Votre avis est bientôt attendu",
        [_asked_expert],
        messages_desk.opinion_soon,
        EXPERT,
    ),
    Told(
        "idea.opinion_late", "Votre avis est en retard", [_asked_expert], messages_desk.opinion_late, EXPERT
    ),
    Told(
        "idea.opinion_day", "La date de votre avis change", [_this_expert], messages_desk.opinion_day, EXPERT
    ),
    Told(
        "idea.expert_removed",
        "Votre avis n’est plus demandé",
        [_asked_expert],
        messages_desk.expert_removed,
        "votre avis avait été demandé",
    ),
    Told("idea.expert_declined", "Un avis est décliné", [_desk], messages_desk.expert_declined, DESK),
    Told(
        "idea.expert_note",
        "Une note privée au sujet d’un avis",
        [_other_side],
        messages_desk.expert_note,
        "vous donnez ou demandez un avis sur cette idée",
    ),
    Told("idea.assigned", "Une idée vous est confiée", [_new_handler], messages_desk.assigned, DESK),
    Told(
        "idea.completion_awaited",
        "Votre complément est attendu",
        [_authors],
        messages_desk.completion_awaited,
        "vous êtes l’auteur de cette idée",
    ),
    Told(
        "idea.answer_soon",
        "Une réponse est bientôt attendue",
        [_reminded],
        messages_answers.answer_soon,
        REMINDED,
    ),
    Told(
        "idea.answer_day",
        "Une réponse est attendue ce jour",
        [_reminded],
        messages_answers.answer_day,
        REMINDED,
    ),
    Told(
        "idea.answer_late",
        "Une réponse en retard remonte jusqu’à vous",
        [_lead],
        messages_answers.answer_late,
        "vous suivez les réponses de cet organisme",
    ),
    Told(
        "idea.answer_late_network",
        "Une réponse en retard remonte jusqu’au réseau",
        [_network],
        messages_answers.answer_late_network,
        "vous administrez les idées pour tout le réseau",
    ),
    Told("idea.resume", "Une idée est reprise sans attendre", INVOLVED, messages_desk.resume),
    Told("idea.commented", "Une idée est commentée", INVOLVED, messages.commented),
    Told("idea.mentioned", "Quelqu’un vous cite", [_mentioned], messages.mentioned, "quelqu’un vous y cite"),
    Told("idea.revival_asked", "Une relance est demandée", [_desk], messages.revival_asked, DESK),
    Told("idea.merge", "Deux idées sont regroupées", [_of_both], messages_merges.merged),
    *(
        Told(f"idea.unmerge_to_{state}", "Deux idées sont séparées", [_of_both], messages_merges.parted)
        for state in sorted(OPEN_STATES)
    ),
    Told(
        "idea.second_look_asked",
        "Un second regard est demandé",
        [_second_lookers],
        messages_merges.look_asked,
        DESK,
    ),
    Told(
        "idea.second_look_awaited",
        "Un second regard est attendu",
        [_second_lookers],
        messages_merges.look_awaited,
        DESK,
    ),
    Told(
        "idea.second_look_maintained",
        "Une réponse est maintenue",
        INVOLVED,
        messages_merges.look_maintained,
    ),
    Told(
        "idea.revival_declined",
        "Une relance est déclinée",
        [_asker],
        messages.revival_declined,
        "vous avez demandé cette relance",
    ),
]


def _moves_of_other_apps() -> Iterator[Told]:
    """The moves of the table that later apps will make: told with their new state."""
    told = {row.code for row in TABLE}
    for transition in TRANSITIONS:
        code = f"idea.{transition.name}"
        if code not in told and transition.name != "deposit":
            yield Told(code, f"Une idée change d’état : {transition.label.lower()}", INVOLVED, messages.moved)


# --- readers ----------------------------------------------------------------------------------------------------------


def readers(idea: Idea, ids: Iterable[int]) -> list[User]:
    """The open accounts among `ids` who may read the idea now, in four queries whatever their number."""
    return [user for user in with_grants(ids) if rules.can_see(user, idea)]


def concerned(idea: Idea, code: str, data: dict[str, Any] | None = None) -> set[int]:
    """The ids of the people whom an event concerns."""
    return {pk for group in _told(code).groups for pk in group(idea, data or {})}


def people_told(idea: Idea, code: str, *, actor: User) -> int:
    """How many people an event would be told to now, its actor left out."""
    return len(readers(_with_roles(idea.pk), concerned(idea, code) - {actor.pk}))


def _told(code: str) -> Told:
    return next(row for row in [*TABLE, *_moves_of_other_apps()] if row.code == code)


def _with_roles(idea_id: UUID) -> Idea:
    return (
        Idea.objects.select_related("organisation", "branch")
        .prefetch_related("authors", "experts")
        .get(pk=idea_id)
    )


def _scene(event: Event) -> Scene:
    """The idea and what happened, read once for all the people told."""
    scene = event.__dict__.get("scene")
    if scene is None:
        scene = event.__dict__["scene"] = Scene(event, _with_roles(event.object_id))
    return scene


def _readers_of(object_id: UUID, ids: Iterable[int]) -> list[User]:
    return readers(_with_roles(object_id), ids)


def _visible(user: User, object_ids: Sequence[UUID]) -> Iterable[UUID]:
    return Idea.objects.visible_to(user).filter(pk__in=object_ids).values_list("pk", flat=True)


def _event_type(row: Told, position: int) -> EventType:
    def recipients(event: Event) -> Iterable[int]:
        return {pk for group in row.groups for pk in group(_scene(event).idea, event.data)}

    def message(event: Event, user: User) -> Message | None:
        scene = _scene(event)
        words = row.words(scene, user)
        return replace(words, own=True) if words is not None and rules.is_author(user, scene.idea) else words

    optional: dict[str, Any] = {"reason": row.reason} if row.reason else {}
    return EventType(
        code=row.code,
        title=row.title,
        recipients=recipients,
        message=message,
        visible=_visible,
        readers=_readers_of,
        position=position,
        **optional,
        **pacing.settings_of(row.code, is_made=row in TABLE),
    )


def register() -> None:
    for position, row in enumerate([*TABLE, *_moves_of_other_apps()]):
        event_types.register(_event_type(row, 10 + position))
