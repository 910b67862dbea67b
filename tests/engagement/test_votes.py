"""One person, one vote, while the ballot is open (rule 3)."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.models.functions import Now

from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.engagement.models import Ballot, Vote
from ozeli.engagement.selectors import own_votes, voters
from ozeli.engagement.services import close_ballot, open_ballot, set_vote
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ballot() -> Ballot:
    return open_ballot("idea", uuid.uuid4(), 1)


def test_open_ballot_twice_gives_the_same_one(ballot: Ballot) -> None:
    assert open_ballot("idea", ballot.object_id, 1) == ballot
    assert open_ballot("idea", ballot.object_id, 2) != ballot


def test_vote_states_and_their_deltas(ballot: Ballot) -> None:
    voter = UserFactory()
    assert [
        set_vote(ballot.pk, voter=voter, wanted=wanted) for wanted in (False, True, True, False, False)
    ] == [
        0,
        1,
        0,
        -1,
        0,
    ]


def test_vote_keeps_the_day_only(ballot: Ballot) -> None:
    set_vote(ballot.pk, voter=UserFactory(), wanted=True)
    assert Vote.objects.get().cast_on == clock.today()


@pytest.mark.parametrize("wanted", [True, False])
def test_closed_ballot_refuses_a_change(ballot: Ballot, wanted: bool) -> None:
    voter = UserFactory()
    set_vote(ballot.pk, voter=voter, wanted=not wanted)
    close_ballot(ballot.pk)
    with pytest.raises(Refused, match="Les votes sont clos"):
        set_vote(ballot.pk, voter=voter, wanted=wanted)
    assert Vote.objects.filter(voter=voter).exists() is not wanted


@pytest.mark.parametrize("wanted", [True, False])
def test_closed_ballot_answers_a_replay_as_the_first_time(ballot: Ballot, wanted: bool) -> None:
    voter = UserFactory()
    set_vote(ballot.pk, voter=voter, wanted=wanted)
    close_ballot(ballot.pk)
    assert set_vote(ballot.pk, voter=voter, wanted=wanted) == 0


def test_closing_time_is_judged_by_the_database_clock(ballot: Ballot) -> None:
    Ballot.objects.update(closes_at=Now() - timedelta(seconds=1))
    with clock.stopped(clock.now() - timedelta(days=30)), pytest.raises(Refused):
        set_vote(ballot.pk, voter=UserFactory(), wanted=True)
    Ballot.objects.update(closes_at=Now() + timedelta(hours=1))
    with clock.stopped(clock.now() + timedelta(days=30)):
        assert set_vote(ballot.pk, voter=UserFactory(), wanted=True) == 1


def test_vote_on_no_ballot_is_refused() -> None:
    with pytest.raises(Refused):
        set_vote(0, voter=UserFactory(), wanted=True)


def test_vote_takes_one_query_and_a_repeated_one_two(ballot: Ballot, django_assert_num_queries: Any) -> None:
    voter = UserFactory()
    with django_assert_num_queries(1):
        set_vote(ballot.pk, voter=voter, wanted=True)
    with django_assert_num_queries(2):
        set_vote(ballot.pk, voter=voter, wanted=True)
    with django_assert_num_queries(1):
        set_vote(ballot.pk, voter=voter, wanted=False)
    close_ballot(ballot.pk)
    with django_assert_num_queries(2), pytest.raises(Refused):
        set_vote(ballot.pk, voter=voter, wanted=True)


def test_own_votes_and_voters(ballot: Ballot, django_assert_num_queries: Any) -> None:
    alice, bob = UserFactory(), UserFactory()
    other = open_ballot("idea", uuid.uuid4(), 1)
    set_vote(ballot.pk, voter=alice, wanted=True)
    set_vote(other.pk, voter=bob, wanted=True)
    with django_assert_num_queries(1):
        assert own_votes([ballot.pk, other.pk], alice) == {ballot.pk}
    with django_assert_num_queries(0):
        assert own_votes([], alice) == set()
    assert list(voters(ballot.pk)) == [alice.pk]


def in_threads(calls: list[Callable[[], Any]], workers: int = 16) -> list[Any]:
    """Run the calls at once, each thread on its own connection; their results."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_two_hundred_simultaneous_votes_of_one_person_make_one_row() -> None:
    voter, ballot = UserFactory(), open_ballot("idea", uuid.uuid4(), 1)
    deltas = in_threads([lambda: set_vote(ballot.pk, voter=voter, wanted=True)] * 200)
    assert sorted(deltas) == [0] * 199 + [1]
    assert Vote.objects.filter(ballot=ballot).count() == 1


@pytest.mark.django_db(transaction=True)
def test_votes_cast_and_taken_back_at_once_add_up() -> None:
    voter, ballot = UserFactory(), open_ballot("idea", uuid.uuid4(), 1)
    deltas = in_threads(
        [
            lambda wanted=wanted: set_vote(ballot.pk, voter=voter, wanted=wanted)
            for wanted in [True, False] * 50
        ]
    )
    assert sum(deltas) == Vote.objects.filter(ballot=ballot).count()


@pytest.mark.django_db(transaction=True)
def test_votes_racing_with_the_closing_count_or_are_refused() -> None:
    people, ballot = UserFactory.create_batch(40), open_ballot("idea", uuid.uuid4(), 1)

    def vote(voter: Any) -> int | None:
        try:
            return set_vote(ballot.pk, voter=voter, wanted=True)
        except Refused:
            return None

    calls: list[Callable[[], Any]] = [lambda voter=voter: vote(voter) for voter in people]
    calls.insert(20, lambda: close_ballot(ballot.pk))
    told = in_threads(calls)
    assert told.count(1) == Vote.objects.filter(ballot=ballot).count()
