"""The same idea twice: absorbed, then parted; nothing lost, nothing double."""

from datetime import timedelta
from typing import Any

import pytest

from ozeli.activity.models import Event, Follow
from ozeli.activity.services import set_follow
from ozeli.challenges.enums import PhaseKind
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.models import Ballot, Comment, Poll, Spending, Vote
from ozeli.engagement.services import open_ballot
from ozeli.ideas.enums import State
from ozeli.ideas.models import (
    KIND,
    CompletionRequest,
    Idea,
    IdeaAuthor,
    IdeaExpert,
    IdeaLink,
    IdeaMerge,
)
from ozeli.ideas.models_merges import undo_until
from ozeli.ideas.notifications import concerned
from ozeli.ideas.services import links, merges, voices
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from tests.factories import ChallengeFactory, CommentFactory, IdeaFactory, UserFactory
from tests.personas import Cast

WHY = "Les deux idées proposent le même rappel par message."


@pytest.fixture
def pair(people: Cast) -> tuple[Idea, Idea]:
    """The one to absorb, signed by alice; the one to keep, signed by bob."""
    return (
        IdeaFactory(author=people.alice, title="Rappeler par SMS"),
        IdeaFactory(author=people.bob, title="Prévenir la veille"),
    )


def vote(idea: Idea, *people: Any) -> None:
    for person in people:
        voices.vote(Idea.objects.get(pk=idea.pk), voter=person, wanted=True)


def merge(people: Cast, pair: tuple[Idea, Idea]) -> IdeaMerge:
    return merges.merge(*pair, actor=people.nora, reason=WHY)


def undo(people: Cast, made: IdeaMerge) -> merges.Parted:
    return merges.undo(made, actor=people.nora, reason="Elles ne visent pas le même public.")


def counted(idea: Idea) -> tuple[int, int]:
    """The counter of an idea, and the rows of its ballot."""
    idea = Idea.objects.get(pk=idea.pk)
    return idea.vote_count, Vote.objects.filter(ballot=idea.ballot_id).count()


def snapshot(*ideas: Idea) -> Any:
    """All that a merge touches, as it stands."""
    keys = [idea.pk for idea in ideas]
    columns = [
        "id", "state", "merged_into", "waiting_since", "answer_due_on", "first_due_on", "promise_origin",
        "vote_count", "comment_count", "kin_count", "handler", "ballot", "round",
    ]  # fmt: skip
    return {
        "ideas": sorted(Idea.objects.filter(pk__in=keys).values_list(*columns)),
        "ballots": sorted(Ballot.objects.filter(object_id__in=keys).values_list("pk", "is_open"), key=str),
        "votes": sorted(
            Vote.objects.filter(ballot__object_id__in=keys).values_list("ballot", "voter", "cast_on")
        ),
        "authors": sorted(
            IdeaAuthor.objects.filter(idea__in=keys).values_list("idea", "user", "position"), key=str
        ),
        "follows": sorted(
            Follow.objects.filter(object_id__in=keys).values_list("object_id", "user"), key=str
        ),
        "comments": sorted(
            Comment.objects.filter(object_id__in=keys).values_list("pk", "object_id", "parent", "came_from"),
            key=str,
        ),
    }


# --- what a merge brings ----------------------------------------------------------------------------------------------


def test_votes_count_once_for_each_person(people, pair):
    absorbed, kept = pair
    vote(absorbed, people.alice, people.charlie, people.nora)
    vote(kept, people.bob, people.charlie)
    made = merge(people, pair)
    assert counted(kept) == (4, 4)
    assert counted(absorbed) == (3, 3)
    assert (made.votes_carried, made.votes_shared) == (2, 1)
    absorbed.refresh_from_db()
    assert (absorbed.state, absorbed.merged_into, absorbed.answer_due_on) == (State.MERGED, kept, None)
    assert not absorbed.ballot.is_open


def test_votes_of_erased_accounts_still_count(people, pair):
    absorbed, kept = pair
    vote(absorbed, people.alice, people.charlie)
    Vote.objects.filter(ballot=absorbed.ballot_id).update(voter=None)
    vote(kept, people.bob)
    made = merge(people, pair)
    assert counted(kept) == (3, 3)
    undo(people, made)
    assert (counted(absorbed), counted(kept)) == ((2, 2), (1, 1))


