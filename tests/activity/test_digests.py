"""Digests: one a day at most, of what is still worth telling, whatever is killed on the way."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from ozeli.accounts.models import Membership, User
from ozeli.activity import digests, grouping, services, tasks
from ozeli.activity.models import DigestItem, DigestRun, Event, Notification, OutgoingMail
from ozeli.core import clock
from ozeli.core.registry import Pace
from ozeli.ideas.models import Idea
from tests.factories import IdeaFactory, UserFactory
from tests.ideas.at_once import together
from tests.personas import Cast

from .conftest import CODE, Sink

pytestmark = pytest.mark.django_db
Happen = Callable[..., Event]
Status = OutgoingMail.Status
PARIS = ZoneInfo("Europe/Paris")
WEDNESDAY = datetime(2026, 11, 18, 7, 5, tzinfo=PARIS)


@pytest.fixture
def idea(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, title="Rappeler par SMS")


@pytest.fixture
def daily(happen: Happen, people: Cast) -> Callable[..., None]:
    """`daily(user, *ideas)`: one piece of news of each idea waits for the next digest of that person."""

    def wait(user: User, *ideas: Idea, pace: Pace = Pace.DAILY, **data: Any) -> None:
        services.set_paces(user, {CODE: pace})
        for one in ideas:
            tasks.fan_out(event_id=happen(one, to=[user], **data).pk)

    return wait


def run(at: datetime = WEDNESDAY) -> None:
    """The digests of that day are written, not sent."""
    with clock.stopped(at):
        period = digests.open_run()
        while period is not None and not digests.write_batch(period):
            pass


def send(at: datetime = WEDNESDAY) -> None:
    with clock.stopped(at):
        tasks.send_digests()


# --- when -----------------------------------------------------------------------------------------------------------


def test_nothing_is_opened_before_the_hour_of_paris() -> None:
    with clock.stopped(datetime(2026, 7, 1, 6, 59, tzinfo=PARIS)):
        assert digests.open_run() is None
    with clock.stopped(datetime(2026, 7, 1, 7, 0, tzinfo=PARIS)):
        assert digests.open_run() is not None


@pytest.mark.parametrize(("days", "weekly"), [(0, False), (5, True), (6, False)])
def test_weekly_items_leave_with_the_first_run_of_the_week(
    days: int, weekly: bool, idea: Idea, people: Cast, daily: Callable[..., None]
) -> None:
    for day in range(-9, days):  # the portal ran every day before
        run(WEDNESDAY + timedelta(days=day))
    daily(people.bob, idea, pace=Pace.WEEKLY)
    run(WEDNESDAY + timedelta(days=days))
    assert OutgoingMail.objects.count() == weekly


def test_portal_stopped_on_monday_catches_up(idea: Idea, people: Cast, daily: Callable[..., None]) -> None:
    for day in range(-9, 5):
        run(WEDNESDAY + timedelta(days=day))
    daily(people.bob, idea, pace=Pace.WEEKLY)
    run(WEDNESDAY + timedelta(days=6, hours=9))  # Tuesday in the afternoon
    assert OutgoingMail.objects.count() == 1


# --- what -----------------------------------------------------------------------------------------------------------


def test_digest_as_it_is_received(
    idea: Idea, people: Cast, daily: Callable[..., None], sink: Sink, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://ozeli.exemple.test"
    daily(people.bob, idea, IdeaFactory(title="Une autre idée"))
    run()
    send()
    (received,) = sink.received
    assert received["Subject"] == "Votre résumé\u00a0: 2\u00a0nouvelles"
    text, html = (part.get_content() for part in received.iter_parts())
    for part in (text, html):
        assert "Rappeler par SMS" in part
        assert "Une autre idée" in part
        assert f"https://ozeli.exemple.test{idea.get_absolute_url()}" in part
        assert "Ne plus recevoir de résumé" in part
    assert OutgoingMail.objects.get().status == Status.SENT


def test_nothing_to_say_sends_nothing(people: Cast, sink: Sink) -> None:
    run()
    send()
    assert not OutgoingMail.objects.exists()
    assert sink.received == []


def test_what_was_read_in_the_portal_is_not_repeated(
    idea: Idea, people: Cast, daily: Callable[..., None]
) -> None:
    daily(people.bob, idea)
    services.mark_read(people.bob, "all")
    run()
    assert not OutgoingMail.objects.exists()
    assert not DigestItem.objects.exists()


@pytest.mark.parametrize("moment", ["before the run", "before the sending"])
@pytest.mark.parametrize("loss", ["rights", "hidden", "closed"])
def test_nobody_is_told_of_what_they_may_no_longer_see(
    moment: str, loss: str, idea: Idea, people: Cast, daily: Callable[..., None], sink: Sink
) -> None:
    daily(people.bob, idea)
    if moment == "before the sending":
        run()
    if loss == "rights":
        Membership.objects.filter(user=people.bob).delete()
    elif loss == "hidden":
        Idea.objects.update(is_hidden=True)
    else:
        User.objects.filter(pk=people.bob.pk).update(is_active=False)
    run()
    send()
    assert sink.received == []
    assert not OutgoingMail.objects.exclude(status=Status.DROPPED).exists()


def test_objects_stand_together_and_long_digests_are_cut(
    people: Cast, daily: Callable[..., None], sink: Sink
) -> None:
    first = IdeaFactory(title="La première")
    daily(people.bob, first, *IdeaFactory.create_batch(grouping.GROUPS_SHOWN + 3), first)
    run()
    send()
    text = sink.received[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.count("\n  http") == grouping.GROUPS_SHOWN
    assert "Et 4\u00a0autres nouvelles" in text
    assert len(re.findall("La première", text)) in (1, 2)


def test_action_comes_first_and_says_so(idea: Idea, people: Cast, daily: Callable[..., None]) -> None:
    daily(people.bob, idea)
    daily(people.bob, idea, action_required=True)
    run()
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Action requise – 1\u00a0demande vous attend, et 1\u00a0nouvelle"
    arranged = grouping.arrange(list(mail.items.select_related("notification__event")))
    assert [section.title for section in arranged.sections] == [grouping.ACTIONS, grouping.FOLLOWED]


# --- once -----------------------------------------------------------------------------------------------------------


def test_one_digest_a_day_whatever_comes_after(
    idea: Idea, people: Cast, daily: Callable[..., None], sink: Sink
) -> None:
    daily(people.bob, idea)
    run()
    daily(people.bob, IdeaFactory())
    DigestRun.objects.update(ended_at=None, after=0)
    run()
    assert OutgoingMail.objects.count() == 1
    assert DigestItem.objects.filter(mail=None).count() == 1
    run(WEDNESDAY + timedelta(days=1))
    assert OutgoingMail.objects.count() == 2
    assert not DigestItem.objects.filter(mail=None).exists()


def test_run_killed_between_two_batches_serves_everybody_once(
    idea: Idea, people: Cast, daily: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "BATCH", 2)
    crowd = UserFactory.create_batch(5)
    for one in crowd:
        daily(one, idea)
    with clock.stopped(WEDNESDAY):
        period = digests.open_run()
        assert period is not None
        digests.write_batch(period)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            digests.write_batch(period)
            raise ZeroDivisionError  # the worker dies before the commit
    assert OutgoingMail.objects.count() == 2
    run()
    assert set(OutgoingMail.objects.values_list("user", flat=True)) == {one.pk for one in crowd}
    assert DigestRun.objects.get().people == 5


def test_one_who_cannot_be_served_does_not_keep_the_others(
    idea: Idea, people: Cast, daily: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in (people.bob, people.charlie, people.rita):
        daily(one, idea)
    keep = digests.keep

    def broken(pending: Any, choices: Any) -> Any:
        if any(user == people.charlie for user, _items in pending):
            raise ZeroDivisionError
        return keep(pending, choices)

    monkeypatch.setattr(digests, "keep", broken)
    run()
    assert set(OutgoingMail.objects.values_list("user", flat=True)) == {people.bob.pk, people.rita.pk}
    assert DigestItem.objects.get(mail=None).user == people.charlie


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_run_write_each_digest_once(
    idea: Idea, people: Cast, daily: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "BATCH", 2)
    crowd = UserFactory.create_batch(7)
    for one in crowd:
        daily(one, idea)
    with clock.stopped(WEDNESDAY):
        period = digests.open_run()

    def write() -> None:
        with clock.stopped(WEDNESDAY):
            while period is not None and not digests.write_batch(period):
                pass

    assert together(write, write, write) == [None, None, None]
    assert sorted(OutgoingMail.objects.values_list("user", flat=True)) == sorted(one.pk for one in crowd)
    assert DigestItem.objects.filter(mail=None).count() == 0


@pytest.mark.parametrize("crowd", [1, 3])
def test_queries_do_not_grow_with_the_crowd(
    crowd: int, people: Cast, happen: Happen, django_assert_num_queries: Any
) -> None:
    """Of ideas: their readers are worked out for the whole batch."""
    idea = IdeaFactory(author=people.alice)
    for one in UserFactory.create_batch(crowd):
        event = Event.objects.create(
            type="idea.open_debate", kind="idea", object_id=idea.pk, at=clock.now(), is_fanned_out=True
        )
        line = Notification.objects.create(event=event, user=one, text="n", url="/", at=clock.now())
        DigestItem.objects.create(notification=line, user=one, topic="idea.open_debate", pace="daily")
    with clock.stopped(WEDNESDAY):
        period = digests.open_run()
        assert period is not None
        # run, next people, rights (2), served, items, choices, ideas, mails, items, drop, run; two savepoints
        with django_assert_num_queries(15):
            digests.write_batch(period)
    assert OutgoingMail.objects.count() == crowd


# --- jobs -----------------------------------------------------------------------------------------------------------


def jobs(task: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=f"activity.{task}", status="todo").count()


def test_jobs_follow_one_another(idea: Idea, people: Cast, daily: Callable[..., None], sink: Sink) -> None:
    daily(people.bob, idea)
    with clock.stopped(WEDNESDAY):
        tasks.open_digests(timestamp=0)
        tasks.open_digests(timestamp=300)  # the first job is alive: no second one
        assert jobs("write_digests") == 1
        tasks.write_digests(period="2026-11-18")
        assert jobs("send_digests") == 1
        tasks.send_digests()
        tasks.send_digests()
    assert len(sink.received) == 1
    assert DigestRun.objects.get().ended_at is not None


def test_server_away_is_left_alone_and_nothing_is_lost(
    idea: Idea, people: Cast, daily: Callable[..., None], sink: Sink, settings: Any
) -> None:
    good, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    crowd = UserFactory.create_batch(5)
    for one in crowd:
        daily(one, idea)
    run()
    send()
    assert OutgoingMail.objects.filter(status=Status.WAITING, attempts=1).count() == tasks.FAULTS_IN_A_ROW
    assert jobs("send_mail") == tasks.FAULTS_IN_A_ROW
    settings.EMAIL_PORT = good
    send()
    with clock.stopped(WEDNESDAY):
        for mail in OutgoingMail.objects.filter(status=Status.WAITING):
            tasks.send_mail(mail_id=mail.pk)
    assert len(sink.received) == 5
