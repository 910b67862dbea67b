"""Follows, and the page of notifications: read by posting, never by looking."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ozeli.accounts.models import User
from ozeli.activity.models import Event, Follow, Notification
from ozeli.activity.selectors import followed, followers, is_following, notifications, unread_count
from ozeli.activity.services import mark_read, set_follow
from ozeli.challenges.selectors import published
from ozeli.core import clock
from ozeli.core.registry import event_types
from ozeli.ideas.models import KIND, Idea
from tests.factories import IdeaFactory
from tests.personas import Cast

from .conftest import CODE

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
LIST, MARK = "/notifications/", "/notifications/lues/"


def notify(user: User, idea: Idea | None = None, *, number: int = 0, read: bool = False) -> Notification:
    idea = idea or IdeaFactory()
    at = clock.now() + timedelta(minutes=number)
    event = Event.objects.create(type=CODE, kind=KIND, object_id=idea.pk, at=at)
    return Notification.objects.create(
        event=event, user=user, text=f"Nouvelle {number}.", url="/idees/", at=at, read_at=at if read else None
    )


def post(client: Client, **fields: Any) -> Any:
    return client.post(MARK, {"idempotency_key": str(uuid.uuid4()), **fields})


def unread(user: User) -> set[int]:
    return set(Notification.objects.filter(user=user, read_at__isnull=True).values_list("pk", flat=True))


def test_follow_states(people: Cast, django_assert_num_queries: Any) -> None:
    thing = uuid.uuid4()
    with django_assert_num_queries(1):
        assert set_follow(KIND, thing, user=people.alice, wanted=True) is True
    assert set_follow(KIND, thing, user=people.alice, wanted=True) is False
    set_follow(KIND, thing, user=people.bob, wanted=True)
    assert is_following(KIND, thing, people.alice)
    assert set(followers(KIND, thing)) == {people.alice.pk, people.bob.pk}
    assert list(followed(KIND, people.alice)) == [thing]
    assert set_follow(KIND, thing, user=people.alice, wanted=False) is True
    assert set_follow(KIND, thing, user=people.alice, wanted=False) is False
    assert list(Follow.objects.values_list("user", flat=True)) == [people.bob.pk]


def test_unread_count_is_one_query_and_stops_at_a_hundred(
    people: Cast, django_assert_num_queries: Any
) -> None:
    first = notify(people.alice)
    notify(people.alice, read=True)
    notify(people.bob)
    with django_assert_num_queries(1):
        assert unread_count(people.alice) == 1
    others = [Event(type=CODE, kind=KIND, object_id=first.event.object_id, at=first.at) for _ in range(120)]
    Notification.objects.bulk_create(
        Notification(event=event, user=people.alice, text="n", url="/", at=first.at)
        for event in Event.objects.bulk_create(others)
    )
    assert unread_count(people.alice) == 100


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_queries_with_one_row_and_three(
    rows: int, people: Cast, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        notify(people.alice, number=number)
    people.alice.grants  # noqa: B018 read once for the whole request
    published()  # kept for some seconds by the process
    with django_assert_num_queries(2):  # the rows, the ideas still visible
        assert len(notifications(people.alice).rows) == rows


def test_page_shows_those_to_read_first(people: Cast, sign_in: SignIn) -> None:
    notify(people.alice, number=1)
    notify(people.alice, number=2, read=True)
    notify(people.bob, number=3)
    page = sign_in(people.alice).get(LIST).content.decode()
    assert "Nouvelle 1." in page
    assert "Nouvelle 2." not in page
    assert "Nouvelle 3." not in page
    page = sign_in(people.alice).get(LIST, {"vue": "toutes"}).content.decode()
    assert page.index("Nouvelle 2.") < page.index("Nouvelle 1.")
    assert page.count("Marquer comme lue") == 1


def test_page_is_paged_by_key(people: Cast, sign_in: SignIn) -> None:
    idea = IdeaFactory()
    for number in range(17):
        notify(people.alice, idea, number=number)
    client = sign_in(people.alice)
    first = client.get(LIST)
    assert [row.text for row in first.context["rows"]] == [
        f"Nouvelle {number}." for number in range(16, 1, -1)
    ]
    rest = client.get(LIST + first.context["next_url"])
    assert [row.text for row in rest.context["rows"]] == ["Nouvelle 1.", "Nouvelle 0."]
    assert rest.context["next_url"] == ""
    assert client.get(LIST, {"page": "n'importe quoi"}).status_code == 200


@pytest.mark.parametrize(("query", "said"), [({}, "Rien à lire"), ({"vue": "toutes"}, "Rien encore")])
def test_empty_page_says_what_to_do(query: dict[str, str], said: str, people: Cast, sign_in: SignIn) -> None:
    assert said in sign_in(people.alice).get(LIST, query).content.decode()


def test_object_no_longer_visible_shows_no_word_of_it(people: Cast, sign_in: SignIn) -> None:
    idea = IdeaFactory(author=people.bob)
    notify(people.alice, idea, number=7)
    Idea.objects.filter(pk=idea.pk).update(is_hidden=True)
    page = sign_in(people.alice).get(LIST).content.decode()
    assert "Nouvelle 7." not in page
    assert "ne vous est plus accessible" in page


def test_type_no_longer_known_shows_no_word(people: Cast, sign_in: SignIn) -> None:
    notify(people.alice, number=7)
    event_types.unregister(CODE)
    page = sign_in(people.alice).get(LIST).content.decode()
    assert "Nouvelle 7." not in page
    assert "ne vous est plus accessible" in page


def test_looking_marks_nothing(people: Cast, sign_in: SignIn) -> None:
    mine = notify(people.alice)
    client = sign_in(people.alice)
    client.get(LIST)
    assert client.get(MARK).status_code == 405
    assert unread(people.alice) == {mine.pk}


def test_filter_offers_the_kinds_under_the_headings_of_the_preferences(people: Cast, sign_in: SignIn) -> None:
    page = sign_in(people.alice).get("/notifications/").content.decode()

    assert '<optgroup label="Vos idées">' in page
    assert page.count("<optgroup") == len({one.family or one.own_family for one in event_types} - {""})


def test_mark_one_as_read(people: Cast, sign_in: SignIn) -> None:
    one, two = notify(people.alice, number=1), notify(people.alice, number=2)
    theirs = notify(people.bob)
    client = sign_in(people.alice)
    answer = post(client, un=one.pk, jusqua=two.pk, vue="toutes")
    assert (answer.status_code, answer.url) == (302, LIST + "?vue=toutes")
    post(client, un=theirs.pk)
    assert unread(people.alice) == {two.pk}
    assert unread(people.bob) == {theirs.pk}


def test_mark_all_stops_at_what_was_on_the_screen(people: Cast, sign_in: SignIn) -> None:
    seen = [notify(people.alice, number=number) for number in range(2)]
    arrived, theirs = notify(people.alice, number=9), notify(people.bob)
    answer = post(sign_in(people.alice), jusqua=seen[1].pk)
    assert (answer.status_code, answer.url) == (302, LIST)
    assert unread(people.alice) == {arrived.pk}
    assert unread(people.bob) == {theirs.pk}


@pytest.mark.parametrize("fields", [{}, {"un": "x"}, {"jusqua": "-1"}, {"un": "9" * 30}, {"un": "²"}])
def test_odd_values_mark_nothing(fields: dict[str, str], people: Cast, sign_in: SignIn) -> None:
    mine = notify(people.alice)
    assert post(sign_in(people.alice), **fields).status_code == 302
    assert unread(people.alice) == {mine.pk}


def test_form_without_key_is_refused(people: Cast, sign_in: SignIn) -> None:
    mine = notify(people.alice)
    assert sign_in(people.alice).post(MARK, {"un": mine.pk}).status_code == 400
    assert unread(people.alice) == {mine.pk}


def test_mark_read_keeps_the_first_time(people: Cast) -> None:
    mine = notify(people.alice)
    assert mark_read(people.alice, [mine.pk]) == 1
    assert mark_read(people.alice, "all") == 0


def test_signed_out_person_is_sent_to_sign_in() -> None:
    assert Client().get(LIST).url.startswith("/connexion/?next=")
