"""Tell an event to the people concerned: a line in the portal for each, and a mail in the outbox."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection, transaction

from ozeli.accounts.models import User
from ozeli.accounts.selectors import with_grants
from ozeli.core import clock
from ozeli.core.french import typographic
from ozeli.core.registry import EventType, Message, Pace, event_types

from . import paces
from .models import DigestItem, Event, OutgoingMail

BATCH = 300
# All that Python or a mail reader may take for the end of a line; the no-break spaces of French stay.
_BREAKS = re.compile(r"[\t-\r\x1c-\x1e\x85\u2028\u2029 ]+")
ACTION_REQUIRED = "Action requise"
_TELL = """
insert into activity_notification (event_id, user_id, text, url, at)
select %s, person, said, page, %s from unnest(%s::bigint[], %s::text[], %s::text[]) as told (person, said, page)
on conflict (event_id, user_id) do nothing
returning user_id, id
"""


@dataclass(frozen=True, slots=True)
class Told:
    """The mails now waiting (those that ask for an action apart), and the last person when others come after."""

    mails: list[int] = field(default_factory=list)
    urgent: list[int] = field(default_factory=list)
    last: int | None = None


@transaction.atomic
def tell_batch(event_id: int, after: int = 0) -> Told:
    """Tell the event to the next people whose id is above `after`; those already told are left alone."""
    event = Event.objects.select_related("actor").get(pk=event_id)
    if event.is_fanned_out:
        return Told()
    event_type = event_types[event.type]
    # For recipients as many as the network: they may yield the next ones alone, in order.
    event.__dict__["after"] = after
    concerned = sorted(
        {pk for pk in event_type.recipients(event) if pk is not None and pk > after} - {event.actor_id}
    )
    batch = concerned[:BATCH]
    _write(event, event_type, messages(event, event_type, batch))
    waiting = _waiting_mails(event, batch)
    mails = [pk for pk, is_action in waiting if not is_action]
    urgent = [pk for pk, is_action in waiting if is_action]
    if len(concerned) > len(batch):
        return Told(mails, urgent, last=batch[-1])
    Event.objects.filter(pk=event.pk).update(is_fanned_out=True, error="")
    return Told(mails, urgent)


def messages(event: Event, event_type: EventType, user_ids: list[int]) -> dict[int, Message]:
    """The words for each open account that may see the object now; nothing for the others."""
    found: dict[int, Message] = {}
    for user in sorted(_readers(event, event_type, user_ids), key=lambda user: user.pk):
        if (message := event_type.message(event, user)) is not None:
            found[user.pk] = message
    return found


def _readers(event: Event, event_type: EventType, user_ids: list[int]) -> Iterable[User]:
    if event_type.readers is not None:
        return event_type.readers(event.object_id, user_ids)
    people, visible = with_grants(user_ids), event_type.visible
    return [user for user in people if event.object_id in set(visible(user, [event.object_id]))]


def _write(event: Event, event_type: EventType, told: dict[int, Message]) -> None:
    """A line for each who has none yet; then, at the pace of each, a mail, an item of the next digest, or nothing."""
    if not told:
        return
    mailed = {pk: paces.topic_code(event_type, one) for pk, one in told.items() if one.subject}
    choices = paces.chosen(mailed, {*mailed.values(), paces.DIGEST}) if mailed else {}
    lines = _tell(event, told)
    items, mails = [], []
    for pk, line in lines.items():
        if (topic := mailed.get(pk)) is None:
            continue
        pace, is_action = paces.pace_of(pk, topic, choices), told[pk].action_required
        if pace == Pace.NOW:
            mails.append(_mail(event, pk, topic, told[pk]))
        elif pace != Pace.NEVER and (is_action or not paces.refuses_digest(pk, choices)):
            items.append(
                DigestItem(notification_id=line, user_id=pk, topic=topic, pace=pace, is_action=is_action)
            )
    DigestItem.objects.bulk_create(items)
    OutgoingMail.objects.bulk_create(mails)


def _tell(event: Event, told: dict[int, Message]) -> dict[int, int]:
    """The lines in the portal; person → line, of those who had none for this event."""
    texts, urls = [_fitting(one.text, 300) for one in told.values()], [one.url for one in told.values()]
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [event.pk, event.at, list(told), texts, urls])
        return dict(cursor.fetchall())


def _mail(event: Event, user_id: int, topic: str, message: Message) -> OutgoingMail:
    return OutgoingMail(
        event=event,
        user_id=user_id,
        topic=topic,
        is_action=message.action_required,
        subject=subject_of(message),
        text=typographic("\n\n".join(message.lines)),
        created_at=clock.now(),
    )


def _waiting_mails(event: Event, user_ids: list[int]) -> list[tuple[int, bool]]:
    waiting = OutgoingMail.objects.filter(event=event, user__in=user_ids, status=OutgoingMail.Status.WAITING)
    return list(waiting.order_by("pk").values_list("pk", "is_action"))


def subject_of(message: Message) -> str:
    """One line of 200 characters at most, which says « Action requise » only when that is true."""
    return _fitting(with_action(message.subject) if message.action_required else message.subject, 200)


def with_action(subject: str) -> str:
    """« Action requise – Votre avis est demandé : « … » »: a dash, since the words may hold a colon of their own."""
    return f"{ACTION_REQUIRED} – {subject}"


def _fitting(text: str, length: int) -> str:
    """One line of French, cut when it is too long."""
    line = typographic(_BREAKS.sub(" ", text).strip())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
