"""The links that stop a kind of mail without a sign-in (RFC 8058): for one person, one topic, a year and a month.

Each is signed by the portal’s secret and by a key of the person: once that key is drawn again, older links are void.
"""

import uuid
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner

from ozeli.accounts.models import User

from . import paces
from .models import MailKey

VALID_FOR = timedelta(days=400)
# A character that needs no escape in an address and that no signature holds.
_SEPARATOR = "~"


def key_of(user: User) -> uuid.UUID:
    """The person's key, drawn at the first mail."""
    return MailKey.objects.get_or_create(user=user)[0].key


def keys_of(user_ids: Collection[int]) -> dict[int, uuid.UUID]:
    """person → key, drawn for those who have none yet."""
    MailKey.objects.bulk_create([MailKey(user_id=pk) for pk in sorted(user_ids)], ignore_conflicts=True)
    return dict(MailKey.objects.filter(user__in=user_ids).values_list("user_id", "key"))


def token_for(user: User, topic: str, key: uuid.UUID | None = None) -> str:
    return _signer(key or key_of(user)).sign(f"{user.pk}-{topic}")


def read(token: str) -> tuple[User, paces.Topic] | None:
    """The person and the topic of a link; None when it is worth nothing (any more), whatever the reason."""
    pk, _dash, code = token.partition(_SEPARATOR)[0].partition("-")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    held = MailKey.objects.select_related("user").filter(user=int(pk), user__is_active=True).first()
    if held is None:
        return None
    try:
        _signer(held.key).unsign(token, max_age=VALID_FOR)
    except BadSignature:
        return None
    topic = paces.topic(code)
    return None if topic is None or topic.asks_action else (held.user, topic)


def revoke(user: User) -> None:
    """Make every link sent so far worthless."""
    MailKey.objects.update_or_create(user=user, defaults={"key": uuid.uuid4()})


def _signer(key: uuid.UUID) -> TimestampSigner:
    return TimestampSigner(
        key=f"{settings.SECRET_KEY}{key}",
        fallback_keys=[f"{old!s}{key}" for old in settings.SECRET_KEY_FALLBACKS],
        salt=__name__,
        sep=_SEPARATOR,
    )
