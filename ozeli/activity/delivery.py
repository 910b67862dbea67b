"""Send the mails of the outbox, each once as far as mail allows, and no more in a day than a person can bear.

A worker killed between the server's yes and the commit leaves a mail that will be sent again: with the same
Message-ID, so that servers and readers can tell it from a second mail.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection
from django.db.models import F

from ozeli.core import clock
from ozeli.core.registry import Pace, event_types

from . import digests, letters
from .models import DigestItem, Event, MailDay, Notification, OutgoingMail

log = logging.getLogger(__name__)

PATIENCE = timedelta(days=3)
LONGEST_WAIT = 3600
Status = OutgoingMail.Status
# The row stays locked until the mail has left: the mails of one person leave one after the other.
_COUNT = """
insert into activity_mailday (user_id, day, sent) values (%s, %s, 1)
on conflict (user_id, day) do update set sent = activity_mailday.sent + 1 where activity_mailday.sent < %s
"""


@contextmanager
def mail_server() -> Iterator[Any]:
    """A connection that opens when it is needed; a fault while closing it changes nothing to what was sent."""
    server = get_connection()
    try:
        yield server
    finally:
        with suppress(SMTPException, OSError):
            server.close()


def deliver(mail_id: int, server: Any, ready: letters.Ready | None = None) -> int | None:
    """Send a waiting mail, in the caller's transaction; the seconds to wait before another try, or None.

    Nothing is done when the mail has left, or when another worker holds it. `ready` is what a digest needs, when it
    was asked a moment ago with that of others.
    """
    held = OutgoingMail.objects.select_for_update(skip_locked=True, of=("self",))
    if ready is None:
        held = held.select_related("event", "user__organisation__branch")
    mail = held.filter(pk=mail_id, status=Status.WAITING).first()
    if mail is None:
        return None
    if ready is not None:
        mail.user = ready.user
    items = ready.items if ready else letters.items_of(mail) if mail.period else None
    if (idle := idle_reason(mail, items)) is not None:
        _settle(mail, *idle)
        return None
    if not _count(mail):
        _postpone(mail)
        return None
    mail.attempts += 1
    try:
        message = letters.compose(mail, items, ready.key if ready else None)
        server.open()
        server.send_messages([message])
    except (SMTPException, OSError, ValueError) as error:
        log.warning("mail %s: attempt %s failed: %s", mail.pk, mail.attempts, type(error).__name__)
        MailDay.objects.filter(user=mail.user_id, day=clock.today()).update(sent=F("sent") - 1)
        final = is_permanent(error)
        _settle(mail, Status.FAILED if final else Status.WAITING, str(error))
        return None if final else waiting_time(mail.attempts)
    mail.subject = str(message.subject)
    _settle(mail, Status.SENT)
    return None


def idle_reason(mail: OutgoingMail, items: list[DigestItem] | None = None) -> tuple[str, str] | None:
    """Why this mail should not leave any more, if so. Rights are asked again: days may have passed."""
    if not mail.user.is_active:
        return Status.DROPPED, "compte fermé"
    if mail.period:
        if not items:
            return Status.DROPPED, "plus rien à dire : tout a été lu, fait ou retiré entre-temps"
    elif mail.event and (said := _event_is_over(mail, mail.event)) is not None:
        return Status.DROPPED, said
    if clock.now() - mail.created_at > PATIENCE:
        return Status.FAILED, f"abandonné après {PATIENCE.days} jours. {mail.error}"
    return None


def _event_is_over(mail: OutgoingMail, event: Event) -> str | None:
    event_type = event_types.get(event.type)
    visible = event_type.visible(mail.user, [event.object_id]) if event_type else ()
    if event.object_id not in set(visible):
        return "la personne n’a plus accès à ce contenu"
    if mail.is_action and not digests.still_required(event, mail.user):
        return "l’action demandée a été faite entre-temps"
    return None


def is_permanent(error: Exception) -> bool:
    """Whether trying again is useless: this recipient or this text is refused for good, or no server could take it.

    A refused sender or sign-in is our configuration's fault: the mail waits for it to be mended.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def waiting_time(attempts: int) -> int:
    """4 s, 16 s, 64 s, 4 min, 17 min, then an hour."""
    return int(min(4 ** min(attempts, 6), LONGEST_WAIT))


def a_day(*, is_first: bool) -> int:
    """How many mails a person gets in a day; the last place is kept for a digest or for what asks for an action."""
    limit = settings.MAILS_A_DAY
    return limit if is_first else max(limit - 1, min(limit, 1))


def _count(mail: OutgoingMail) -> bool:
    """Take a place among the person's mails of the day; False when there is none left. Safe against any race."""
    limit = a_day(is_first=mail.is_action or mail.period is not None)
    if limit < 1:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [mail.user_id, clock.today(), limit])
        return bool(cursor.rowcount)


def _postpone(mail: OutgoingMail) -> None:
    """Past the limit of the day: what it says waits for the next digest."""
    if mail.period:
        DigestItem.objects.filter(mail=mail).update(mail=None)
    else:
        line = Notification.objects.filter(event=mail.event_id, user=mail.user_id).first()
        if line is not None:
            DigestItem.objects.get_or_create(
                notification=line,
                defaults={
                    "user_id": mail.user_id,
                    "topic": mail.topic,
                    "pace": Pace.DAILY,
                    "is_action": mail.is_action,
                },
            )
    _settle(mail, Status.POSTPONED, f"plus de {settings.MAILS_A_DAY} courriels ce jour-là")


def _settle(mail: OutgoingMail, status: str, error: str = "") -> None:
    mail.status, mail.error = status, error.replace("\0", "")[:300]
    mail.sent_at = clock.now() if status == Status.SENT else None
    mail.save(update_fields=["status", "error", "attempts", "sent_at", "subject"])
