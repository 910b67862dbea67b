"""Open, list and close sessions. Closing one deletes what Django knows of it: it ends at its next request."""

import ipaddress
import re

from allauth.account.adapter import get_adapter
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.journal.services import record

from .. import presence, rules
from ..models import OpenSession, User
from . import actor_key

# The first that is found names the device; more precise words come first, since browsers claim to be each other.
_BROWSERS = (
    (r"Edg[A-Z]*/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser", "Samsung Internet"),
    (r"Firefox/|FxiOS", "Firefox"),
    (r"Chrome/|CriOS|Chromium", "Chrome"),
    (r"Safari/", "Safari"),
)
_SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android.*Mobile", "téléphone Android"),
    (r"Android", "tablette Android"),
    (r"Windows", "ordinateur Windows"),
    (r"Mac OS X|Macintosh", "Mac"),
    (r"CrOS", "Chromebook"),
    (r"Linux|X11", "ordinateur Linux"),
)


def device_of(agent: str) -> str:
    """A device in plain French, from what the browser says of itself: « Firefox, sur ordinateur Windows »."""
    browser = next((name for pattern, name in _BROWSERS if re.search(pattern, agent)), "")
    system = next((name for pattern, name in _SYSTEMS if re.search(pattern, agent)), "")
    if browser and system:
        return f"{browser}, sur {system}"
    return browser or system.capitalize() or "Appareil inconnu"


def network_of(address: str) -> str:
    """The start of an address: enough to recognise a place, too little to follow a person."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if ip.version == 4:
        return ".".join(str(ip).split(".")[:3]) + ".x"
    return ":".join(ip.exploded.split(":")[:3]) + ":…"


@transaction.atomic
def note_opened(request: HttpRequest, user: User) -> None:
    """Remember the session that has just opened, and forget those of this person that are no more."""
    presence.mark_opened(request.session)
    if not request.session.session_key:
        request.session.create()
    alive = Session.objects.values("session_key")
    OpenSession.objects.filter(user=user).exclude(session_key__in=alive).delete()
    OpenSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "opened_at": clock.now(),
            "seen_on": clock.today(),
            "device": device_of(request.headers.get("User-Agent", "")),
            "network": network_of(_address(request)),
        },
    )


def follow_key(old: str | None, new: str | None) -> None:
    """The session changed its key (a new password): its row follows."""
    if old and new and old != new:
        OpenSession.objects.filter(session_key=old).update(session_key=new)


def close_session(row: OpenSession) -> None:
    _end([row.session_key])


def close_others(user: User, keep: str | None) -> int:
    """Close every session of a person but one (None: all); how many were open."""
    rows = OpenSession.objects.filter(user=user).exclude(session_key=keep or "")
    return _end(list(rows.values_list("session_key", flat=True)))


@transaction.atomic
def close_all(person: User, *, actor: User) -> int:
    """An administrator closes every session of a person; how many were open."""
    if not rules.may_close(actor, person):
        raise Refused("Vos droits ne vous permettent pas de fermer les sessions de cette personne.")
    count = close_others(person, keep=None)
    record("accounts.close_sessions", "person", actor_key(person), actor=actor_key(actor), count=count)
    return count


@transaction.atomic
def _end(keys: list[str]) -> int:
    ended, _rows = Session.objects.filter(session_key__in=keys).delete()
    OpenSession.objects.filter(session_key__in=keys).delete()
    return ended


def _address(request: HttpRequest) -> str:
    """As the rate limits see it: the peer, or what the trusted proxies say of it."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""
