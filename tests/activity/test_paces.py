"""Each person chooses how soon a kind of mail comes: at once, with a digest, never; the portal always tells."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from ozeli.accounts.models import User
from ozeli.activity import paces, services, tasks
from ozeli.activity.models import DigestItem, Event, Notification, OutgoingMail, Preference
from ozeli.core.registry import EventType, Pace, event_types
from ozeli.ideas.models import Idea
from tests.factories import IdeaFactory
from tests.personas import Cast

from .conftest import CODE

pytestmark = pytest.mark.django_db
Happen = Callable[..., Event]
SignIn = Callable[[User | None], Client]
PAGE = "/moi/notifications/"


@pytest.fixture
def idea(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, title="Rappeler par SMS")


def told(happen: Happen, idea: Idea, *to: User, **data: Any) -> None:
    tasks.fan_out(event_id=happen(idea, to=list(to), **data).pk)


@pytest.mark.parametrize(
    ("pace", "mails", "items"), [("now", 1, 0), ("daily", 0, 1), ("weekly", 0, 1), ("never", 0, 0)]
)
def test_pace_decides_of_the_mail_and_never_of_the_line(
    pace: str, mails: int, items: int, idea: Idea, people: Cast, happen: Happen
) -> None:
    services.set_paces(people.bob, {CODE: Pace(pace)})
    told(happen, idea, people.bob)
    assert (OutgoingMail.objects.count(), DigestItem.objects.count()) == (mails, items)
    assert Notification.objects.filter(user=people.bob).count() == 1
    assert all(item.pace == pace for item in DigestItem.objects.all())


def test_default_pace_is_that_of_the_type(
    idea: Idea, people: Cast, happen: Happen, happened: EventType
) -> None:
    event_types.register(replace(happened, default_pace=Pace.DAILY))
    told(happen, idea, people.bob)
    assert not OutgoingMail.objects.exists()
    assert DigestItem.objects.get().topic == CODE


def test_own_things_have_a_pace_of_their_own(
    idea: Idea, people: Cast, happen: Happen, happened: EventType
) -> None:
    event_types.register(
        replace(happened, default_pace=Pace.NEVER, own_pace=Pace.NOW, own_family="Vos idées")
    )
    told(happen, idea, people.bob, own=True)
    assert OutgoingMail.objects.get().topic == f"{CODE}.own"
    services.set_paces(people.bob, {f"{CODE}.own": Pace.NEVER})
    told(happen, idea, people.bob, own=True)
    assert OutgoingMail.objects.count() == 1


def test_what_asks_for_an_action_is_never_silenced(
    idea: Idea, people: Cast, happen: Happen, happened: EventType
) -> None:
    event_types.register(replace(happened, asks_action=True))
    with pytest.raises(ValueError, match="no pace"):
        services.set_paces(people.bob, {CODE: Pace.NEVER})
    # Chosen before the type asked for an action: heard at least once a day.
    Preference.objects.create(user=people.bob, topic=CODE, pace=Pace.NEVER)
    services.set_paces(people.bob, {paces.DIGEST: Pace.NEVER})
    told(happen, idea, people.bob, action_required=True)
    assert DigestItem.objects.get().is_action


def test_refused_digest_takes_no_item(idea: Idea, people: Cast, happen: Happen) -> None:
    services.set_paces(people.bob, {CODE: Pace.DAILY, paces.DIGEST: Pace.NEVER})
    told(happen, idea, people.bob)
    assert not DigestItem.objects.exists()


def test_choice_holds_for_what_already_waits(idea: Idea, people: Cast, happen: Happen) -> None:
    services.set_paces(people.bob, {CODE: Pace.DAILY})
    told(happen, idea, people.bob)
    services.set_paces(people.bob, {CODE: Pace.WEEKLY})
    assert DigestItem.objects.get().pace == Pace.WEEKLY
    services.set_paces(people.bob, {CODE: Pace.NEVER})
    assert not DigestItem.objects.exists()


def test_default_leaves_no_row(people: Cast) -> None:
    services.set_paces(people.bob, {CODE: Pace.WEEKLY})
    services.set_paces(people.bob, {CODE: Pace.NOW})
    assert not Preference.objects.exists()


# --- the page -----------------------------------------------------------------------------------------------------


def fields(client: Client, **changed: str) -> dict[str, Any]:
    form = client.get(PAGE).context["form"]
    shown = {name: field.initial for name, field in form.fields.items() if name != "digest"}
    digest = {"digest": "on"} if form.fields["digest"].initial else {}
    return shown | digest | changed | {"idempotency_key": str(uuid.uuid4())}


def test_page_keeps_the_choices_of_one_person(people: Cast, sign_in: SignIn) -> None:
    client = sign_in(people.bob)
    answer = client.post(PAGE, fields(client, **{"test-happened": "weekly"}))
    assert (answer.status_code, answer.url) == (302, PAGE)
    assert [(row.user, row.topic, row.pace) for row in Preference.objects.all()] == [
        (people.bob, CODE, "weekly")
    ]
    assert client.get(PAGE).context["form"].fields["test-happened"].initial == "weekly"


def test_page_stops_the_digest(people: Cast, sign_in: SignIn) -> None:
    client = sign_in(people.bob)
    sent = fields(client)
    del sent["digest"]
    client.post(PAGE, sent)
    assert paces.refuses_digest(people.bob.pk, paces.chosen([people.bob.pk], [paces.DIGEST]))


def test_page_refuses_what_is_not_offered(people: Cast, sign_in: SignIn, happened: EventType) -> None:
    event_types.register(replace(happened, asks_action=True))
    client = sign_in(people.bob)
    assert client.post(PAGE, fields(client, **{"test-happened": "never"})).status_code == 422
    assert not Preference.objects.exists()


def test_page_groups_the_lines_each_heading_once(people: Cast, sign_in: SignIn) -> None:
    families = [heading for heading, _lines in sign_in(people.rita).get(PAGE).context["families"]]
    assert len(families) == len(set(families))
    assert "Le bureau d’animation" in families
    assert "Vos idées" in families


def test_agent_is_not_offered_the_desk(people: Cast, sign_in: SignIn) -> None:
    families = [heading for heading, _lines in sign_in(people.bob).get(PAGE).context["families"]]
    assert "Le bureau d’animation" not in families


def test_reset_forgets_the_choices(people: Cast, sign_in: SignIn) -> None:
    services.set_paces(people.bob, {CODE: Pace.NEVER})
    services.set_paces(people.alice, {CODE: Pace.NEVER})
    answer = sign_in(people.bob).post(f"{PAGE}origine/", {"idempotency_key": str(uuid.uuid4())})
    assert answer.status_code == 302
    assert [row.user for row in Preference.objects.all()] == [people.alice]


def test_type_may_follow_the_choice_of_another(
    idea: Idea, people: Cast, happen: Happen, happened: EventType
) -> None:
    event_types.register(replace(happened, topic="idea.retain"))
    assert CODE not in {topic.code for topic in paces.topics()}
    services.set_paces(people.bob, {"idea.retain": Pace.WEEKLY, "idea.retain.own": Pace.NEVER})
    told(happen, idea, people.bob)
    told(happen, idea, people.bob, own=True)
    assert DigestItem.objects.get().topic == "idea.retain"
    assert not OutgoingMail.objects.exists()


def test_sound_defaults_of_ideas() -> None:
    """One’s own ideas, what is asked, who speaks of one: at once. The rest each day; new challenges each week."""
    by_code = {topic.code: topic for topic in paces.topics()}
    at_once = {code for code, topic in by_code.items() if topic.default == Pace.NOW and code != CODE}
    assert {"idea.mentioned", "idea.expert_asked", "idea.ask_completion", "idea.retain.own"} <= at_once
    for code in at_once:
        assert code.endswith(".own") or by_code[code].family != "Les idées que vous suivez ou soutenez", code
    assert by_code["idea.commented"].default == by_code["idea.deposited"].default == Pace.DAILY
    weekly = {code for code, topic in by_code.items() if topic.default == Pace.WEEKLY}
    assert weekly == {"challenge.published"}
