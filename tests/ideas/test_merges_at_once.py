"""Merges under real concurrency: each attempt on a connection of its own."""

import threading
import time
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from ozeli.challenges.enums import PhaseKind
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.models import Ballot, Comment, Poll, Spending, Vote
from ozeli.engagement.services import set_vote
from ozeli.ideas.enums import State
from ozeli.ideas.models import KIND, Idea, IdeaLink, IdeaMerge
from ozeli.ideas.services import links, merges, voices
from tests.factories import ChallengeFactory, CommentFactory, IdeaFactory, UserFactory
from tests.personas import Cast, cast

from .at_once import together

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "Les deux idées proposent le même rappel par message."
TIMES = 4


def fresh(idea: Idea) -> Idea:
    return Idea.objects.get(pk=idea.pk)


def two(people: Cast, **kwargs: Any) -> tuple[Idea, Idea]:
    return IdeaFactory(author=people.alice, **kwargs), IdeaFactory(author=people.bob, **kwargs)


def merge(one: Idea, other: Idea, actor: Any) -> Any:
    return partial(merges.merge, fresh(one), fresh(other), actor=actor, reason=WHY)


def exact(idea: Idea) -> None:
    """The counter is the number of rows, one for each person."""
    idea = fresh(idea)
    rows = Vote.objects.filter(ballot=idea.ballot_id)
    assert idea.vote_count == rows.count() == rows.values("voter").distinct().count()
    assert idea.comment_count == Comment.objects.about(KIND, idea.pk).count()


def test_two_referents_at_once_unite_once():
    people = cast()
    for _time in range(TIMES):
        absorbed, kept = two(people)
        found = together(*(merge(absorbed, kept, one) for one in (people.nora, people.adam, people.nora)))
        assert sorted(isinstance(one, Conflict) for one in found) == [False, True, True]
        assert IdeaMerge.objects.filter(absorbed=absorbed).count() == 1
        assert fresh(kept).kin_count == 1


def test_one_into_the_other_and_back_at_once():
    people = cast()
    for _time in range(TIMES):
        one, other = two(people)
        found = together(merge(one, other, people.nora), merge(other, one, people.adam))
        assert sorted(isinstance(made, IdeaMerge) for made in found) == [False, True]
        assert sorted(str(fresh(idea).state) for idea in (one, other)) == ["deposited", "merged"]


def test_chain_made_at_once_makes_no_loop():
    people = cast()
    for _time in range(TIMES):
        one, other = two(people)
        last = IdeaFactory(author=people.charlie)
        together(
            merge(one, other, people.nora), merge(other, last, people.adam), merge(last, one, people.sonia)
        )
        merged = Idea.objects.filter(pk__in=[one.pk, other.pk, last.pk], state=State.MERGED)
        assert 1 <= merged.count() <= 2


def test_votes_cast_during_the_merge_are_kept_or_refused():
    people = cast()
    voters = [UserFactory() for _one in range(6)]
    for _time in range(TIMES):
        absorbed, kept = two(people)
        before = [UserFactory() for _one in range(3)]
        for person in before:
            voices.vote(fresh(absorbed), voter=person, wanted=True)
        votes = [partial(voices.vote, fresh(absorbed), voter=one, wanted=True) for one in voters]
        votes += [partial(voices.vote, fresh(absorbed), voter=one, wanted=False) for one in before]
        votes += [partial(voices.vote, fresh(kept), voter=one, wanted=True) for one in voters]
        found = together(merge(absorbed, kept, people.nora), *votes)
        assert isinstance(found[0], IdeaMerge)
        exact(absorbed)
        exact(kept)
        given = set(Vote.objects.filter(ballot=absorbed.ballot_id).values_list("voter", flat=True))
        there = set(Vote.objects.filter(ballot=kept.ballot_id).values_list("voter", flat=True))
        # Who was told that the vote counts counts; who was told that it is taken back does not.
        for person, outcome in zip(voters + before, found[1:10], strict=True):
            if not isinstance(outcome, Refused):
                assert (person.pk in given) is (person in voters)
        assert there == given | {one.pk for one in voters}


