"""Unsubscribing: headers that mail programs understand, links that hold a year, a page for people, an undo."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ozeli.accounts.models import User
from ozeli.activity import services, tasks, unsubscribe
from ozeli.activity.models import Event, OutgoingMail, Preference
from ozeli.core import clock
from ozeli.core.registry import EventType, Pace, event_types
from ozeli.ideas.models import Idea
from tests.factories import IdeaFactory
from tests.personas import Cast

from .conftest import CODE, Sink

pytestmark = pytest.mark.django_db
Happen = Callable[..., Event]
HOST = "https://ozeli.exemple.test"


@pytest.fixture
def idea(people: Cast, settings: Any) -> Idea:
    settings.PUBLIC_URL = HOST
    return IdeaFactory(author=people.alice)


@pytest.fixture
def received(idea: Idea, people: Cast, happen: Happen, sink: Sink) -> Callable[..., Any]:
    """`received(**data)`: the mail that Bob gets of an event."""

    def mail(**data: Any) -> Any:
        tasks.fan_out(event_id=happen(idea, to=[people.bob], **data).pk)
        tasks.send_mail(mail_id=OutgoingMail.objects.latest("pk").pk)
        return sink.received[-1]

    return mail


def path(user: User, topic: str = CODE) -> str:
    return f"/courriels/arreter/{unsubscribe.token_for(user, topic)}/"


def pace(user: User, topic: str = CODE) -> str | None:
    return Preference.objects.filter(user=user, topic=topic).values_list("pace", flat=True).first()


def test_headers(received: Callable[..., Any]) -> None:
    mail = received()
    link = re.fullmatch(rf"<({HOST}/courriels/arreter/[^>\s]+/)>", mail["List-Unsubscribe"].strip())
    assert link is not None
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<notifications.ozeli.exemple.test>"
    assert (mail["Auto-Submitted"], mail["Precedence"]) == ("auto-generated", "bulk")
    for part in mail.iter_parts():
        assert link[1] in part.get_content()


def test_one_click_is_offered_over_https_alone(
    received: Callable[..., Any], idea: Idea, settings: Any
) -> None:
    settings.PUBLIC_URL = "http://ozeli.exemple.test"
    mail = received()
    assert mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] is None


def test_what_asks_for_an_action_has_no_such_link(received: Callable[..., Any], happened: EventType) -> None:
    event_types.register(replace(happened, asks_action=True))
    mail = received(action_required=True)
    assert mail["List-Unsubscribe"] is mail["List-Unsubscribe-Post"] is mail["Precedence"] is None
    assert "/courriels/arreter/" not in mail.as_string()
    assert "/moi/notifications/" in mail.get_body(("plain",)).get_content()


def test_mail_program_stops_it_in_one_click(
    received: Callable[..., Any], people: Cast, settings: Any
) -> None:
    link = received()["List-Unsubscribe"].strip()[1:-1]
    client = Client(enforce_csrf_checks=True)
    answer = client.post(link.removeprefix(HOST), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert pace(people.bob) == Pace.NEVER
    client.post(link.removeprefix(HOST), {"List-Unsubscribe": "One-Click"})
    assert Preference.objects.count() == 1


def test_link_scanner_changes_nothing(people: Cast) -> None:
    client = Client()
    link = path(people.bob)
    page = client.get(link)
    assert (page.status_code, client.head(link).status_code) == (200, 200)
    assert "Arrêter ces courriels" in page.content.decode()
    assert not Preference.objects.exists()


def test_person_may_undo(people: Cast) -> None:
    services.set_paces(people.bob, {CODE: Pace.WEEKLY})
    client = Client(enforce_csrf_checks=True)
    stopped = client.post(path(people.bob)).content.decode()
    assert pace(people.bob) == Pace.NEVER
    (before,) = re.findall(r'name="rythme" value="(\w+)"', stopped)
    restored = client.post(path(people.bob), {"rythme": before}).content.decode()
    assert "de nouveau" in restored
    assert pace(people.bob) == Pace.WEEKLY


def test_stop_touches_one_person_and_one_topic(people: Cast) -> None:
    Client().post(path(people.bob, "digest"))
    assert [(row.user, row.topic) for row in Preference.objects.all()] == [(people.bob, "digest")]


@pytest.mark.parametrize(
    "spoil", ["other person", "other topic", "cut", "old", "revoked", "closed", "gone topic", "action"]
)
def test_link_worth_nothing(spoil: str, people: Cast, happened: EventType) -> None:
    token = unsubscribe.token_for(people.bob, CODE)
    at = clock.now()
    if spoil == "other person":
        unsubscribe.key_of(people.alice)
        token = token.replace(f"{people.bob.pk}-", f"{people.alice.pk}-", 1)
    elif spoil == "other topic":
        token = token.replace(CODE, "idea.retain", 1)
    elif spoil == "cut":
        token = token[:-1]
    elif spoil == "old":
        at += unsubscribe.VALID_FOR + timedelta(days=1)
    elif spoil == "revoked":
        unsubscribe.revoke(people.bob)
    elif spoil == "closed":
        User.objects.filter(pk=people.bob.pk).update(is_active=False)
    elif spoil == "gone topic":
        event_types.unregister(CODE)
    else:
        event_types.register(replace(happened, asks_action=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: at.timestamp())
        answer = Client().post(f"/courriels/arreter/{token}/")
    assert answer.status_code == 404
    assert not Preference.objects.exists()


def test_link_holds_a_year(people: Cast) -> None:
    link = path(people.bob)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "django.core.signing.time.time", lambda: (clock.now() + timedelta(days=366)).timestamp()
        )
        assert Client().post(link).status_code == 200


def test_page_names_nobody(people: Cast) -> None:
    page = Client().get(path(people.bob)).content.decode()
    assert people.bob.display_name not in page
    assert people.bob.email not in page
