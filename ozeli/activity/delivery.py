"""Send the mails of the outbox, each once as far as mail allows.

A worker killed between the server's yes and the commit leaves a mail that will be sent again: with the same
Message-ID, so that servers and readers can tell it from a second mail.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.utils import formataddr
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse

from ozeli.core import clock
from ozeli.core.registry import event_types

from .models import Notification, OutgoingMail

log = logging.getLogger(__name__)

PATIENCE = timedelta(days=3)
LONGEST_WAIT = 3600
Status = OutgoingMail.Status


@contextmanager
def mail_server() -> Iterator[Any]:
    """A connection that opens when it is needed; a fault while closing it changes nothing to what was sent."""
    server = get_connection()
    try:
        yield server
    finally:
        with suppress(SMTPException, OSError):
            server.close()


def deliver(mail_id: int, server: Any) -> int | None:
    """Send a waiting mail, in the caller's transaction; the seconds to wait before another try, or None.

    Nothing is done when the mail has left, or when another worker holds it.
    """
    mail = (
        OutgoingMail.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("event", "user__organisation__branch")
        .filter(pk=mail_id, status=Status.WAITING)
        .first()
    )
    if mail is None:
        return None
    if reason := idle_reason(mail):
        _settle(mail, Status.FAILED, reason)
        return None
    mail.attempts += 1
    try:
        server.open()
        server.send_messages([compose(mail)])
    except (SMTPException, OSError, ValueError) as error:
        log.warning("mail %s: attempt %s failed: %s", mail.pk, mail.attempts, type(error).__name__)
        final = is_permanent(error)
        _settle(mail, Status.FAILED if final else Status.WAITING, str(error))
        return None if final else waiting_time(mail.attempts)
    _settle(mail, Status.SENT)
    return None


def idle_reason(mail: OutgoingMail) -> str:
    """Why this mail should not leave any more, if so. Rights are asked again: days may have passed."""
    event_type = event_types.get(mail.event.type)
    if not mail.user.is_active:
        return "compte fermé"
    if event_type is None or mail.event.object_id not in set(
        event_type.visible(mail.user, [mail.event.object_id])
    ):
        return "la personne n’a plus accès à ce contenu"
    if clock.now() - mail.created_at > PATIENCE:
        return f"abandonné après {PATIENCE.days} jours. {mail.error}"
    return ""


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


def _settle(mail: OutgoingMail, status: str, error: str = "") -> None:
    mail.status, mail.error = status, error.replace("\0", "")[:300]
    mail.sent_at = clock.now() if status == Status.SENT else None
    mail.save(update_fields=["status", "error", "attempts", "sent_at"])


def compose(mail: OutgoingMail) -> EmailMultiAlternatives:
    """The mail as it leaves: text and HTML, in French, a link to the page, and why one receives it."""
    event_type = event_types[mail.event.type]
    told = Notification.objects.filter(event=mail.event_id, user=mail.user_id).only("url").first()
    context = {
        "name": mail.user.display_name,
        "text": mail.text,
        "subject": mail.subject,
        "url": settings.PUBLIC_URL + (told.url if told else reverse("activity:notifications")),
        "notifications_url": settings.PUBLIC_URL + reverse("activity:notifications"),
        "reason": event_type.reason,
    }
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=render_to_string("activity/mail/notification.txt", context),
        to=[formataddr((" ".join(mail.user.display_name.split()), mail.user.email))],
        headers={
            "Message-ID": f"<{mail.key}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": "fr",
        },
    )
    message.attach_alternative(render_to_string("activity/mail/notification.html", context), "text/html")
    return message
