"""Mails as they leave: text and HTML, in French, a link to the page, why one receives it, and how to stop it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import formataddr
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from ozeli.accounts.models import User
from ozeli.accounts.selectors import with_grants
from ozeli.core import clock
from ozeli.core.registry import event_types

from . import digests, grouping, paces, unsubscribe
from .models import DigestItem, Notification, OutgoingMail

_names: list[Callable[[], str]] = [lambda: "Ozéli"]
PREHEADER_LENGTH = 110


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, without its envelope."""

    subject: str
    text: str
    html: str


def named_by(name: Callable[[], str]) -> None:
    """Let the app that keeps the theme say how the portal is called."""
    _names.append(name)


def write(mail: OutgoingMail, *, stop_url: str, among: list[DigestItem] | None = None) -> Letter:
    """The words of a mail; those of a digest from the items given."""
    items = [] if mail.event_id else (among if among is not None else items_of(mail))
    context = _digest(items) if mail.period else _notification(mail)
    known = paces.topic(mail.topic)
    context |= {
        "product": _names[-1](),
        "name": mail.user.display_name,
        "is_action": mail.is_action,
        "asks_action": known is not None and known.asks_action,
        "stop_url": stop_url,
        "choices_url": settings.PUBLIC_URL + reverse("activity:preferences"),
        "notifications_url": settings.PUBLIC_URL + reverse("activity:notifications"),
        "home_url": settings.PUBLIC_URL + "/",
    }
    kind = "digest" if mail.period else "notification"
    return Letter(
        context["subject"],
        render_to_string(f"activity/mail/{kind}.txt", context),
        render_to_string(f"activity/mail/{kind}.html", context),
    )


def compose(
    mail: OutgoingMail, among: list[DigestItem] | None = None, key: UUID | None = None
) -> EmailMultiAlternatives:
    """The mail with its envelope. Its unsubscribing link is drawn here: no row keeps one."""
    known = paces.topic(mail.topic)
    stop_url = ""
    if known is not None and not known.asks_action:
        token = unsubscribe.token_for(mail.user, mail.topic, key)
        stop_url = settings.PUBLIC_URL + reverse("activity:unsubscribe", args=[token])
    letter = write(mail, stop_url=stop_url, among=among)
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[formataddr((" ".join(mail.user.display_name.split()), mail.user.email))],
        headers=headers(mail, stop_url),
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def headers(mail: OutgoingMail, stop_url: str) -> dict[str, str]:
    """What mail programs read: an automatic mail of a list, stopped in one click when it may be.

    One click is offered over https alone, as RFC 8058 wants it.
    """
    host = urlsplit(settings.PUBLIC_URL).hostname
    found = {
        "Message-ID": f"<{mail.key}@{host}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": "fr",
        "List-Id": f"<notifications.{host}>",
    }
    if not mail.is_action:
        found["Precedence"] = "bulk"
    if stop_url:
        found["List-Unsubscribe"] = f"<{stop_url}>"
        if stop_url.startswith("https://"):
            found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found


def items_of(mail: OutgoingMail) -> list[DigestItem]:
    """The items of a digest that its person may still be told, newest first. Rights are asked again."""
    rows = DigestItem.objects.filter(mail=mail).select_related("notification__event")
    pending = [(mail.user, list(rows.order_by("-notification_id")))]
    return digests.keep(pending, paces.chosen([mail.user_id], [paces.DIGEST]))[mail.user_id]


@dataclass(frozen=True, slots=True)
class Ready:
    """What a digest about to leave needs, asked with that of its neighbours."""

    user: User
    items: list[DigestItem]
    key: UUID


def ready(mail_ids: Sequence[int]) -> dict[int, Ready]:
    """mail → what it needs, for digests of open accounts, in the same few queries whatever their number."""
    owners = dict(
        OutgoingMail.objects.filter(pk__in=mail_ids, period__isnull=False).values_list("pk", "user_id")
    )
    users = {user.pk: user for user in with_grants(owners.values())}
    rows = DigestItem.objects.filter(mail__in=owners).select_related("notification__event")
    items: dict[int, list[DigestItem]] = {}
    for item in rows.order_by("-notification_id"):
        items.setdefault(item.user_id, []).append(item)
    pending = [(user, items.get(pk, [])) for pk, user in users.items()]
    kept = digests.keep(pending, paces.chosen(users, [paces.DIGEST]))
    keys = unsubscribe.keys_of(users)
    return {
        pk: Ready(users[owner], kept[owner], keys[owner]) for pk, owner in owners.items() if owner in users
    }


def _notification(mail: OutgoingMail) -> dict[str, Any]:
    event_type = event_types.get(mail.event.type) if mail.event else None
    told = Notification.objects.filter(event=mail.event_id, user=mail.user_id).only("url").first()
    return {
        "subject": mail.subject,
        "preheader": " ".join(mail.text.split())[:PREHEADER_LENGTH],
        "text": mail.text,
        "paragraphs": mail.text.split("\n\n"),
        "url": settings.PUBLIC_URL + (told.url if told else reverse("activity:notifications")),
        "reason": event_type.reason if event_type else "",
    }


def _digest(items: list[DigestItem]) -> dict[str, Any]:
    digest = grouping.arrange(items)
    first = next((group.title for section in digest.sections for group in section.groups), "")
    return {
        "subject": grouping.subject_of(items),
        "preheader": first[:PREHEADER_LENGTH],
        "digest": digest,
        "base_url": settings.PUBLIC_URL,
        "today": clock.today(),
    }
