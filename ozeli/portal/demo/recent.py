"""What the demonstration accounts find in their notifications: the last weeks, told in the portal and by no mail."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from ozeli.accounts.models import User
from ozeli.activity.fanout import messages, subject_of
from ozeli.activity.models import DigestItem, Event, Notification, OutgoingMail, Preference
from ozeli.activity.paces import DIGEST, pace_of, topic_code
from ozeli.core.registry import Pace, event_types
from ozeli.ideas.models import KIND

from . import sheets
from .cast import Cast, at
from .writer import Rows

TOLD_DAYS = 21
UNREAD_DAYS = 4
MAILED_DAYS = 7
# What some of the demonstration accounts chose.
CHOSEN = (
    ("agent@demo.test", "idea.commented.own", Pace.DAILY),
    ("agent@demo.test", "idea.open_debate", Pace.WEEKLY),
    ("direction@demo.test", DIGEST, Pace.NEVER),
    ("referente@demo.test", "idea.deposited", Pace.NOW),
)
# What became of some mails: their rank among those of the demonstration, their state, and why.
MISHAPS = {
    3: (OutgoingMail.Status.FAILED, "(550, b'5.2.2 Mailbox full')"),
    7: (OutgoingMail.Status.POSTPONED, "plus de 5 courriels ce jour-là"),
    11: (OutgoingMail.Status.DROPPED, "l’action demandée a été faite entre-temps"),
}


def tell_recent(cast: Cast, rows: Rows, today: date) -> None:
    """Write the events of the last weeks as already told, and their lines for the demonstration accounts."""
    since = today - timedelta(days=TOLD_DAYS)
    events = sorted(_events(rows, since), key=lambda event: event.at)
    Event.objects.bulk_create(events)
    watched = {cast.people[one.handle].pk for one in sheets.people() if one.account}
    unread_since = at(today - timedelta(days=UNREAD_DAYS))
    lines = Notification.objects.bulk_create(
        notification for event in events for notification in _notifications(event, watched, unread_since)
    )
    people = {one.email: one for one in cast.people.values()}
    Preference.objects.bulk_create(
        Preference(user=people[email], topic=topic, pace=pace) for email, topic, pace in CHOSEN
    )
    _mail([line for line in lines if line.at >= at(today - timedelta(days=MAILED_DAYS))])


def _mail(lines: list[Notification]) -> None:
    """The mails of the last days as already sent, but for a few; what is not of that kind waits for the digest."""
    choices = {(one.user_id, one.topic): Pace(one.pace) for one in Preference.objects.all()}
    mails: list[OutgoingMail] = []
    items: list[DigestItem] = []
    for line in lines:
        event_type = event_types[line.event.type]
        message = messages(line.event, event_type, [line.user_id]).get(line.user_id)
        if message is None or not message.subject:
            continue
        topic = topic_code(event_type, message)
        pace = pace_of(line.user_id, topic, choices)
        if pace == Pace.NOW:
            status, error = MISHAPS.get(len(mails), (OutgoingMail.Status.SENT, ""))
            sent_at = line.at + timedelta(seconds=20) if status == OutgoingMail.Status.SENT else None
            mails.append(
                OutgoingMail(
                    event=line.event,
                    user_id=line.user_id,
                    topic=topic,
                    is_action=message.action_required,
                    subject=subject_of(message),
                    text="\n\n".join(message.lines),
                    status=status,
                    error=error,
                    attempts=1,
                    created_at=line.at,
                    sent_at=sent_at,
                )
            )
        elif pace != Pace.NEVER and line.read_at is None:
            items.append(DigestItem(notification=line, user_id=line.user_id, topic=topic, pace=pace))
    OutgoingMail.objects.bulk_create(mails)
    DigestItem.objects.bulk_create(items)


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
