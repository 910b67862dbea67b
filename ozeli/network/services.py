"""What administrators decide in the name of the whole network."""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from ozeli.journal import changes

from .models import NetworkSettings

DELAY = "delay"


def current_settings() -> NetworkSettings:
    """The settings of the network, as they stand; those of the installation before any change, not stored."""
    found = NetworkSettings.objects.first()
    return found or NetworkSettings(pk=1, version=0, answer_delay_days=settings.ANSWER_DELAY_DAYS)


@transaction.atomic
def set_default_answer_delay(days: int, *, version: int, actor: UUID | None) -> NetworkSettings:
    """Promise answers in that many days from now on; promises already made stand. Raises Stale."""
    first = {"version": 0, "answer_delay_days": settings.ANSWER_DELAY_DAYS}
    row, _created = NetworkSettings.objects.get_or_create(pk=1, defaults=first)
    return changes.change(row, {"answer_delay_days": days}, kind=DELAY, actor=actor, version=version)
