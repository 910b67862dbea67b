"""Receipts: the only key to an anonymous deposit, shown once, kept as a slow keyed hash.

A code is 80 random bits and 24 bits of check, in 21 letters and digits. The check is keyed by the pepper: a forged code
is refused by one HMAC, before any slow work. What the base keeps is an scrypt of the 80 bits, salted by the pepper, so
that neither the base nor its copies allow to try codes.
"""

import base64
import hashlib
import hmac
import re
import secrets
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

RANDOM_BYTES = 10
CHECK_BYTES = 3
LENGTH = 21
GROUPS = (4, 8, 12, 16)
COST, BLOCK_SIZE, KEY_BYTES = 2**13, 8, 32
PLACES = 2
SECONDS_WAITED = 2.0

# Crockford's letters: none that is taken for another.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_STANDARD = str.maketrans(_LETTERS, _STANDARD)
_FROM_STANDARD = str.maketrans(_STANDARD, _LETTERS)
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_places = threading.BoundedSemaphore(PLACES)


class Busy(Exception):  # noqa: N818
    """Too many slow hashes at once: the page asks to come back in a moment."""


def new() -> str:
    """A new receipt."""
    return _written(secrets.token_bytes(RANDOM_BYTES))


def drawn_from(ticket: bytes, content: bytes) -> str:
    """The receipt of this content sent with this random ticket: the same twice, and unknown without the pepper."""
    return _written(_keyed(b"receipt", hashlib.sha256(ticket).digest() + content)[:RANDOM_BYTES])


def of_demonstration(name: str) -> str:
    """A receipt of the demonstration: the same at each start of one installation, and of no other."""
    return drawn_from(b"demonstration", name.encode())


def key_of(code: str) -> str:
    """The random key (a UUID, as text) under which the deposit of this receipt stands in the urn."""
    return _uuid(_keyed(b"key", _random_part(code) or b""))


def key_from(ticket: bytes, content: bytes) -> str:
    """The random key of anything else sent with this ticket: the same for the same content sent twice."""
    return _uuid(_keyed(b"reply", hashlib.sha256(ticket).digest() + content))


def _uuid(made: bytes) -> str:
    return str(uuid.UUID(bytes=made[:16], version=4))


def is_well_formed(code: str) -> bool:
    """Whether we gave this code, as far as one HMAC tells: a guess passes once in sixteen million."""
    return _random_part(code) is not None


def digest(code: str) -> str:
    """What the base knows a receipt by (64 hexadecimal digits). Raises Busy, and ValueError on a forged code."""
    raw = _random_part(code)
    if raw is None:
        raise ValueError("a forged code is never hashed")
    with _one_place():
        return hashlib.scrypt(
            raw,
            salt=_keyed(b"salt", b""),
            n=COST,
            r=BLOCK_SIZE,
            p=1,
            dklen=KEY_BYTES,
            maxmem=64 * 1024 * 1024,
        ).hex()


def shown(code: str) -> str:
    """In groups of four, as it is printed."""
    plain = normalised(code)
    return " ".join(plain[start:end] for start, end in zip((0, *GROUPS), (*GROUPS, LENGTH), strict=True))


def normalised(code: str) -> str:
    """What was typed, as it was printed: capitals, no blank nor dash, letters that look like figures read as such."""
    return re.sub(r"[\s\-–.]", "", code).upper().translate(_MISREAD)


def _written(raw: bytes) -> str:
    return _encoded(raw + _check(raw))


def _encoded(whole: bytes) -> str:
    return base64.b32encode(whole).decode().rstrip("=").translate(_FROM_STANDARD)


def _random_part(code: str) -> bytes | None:
    plain = normalised(code)
    if len(plain) != LENGTH or any(letter not in _LETTERS for letter in plain):
        return None
    whole = base64.b32decode(plain.translate(_TO_STANDARD) + "===")
    raw, check = whole[:RANDOM_BYTES], whole[RANDOM_BYTES:]
    # The last letter has one bit too many: one spelling only is ours.
    return raw if hmac.compare_digest(check, _check(raw)) and _encoded(whole) == plain else None


def _check(raw: bytes) -> bytes:
    return _keyed(b"check", raw)[:CHECK_BYTES]


def _keyed(purpose: bytes, data: bytes) -> bytes:
    return hmac.new(settings.AIRLOCK_PEPPER, purpose + b"\0" + data, hashlib.sha256).digest()


@contextmanager
def _one_place() -> Iterator[None]:
    if not _places.acquire(timeout=SECONDS_WAITED):
        raise Busy
    try:
        yield
    finally:
        _places.release()
