"""How soon each person wants the mail of each kind of event: the topics, their defaults, and what was chosen."""

from collections.abc import Collection
from dataclasses import dataclass

from ozeli.accounts.models import User
from ozeli.core.registry import EventType, Message, Pace, event_types

from .models import Preference

# The topic of the digest itself: « never » stops it whole.
DIGEST = "digest"
OWN = ".own"
FREE = (Pace.NOW, Pace.DAILY, Pace.WEEKLY, Pace.NEVER)
# What waits for a person cannot be silenced: somebody counts on them.
ASKED = (Pace.NOW, Pace.DAILY)


@dataclass(frozen=True, slots=True)
class Topic:
    """A line of the preferences. `code` is that of the event type, or that code with « .own »."""

    code: str
    title: str
    family: str
    default: Pace
    asks_action: bool = False

    @property
    def allowed(self) -> tuple[Pace, ...]:
        return ASKED if self.asks_action else FREE


def topic_code(event_type: EventType, message: Message) -> str:
    """Under which topic a person is told: that of the type which leads this one, or of their own things."""
    leader = event_types.get(event_type.topic) or event_type
    return leader.code + (OWN if message.own and leader.own_pace else "")


def topics(user: User | None = None) -> list[Topic]:
    """What may be chosen, in order; those that this person can never be told of left out."""
    found = []
    for one in event_types:
        if user is not None and one.offered is not None and not one.offered(user):
            continue
        if one.topic:
            continue
        title = one.topic_title or one.title
        if one.own_pace and one.own_family:
            found.append(Topic(one.code + OWN, title, one.own_family, one.own_pace, one.asks_action))
        if one.family:
            found.append(Topic(one.code, title, one.family, one.default_pace, one.asks_action))
    return found


def topic(code: str) -> Topic | None:
    """A topic by its code, offered or not; None when no type bears it any more."""
    if code == DIGEST:
        return Topic(DIGEST, "Le résumé de vos nouvelles", "", Pace.DAILY)
    one = event_types.get(code.removesuffix(OWN))
    if one is None:
        return None
    title = one.topic_title or one.title
    if code.endswith(OWN):
        own = one.own_pace or one.default_pace
        return Topic(code, title, one.own_family or one.family, own, one.asks_action)
    return Topic(code, title, one.family, one.default_pace, one.asks_action)


def chosen(user_ids: Collection[int], codes: Collection[str]) -> dict[tuple[int, str], Pace]:
    """(person, topic) → pace, for what they chose themselves, in one query."""
    rows = Preference.objects.filter(user__in=user_ids, topic__in=codes)
    return {(user, code): Pace(pace) for user, code, pace in rows.values_list("user_id", "topic", "pace")}


def pace_of(user_id: int, code: str, choices: dict[tuple[int, str], Pace]) -> Pace:
    """The pace in force: the choice, else the default, and never less than what the topic allows."""
    known = topic(code)
    if known is None:
        return Pace.DAILY
    pace = choices.get((user_id, code), known.default)
    return pace if pace in known.allowed else Pace.DAILY


def refuses_digest(user_id: int, choices: dict[tuple[int, str], Pace]) -> bool:
    return choices.get((user_id, DIGEST)) == Pace.NEVER