def test_authors_sign_together_and_nobody_answers_their_own(people, pair):
    absorbed, kept = pair
    second = UserFactory(organisation=people.rhone, profile="contributor", profile__scope=people.rhone)
    IdeaAuthor.objects.create(idea=absorbed, user=second, position=1)
    Idea.objects.filter(pk=kept.pk).update(handler=second)
    made = merge(people, pair)
    signed = IdeaAuthor.objects.filter(idea=kept).values_list("user", flat=True)
    assert list(signed) == [people.bob.pk, people.alice.pk, second.pk]
    kept.refresh_from_db()
    assert kept.handler_id != second.pk
    undo(people, made)
    kept.refresh_from_db()
    assert kept.handler == second


def test_comments_show_with_their_threads_and_origin(people, pair):
    absorbed, kept = pair
    first = CommentFactory(idea=absorbed, author=people.charlie)
    reply = CommentFactory(idea=absorbed, author=people.alice, parent=first)
    CommentFactory(idea=kept)
    merge(people, pair)
    first.refresh_from_db()
    reply.refresh_from_db()
    assert (first.object_id, first.came_from, reply.parent) == (kept.pk, absorbed.pk, first)
    kept.refresh_from_db()
    assert kept.comment_count == 3
    assert Idea.objects.get(pk=absorbed.pk).comment_count == 0


def test_everybody_of_both_is_told_once(people, pair):
    absorbed, kept = pair
    vote(absorbed, people.charlie)
    vote(kept, people.charlie, people.sonia)
    set_follow(KIND, absorbed.pk, user=people.rita, wanted=True)
    Event.objects.all().delete()
    made = merge(people, pair)
    event = Event.objects.get()
    assert event.type == "idea.merge"
    told = concerned(absorbed, event.type, event.data)
    assert told == {one.pk for one in (people.alice, people.bob, people.charlie, people.sonia, people.rita)}
    undo(people, made)
    event = Event.objects.get(type="idea.unmerge_to_deposited")
    assert concerned(Idea.objects.get(pk=absorbed.pk), event.type, event.data) == told


def test_merge_is_in_the_journal(people, pair):
    made = merge(people, pair)
    undo(people, made)
    acts = list(Entry.objects.filter(verb__startswith="idea.").order_by("pk").values_list("verb", flat=True))
    assert acts == ["idea.merge", "idea.absorb", "idea.unmerge_to_deposited", "idea.part"]


# --- undo -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["deposited", "to_complete", "in_debate", "under_study"])
def test_undo_puts_everything_back(people, state):
    absorbed = IdeaFactory(author=people.alice, state=state)
    kept = IdeaFactory(author=people.bob, state=state)
    for idea in (absorbed, kept):
        Ballot.objects.filter(pk=idea.ballot_id).update(is_open=True)
        for person in (people.charlie, people.sonia if idea is kept else people.rita):
            Vote.objects.create(ballot_id=idea.ballot_id, voter=person, cast_on=clock.today())
        Idea.objects.filter(pk=idea.pk).update(vote_count=2, comment_count=2)
        Ballot.objects.filter(pk=idea.ballot_id).update(is_open=state != "under_study")
        first = CommentFactory(idea=idea)
        CommentFactory(idea=idea, parent=first)
    set_follow(KIND, absorbed.pk, user=people.rita, wanted=True)
    if state == "to_complete":
        for idea in (absorbed, kept):
            CompletionRequest.objects.create(idea=idea, round=1, asked_on=clock.today())
    before = snapshot(absorbed, kept)
    made = merge(people, (absorbed, kept))
    assert snapshot(absorbed, kept) != before
    assert undo(people, made) == merges.Parted(0, 0)
    assert snapshot(absorbed, kept) == before
    if state == "to_complete":
        assert CompletionRequest.objects.filter(ended_on__isnull=True).count() == 2


