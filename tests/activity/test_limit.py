"""Nobody gets more than some mails a day; what is past waits for the digest, and actions come first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ozeli.activity import delivery, digests, tasks
from ozeli.activity.models import DigestItem, Event, MailDay, OutgoingMail
from ozeli.core import clock
from ozeli.core.registry import EventType, event_types
from ozeli.ideas.models import Idea
from tests.factories import IdeaFactory
from tests.ideas.at_once import together
from tests.personas import Cast

from .conftest import Sink

pytestmark = pytest.mark.django_db
Happen = Callable[..., Event]
Status = OutgoingMail.Status


@pytest.fixture
def idea(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice)


def mails(happen: Happen, idea: Idea, people: Cast, number: int, **data: Any) -> list[int]:
    """That many mails wait for Bob."""
    before = set(OutgoingMail.objects.values_list("pk", flat=True))
    for _one in range(number):
        tasks.fan_out(event_id=happen(idea, to=[people.bob], **data).pk)
    return sorted(set(OutgoingMail.objects.values_list("pk", flat=True)) - before)


def statuses() -> dict[str, int]:
    found: dict[str, int] = {}
    for status in OutgoingMail.objects.values_list("status", flat=True):
        found[status] = found.get(status, 0) + 1
    return found


def test_four_leave_and_the_fifth_place_is_kept(idea: Idea, people: Cast, happen: Happen, sink: Sink) -> None:
    for pk in mails(happen, idea, people, 7):
        tasks.send_mail(mail_id=pk)
    assert len(sink.received) == 4
    for pk in mails(happen, idea, people, 2, action_required=True):
        tasks.send_mail(mail_id=pk)
    assert len(sink.received) == 5
    assert str(sink.received[-1]["Subject"]).strip().startswith("Action requise")
    assert statuses() == {Status.SENT: 5, Status.POSTPONED: 4}
    assert MailDay.objects.get().sent == 5


def test_what_is_past_is_in_the_next_digest(idea: Idea, people: Cast, happen: Happen, sink: Sink) -> None:
    for pk in mails(happen, idea, people, 6):
        tasks.send_mail(mail_id=pk)
    assert DigestItem.objects.filter(mail=None).count() == 2
    with clock.stopped(clock.now() + timedelta(days=1)):
        with clock.stopped(digests.next_hour(clock.now())):
            period = digests.open_run()
            assert period is not None
            while not digests.write_batch(period):
                pass
            tasks.send_digests()
    assert len(sink.received) == 5
    assert str(sink.received[-1]["Subject"]) == "Votre résumé\u00a0: 2\u00a0nouvelles"


def test_digest_past_the_limit_gives_its_items_back(
    idea: Idea, people: Cast, happen: Happen, sink: Sink
) -> None:
    for pk in mails(happen, idea, people, 5):
        tasks.send_mail(mail_id=pk)
    MailDay.objects.update(sent=5)
    at = digests.next_hour(clock.now() - timedelta(days=1))
    MailDay.objects.update(day=at.date())
    with clock.stopped(at):
        period = digests.open_run()
        assert period is not None
        while not digests.write_batch(period):
            pass
        tasks.send_digests()
    assert OutgoingMail.objects.get(period__isnull=False).status == Status.POSTPONED
    assert DigestItem.objects.filter(mail=None).count() == 1


def test_next_day_counts_from_nothing(idea: Idea, people: Cast, happen: Happen, sink: Sink) -> None:
    waiting = mails(happen, idea, people, 5)
    for pk in waiting[:4]:
        tasks.send_mail(mail_id=pk)
    with clock.stopped(clock.now() + timedelta(days=1)):
        tasks.send_mail(mail_id=waiting[4])
    assert len(sink.received) == 5


def test_mail_that_did_not_leave_does_not_count(idea: Idea, people: Cast, happen: Happen, sink: Sink) -> None:
    sink.answers = ["451 later", "554 never"]
    waiting = mails(happen, idea, people, 6)
    for pk in [*waiting, waiting[0]]:
        tasks.send_mail(mail_id=pk)
    assert len(sink.received) == 4
    assert MailDay.objects.get().sent == 4


@pytest.mark.parametrize(("limit", "others"), [(5, 4), (2, 1), (1, 1), (0, 0)])
def test_limit_is_a_setting(limit: int, others: int, settings: Any) -> None:
    settings.MAILS_A_DAY = limit
    assert (delivery.a_day(is_first=True), delivery.a_day(is_first=False)) == (limit, others)


def test_actions_have_their_jobs_first(idea: Idea, people: Cast, happen: Happen) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    mails(happen, idea, people, 1)
    mails(happen, idea, people, 1, action_required=True)
    ordinary, urgent = (
        ProcrastinateJob.objects.filter(task_name="activity.send_mail")
        .order_by("pk")
        .values_list("priority", flat=True)
    )
    assert urgent > ordinary


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_do_not_pass_the_limit(
    idea: Idea, people: Cast, happen: Happen, sink: Sink
) -> None:
    waiting = mails(happen, idea, people, 8)
    together(*(lambda pk=pk: tasks.send_mail(mail_id=pk) for pk in waiting))
    assert len(sink.received) == 4
    assert statuses() == {Status.SENT: 4, Status.POSTPONED: 4}
    assert DigestItem.objects.filter(mail=None).count() == 4


# --- what is asked is still to do -----------------------------------------------------------------------------------


def test_action_done_meanwhile_is_not_asked_any_more(
    idea: Idea, people: Cast, happen: Happen, happened: EventType, sink: Sink
) -> None:
    still = {"to do": True}
    event_types.register(
        replace(happened, asks_action=True, still_required=lambda event, user: still["to do"])
    )
    first, second = mails(happen, idea, people, 2, action_required=True)
    tasks.send_mail(mail_id=first)
    still["to do"] = False
    tasks.send_mail(mail_id=second)
    assert len(sink.received) == 1
    dropped = OutgoingMail.objects.get(pk=second)
    assert (dropped.status, dropped.error) == (
        Status.DROPPED,
        "l’action demandée a été faite entre-temps",
    )