def test_votes_counted_in_a_challenge_are_never_overspent():
    people = cast()
    for challenge in [ChallengeFactory(phases={PhaseKind.OPEN: (-5, 5)}) for _time in range(TIMES)]:
        Poll.objects.filter(pk=challenge.poll_id).update(votes_each=2)
        voters = [UserFactory() for _one in range(4)]
        absorbed, kept = two(people, challenge=challenge)
        others = two(people, challenge=challenge)
        for idea in (absorbed, kept, *others):
            Ballot.objects.filter(pk=idea.ballot_id).update(poll=challenge.poll)
        for person in voters:
            voices.vote(fresh(absorbed), voter=person, wanted=True)
            voices.vote(fresh(kept), voter=person, wanted=True)
        votes = [
            partial(voices.vote, fresh(idea), voter=one, wanted=True) for idea in others for one in voters
        ]
        made = together(merge(absorbed, kept, people.nora), *votes)[0]
        undone = partial(merges.undo, made, actor=people.nora, reason=WHY)
        votes = [partial(voices.vote, fresh(others[1]), voter=one, wanted=True) for one in voters]
        together(undone, *votes)
        for person in voters:
            given = Vote.objects.filter(voter=person, ballot__poll=challenge.poll_id)
            assert given.count() == Spending.objects.get(voter=person).spent <= 2
        for idea in (absorbed, kept, *others):
            exact(idea)


def test_vote_under_way_elsewhere_in_the_poll_is_waited_for_then_counted():
    """The vote has not committed when the merge counts what its voter gave: without waiting, it would be left out."""
    people = cast()
    challenge = ChallengeFactory(phases={PhaseKind.OPEN: (-5, 5)})
    Poll.objects.filter(pk=challenge.poll_id).update(votes_each=3)
    (absorbed, kept), other = two(people, challenge=challenge), IdeaFactory(challenge=challenge)
    for idea in (absorbed, kept, other):
        Ballot.objects.filter(pk=idea.ballot_id).update(poll=challenge.poll)
    for idea in (absorbed, kept):
        voices.vote(fresh(idea), voter=people.charlie, wanted=True)
    is_cast = threading.Event()

    def vote_elsewhere():
        with transaction.atomic():
            set_vote(other.ballot_id, voter=people.charlie, wanted=True)
            is_cast.set()
            wait_for_a_lock()

    def merge_meanwhile():
        assert is_cast.wait(10)
        return merge(absorbed, kept, people.nora)()

    assert isinstance(together(vote_elsewhere, merge_meanwhile)[1], IdeaMerge)
    given = Vote.objects.filter(voter=people.charlie, ballot__in=[kept.ballot_id, other.ballot_id])
    assert Spending.objects.get(voter=people.charlie).spent == given.count() == 2


def wait_for_a_lock():
    """Until another connection waits for what this one holds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_comments_written_during_the_merge_follow_it_or_are_refused():
    people = cast()
    for _time in range(TIMES):
        absorbed, kept = two(people)
        said = [
            partial(voices.comment, fresh(absorbed), author=people.charlie, body=f"Un mot {n}.")
            for n in range(4)
        ]
        found = together(merge(absorbed, kept, people.nora), *said)
        assert isinstance(found[0], IdeaMerge)
        exact(absorbed)
        exact(kept)
        written = sum(isinstance(one, Comment) for one in found)
        assert Comment.objects.about(KIND, kept.pk).count() == written


def test_replies_written_during_the_undo_are_never_torn():
    people = cast()
    for _time in range(TIMES):
        absorbed, kept = two(people)
        head = CommentFactory(idea=absorbed)
        made = merge(absorbed, kept, people.nora)()
        head.refresh_from_db()
        replies = [
            partial(voices.comment, fresh(kept), author=people.charlie, body=f"Un mot {n}.", parent=head)
            for n in range(4)
        ]
        together(partial(merges.undo, made, actor=people.adam, reason=WHY), *replies)
        torn = Comment.objects.filter(parent__isnull=False).exclude(parent__object_id=F("object_id"))
        assert not torn.exists()
        exact(absorbed)
        exact(kept)


def test_two_undo_at_once_part_once():
    people = cast()
    for _time in range(TIMES):
        absorbed, kept = two(people)
        voices.vote(fresh(absorbed), voter=people.charlie, wanted=True)
        made = merge(absorbed, kept, people.nora)()
        found = together(
            *(partial(merges.undo, made, actor=one, reason=WHY) for one in (people.nora, people.adam))
        )
        assert sorted(isinstance(one, Conflict) for one in found) == [False, True]
        exact(absorbed)
        exact(kept)


def test_same_link_at_once_is_one():
    people = cast()
    for _time in range(TIMES):
        one, other = two(people)
        found = together(
            partial(links.link, fresh(one), fresh(other), actor=people.nora, reason=WHY),
            partial(links.link, fresh(other), fresh(one), actor=people.adam, reason=WHY),
        )
        assert sorted(isinstance(made, Conflict) for made in found) == [False, True]
        assert IdeaLink.objects.filter(one__in=[one.pk, other.pk]).count() == 1
        assert (fresh(one).kin_count, fresh(other).kin_count) == (1, 1)
