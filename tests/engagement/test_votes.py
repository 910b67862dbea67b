"""One person, one vote, while the ballot is open (rule 3)."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.models.functions import Now

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.engagement.models import Ballot, Poll, Spending, Vote
from ozeli.engagement.selectors import own_votes, voters, votes_given
from ozeli.engagement.services import close_ballot, open_ballot, set_vote, settle_ballot
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


# --- polls --------------------------------------------------------------------------------------------------


def poll_of(votes_each: int | None = None, opens: float | None = -1, closes: float | None = 1) -> Poll:
    """A poll open from `opens` to `closes`, in hours from now by the database's clock."""
    poll = Poll.objects.create(kind="challenge", object_id=uuid.uuid4(), votes_each=votes_each)
    Poll.objects.filter(pk=poll.pk).update(
        opens_at=None if opens is None else Now() + timedelta(hours=opens),
        closes_at=None if closes is None else Now() + timedelta(hours=closes),
    )
    return poll


def ballots_of(poll: Poll, count: int = 1) -> list[Ballot]:
    return [open_ballot("idea", uuid.uuid4(), 1, poll_id=poll.pk) for _each in range(count)]


def test_votes_enter_and_leave_within_the_window_of_the_poll() -> None:
    voter = UserFactory()
    (ballot,) = ballots_of(poll_of())
    assert set_vote(ballot.pk, voter=voter, wanted=True) == 1
    assert set_vote(ballot.pk, voter=voter, wanted=False) == -1


def test_a_poll_without_end_stays_open() -> None:
    (ballot,) = ballots_of(poll_of(closes=None))
    assert set_vote(ballot.pk, voter=UserFactory(), wanted=True) == 1


@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [
        (1, 2, "Les votes ouvrent le "),
        (1, None, "Les votes ouvrent le "),
        (-2, -1, "Les votes sont clos depuis le "),
        (None, None, "Les votes sont clos"),
    ],
)
def test_out_of_its_window_a_poll_takes_and_gives_nothing_back(
    opens: float | None, closes: float | None, words: str
) -> None:
    voter, poll = UserFactory(), poll_of(5)
    held, free = ballots_of(poll, 2)
    set_vote(held.pk, voter=voter, wanted=True)
    Poll.objects.update(
        opens_at=None if opens is None else Now() + timedelta(hours=opens),
        closes_at=None if closes is None else Now() + timedelta(hours=closes),
    )
    with pytest.raises(Refused, match=words):
        set_vote(free.pk, voter=voter, wanted=True)
    with pytest.raises(Refused, match=words):
        set_vote(held.pk, voter=voter, wanted=False)
    assert set_vote(held.pk, voter=voter, wanted=True) == set_vote(free.pk, voter=voter, wanted=False) == 0
    assert votes_given("challenge", poll.object_id, voter) == Vote.objects.count() == 1


def test_the_window_is_judged_by_the_database_clock() -> None:
    (ballot,) = ballots_of(poll_of(opens=1, closes=2))
    with clock.stopped(clock.now() + timedelta(hours=1, minutes=30)), pytest.raises(Refused, match="ouvrent"):
        set_vote(ballot.pk, voter=UserFactory(), wanted=True)


def test_a_closed_ballot_of_an_open_poll_is_closed() -> None:
    (ballot,) = ballots_of(poll_of())
    close_ballot(ballot.pk)
    with pytest.raises(Refused, match="Les votes sont clos"):
        set_vote(ballot.pk, voter=UserFactory(), wanted=True)


def test_a_quota_is_spent_given_back_and_never_overrun() -> None:
    voter, poll = UserFactory(), poll_of(2)
    one, two, three = ballots_of(poll, 3)
    assert [set_vote(ballot.pk, voter=voter, wanted=True) for ballot in (one, one, two)] == [1, 0, 1]
    with pytest.raises(Refused, match=r"^Vous avez donné vos 2 votes\. Retirez-en un pour voter ici\.$"):
        set_vote(three.pk, voter=voter, wanted=True)
    assert votes_given("challenge", poll.object_id, voter) == Vote.objects.filter(voter=voter).count() == 2
    assert [set_vote(ballot.pk, voter=voter, wanted=False) for ballot in (one, one)] == [-1, 0]
    assert votes_given("challenge", poll.object_id, voter) == 1
    assert set_vote(three.pk, voter=voter, wanted=True) == 1


def test_a_single_vote_is_said_so() -> None:
    voter, poll = UserFactory(), poll_of(1)
    one, two = ballots_of(poll, 2)
    set_vote(one.pk, voter=voter, wanted=True)
    with pytest.raises(Refused, match=r"^Vous avez donné votre seul vote\. Retirez-le pour voter ici\.$"):
        set_vote(two.pk, voter=voter, wanted=True)