def test_what_arrived_since_stays_with_the_kept_idea(people, pair):
    absorbed, kept = pair
    vote(absorbed, people.charlie, people.rita)
    theirs = CommentFactory(idea=absorbed, author=people.charlie)
    set_follow(KIND, absorbed.pk, user=people.rita, wanted=True)
    made = merge(people, pair)
    kept.refresh_from_db()
    vote(kept, people.sonia)
    voices.vote(kept, voter=people.charlie, wanted=False)
    vote(kept, people.charlie)
    theirs.refresh_from_db()
    late = voices.comment(kept, author=people.rita, body="Chez nous aussi.", parent=theirs)
    assert undo(people, made) == merges.Parted(1, 0)
    assert (counted(absorbed), counted(kept)) == ((2, 2), (2, 2))
    late.refresh_from_db()
    assert (late.object_id, late.parent) == (kept.pk, None)
    assert Follow.objects.filter(object_id=kept.pk, user=people.rita).exists()
    assert [Idea.objects.get(pk=one.pk).comment_count for one in pair] == [1, 1]


def test_undo_after_a_new_round_leaves_the_new_votes_alone(people, pair):
    absorbed, kept = pair
    vote(absorbed, people.charlie)
    made = merge(people, pair)
    new = Ballot.objects.create(kind=KIND, object_id=kept.pk, round=2)
    Idea.objects.filter(pk=kept.pk).update(round=2, ballot=new, vote_count=0)
    undo(people, made)
    assert counted(kept) == (0, 0)


def test_undo_is_shut_after_thirty_days(people, pair):
    made = merge(people, pair)
    IdeaMerge.objects.update(undo_until=clock.today())
    assert IdeaMerge.objects.get().is_reversible
    IdeaMerge.objects.update(undo_until="2020-01-01")
    with pytest.raises(Refused, match="trente jours"):
        undo(people, made)


def test_undone_twice_is_a_conflict(people, pair):
    made = merge(people, pair)
    undo(people, made)
    with pytest.raises(Conflict):
        undo(people, made)


def test_anonymous_ideas_leave_months_only(people):
    absorbed, kept = IdeaFactory(is_anonymous=True), IdeaFactory(author=people.bob)
    made = merge(people, (absorbed, kept))
    assert made.merged_on.day == 1
    assert made.undo_until == undo_until(made.merged_on, by_month=True)
    assert [one.user for one in IdeaAuthor.objects.filter(idea=kept)] == [people.bob]
    undo(people, made)
    assert IdeaMerge.objects.get().undone_on.day == 1


def test_undo_of_anonymous_never_comes_before_thirty_days():
    for month in range(1, 13):
        last = undo_until(clock.today().replace(month=month, day=1), by_month=True)
        first = undo_until(clock.today().replace(month=month, day=28), by_month=True)
        assert last == first
        assert (last - clock.today().replace(month=month, day=28)).days >= 30


# --- chains -----------------------------------------------------------------------------------------------------------


def test_chain_carries_everything_and_parts_from_the_end(people, pair):
    absorbed, kept = pair
    last = IdeaFactory(author=people.charlie)
    vote(absorbed, people.alice, people.rita)
    vote(kept, people.bob, people.rita)
    vote(last, people.alice, people.sonia)
    comment = CommentFactory(idea=absorbed)
    Idea.objects.filter(pk=absorbed.pk).update(comment_count=1)
    before = snapshot(absorbed, kept, last)
    first = merge(people, (absorbed, kept))
    between = snapshot(absorbed, kept, last)
    second = merges.merge(kept, last, actor=people.nora, reason=WHY)
    assert counted(last) == (4, 4)
    comment.refresh_from_db()
    assert (comment.object_id, comment.came_from) == (last.pk, absorbed.pk)
    assert IdeaAuthor.objects.filter(idea=last).count() == 3
    with pytest.raises(Refused, match="séparez-la d’abord"):
        undo(people, first)
    undo(people, second)
    assert snapshot(absorbed, kept, last) == between
    undo(people, first)
    assert snapshot(absorbed, kept, last) == before


