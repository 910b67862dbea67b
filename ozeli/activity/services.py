"""Follow things, tell what happened, read what was told."""

from collections.abc import Collection
from typing import Any, Literal
from uuid import UUID

from django.db import connection, transaction

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.registry import event_types

from .models import Event, Follow, Notification

_FOLLOW = """
insert into activity_follow (kind, object_id, user_id) values (%s, %s, %s)
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


def mark_read(user: User, which: Collection[int] | Literal["all"], *, up_to: int | None = None) -> int:
    """Mark notifications of this person as read; how many were not.

    With « all », `up_to` is the newest id that was on the screen: what arrived since stays unread.
    """
    unread = Notification.objects.filter(user=user, read_at__isnull=True)
    if which != "all":
        unread = unread.filter(pk__in=which)
    elif up_to is not None:
        unread = unread.filter(pk__lte=up_to)
    return unread.update(read_at=clock.now())
