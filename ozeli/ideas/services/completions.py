"""Complements asked of authors: answered beside the questions, reminded of."""

from datetime import timedelta

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.engagement.services import clean_text

from ..enums import State
from ..models import KIND, CompletionRequest, Idea
from .deposits import IdeaText, edit_idea

REMINDERS = (timedelta(days=7), timedelta(days=14))


@transaction.atomic
def answer_completion(idea: Idea, text: IdeaText, *, actor: User, version: int, reply: str = "") -> Idea:
    """Rewrite the idea and redeposit it, with a word to the desk. Raises Refused and Conflict as `edit_idea` does."""
    open_one = CompletionRequest.objects.filter(idea=idea, ended_on__isnull=True)
    open_one.update(reply=clean_text(reply))
    return edit_idea(idea, text, actor=actor, version=version)


def remind_authors() -> int:
    """Tell authors after 7 and 14 days that a complement is awaited; how many requests were told of.

    The row counts its reminders: run twice it tells nobody twice, run late it tells once.
    """
    today, told = clock.today(), 0
    waiting = CompletionRequest.objects.filter(ended_on__isnull=True, idea__state=State.TO_COMPLETE)
    waiting = waiting.filter(asked_on__lte=today - REMINDERS[0], reminders__lt=len(REMINDERS))
    for pk, asked_on in list(waiting.order_by("pk").values_list("pk", "asked_on")):
        due = sum(asked_on + delay <= today for delay in REMINDERS)
        told += _remind(pk, due)
    return told


@transaction.atomic
def _remind(pk: int, due: int) -> bool:
    as_found = CompletionRequest.objects.filter(pk=pk, ended_on__isnull=True, reminders__lt=due)
    if not as_found.update(reminders=due):
        return False
    row = CompletionRequest.objects.get(pk=pk)
    tell("idea.completion_awaited", KIND, row.idea_id, actor=None, request=row.pk)
    return True
