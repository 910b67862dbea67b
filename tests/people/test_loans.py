"""A profile lent: the borrower is told when it is agreed, when it begins and when it ends; the giver, when it ends."""

from datetime import timedelta

import pytest

from ozeli.accounts import services as accounts
from ozeli.accounts.models import Membership, User
from ozeli.accounts.services.delegations import delegate, end_delegation
from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import Event, OutgoingMail
from ozeli.core import clock
from ozeli.core.registry import event_types
from ozeli.people.services.loans import BEGUN, ENDED, LENT, tell_due
from tests.personas import Cast


def lend(people: Cast, start: int = 0, days: int = 5) -> Membership:
    today = clock.today()
    return delegate(
        people.rita.memberships.get(profile__code="contributor"),
        people.alice,
        starts_on=today + timedelta(days=start),
        ends_on=today + timedelta(days=start + days),
        actor=people.rita,
    )


def in_days(count: int):
    return clock.stopped(clock.now() + timedelta(days=count))


def told() -> list[tuple[str, list[User]]]:
    """Every event of loans, with the people who receive a mail of it."""
    found = []
    for event in Event.objects.filter(kind="loan").order_by("pk"):
        tell_batch(event.pk)
        mails = OutgoingMail.objects.filter(event=event).order_by("user")
        found.append((event.type, [one.user for one in mails]))
    return found


def test_borrower_is_told_when_it_is_agreed(people: Cast) -> None:
    lend(people, start=3)

    assert told() == [(LENT, [people.alice])]
    mail = OutgoingMail.objects.get()
    assert mail.subject == f"{people.rita.display_name} vous prête son profil"
    assert "commence et finit de lui-même" in mail.text


def test_beginning_is_told_once_on_its_day(people: Cast) -> None:
    lend(people, start=3)
    with in_days(2):
        assert tell_due() == 0
    with in_days(3):
        assert (tell_due(), tell_due()) == (1, 0)
        assert told()[1:] == [(BEGUN, [people.alice])]


def test_what_begins_the_very_day_is_told_once(people: Cast) -> None:
    lend(people)
    assert tell_due() == 0
    assert [code for code, _people in told()] == [LENT]


def test_end_is_told_to_both_once(people: Cast) -> None:
    lend(people, days=5)
    with in_days(5):
        assert tell_due() == 0
    with in_days(6):
        assert (tell_due(), tell_due()) == (1, 0)
        code, persons = told()[-1]
        assert code == ENDED
        assert set(persons) == {people.alice, people.rita}
        event = Event.objects.latest("pk")
        said = {one.user: one.text for one in event.notifications.all()}
        assert "n’est plus à vous" in said[people.alice]
        assert "n’est plus prêté" in said[people.rita]


def test_taken_back_is_told_to_the_borrower_alone(people: Cast) -> None:
    end_delegation(lend(people), actor=people.rita)

    assert told()[-1] == (ENDED, [people.alice])
    assert tell_due() == 0


def test_loan_that_falls_with_the_profile_of_its_giver_is_told(people: Cast) -> None:
    lend(people, days=20)
    held = people.rita.memberships.get(profile__code="contributor")
    Membership.objects.filter(pk=held.pk).update(ends_on=clock.today() - timedelta(days=1))

    assert tell_due() == 1
    assert set(told()[-1][1]) == {people.alice, people.rita}


def test_profile_given_for_good_ends_the_loan(people: Cast) -> None:
    row = lend(people, days=20)
    accounts.grant_membership(
        people.alice, row.profile, actor=people.adam, organisation=row.organisation, ends_on=None
    )

    assert tell_due() == 1


def test_same_profile_lent_again_is_another_loan(people: Cast) -> None:
    end_delegation(lend(people), actor=people.rita)
    lend(people)

    assert [code for code, _people in told()] == [LENT, ENDED, LENT]
    assert tell_due() == 0
    with in_days(9):
        assert tell_due() == 1


@pytest.mark.parametrize("name", ["bob", "nora", "adam"])
def test_nobody_else_is_told_or_shown(name: str, people: Cast) -> None:
    lend(people)
    event = Event.objects.get(kind="loan")

    assert list(event_types[LENT].visible(people.alice, [event.object_id])) == [event.object_id]
    assert list(event_types[LENT].visible(getattr(people, name), [event.object_id])) == []
