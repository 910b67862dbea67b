"""Tell an event to the people concerned: a line in the portal for each, and a mail in the outbox."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.selectors import with_grants
from ozeli.core import clock
from ozeli.core.french import typographic
from ozeli.core.registry import EventType, Message, event_types

from .models import Event, Notification, OutgoingMail

BATCH = 300
# All that Python or a mail reader may take for the end of a line; the no-break spaces of French stay.
_BREAKS = re.compile(r"[\t-\r\x1c-\x1e\x85\u2028\u2029 ]+")
ACTION_REQUIRED = "Action requise : "


@dataclass(frozen=True, slots=True)
class Told:
    """The mails now waiting, and the last person of the batch when others come after."""

    mails: list[int] = field(default_factory=list)
    last: int | None = None


@transaction.atomic
def tell_batch(event_id: int, after: int = 0) -> Told:
    """Tell the event to the next people whose id is above `after`; those already told are left alone."""
    event = Event.objects.select_related("actor").get(pk=event_id)
    if event.is_fanned_out:
        return Told()
    event_type = event_types[event.type]
    concerned = sorted(
        {pk for pk in event_type.recipients(event) if pk is not None and pk > after} - {event.actor_id}
    )
    batch = concerned[:BATCH]
    _write(event, messages(event, event_type, batch))
    mails = _waiting_mails(event, batch)
    if len(concerned) > len(batch):
        return Told(mails, last=batch[-1])
    Event.objects.filter(pk=event.pk).update(is_fanned_out=True)
    return Told(mails)


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


def _write(event: Event, told: dict[int, Message]) -> None:
    Notification.objects.bulk_create(
        [
            Notification(event=event, user_id=pk, text=_fitting(one.text, 300), url=one.url, at=event.at)
            for pk, one in told.items()
        ],
        ignore_conflicts=True,
    )
    OutgoingMail.objects.bulk_create(
        [
            OutgoingMail(
                event=event,
                user_id=pk,
                subject=subject_of(one),
                text=typographic("\n\n".join(one.lines)),
                created_at=clock.now(),
            )
            for pk, one in told.items()
            if one.subject
        ],
        ignore_conflicts=True,
    )


def _waiting_mails(event: Event, user_ids: list[int]) -> list[int]:
    waiting = OutgoingMail.objects.filter(event=event, user__in=user_ids, status=OutgoingMail.Status.WAITING)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def subject_of(message: Message) -> str:
    """One line of 200 characters at most, which says « Action requise » only when that is true."""
    return _fitting((ACTION_REQUIRED if message.action_required else "") + message.subject, 200)


def _fitting(text: str, length: int) -> str:
    """One line of French, cut when it is too long."""
    line = typographic(_BREAKS.sub(" ", text).strip())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
