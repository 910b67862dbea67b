"""When a session was last used, told by a signed cookie: a GET writes nothing (rule 9).

The cookie holds an instant, renewed every five minutes at most, and the day that the list of sessions already knows.
It is bound to its session: that of another session, or none, counts for nothing beyond the opening.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ozeli.core import clock

from .models import OpenSession

OPENED = "opened_at"
RENEW_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Presence:
    """The second a session was last used, and the last day that its row holds."""

    seen: int
    noted: date


def mark_opened(session: SessionBase) -> None:
    session[OPENED] = _now()


def is_over(request: HttpRequest) -> bool:
    """Whether the session of this request has done nothing for too long, or was not opened by us."""
    presence = _presence(request)
    return presence is None or _now() - presence.seen > settings.SESSION_IDLE_SECONDS


def renew(request: HttpRequest, response: HttpResponse) -> None:
    """Tell the browser that the session lives; on a POST, note the day in the list of sessions, once."""
    presence = _presence(request)
    if presence is None:
        return
    noted = presence.noted
    if request.method == "POST" and noted < clock.today():
        noted = clock.today()
        OpenSession.objects.filter(session_key=request.session.session_key).update(seen_on=noted)
    if noted == presence.noted and _now() - presence.seen < RENEW_SECONDS:
        return
    response.set_cookie(
        settings.PRESENCE_COOKIE_NAME,
        _signer(request).sign(f"{_now()}.{noted.isoformat()}"),
        max_age=settings.SESSION_IDLE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _presence(request: HttpRequest) -> Presence | None:
    opened = request.session.get(OPENED)
    if not isinstance(opened, int):
        return None
    first = Presence(opened, timezone.localdate(datetime.fromtimestamp(opened, tz=UTC)))
    try:
        said = _signer(request).unsign(request.COOKIES.get(settings.PRESENCE_COOKIE_NAME, ""))
        seen, noted = said.split(".")
        told = Presence(int(seen), date.fromisoformat(noted))
    except (BadSignature, ValueError):
        return first
    return told if told.seen >= first.seen else first


def _signer(request: HttpRequest) -> Signer:
    return Signer(salt=f"{__name__}.{request.session.session_key}")


def _now() -> int:
    return int(clock.now().timestamp())
