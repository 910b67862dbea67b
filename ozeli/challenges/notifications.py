"""Who is told what happens to a challenge, and in which words.

Those concerned follow it, animate it, or take part in it as the apps above know (`audience`). Nobody is told of a
challenge that they may not read at that moment.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from ozeli.accounts.models import User
from ozeli.accounts.selectors import with_grants
from ozeli.activity.fanout import BATCH
from ozeli.activity.models import Event
from ozeli.activity.selectors import followers
from ozeli.core import clock
from ozeli.core.french import NBSP, quoted
from ozeli.core.registry import EventType, Message, Pace, event_types
from ozeli.network.enums import Audience

from . import audience, rules, standing
from .days import first_day, last_day_of, said_end
from .enums import AnimatorRole, PhaseKind
from .models import KIND, Challenge, ChallengeAnimator
from .selectors import Window

FOLLOWED, ANIMATED, NEWS = "Les défis que vous suivez", "Les défis que vous animez", "Les nouveaux défis"
Words = Callable[[Challenge, Event, User], Message | None]


# --- who --------------------------------------------------------------------------------------------------------------


def concerned(challenge_id: UUID) -> set[int]:
    """Those who follow it, animate it or take part in it."""
    animators = ChallengeAnimator.objects.filter(challenge=challenge_id).values_list("user_id", flat=True)
    return {*followers(KIND, challenge_id), *animators, *audience.participants(challenge_id)}


def open_to(event: Event) -> Iterable[int]:
    """The open accounts that may take part, by batches: the fan-out says from which one it asks for more."""
    challenge = _challenge(event)
    people = User.objects.filter(is_active=True, pk__gt=getattr(event, "after", 0))
    if challenge.audience == Audience.BRANCH:
        people = people.filter(organisation__branch=challenge.branch_id)
    elif challenge.audience == Audience.ORGANISATION:
        people = people.filter(organisation__in=[row.organisation_id for row in challenge.bodies.all()])
    # One more than the batch says that others follow, one more again makes up for the actor, who is left out.
    return people.order_by("pk").values_list("pk", flat=True)[: BATCH + 2]


def _this_person(event: Event) -> Iterable[int]:
    return [event.data["person"]]


def _those_concerned(event: Event) -> Iterable[int]:
    return concerned(event.object_id)


# --- words ------------------------------------------------------------------------------------------------------------


def _published(challenge: Challenge, event: Event, user: User) -> Message:
    first = challenge.phases.all()[0]
    coming = Window(PhaseKind(first.kind), first.opens_at, first.closes_at)
    begins = standing.BEGINS[coming.kind].lower()
    gap = (first_day(coming) - clock.today()).days
    when = f"{begins[0].upper()}{begins[1:]} {standing.in_days(gap)}." if gap > 0 else ""
    return Message(
        text=f"Un défi vous est ouvert{NBSP}: {quoted(challenge.title)}",
        url=challenge.get_absolute_url(),
        subject=f"Un défi vous est ouvert{NBSP}: {_public(challenge)}",
        lines=[
            f"{challenge.organisation.name} vous pose une question{NBSP}: {quoted(challenge.question)}",
            f"{when} {standing.promised(challenge)}".strip(),
        ],
    )


def _tomorrow(challenge: Challenge, event: Event, user: User) -> Message:
    at = datetime.fromisoformat(event.data["at"])
    said = []
    if closing := event.data.get("closing"):
        last = last_day_of(at)
        assert last is not None
        gap = (last - clock.today()).days
        said.append(f"{standing.ENDS[PhaseKind(closing)]} {standing.in_days(max(gap, 0))} ({said_end(at)})")
    if opening := event.data.get("opening"):
        day = first_day(Window(PhaseKind(opening), at, None))
        said.append(f"{standing.BEGINS[PhaseKind(opening)]} {standing.in_days((day - clock.today()).days)}")
    news = ". ".join(said)
    return Message(
        text=f"{quoted(challenge.title)}{NBSP}: {news[0].lower()}{news[1:]}",
        url=challenge.get_absolute_url(),
        subject=f"{said[0].split(' (')[0]}{NBSP}: {_public(challenge)}",
        lines=[f"{news}.", f"La question posée{NBSP}: {quoted(challenge.question)}"],
    )


def _dates(challenge: Challenge, event: Event, user: User) -> Message:
    kind, end = PhaseKind(event.data["phase"]), event.data["end"]
    now = f"finit désormais le {said_end(datetime.fromisoformat(end))}" if end else "n’a plus de date de fin"
    was = event.data["was"]
    before = f", au lieu du {said_end(datetime.fromisoformat(was))}" if was else ""
    said = f"la phase {quoted(kind.label)} {now}{before}"
    return Message(
        text=f"{quoted(challenge.title)}{NBSP}: {said}",
        url=challenge.get_absolute_url(),
        subject=f"Une date change{NBSP}: {_public(challenge)}",
        lines=[f"{said[0].upper()}{said[1:]}.", f"La raison donnée{NBSP}: {quoted(event.data['reason'])}"],
    )


def _cancelled(challenge: Challenge, event: Event, user: User) -> Message:
    return Message(
        text=f"Le défi {quoted(challenge.title)} est annulé",
        url=challenge.get_absolute_url(),
        subject=f"Un défi est annulé{NBSP}: {_public(challenge)}",
        lines=[
            f"La raison donnée{NBSP}: {quoted(challenge.cancel_reason)}",
            "Les idées déposées restent, et recevront leur réponse.",
        ],
    )


def _animator_added(challenge: Challenge, event: Event, user: User) -> Message:
    who = event.actor.display_name if event.actor else "L’équipe"
    is_lead = event.data.get("role") == AnimatorRole.LEAD
    what = "vous confie la responsabilité du défi" if is_lead else "vous a mis dans l’équipe du défi"
    if event.data.get("role") == AnimatorRole.ANIMATOR:
        what = "vous a rendu le rôle d’animateur du défi"
    return Message(
        text=f"{who} {what} {quoted(challenge.title)}",
        url=challenge.get_absolute_url(),
        subject=f"Vous animez un défi{NBSP}: {_public(challenge)}",
        lines=[
            f"{who} {what} {quoted(challenge.title)}.",
            "Vous suivez ce défi, vous voyez son plan de communication, et vous répondez à ses idées.",
        ],
        own=True,
    )


def _animator_removed(challenge: Challenge, event: Event, user: User) -> Message:
    return Message(
        text=f"Vous n’êtes plus dans l’équipe du défi {quoted(challenge.title)}",
        url=challenge.get_absolute_url(),
        subject=f"Vous n’animez plus un défi{NBSP}: {_public(challenge)}",
        lines=["Ses idées, son équipe et ses dates ne vous attendent plus."],
        own=True,
    )


def _public(challenge: Challenge) -> str:
    """A subject is read over a shoulder: it bears the name of a challenge of the whole network alone."""
    return quoted(challenge.title) if challenge.audience == Audience.NETWORK else challenge.organisation.name


# --- registration -----------------------------------------------------------------------------------------------------


def _challenge(event: Event) -> Challenge:
    """Read once for all the people told."""
    found: Challenge | None = event.__dict__.get("challenge")
    if found is None:
        found = event.__dict__["challenge"] = _whole(event.object_id)
    return found


def _whole(key: UUID) -> Challenge:
    rows = Challenge.objects.select_related("organisation", "branch")
    return rows.prefetch_related("phases", "bodies", "animators").get(pk=key)


def _readers(key: UUID, ids: Iterable[int]) -> list[User]:
    challenge = _whole(key)
    return [user for user in with_grants(ids) if rules.can_see(user, challenge)]


def _visible(user: User, keys: Sequence[UUID]) -> Iterable[UUID]:
    return Challenge.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)


def _titles(keys: Sequence[UUID]) -> Mapping[UUID, str]:
    return dict(Challenge.objects.filter(pk__in=keys).values_list("pk", "title"))


def _type(
    code: str,
    title: str,
    words: Words,
    recipients: Callable[[Event], Iterable[int]] = _those_concerned,
    **settings: Any,
) -> EventType:
    def message(event: Event, user: User) -> Message | None:
        challenge = _challenge(event)
        said = words(challenge, event, user)
        mine = said is not None and rules.is_animator(user, challenge)
        return replace(said, own=True) if said is not None and mine else said

    return EventType(
        code=code,
        title=title,
        recipients=recipients,
        message=message,
        visible=_visible,
        readers=_readers,
        titles=_titles,
        **({"reason": "vous suivez ce défi, vous l’animez ou vous y prenez part"} | settings),
    )


def register() -> None:
    """What is told of one's own challenges leaves at once; the rest waits for a digest."""
    own: dict[str, Any] = {"family": FOLLOWED, "own_family": ANIMATED, "own_pace": Pace.NOW}
    dates: dict[str, Any] = {"topic": "challenge.tomorrow"}
    for place, one in enumerate(
        (
            _type(
                "challenge.published",
                "Un défi vous est ouvert",
                _published,
                open_to,
                family=NEWS,
                default_pace=Pace.WEEKLY,
                short="ouvert",
                reason="ce défi est ouvert à votre organisme",
            ),
            _type(
                "challenge.tomorrow",
                "Une phase commence ou finit demain",
                _tomorrow,
                short="change de phase",
                topic_title="Dates, équipe ou annulation d’un défi",
                **own,
            ),
            _type(
                "challenge.dates",
                "Une date d’un défi change",
                _dates,
                short="une date change",
                **dates,
                **own,
            ),
            _type("challenge.cancelled", "Un défi est annulé", _cancelled, short="annulé", **dates, **own),
            _type(
                "challenge.animator_added",
                "Vous entrez dans l’équipe d’un défi",
                _animator_added,
                _this_person,
                family=ANIMATED,
                default_pace=Pace.NOW,
                topic="challenge.tomorrow",
                reason="vous animez ce défi",
            ),
            _type(
                "challenge.animator_removed",
                "Vous quittez l’équipe d’un défi",
                _animator_removed,
                _this_person,
                family=ANIMATED,
                default_pace=Pace.NOW,
                topic="challenge.tomorrow",
                reason="vous animiez ce défi",
            ),
        )
    ):
        event_types.register(replace(one, position=200 + place))
