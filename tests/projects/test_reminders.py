"""Owners are reminded once a month; a silent project is chased gently, by its owner and the desk of its body."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from ozeli.activity.fanout import messages
from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.registry import event_types
from ozeli.projects.enums import State
from ozeli.projects.models import Project
from ozeli.projects.services import updates
from ozeli.projects.services.reminders import remind
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def silent_for(days: int, **kwargs) -> Project:
    """A project whose last point is so many days old."""
    day = clock.today() - timedelta(days=days)
    return ProjectFactory(updated_on=day, started_on=day, touched_on=day, **kwargs)


def told() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("type", flat=True))


def words(event: Event) -> dict:
    type = event_types[event.type]
    return messages(event, type, sorted({pk for pk in type.recipients(event) if pk}))


def after(days: int):
    return clock.stopped(clock.now() + timedelta(days=days))


@pytest.mark.parametrize(
    ("days", "events"), [(29, []), (30, ["project.update_due"]), (89, ["project.update_due"])]
)
def test_the_point_is_asked_after_thirty_days(people: Cast, days, events) -> None:
    silent_for(days, owner=people.alice)
    assert remind()
    assert told() == events


def test_it_is_asked_once_a_month_then_becomes_silence(people: Cast) -> None:
    silent_for(30, owner=people.alice)
    for later in (0, 0, 1, 29, 30, 59, 60, 61, 100, 149, 150):
        with after(later):
            remind()
    assert told() == [
        "project.update_due",  # 30 days
        "project.update_due",  # 60
        "project.silent",  # 90
        "project.silent",  # 180
    ]


def test_the_owner_alone_is_asked_and_led_to_the_form(people: Cast) -> None:
    project = silent_for(40, owner=people.alice)
    remind()
    said = words(Event.objects.get())
    assert list(said) == [people.alice.pk]
    message = said[people.alice.pk]
    assert message.url == f"{project.get_absolute_url()}point/" and message.action_required


def test_a_long_silence_is_told_to_the_desk_of_the_body_too(people: Cast) -> None:
    silent_for(95, owner=people.alice)
    remind()
    said = words(Event.objects.get())
    assert set(said) == {people.alice.pk, people.rita.pk}
    assert "un appel vaut mieux" in " ".join(said[people.rita.pk].lines)


def test_a_point_made_since_asks_for_nothing_more(people: Cast) -> None:
    project = silent_for(40, owner=people.alice)
    remind()
    event = Event.objects.get()
    type = event_types[event.type]
    assert type.still_required(event, people.alice)
    updates.say(project, {"progress": 40, "line": "On avance"}, actor=people.alice, last=None)
    assert not type.still_required(event, people.alice)
    remind()
    assert told().count("project.update_due") == 1


@pytest.mark.parametrize(
    ("state", "days", "event"),
    [(State.TO_LAUNCH, 60, "project.still_waiting"), (State.FROZEN, 180, "project.still_frozen")],
)
def test_what_waits_or_is_frozen_is_recalled_rarely(people: Cast, state, days, event) -> None:
    project = silent_for(days - 1, owner=people.alice, state=state)
    remind()
    assert told() == []
    with after(1):
        remind()
        remind()
        assert told() == [event]
        assert list(words(Event.objects.get())) == [people.alice.pk]
    project.refresh_from_db()
    assert project.reminded_on is not None


@pytest.mark.parametrize("state", [State.COMPLETED, State.ABANDONED])
def test_what_has_ended_is_left_in_peace(people: Cast, state) -> None:
    silent_for(400, owner=people.alice, state=state)
    remind()
    assert told() == []


def test_nobody_is_asked_for_a_project_without_owner_or_withdrawn(people: Cast) -> None:
    silent_for(100, owner=people.alice).members.all().delete()
    silent_for(100, owner=people.alice, is_withdrawn=True)
    remind()
    assert told() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_once() -> None:
    for _ in range(6):
        silent_for(40)
    gate = threading.Barrier(2)

    def work() -> None:
        gate.wait()
        try:
            remind()
        finally:
            connection.close()

    both = [threading.Thread(target=work) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert told() == ["project.update_due"] * 6