def test_way_back_is_a_conflict(people, pair):
    absorbed, kept = pair
    merge(people, pair)
    with pytest.raises(Conflict):
        merges.merge(kept, absorbed, actor=people.nora, reason=WHY)
    with pytest.raises(Conflict):
        merge(people, pair)
    with pytest.raises(Refused, match="même fiche"):
        merges.merge(kept, kept, actor=people.nora, reason=WHY)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("absorbed", "kept", "said"),
    [
        ({"state": State.NOT_RETAINED}, {}, "a déjà reçu sa réponse"),
        ({}, {"state": State.RETAINED}, "a déjà reçu sa réponse"),
        ({"is_hidden": True}, {}, "masquée"),
        ({"source": "Consultation", "external_id": "12"}, {}, "importée"),
        ({"audience": Audience.BRANCH}, {}, "mêmes personnes"),
        ({"audience": Audience.BRANCH}, {"audience": Audience.BRANCH, "far": True}, "mêmes personnes"),
        (
            {"audience": Audience.ORGANISATION},
            {"audience": Audience.ORGANISATION, "far": True},
            "mêmes personnes",
        ),
        ({}, {"is_anonymous": True}, "anonyme"),
        ({"state": State.UNDER_STUDY}, {}, "clos sur l’une"),
    ],
)
def test_what_cannot_be_united(people, absorbed, kept, said):
    author = people.charlie if kept.pop("far", False) else people.alice
    pair = IdeaFactory(author=people.alice, **absorbed), IdeaFactory(author=author, **kept)
    assert any(said in one for one in merges.obstacles(*pair))
    with pytest.raises(Refused):
        merge(people, pair)


def test_same_branch_and_same_body_may_be_united(people):
    for audience in (Audience.BRANCH, Audience.ORGANISATION):
        pair = [IdeaFactory(author=people.alice, audience=audience) for _one in range(2)]
        assert merges.obstacles(*pair) == []


def test_ideas_of_two_challenges_stay_apart(people):
    pair = [IdeaFactory(author=people.alice, challenge=ChallengeFactory()) for _one in range(2)]
    assert any("même défi" in one for one in merges.obstacles(*pair))


def test_expert_of_the_kept_idea_does_not_sign_it(people, pair):
    IdeaExpert.objects.create(idea=pair[1], user=people.alice, asked_on=clock.today())
    assert any("Un avis est demandé à Alice" in one for one in merges.obstacles(*pair))


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "rita", "dev", "zoe"])
def test_only_who_works_both_desks(people, pair, name):
    with pytest.raises(Refused, match="référent des deux"):
        merges.merge(*pair, actor=getattr(people, name), reason=WHY)


def test_never_ones_own(people):
    pair = IdeaFactory(author=people.nora), IdeaFactory(author=people.bob)
    for one in (pair, pair[::-1]):
        with pytest.raises(Refused, match="référent des deux"):
            merges.merge(*one, actor=people.nora, reason=WHY)


def test_read_again_when_one_changed(people, pair):
    with pytest.raises(Conflict):
        merges.merge(*pair, actor=people.nora, reason=WHY, versions=(1, 2))
    Idea.objects.filter(pk=pair[0].pk).update(
        ballot=Ballot.objects.create(kind=KIND, object_id=pair[0].pk, round=2)
    )
    with pytest.raises(Conflict):
        merge(people, pair)


def test_reason_is_required(people, pair):
    for why in ("", "Trop bref"):
        with pytest.raises(Refused, match="raison"):
            merges.merge(*pair, actor=people.nora, reason=why)
    assert not IdeaMerge.objects.exists()


# --- challenges -------------------------------------------------------------------------------------------------------


def in_challenge(people: Cast, count: int, votes_each: int | None) -> list[Idea]:
    challenge = ChallengeFactory(phases={PhaseKind.OPEN: (-5, 5)})
    Poll.objects.filter(pk=challenge.poll_id).update(votes_each=votes_each)
    found = []
    for _one in range(count):
        idea = IdeaFactory(author=people.alice, challenge=challenge)
        Ballot.objects.filter(pk=idea.ballot_id).update(poll=challenge.poll)
        found.append(idea)
    return found


