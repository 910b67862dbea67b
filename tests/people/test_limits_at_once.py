"""What is counted by person stays counted when two requests come together: the second waits for the first."""

from collections.abc import Callable

import pytest
from django.http import QueryDict

from ozeli.accounts.models import Invitation, Profile
from ozeli.accounts.services import actor_key, invitations
from ozeli.activity.models import Event
from ozeli.core.listings import listings
from ozeli.people.models import Feed, SavedSearch
from ozeli.people.services import pages, saved
from tests.accounts.test_rights_race import at_once
from tests.personas import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return cast()


def keep(people: Cast, name: str) -> SavedSearch:
    return saved.save_search(people.alice, listings["ideas"], QueryDict(), name)


def test_last_search_is_kept_once(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "SEARCHES_MAX", 1)

    assert at_once(lambda: keep(people, "Une"), lambda: keep(people, "Deux")) == [False, True]
    assert SavedSearch.objects.count() == 1


def test_last_feed_is_opened_once(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "FEEDS_MAX", 1)
    search = keep(people, "Une")

    assert at_once(lambda: saved.open_feed(search), lambda: saved.open_feed(search)) == [False, True]
    assert Feed.objects.count() == 1


def test_last_letter_of_the_day_leaves_once(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LETTERS_A_DAY", 1)
    page = pages.save_page(people.alice, dict.fromkeys(pages.CHOICES, True) | {"about": ""})

    def write() -> None:
        pages.write_to(page, "Bonjour", actor=people.bob)

    assert at_once(write, write) == [False, True]
    assert Event.objects.filter(type=pages.WRITTEN).count() == 1


def test_last_invitation_of_the_day_leaves_once(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "A_DAY", 1)
    actor_key(people.adam)  # drawn at the first act, it would make the second wait all the same
    offer = invitations.Offer(people.loire, Profile.objects.get(code="reader"))

    def invite(email: str) -> Callable[[], object]:
        return lambda: invitations.invite(email, offer, actor=people.adam)

    assert at_once(invite("une@exemple.test"), invite("deux@exemple.test")) == [False, True]
    assert Invitation.objects.count() == 1
