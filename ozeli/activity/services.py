"""Follow things, tell what happened, read what was told."""

from collections.abc import Collection, Mapping
from typing import Any, Literal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.registry import Pace, event_types

from .models import DigestItem, Event, Follow, Notification, Preference
from .paces import DIGEST, topic

_FOLLOW = """
insert into activity_follow (kind, object_id, user_id) values (%s, %s, %s)
on conflict (kind, object_id, user_id) do nothing
"""
_BRING = """
insert into activity_follow (kind, object_id, user_id, brought_from)
select kind, %(target)s, user_id, object_id from activity_follow
where kind = %(kind)s and object_id = %(source)s
on conflict (kind, object_id, user_id) do nothing
"""
_CARRY = """
insert into activity_follow (kind, object_id, user_id, brought_from)
select %(to_kind)s, %(target)s, user_id, object_id from activity_follow
where kind = %(kind)s and object_id = %(source)s
on conflict (kind, object_id, user_id) do nothing
"""


def set_follow(kind: str, object_id: UUID, *, user: User, wanted: bool) -> bool:
    """Bring the follow of a person to the wanted state, in one query; whether that changed anything.

    The caller has checked that the person may see the object.
    """
    if not wanted:
        removed, _each = Follow.objects.filter(kind=kind, object_id=object_id, user=user).delete()
        return bool(removed)
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [kind, object_id, user.pk])
        return bool(cursor.rowcount)


def bring_followers(kind: str, source: UUID, target: UUID) -> None:
    """Have those who follow an object follow another too: the rows say where they come from."""
    with connection.cursor() as cursor:
        cursor.execute(_BRING, {"kind": kind, "source": source, "target": target})


def carry_followers(kind: str, source: UUID, to_kind: str, target: UUID) -> None:
    """Have those who follow an object follow what it becomes, of another kind: the project of an idea."""
    with connection.cursor() as cursor:
        cursor.execute(_CARRY, {"kind": kind, "source": source, "to_kind": to_kind, "target": target})


def send_followers_back(kind: str, source: UUID, target: UUID, *, stay: Collection[int]) -> None:
    """Undo `bring_followers`, but for those who have since their own reason to follow."""
    brought = Follow.objects.filter(kind=kind, object_id=target, brought_from=source)
    brought.filter(user__in=stay).update(brought_from=None)
    brought.exclude(user__in=stay).delete()


@transaction.atomic
def tell(type: str, kind: str, object_id: UUID, *, actor: User | None, **data: Any) -> Event:
    """Record an event and, in the same transaction, the job that tells it to those concerned.

    `type` is registered in `core.registry.event_types` (KeyError otherwise); `data` is what its functions need,
    plain JSON. `actor` None is the system, or the author of an anonymous text.
    """
    from .tasks import fan_out

    event_type = event_types[type]
    event = Event.objects.create(
        type=event_type.code, kind=kind, object_id=object_id, actor=actor, at=clock.now(), data=data
    )
    fan_out.defer(event_id=event.pk)
    return event


def mark_read(
    user: User, which: Collection[int] | Literal["all"], *, up_to: int | None = None, code: str = ""
) -> int:
    """Mark notifications of this person as read; how many were not.

    With « all », `up_to` is the newest id that was on the screen: what arrived since stays unread. `code` narrows to
    a type of event.
    """
    unread = Notification.objects.filter(user=user, read_at__isnull=True)
    if which != "all":
        unread = unread.filter(pk__in=which)
    elif up_to is not None:
        unread = unread.filter(pk__lte=up_to)
    if code:
        unread = unread.filter(event__type=code)
    return unread.update(read_at=clock.now())


# --- preferences ------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_paces(user: User, wanted: Mapping[str, Pace]) -> None:
    """Keep the paces that this person chose, topic by topic; what equals the default leaves no row.

    What already waits for a digest follows: « never » lets it go, the rest changes digest. Actions asked stay.
    """
    for code, pace in wanted.items():
        known = topic(code)
        if known is None or pace not in known.allowed:
            raise ValueError(f"no pace {pace} for {code}")
        if pace == known.default:
            Preference.objects.filter(user=user, topic=code).delete()
        else:
            Preference.objects.update_or_create(user=user, topic=code, defaults={"pace": pace})
        waiting = DigestItem.objects.filter(user=user, mail__isnull=True, is_action=False)
        if code != DIGEST:
            waiting = waiting.filter(topic=code)
        if pace == Pace.NEVER:
            waiting.delete()
        elif code != DIGEST:
            waiting.update(pace=Pace.WEEKLY if pace == Pace.WEEKLY else Pace.DAILY)


@transaction.atomic
def reset_paces(user: User) -> None:
    """Back to what everybody has at first."""
    Preference.objects.filter(user=user).delete()
    DigestItem.objects.filter(user=user, mail__isnull=True).update(pace=Pace.DAILY)


# --- care -------------------------------------------------------------------------------------------------------------


def note_fault(event_id: int, error: Exception) -> None:
    """Keep the class of the fault that stopped an event: its words may quote somebody."""
    Event.objects.filter(pk=event_id).update(error=type(error).__name__[:100])


def note_sweep(event_id: int) -> None:
    Event.objects.filter(pk=event_id).update(sweeps=F("sweeps") + 1, swept_at=clock.now())
