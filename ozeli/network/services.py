"""What administrators decide in the name of the whole network."""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from ozeli.core.errors import Refused
from ozeli.journal import changes

from .models import NetworkSettings
from .selectors import AnswerSteps

DELAY = "delay"


def current_settings() -> NetworkSettings:
    """The settings of the network, as they stand; those of the installation before any change, not stored."""
    found = NetworkSettings.objects.first()
    return found or NetworkSettings(pk=1, version=0, answer_delay_days=settings.ANSWER_DELAY_DAYS)


@transaction.atomic
def set_default_answer_delay(days: int, *, version: int, actor: UUID | None) -> NetworkSettings:
    """Promise answers in that many days from now on; promises already made stand. Raises Stale."""
    return changes.change(_row(), {"answer_delay_days": days}, kind=DELAY, actor=actor, version=version)


@transaction.atomic
def set_answer_steps(steps: AnswerSteps, *, version: int, actor: UUID | None) -> NetworkSettings:
    """Say when the desk is reminded and when a late idea goes up; what was told stays told. Raises Refused, Stale."""
    if not steps.remind_first > steps.remind_last >= 1 or not steps.network_after > steps.lead_after >= 1:
        raise Refused("Les deux rappels, puis les deux remontées, se suivent dans l’ordre.")
    values = {f"{name}_days": days for name, days in steps._asdict().items()}
    return changes.change(_row(), values, kind=DELAY, actor=actor, version=version)


def _row() -> NetworkSettings:
    first = {"version": 0, "answer_delay_days": settings.ANSWER_DELAY_DAYS}
    return NetworkSettings.objects.get_or_create(pk=1, defaults=first)[0]