def test_each_has_a_quota_of_their_own_in_each_poll() -> None:
    alice, bob, poll, other = UserFactory(), UserFactory(), poll_of(1), poll_of(1)
    (here,), (there,) = ballots_of(poll), ballots_of(other)
    for voter in (alice, bob):
        for ballot in (here, there):
            assert set_vote(ballot.pk, voter=voter, wanted=True) == 1
    assert Spending.objects.count() == 4


def test_a_vote_of_a_quota_takes_one_query_and_a_refused_one_two(django_assert_num_queries: Any) -> None:
    voter, poll = UserFactory(), poll_of(1)
    one, two = ballots_of(poll, 2)
    with django_assert_num_queries(1):
        set_vote(one.pk, voter=voter, wanted=True)
    with django_assert_num_queries(2), pytest.raises(Refused):
        set_vote(two.pk, voter=voter, wanted=True)
    with django_assert_num_queries(1):
        set_vote(one.pk, voter=voter, wanted=False)


def test_a_ballot_changes_polls_only_while_it_holds_no_vote() -> None:
    voter, poll, other = UserFactory(), poll_of(), poll_of()
    (ballot,) = ballots_of(poll)
    assert settle_ballot(ballot.pk, other.pk) and settle_ballot(ballot.pk, None)
    assert settle_ballot(ballot.pk, poll.pk)
    set_vote(ballot.pk, voter=voter, wanted=True)
    assert not settle_ballot(ballot.pk, None)
    assert Ballot.objects.get(pk=ballot.pk).poll_id == poll.pk


def attempt(ballot: Ballot, voter: User, wanted: bool) -> Callable[[], int]:
    """A vote; 0 when it is refused."""

    def vote() -> int:
        try:
            return set_vote(ballot.pk, voter=voter, wanted=wanted)
        except Refused:
            return 0

    return vote


@pytest.mark.django_db(transaction=True)
def test_fifty_votes_at_once_never_overrun_a_quota_of_five() -> None:
    voter, poll = UserFactory(), poll_of(5)
    ballots = ballots_of(poll, 20)
    deltas = in_threads([attempt(ballots[n % 20], voter, True) for n in range(50)], workers=50)
    assert sum(deltas) == 5
    assert Vote.objects.filter(voter=voter).count() == votes_given("challenge", poll.object_id, voter) == 5


@pytest.mark.django_db(transaction=True)
def test_votes_of_a_quota_given_and_taken_back_at_once_add_up() -> None:
    voter, poll = UserFactory(), poll_of(5)
    ballots = ballots_of(poll, 8)
    calls = [attempt(ballots[n % 8], voter, n % 3 != 0) for n in range(120)]
    deltas = in_threads(calls, workers=24)
    held = Vote.objects.filter(voter=voter).count()
    assert sum(deltas) == held == votes_given("challenge", poll.object_id, voter) <= 5


@pytest.mark.django_db(transaction=True)
def test_no_vote_enters_after_the_closing_instant() -> None:
    """Votes run all along while the poll closes: those told as cast are there, and none was cast afterwards."""
    poll, voter = poll_of(), UserFactory()
    ballots = ballots_of(poll, 300)
    Poll.objects.filter(pk=poll.pk).update(closes_at=Now() + timedelta(milliseconds=150))
    deltas = in_threads([attempt(ballot, voter, True) for ballot in ballots], workers=8)
    assert 0 < sum(deltas) == Vote.objects.count() < 300, "the closing fell among the votes"
    last = max(place for place, delta in enumerate(deltas) if delta)
    assert not any(deltas[last + 1 :])


@pytest.mark.django_db(transaction=True)
def test_a_ballot_never_leaves_its_poll_with_a_vote() -> None:
    poll = poll_of(3)
    voters, ballots = [UserFactory() for _each in range(20)], ballots_of(poll, 20)
    pairs = zip(ballots, voters, strict=True)
    calls = [
        call
        for ballot, voter in pairs
        for call in (attempt(ballot, voter, True), lambda ballot=ballot: settle_ballot(ballot.pk, None))
    ]
    in_threads(calls, workers=16)
    for ballot, voter in zip(ballots, voters, strict=True):
        counted = Ballot.objects.get(pk=ballot.pk).poll_id is not None
        votes = Vote.objects.filter(ballot=ballot).count()
        assert votes_given("challenge", poll.object_id, voter) == (votes if counted else 0)
