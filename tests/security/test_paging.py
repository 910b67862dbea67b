"""A cursor is ours or it is nothing, and it tells nothing of the row that it names."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.http import urlencode

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.paging import cursor_after, keyset_page
from ozeli.engagement.models import Ballot
from ozeli.ideas.models import Idea
from tests.factories import IdeaFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
KEYS = ("deposited_on", "id")


def plain(*values: object) -> str:
    """A cursor as somebody would make it up: values in JSON, in base 64."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


HOSTILE = {
    "infinite": plain("n", float("inf"), "00000000-0000-0000-0000-000000000000"),
    "surrogate": plain("n", "\ud800", 1),
    "end of time": plain("n", "9999-12-31T23:59:59-23:59", 1),
    "before time": plain("n", "0001-01-01T00:00:00+23:59", 1),
    "deep": base64.urlsafe_b64encode(b"[" * 6000).decode(),
    "forged": "n00000000-0000-0000-0000-000000000000.AAAA",
    "nul": "\0",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "path", ["/idees/?tri=soutenues&", "/notifications/?vue=toutes&", "/organismes/?", "/recherche/?q=sms&"]
)
def test_a_hostile_cursor_is_the_first_page(sign_in: SignIn, people: Cast, path: str, name: str) -> None:
    assert sign_in(people.alice).get(f"{path}{urlencode({'page': HOSTILE[name]})}").status_code == 200


@pytest.mark.django_db
def test_a_cursor_tells_no_day_and_still_goes_both_ways() -> None:
    for age in range(7):
        IdeaFactory(is_anonymous=True, deposited_on=clock.today() - timedelta(days=age))
    first = keyset_page(Idea.objects.all(), KEYS, size=3)
    second = keyset_page(Idea.objects.all(), KEYS, first.next, size=3)
    back = keyset_page(Idea.objects.all(), KEYS, second.previous, size=3)

    assert [row.pk for row in back.rows] == [row.pk for row in first.rows]
    assert {row.pk for row in first.rows}.isdisjoint(row.pk for row in second.rows)
    assert first.next.partition(".")[0] == f"n{first.rows[-1].pk}"


def test_a_cursor_of_another_table_or_of_a_row_gone_is_the_first_page(people: Cast) -> None:
    first, second = IdeaFactory(), IdeaFactory()
    of_ideas = cursor_after(first)
    Ballot.objects.create(kind="idea", object_id=second.pk, round=9)
    gone = Ballot.objects.create(kind="idea", object_id=second.pk, round=10)
    of_gone = cursor_after(gone)
    gone.delete()

    assert keyset_page(Ballot.objects.all(), ("id",), of_ideas).previous == ""
    assert keyset_page(Ballot.objects.all(), ("id",), of_gone).previous == ""
