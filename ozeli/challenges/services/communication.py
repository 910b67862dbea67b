"""The communication plan of a challenge: proposed from its format, then kept by its team."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Replace

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.errors import Refused

from ..communication import proposed
from ..models import Challenge, CommunicationStep
from .held import hold

MOST = 60
TOO_MANY = f"Un plan compte {MOST} étapes au plus."
# Steps due so many days before an end belong to it: they move when it moves.
AROUND_END = timedelta(days=8)


def address_of(challenge: Challenge) -> str:
    """The whole address of its page, as a poster bears it."""
    return f"{settings.PUBLIC_URL}{challenge.get_absolute_url()}"


@transaction.atomic
def propose(challenge: Challenge) -> int:
    """Write the plan of the format on the days of the phases, in place of what is not done yet; how many steps."""
    held = hold(challenge)
    held.communication.filter(done_on__isnull=True).delete()
    done = set(held.communication.values_list("title", flat=True))
    steps = [
        step for step in proposed(held, list(held.phases.all()), address_of(held)) if step.title not in done
    ]
    CommunicationStep.objects.bulk_create(steps)
    return len(steps)


def copy_plan(source: Challenge, draft: Challenge, gap: timedelta) -> None:
    """The steps of an earlier challenge, as much later as its phases; none of them done."""
    CommunicationStep.objects.bulk_create(
        CommunicationStep(
            challenge=draft,
            due_on=step.due_on + gap,
            title=step.title,
            channel=step.channel,
            readers=step.readers,
            words=step.words.replace(address_of(source), address_of(draft)),
        )
        for step in source.communication.all()
    )


@transaction.atomic
def write_step(
    challenge: Challenge, values: dict[str, Any], *, step: CommunicationStep | None = None
) -> None:
    """Add a step, or change this one."""
    held = hold(challenge)
    if step is None:
        if held.communication.count() >= MOST:
            raise Refused(TOO_MANY)
        CommunicationStep.objects.create(challenge=held, **values)
    elif not CommunicationStep.objects.filter(pk=step.pk, challenge=held).update(**values):
        raise Refused("Cette étape a été retirée entre-temps.")


def mark_done(step: CommunicationStep, *, actor: User, done: bool) -> None:
    """Say that it was done today, or that it was not."""
    on = clock.today() if done else None
    CommunicationStep.objects.filter(pk=step.pk).update(done_on=on, done_by=actor if done else None)


def remove(step: CommunicationStep) -> None:
    CommunicationStep.objects.filter(pk=step.pk).delete()


def follow_end(challenge: Challenge, end: date, by: timedelta) -> int:
    """Move what is still to do around an end that moves, and after it; how many steps."""
    waiting = challenge.communication.filter(
        done_on__isnull=True, due_on__gte=max(end - AROUND_END, clock.today())
    )
    return waiting.update(due_on=F("due_on") + by)


def follow_address(challenge: Challenge, former: str) -> None:
    """Write the present address of the challenge in the words that bear the former one."""
    steps = challenge.communication.filter(words__contains=former)
    steps.update(words=Replace(F("words"), Value(former), Value(address_of(challenge))))
