"""Who is told of an event, once, and only of what they may see."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from ozeli.accounts.models import Membership, User
from ozeli.accounts.selectors import with_grants
from ozeli.activity import fanout, tasks
from ozeli.activity.models import Event, Notification, OutgoingMail
from ozeli.activity.services import tell
from ozeli.core.registry import EventType, Message, event_types
from ozeli.ideas.models import Idea
from ozeli.network.enums import Audience
from tests.factories import IdeaFactory, UserFactory
from tests.personas import Cast

from .conftest import page_of

pytestmark = pytest.mark.django_db
Happen = Callable[..., Event]


def told(event: Event) -> set[User]:
    return {notification.user for notification in event.notifications.select_related("user")}


def jobs(task: str) -> list[dict[str, Any]]:
    return [job.args for job in ProcrastinateJob.objects.filter(task_name=f"activity.{task}").order_by("id")]


@pytest.fixture
def idea(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice)


def test_event_and_its_job_share_a_transaction(idea: Idea, people: Cast, happen: Happen) -> None:
    event = happen(idea, to=[people.bob])
    assert jobs("fan_out") == [{"event_id": event.pk, "after": 0}] or jobs("fan_out") == [
        {"event_id": event.pk}
    ]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        happen(idea, to=[people.bob])
        raise ZeroDivisionError
    assert len(jobs("fan_out")) == Event.objects.count() == 1


def test_telling_takes_two_queries(
    idea: Idea, people: Cast, happen: Happen, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):  # with the savepoint and its release
        happen(idea, to=[people.bob], actor=people.alice)


def test_unknown_type_is_an_error_at_once(idea: Idea) -> None:
    with pytest.raises(KeyError):
        tell("no.such", "idea", idea.pk, actor=None)


def test_people_are_told_but_not_the_actor(idea: Idea, people: Cast, happen: Happen) -> None:
    event = happen(idea, to=[people.alice, people.bob, people.bob], actor=people.alice)
    tasks.fan_out(event_id=event.pk)
    event.refresh_from_db()
    assert event.is_fanned_out
    assert told(event) == {people.bob}
    mail = OutgoingMail.objects.get()
    assert (mail.user, mail.subject) == (people.bob, f"Du nouveau\u00a0: {idea.title}")
    assert jobs("send_mail") == [{"mail_id": mail.pk}]
    notification = Notification.objects.get()
    assert (notification.text, notification.url) == (f"«\u202f{idea.title}\u202f» a bougé", page_of(idea))
    assert notification.at == event.at


def test_nobody_is_told_of_what_they_may_not_see(people: Cast, happen: Happen) -> None:
    idea = IdeaFactory(author=people.alice, audience=Audience.BRANCH)
    event = happen(idea, to=list(people.people().values()))
    tasks.fan_out(event_id=event.pk)
    # nora, adam and sonia work every desk of the network; charlie is of another branch; dev and zoe see no idea
    assert told(event) == {people.alice, people.bob, people.rita, people.nora, people.adam, people.sonia}
    for user in people.people().values():
        assert (user in told(event)) == Idea.objects.visible_to(user).filter(pk=idea.pk).exists()


def test_closed_account_and_unmoved_person_are_left_out(idea: Idea, people: Cast, happen: Happen) -> None:
    User.objects.filter(pk=people.bob.pk).update(is_active=False)
    event = happen(idea, to=[people.bob, people.charlie, people.rita], unmoved=[people.rita.pk])
    tasks.fan_out(event_id=event.pk)
    assert told(event) == {people.charlie}


def test_no_subject_means_no_mail(idea: Idea, people: Cast, happen: Happen) -> None:
    event = happen(idea, to=[people.bob], subject="")
    tasks.fan_out(event_id=event.pk)
    assert told(event) == {people.bob}
    assert not OutgoingMail.objects.exists()
    assert jobs("send_mail") == []


def test_fan_out_twice_tells_once(idea: Idea, people: Cast, happen: Happen) -> None:
    event = happen(idea, to=[people.bob, people.charlie])
    tasks.fan_out(event_id=event.pk)
    Event.objects.update(is_fanned_out=False)  # as if killed before the end
    tasks.fan_out(event_id=event.pk)
    tasks.fan_out(event_id=event.pk)
    assert Notification.objects.count() == OutgoingMail.objects.count() == 2


def test_many_people_are_told_batch_by_batch(
    idea: Idea, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanout, "BATCH", 2)
    followers = UserFactory.create_batch(5)
    event = happen(idea, to=followers)
    tasks.fan_out(event_id=event.pk)
    event.refresh_from_db()
    assert not event.is_fanned_out
    assert told(event) == set(followers[:2])
    assert jobs("fan_out")[-1] == {"event_id": event.pk, "after": followers[1].pk}
    tasks.fan_out(event_id=event.pk, after=followers[1].pk)
    tasks.fan_out(event_id=event.pk, after=followers[3].pk)
    event.refresh_from_db()
    assert event.is_fanned_out
    assert told(event) == set(followers)
    assert len(jobs("send_mail")) == 5


def test_rights_lost_before_the_fan_out(idea: Idea, people: Cast, happen: Happen) -> None:
    event = happen(idea, to=[people.bob])
    Membership.objects.filter(user=people.bob).delete()
    tasks.fan_out(event_id=event.pk)
    assert told(event) == set()


def test_type_may_choose_its_readers_all_at_once(
    idea: Idea, people: Cast, happen: Happen, happened: EventType
) -> None:
    asked: list[tuple[Any, list[int]]] = []

    def readers(object_id: Any, user_ids: Any) -> list[User]:
        asked.append((object_id, list(user_ids)))
        return [people.rita, people.bob]

    event_types.register(replace(happened, readers=readers))
    event = happen(idea, to=[people.bob, people.charlie, people.rita])
    tasks.fan_out(event_id=event.pk)
    assert told(event) == {people.bob, people.rita}
    assert asked == [(idea.pk, sorted([people.bob.pk, people.charlie.pk, people.rita.pk]))]


@pytest.mark.parametrize("crowd", [1, 3])
def test_queries_do_not_grow_with_the_crowd(
    crowd: int, idea: Idea, happen: Happen, happened: EventType, django_assert_num_queries: Any
) -> None:
    everyone = UserFactory.create_batch(crowd)
    event_types.register(
        replace(
            happened,
            readers=lambda _id, ids: with_grants(ids),
            message=lambda event, user: Message("t", "/", "s"),
        )
    )
    event = happen(idea, to=everyone)
    # event, people and their rights, their paces, two inserts, mails to send, their jobs, done; two savepoints
    with django_assert_num_queries(13):
        tasks.fan_out(event_id=event.pk)
    assert OutgoingMail.objects.count() == crowd


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        (Message("t", "/", "Votre idée\r\nBcc: a@b.fr"), "Votre idée Bcc: a@b.fr"),
        (Message("t", "/", "À compléter", action_required=True), "Action requise – À compléter"),
        (Message("t", "/", "é" * 300), "é" * 199 + "…"),
        (Message("t", "/", "Retenue : c'est oui !"), "Retenue\u00a0: c’est oui\u202f!"),
    ],
)
def test_subject_is_one_line_that_tells_the_truth(message: Message, subject: str) -> None:
    assert fanout.subject_of(message) == subject