def spent(person: Any) -> int:
    return Spending.objects.get(voter=person).spent


def test_vote_given_to_both_comes_back(people):
    absorbed, kept, other = in_challenge(people, 3, 2)
    vote(absorbed, people.charlie, people.bob)
    vote(kept, people.charlie)
    made = merge(people, (absorbed, kept))
    assert (spent(people.charlie), spent(people.bob)) == (1, 1)
    undo(people, made)
    assert (spent(people.charlie), spent(people.bob)) == (2, 1)
    assert (counted(absorbed), counted(kept)) == ((2, 2), (1, 1))
    assert other.vote_count == 0


def test_vote_come_back_and_given_elsewhere_stays_there(people):
    absorbed, kept, other = in_challenge(people, 3, 2)
    vote(absorbed, people.charlie)
    vote(kept, people.charlie)
    made = merge(people, (absorbed, kept))
    vote(other, people.charlie)
    assert undo(people, made).votes == 1
    assert spent(people.charlie) == 2
    assert (counted(absorbed), counted(kept), counted(other)) == ((0, 0), (1, 1), (1, 1))


@pytest.mark.parametrize("is_kept", [True, False])
def test_votes_of_a_revived_idea_never_pass_the_quota(people, is_kept):
    """Revived, it left the votes of its challenge: united with one that stayed, it would give some."""
    revived, other = in_challenge(people, 2, 1)
    Idea.objects.filter(pk=revived.pk).update(round=2, ballot=open_ballot(KIND, revived.pk, 2))
    revived, other = (Idea.objects.get(pk=one.pk) for one in (revived, other))
    two = (other, revived) if is_kept else (revived, other)
    assert any("relancée" in one for one in merges.obstacles(*two))
    with pytest.raises(Refused, match="relancée"):
        merge(people, two)


def test_closed_results_do_not_change(people):
    absorbed, kept = in_challenge(people, 2, None)
    Poll.objects.update(closes_at=clock.now() - timedelta(minutes=1))
    assert any("résultat clos" in one for one in merges.obstacles(absorbed, kept))


# --- links ------------------------------------------------------------------------------------------------------------


def test_link_is_one_for_both_and_goes(people, pair):
    one, other = pair
    made = links.link(one, other, actor=people.nora, reason="L’une prépare l’autre.")
    assert [Idea.objects.get(pk=idea.pk).kin_count for idea in pair] == [1, 1]
    with pytest.raises(Conflict):
        links.link(other, one, actor=people.nora, reason="L’une prépare l’autre.")
    links.unlink(made, actor=people.nora)
    assert [Idea.objects.get(pk=idea.pk).kin_count for idea in pair] == [0, 0]
    with pytest.raises(Conflict):
        links.unlink(made, actor=people.nora)


def test_link_is_refused(people, pair):
    one, other = pair
    for actor, reason in (
        (people.rita, "L’une prépare l’autre."),
        (people.nora, "bref"),
        (people.nora, "x" * 301),
    ):
        with pytest.raises(Refused):
            links.link(one, other, actor=actor, reason=reason)
    with pytest.raises(Refused):
        links.link(one, one, actor=people.nora, reason="L’une prépare l’autre.")
    made = links.link(one, other, actor=people.nora, reason="L’une prépare l’autre.")
    with pytest.raises(Refused):
        links.unlink(made, actor=people.charlie)
    Idea.objects.filter(pk=one.pk).update(is_hidden=True)
    IdeaLink.objects.all().delete()
    with pytest.raises(Refused):
        links.link(one, other, actor=people.nora, reason="L’une prépare l’autre.")


def test_nobody_speaks_under_an_absorbed_idea(people, pair):
    absorbed = pair[0]
    stale = Idea.objects.get(pk=absorbed.pk)
    merge(people, pair)
    with pytest.raises(Conflict):
        voices.comment(stale, author=people.charlie, body="Trop tard.")
    with pytest.raises(Refused):
        voices.comment(Idea.objects.get(pk=absorbed.pk), author=people.charlie, body="Trop tard.")
    with pytest.raises(Refused):
        voices.vote(stale, voter=people.charlie, wanted=True)
