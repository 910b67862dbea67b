"""What forms carry between two pages that keep nothing: proof that we made them, and the images read meanwhile.

No session, no cookie: a form is ours when its token is an HMAC of ours, two hours old at most, and when the browser
says that the page it stood on was ours (`Sec-Fetch-Site`, or `Origin` for those that do not know it).
"""

import base64
import hashlib
import hmac
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

BUCKET_SECONDS = 600
BUCKETS = 12  # two hours
TICKET_BYTES = 16


def is_ours(request: Any) -> bool:
    """Whether a form was sent from one of our own pages."""
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return bool(site == "same-origin")
    origin = urlsplit(request.META.get("HTTP_ORIGIN", ""))
    return bool(origin.netloc) and origin.netloc.lower() == request.META.get("HTTP_HOST", "").lower()


def new_ticket() -> str:
    """A random ticket and the ten minutes it was made in, signed: it makes the form ours, and its receipt unique."""
    return _signed(secrets.token_bytes(TICKET_BYTES), _bucket())


def ticket_of(token: str) -> bytes | None:
    """The random part of a ticket of ours, two hours old at most; None otherwise."""
    try:
        whole = base64.urlsafe_b64decode(token.encode())
    except ValueError:
        return None
    if len(whole) != TICKET_BYTES + 8 + 32:
        return None
    ticket, bucket = whole[:TICKET_BYTES], int.from_bytes(whole[TICKET_BYTES : TICKET_BYTES + 8], "big")
    if not hmac.compare_digest(_signed(ticket, bucket).encode(), token.encode()):
        return None
    return ticket if 0 <= _bucket() - bucket <= BUCKETS else None


def seal(data: str) -> str:
    """Text that a form carries and brings back: signed, so that only what we wrote comes back."""
    return f"{_mac(b'carried', data.encode())}.{data}"


def unseal(sealed: str) -> str | None:
    mac, _dot, data = sealed.partition(".")
    return data if hmac.compare_digest(mac.encode(), _mac(b"carried", data.encode()).encode()) else None


def _bucket() -> int:
    return int(time.time() // BUCKET_SECONDS)


def _signed(ticket: bytes, bucket: int) -> str:
    said = ticket + bucket.to_bytes(8, "big")
    mac = hmac.new(settings.AIRLOCK_PEPPER, b"ticket\0" + said, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(said + mac).decode()


def _mac(purpose: bytes, data: bytes) -> str:
    return hmac.new(settings.AIRLOCK_PEPPER, purpose + b"\0" + data, hashlib.sha256).hexdigest()
