"""What the demonstration accounts find in their notifications: the last weeks, told in the portal and by no mail."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from ozeli.accounts.models import User
from ozeli.activity.fanout import messages
from ozeli.activity.models import Event, Notification
from ozeli.core.registry import event_types
from ozeli.ideas.models import KIND

from . import sheets
from .cast import Cast, at
from .writer import Rows

TOLD_DAYS = 21
UNREAD_DAYS = 4


def tell_recent(cast: Cast, rows: Rows, today: date) -> None:
    """Write the events of the last weeks as already told, and their lines for the demonstration accounts."""
    since = today - timedelta(days=TOLD_DAYS)
    events = sorted(_events(rows, since), key=lambda event: event.at)
    Event.objects.bulk_create(events)
    watched = {cast.people[one.handle].pk for one in sheets.people() if one.account}
    unread_since = at(today - timedelta(days=UNREAD_DAYS))
    Notification.objects.bulk_create(
        notification for event in events for notification in _notifications(event, watched, unread_since)
    )


def _events(rows: Rows, since: date) -> Iterator[Event]:
    """The events that the services would have told, with the data that their words need."""
    for move in rows.moves:
        if move.made_on >= since:
            name = "deposited" if move.transition == "deposit" else move.transition
            yield _event(f"idea.{name}", move.idea_id, move.actor, at(move.made_on), step=move.pk)
    for expert in rows.experts:
        if expert.asked_on >= since:
            yield _event(
                "idea.expert_asked", expert.idea_id, None, at(expert.asked_on), expert=expert.user_id
            )
    for revival in rows.revivals:
        if revival.asked_on >= since:
            on = at(revival.asked_on)
            yield _event("idea.revival_asked", revival.idea_id, revival.user, on, request=revival.pk)
    for comment in rows.comments:
        if comment.created_at >= at(since):
            said = {"comment": str(comment.pk)}
            yield _event("idea.commented", comment.object_id, comment.author, comment.created_at, **said)


def _event(type: str, object_id: Any, actor: User | None, moment: datetime, **data: Any) -> Event:
    return Event(
        type=type, kind=KIND, object_id=object_id, actor=actor, at=moment, data=data, is_fanned_out=True
    )


def _notifications(event: Event, watched: set[int], unread_since: datetime) -> Iterator[Notification]:
    event_type = event_types[event.type]
    concerned = watched.intersection(event_type.recipients(event)) - {event.actor_id}
    for pk, message in messages(event, event_type, sorted(concerned)).items():
        yield Notification(
            event=event,
            user_id=pk,
            text=message.text[:300],
            url=message.url,
            at=event.at,
            read_at=event.at + timedelta(hours=3) if event.at < unread_since else None,
        )
