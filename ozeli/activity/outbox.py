"""The outbox as administrators see it: what left, what waits, what was refused and why; and what they may do.

They see to whom and of what sort. The words of a mail are shown to those who may read its object themselves.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock
from ozeli.core.errors import Conflict
from ozeli.core.french import sort_key
from ozeli.core.name_search import named
from ozeli.core.registry import event_types
from ozeli.journal.services import record

from . import digests, letters, paces
from .forms import DIGESTS
from .models import DigestItem, Event, OutgoingMail
from .selectors import SWEPT_AT_ONCE, mark_visible

Status = OutgoingMail.Status
COUNTED_DAYS = 30
EVENTS_SHOWN = 20
RETRIED = (Status.FAILED, Status.CANCELLED)
RESERVED = "Objet réservé à ceux qui peuvent lire ce contenu"
# What servers answer, said plainly; the first that fits.
_EXPLAINED = (
    (
        r"\b5\.1\.[0-6]\b|No such|[Uu]ser unknown|mailbox unavailable",
        "L’adresse n’existe pas ou plus. Corrigez celle de la personne.",
    ),
    (r"\b5\.2\.2\b|\b452\b|\b552\b|[Qq]uota|full", "La boîte de la personne est pleine."),
    (
        r"\b53[045]\b|[Aa]uthenti",
        "Le serveur de courriel refuse nos identifiants. Vérifiez SMTP_URL.",
    ),
    (r"\b5\.7\.|[Ss]pam|[Bb]lock|[Dd]enied|Not wanted", "Le serveur de la personne refuse nos courriels."),
    (
        r"refused|[Tt]imed? ?out|unreachable|closed|resolve|Name or service|\[Errno",
        "Le serveur de courriel n’a pas répondu. Un nouvel essai est fait de plus en plus rarement.",
    ),
    (r"\b4\d\d\b|[Ll]ater|[Gg]reylist", "Le serveur de la personne demande de revenir plus tard."),
)


def mails(wanted: Mapping[str, Any]) -> QuerySet[OutgoingMail]:
    """The mails that answer the filters."""
    found = OutgoingMail.objects.select_related("user", "event")
    if wanted["etat"]:
        found = found.filter(status=wanted["etat"])
    if wanted["sorte"] == DIGESTS:
        found = found.filter(period__isnull=False)
    elif wanted["sorte"]:
        found = found.filter(event__type=wanted["sorte"])
    if wanted["du"]:
        found = found.filter(created_at__gte=wanted["du"])
    if wanted["au"]:
        found = found.filter(created_at__lte=wanted["au"])
    if wanted["personne"]:
        found = found.filter(user__in=_people(wanted["personne"]).values("pk"))
    return found


def _people(text: str) -> QuerySet[User]:
    text = text.replace("\0", "").strip()
    if "@" in text:
        return User.objects.filter(email__istartswith=text)
    return User.objects.filter(named(text)) if sort_key(text) else User.objects.none()


def dressed(rows: Iterable[OutgoingMail], reader: User) -> list[OutgoingMail]:
    """The rows with what the screen says of them: `sort`, `shown_subject`, `explained`; two queries at most."""
    listed = list(rows)
    mark_visible(reader, [row for row in listed if row.event_id])
    for row in listed:
        shown: Any = row
        known = paces.topic(row.topic or (row.event.type if row.event else ""))
        shown.sort = "Résumé" if row.period else known.title if known else "Sorte disparue"
        shown.is_open = bool(row.period) or shown.is_visible
        shown.shown_subject = row.subject if shown.is_open else RESERVED
        shown.explained = explained(row)
    return listed


def explained(mail: OutgoingMail) -> str:
    """What stopped a mail, in plain French; what the server said follows when we do not know it."""
    if not mail.error or mail.status in (Status.DROPPED, Status.POSTPONED, Status.CANCELLED):
        return mail.error[:1].upper() + mail.error[1:]
    for pattern, words in _EXPLAINED:
        if re.search(pattern, mail.error):
            return words
    return f"Réponse du serveur\u00a0: {mail.error}"


def counts() -> list[tuple[str, str, int]]:
    """(state, words, number) over the last thirty days."""
    since = clock.now() - timedelta(days=COUNTED_DAYS)
    rows = OutgoingMail.objects.filter(created_at__gte=since).values_list("status").order_by("status")
    found = dict(rows.annotate(number=Count("pk")))
    return [
        (status.value, _agreed(status, count), count)
        for status in Status
        for count in [found.get(status.value, 0)]
    ]


def _agreed(status: Status, count: int) -> str:
    """« 13 partis »: what is said of a mail, said of several."""
    agrees = status in (Status.SENT, Status.FAILED, Status.CANCELLED)
    return f"{status.label}s" if agrees and count > 1 else status.label


def stopped_events() -> list[Event]:
    """The events that a fault keeps from the people concerned, newest first."""
    rows = Event.objects.filter(is_fanned_out=False).exclude(error="").order_by("-at")[:EVENTS_SHOWN]
    for row in rows:
        known = event_types.get(row.type)
        row.title = known.title if known else row.type  # type: ignore[attr-defined]
    return list(rows)


def letter(mail: OutgoingMail, reader: User) -> letters.Letter | None:
    """The mail as its person reads it, less its unsubscribing link; None when its object is not the reader's.

    Of a digest, only the lines of what the reader may read too.
    """
    if mail.event is not None:
        known = event_types.get(mail.event.type)
        if known is None or mail.event.object_id not in set(known.visible(reader, [mail.event.object_id])):
            return None
        return letters.write(mail, stop_url="#")
    rows = DigestItem.objects.filter(mail=mail).select_related("notification__event")
    return letters.write(
        mail, stop_url="#", among=digests.readable_by(reader, list(rows.order_by("-notification_id")))
    )


@transaction.atomic
def retry(ids: Collection[int], *, actor: User) -> list[int]:
    """Put refused or cancelled mails back among those that wait, as new; the ids of those that were."""
    rows = OutgoingMail.objects.select_for_update(of=("self",)).filter(pk__in=ids, status__in=RETRIED)
    found = list(rows.order_by("pk").values_list("pk", flat=True))
    # As new: a mail is given up some days after its row was made.
    OutgoingMail.objects.filter(pk__in=found).update(
        status=Status.WAITING, attempts=0, error="", created_at=clock.now()
    )
    if found:
        record("mail.retry", "mail", _named(found), actor=actor_key(actor), number=len(found))
    return found


@transaction.atomic
def cancel(ids: Collection[int], *, actor: User) -> int:
    """Let waiting mails never leave; how many. One that a worker holds leaves all the same."""
    rows = OutgoingMail.objects.select_for_update(skip_locked=True, of=("self",))
    found = list(rows.filter(pk__in=ids, status=Status.WAITING).order_by("pk").values_list("pk", flat=True))
    OutgoingMail.objects.filter(pk__in=found).update(status=Status.CANCELLED, error="annulé à la main")
    if found:
        record("mail.cancel", "mail", _named(found), actor=actor_key(actor), number=len(found))
    return len(found)


def _named(ids: list[int]) -> str:
    return str(ids[0]) if len(ids) == 1 else f"{ids[0]}…{ids[-1]}"


@transaction.atomic
def retry_event(event_id: int, *, actor: User) -> None:
    """Try to tell an event again, as many times as the first. Raises Conflict when it has been told meanwhile."""
    found = Event.objects.filter(pk=event_id, is_fanned_out=False).update(sweeps=0, swept_at=clock.now())
    if not found:
        raise Conflict("Cette nouvelle a été transmise entre-temps : il n’y a plus rien à relancer.")
    record("event.retry", "event", event_id, actor=actor_key(actor))


def refused(wanted: Mapping[str, Any]) -> list[int]:
    """The refused mails that answer the filters, oldest first, as many as one act may retry."""
    rows = mails(wanted).filter(status=Status.FAILED).order_by("created_at", "id")
    return list(rows.values_list("pk", flat=True)[:SWEPT_AT_ONCE])
