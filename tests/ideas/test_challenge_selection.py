"""Votes in a challenge: quotas, a number that selects, and what the clock does afterwards."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from ozeli.activity.models import Event, Notification
from ozeli.challenges.enums import ChallengeState, PhaseKind, VotingRule
from ozeli.challenges.models import Challenge
from ozeli.core import clock, memo
from ozeli.core.errors import Refused
from ozeli.engagement.models import Ballot, Poll, Vote
from ozeli.engagement.selectors import votes_given
from ozeli.ideas.enums import State
from ozeli.ideas.models import Idea, IdeaMove, Selection
from ozeli.ideas.services import challenges, voices
from ozeli.journal.models import Entry
from tests.factories import ChallengeFactory, IdeaFactory, UserFactory
from tests.ideas.at_once import together
from tests.personas import Cast

pytestmark = pytest.mark.django_db


def contest(**changes: Any) -> Challenge:
    return ChallengeFactory(
        **{"phases": {PhaseKind.DEBATE: (-5, 5)}, "voting_rule": VotingRule.THRESHOLD, "threshold": 3}
        | changes
    )


def entered(challenge: Challenge, **changes: Any) -> Idea:
    idea = IdeaFactory(challenge=challenge, **changes)
    Ballot.objects.filter(pk=idea.ballot_id).update(poll=challenge.poll_id)
    return Idea.objects.get(pk=idea.pk)


def vote(idea: Idea, count: int) -> None:
    for _each in range(count):
        voices.vote(Idea.objects.get(pk=idea.pk), voter=UserFactory(), wanted=True)


def end_votes(challenge: Challenge) -> None:
    Poll.objects.filter(pk=challenge.poll_id).update(closes_at=Now() - timedelta(seconds=1))


# --- the number that selects ------------------------------------------------------------------------------------------


def test_the_vote_that_reaches_the_number_selects_once_and_tells_it() -> None:
    challenge = contest()
    idea = entered(challenge)
    vote(idea, 2)
    assert not Selection.objects.exists()
    vote(idea, 2)
    selection = Selection.objects.get()
    assert (selection.idea_id, selection.round, selection.threshold) == (idea.pk, 1, 3)
    assert selection.selected_on == clock.today()
    event = Event.objects.get(type="idea.selected")
    assert event.actor is None and event.data == {"threshold": 3}
    assert Entry.objects.filter(verb="idea.selected").count() == 1


def test_a_vote_taken_back_does_not_undo_the_selection_and_the_next_does_not_repeat_it() -> None:
    idea, voter = entered(contest(threshold=1)), UserFactory()
    for wanted in (True, False, True):
        voices.vote(Idea.objects.get(pk=idea.pk), voter=voter, wanted=wanted)
    assert Selection.objects.count() == Event.objects.filter(type="idea.selected").count() == 1


def test_an_anonymous_idea_is_selected_in_a_month() -> None:
    idea = entered(contest(threshold=1), is_anonymous=True)
    vote(idea, 1)
    assert Selection.objects.get().selected_on == clock.today().replace(day=1)


def test_other_rules_select_nothing() -> None:
    idea = entered(contest(voting_rule=VotingRule.LIKES, threshold=None))
    vote(idea, 4)
    assert not Selection.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_votes_at_once_select_once_and_never_miss_the_number() -> None:
    idea = entered(contest(threshold=6))
    voters = [UserFactory() for _each in range(6)]
    read = {voter.pk: Idea.objects.get(pk=idea.pk) for voter in voters}
    memo.forget_all()
    together(*[lambda v=voter: voices.vote(read[v.pk], voter=v, wanted=True) for voter in voters])
    assert Idea.objects.get().vote_count == 6
    assert Selection.objects.count() == Event.objects.filter(type="idea.selected").count() == 1


def test_selection_is_told_to_authors_and_followers(people: Cast) -> None:
    from ozeli.activity.fanout import messages
    from ozeli.core.registry import event_types

    idea = entered(contest(threshold=1), author=people.alice)
    voices.follow(idea, user=people.bob, wanted=True)
    vote(idea, 1)
    event = Event.objects.get(type="idea.selected")
    kind = event_types["idea.selected"]
    assert set(kind.recipients(event)) == {people.alice.pk, people.bob.pk}
    told = messages(event, kind, [people.alice.pk, people.bob.pk])
    assert (
        told[people.alice.pk].text.startswith("Votre idée")
        and "1\u00a0votes" not in told[people.bob.pk].subject
    )
    assert not Notification.objects.exists()


# --- to study, once votes are over ------------------------------------------------------------------------------------


def test_selected_ideas_go_to_study_once_votes_are_over() -> None:
    challenge = contest(threshold=1)
    deposited, debated, other = (
        entered(challenge),
        entered(challenge, state=State.IN_DEBATE),
        entered(challenge),
    )
    for idea in (deposited, debated):
        vote(idea, 1)
    assert challenges.study_selected() == 0, "votes are still open"
    end_votes(challenge)
    assert challenges.study_selected() == 2
    assert challenges.study_selected() == 0
    states = dict(Idea.objects.values_list("pk", "state"))
    assert states == {
        deposited.pk: State.UNDER_STUDY,
        debated.pk: State.UNDER_STUDY,
        other.pk: State.DEPOSITED,
    }
    assert not Ballot.objects.get(pk=deposited.ballot_id).is_open
    moves = IdeaMove.objects.filter(idea=deposited).values_list("transition", "actor", "note")
    assert list(moves) == [("open_debate", None, ""), ("study", None, challenges.SELECTED_NOTE)]
    told = Event.objects.filter(object_id=deposited.pk).order_by("pk").values_list("type", flat=True)
    assert list(told) == ["idea.selected", "idea.study"]


@pytest.mark.parametrize("state", [State.TO_COMPLETE, State.UNDER_STUDY, State.RETAINED])
def test_ideas_in_another_state_are_left(state: State) -> None:
    challenge = contest()
    idea = entered(challenge, state=state)
    Selection.objects.create(idea=idea, round=1, challenge=challenge, threshold=3, selected_on=clock.today())
    end_votes(challenge)
    assert challenges.study_selected() == 0


def test_hidden_revived_and_cancelled_are_left() -> None:
    challenge, cancelled = contest(), contest(state=ChallengeState.CANCELLED)
    ideas = (
        entered(challenge, is_hidden=True),
        entered(challenge, round=2),
        entered(cancelled),
    )
    for idea in ideas:
        Selection.objects.create(
            idea=idea, round=1, challenge=idea.challenge, threshold=3, selected_on=clock.today()
        )
    for one in (challenge, cancelled):
        end_votes(one)
    assert challenges.study_selected() == 0


def test_what_changed_between_the_list_and_the_lock_is_left() -> None:
    idea = entered(contest(), state=State.RETAINED)
    assert not challenges._study(idea.pk)
    assert Ballot.objects.get(pk=idea.ballot_id).is_open is False


def test_ideas_that_a_merge_brought_past_the_number_are_selected_too() -> None:
    challenge = contest(threshold=3)
    idea = entered(challenge, vote_count=5)
    entered(contest(voting_rule=VotingRule.LIKES, threshold=None), vote_count=5)
    memo.forget_all()
    challenges.study_selected()
    assert Selection.objects.get().idea_id == idea.pk


def test_small_batches_go_on_where_they_stood() -> None:
    challenge = contest(threshold=1)
    for _each in range(3):
        vote(entered(challenge), 1)
    end_votes(challenge)
    assert [challenges.study_selected(2), challenges.study_selected(2), challenges.study_selected(2)] == [
        2,
        1,
        0,
    ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_each_idea_to_study_once() -> None:
    challenge = contest(threshold=1)
    for _each in range(4):
        vote(entered(challenge), 1)
    end_votes(challenge)
    results = together(*[challenges.study_selected] * 2)
    assert sum(results) == 4
    assert IdeaMove.objects.filter(transition="study").count() == 4


# --- the vote itself --------------------------------------------------------------------------------------------------


def test_the_database_refuses_a_vote_that_a_screen_believes_open(people: Cast) -> None:
    challenge = contest()
    idea = entered(challenge)
    assert idea.accepts_votes
    end_votes(challenge)
    with pytest.raises(Refused, match="Les votes sont clos depuis le"):
        voices.vote(idea, voter=people.alice, wanted=True)


def test_the_vote_in_place_tells_what_is_left(people: Cast, sign_in: Callable[..., Client]) -> None:
    challenge = contest(voting_rule=VotingRule.BUDGET, votes_each=2, threshold=None)
    one, two, three = (entered(challenge) for _each in range(3))
    client = sign_in(people.alice)

    def post(idea: Idea, want: str = "1", tail: str = "") -> tuple[int, str]:
        answer = client.post(
            f"{idea.get_absolute_url()}vote/{tail}", {"want": want}, headers={"HX-Request": "true"}
        )
        return answer.status_code, answer.content.decode()

    status, piece = post(one)
    assert status == 200 and 'id="votes-restants"' in piece and "hx-swap-oob" in piece
    assert "Il vous reste 1\u00a0vote sur 2." in piece
    assert "Vous avez donné vos 2 votes." in post(two)[1]
    status, piece = post(three)
    assert status == 409 and "Retirez-en un pour voter ici" in piece
    assert "is-locked" not in piece, "the button stays: a vote taken back elsewhere frees it"
    assert "Il vous reste 1\u00a0vote sur 2, jusqu’au" in post(one, "0", "?large=1")[1]
    assert votes_given("challenge", challenge.pk, people.alice) == Vote.objects.count() == 1


def test_a_refusal_without_javascript_is_on_the_sheet(people: Cast, sign_in: Callable[..., Client]) -> None:
    challenge = contest(voting_rule=VotingRule.BUDGET, votes_each=1, threshold=None)
    one, two = entered(challenge), entered(challenge)
    client = sign_in(people.alice)
    client.post(f"{one.get_absolute_url()}vote/", {"want": "1"})
    answer = client.post(f"{two.get_absolute_url()}vote/", {"want": "1"})
    assert answer.status_code == 409
    assert "Vous avez donné votre seul vote. Retirez-le pour voter ici." in answer.content.decode()


@pytest.mark.parametrize(
    ("rule", "queries"),
    [({}, 6), ({"voting_rule": VotingRule.BUDGET, "votes_each": 5, "threshold": None}, 7)],
)
def test_query_count_of_a_vote_in_a_challenge(
    rule: dict[str, Any],
    queries: int,
    people: Cast,
    sign_in: Callable[..., Client],
    as_in_production: None,
    django_assert_num_queries: Any,
) -> None:
    """Six as out of a challenge; what is left to give is a seventh."""
    idea, client = entered(contest(**rule)), sign_in(people.alice)
    url = f"{idea.get_absolute_url()}vote/"
    client.post(url, {"want": "0"}, headers={"HX-Request": "true"})
    with django_assert_num_queries(
        queries + 2
    ):  # SAVEPOINT and its release: the test's own transaction is around
        client.post(url, {"want": "1"}, headers={"HX-Request": "true"})
