"""Votes and comments of two objects that become one, and that part again.

The caller holds both ballots (`hold_ballots`), then both objects, in this order; it keeps the objects' counters.
Nothing of the absorbed ballot is erased: its votes wait there, and count where they were carried.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from .models import Ballot, Comment, Poll, Spending, Vote

_ENDED = """
select b.id from engagement_ballot b left join engagement_poll p on p.id = b.poll_id
where b.id = any(%s) and (not b.is_open or b.closes_at <= clock_timestamp() or p.closes_at <= clock_timestamp())
"""
_CARRY = """
insert into engagement_vote (ballot_id, voter_id, cast_on, carried_from_id)
select %(kept)s, voter_id, cast_on, %(absorbed)s from engagement_vote where ballot_id = %(absorbed)s
on conflict (ballot_id, voter_id) do nothing
"""
# What each of these people has given in the poll; the votes of a ballot that another absorbed count there only.
_RECOUNT = """
update engagement_spending s set spent = (
    select count(*) from engagement_vote v join engagement_ballot b on b.id = v.ballot_id
    where b.poll_id = s.poll_id and b.absorbed_by_id is null and v.voter_id = s.voter_id
)
where s.poll_id = %(poll)s
and s.voter_id in (select voter_id from engagement_vote where ballot_id = %(absorbed)s)
"""
# The votes put back that their voters have meanwhile given elsewhere: beyond what a poll lets each give.
_OVERSPENT = """
with gone as (
    delete from engagement_vote v using engagement_spending s
    where v.ballot_id = %(absorbed)s and s.poll_id = %(poll)s and s.voter_id = v.voter_id and s.spent > %(each)s
    returning v.voter_id
)
update engagement_spending s set spent = s.spent - 1 from gone
where s.poll_id = %(poll)s and s.voter_id = gone.voter_id
"""


@dataclass(frozen=True, slots=True)
class Union:
    """What the votes of two ballots would be together."""

    absorbed: int
    kept: int
    both: int

    @property
    def together(self) -> int:
        return self.absorbed + self.kept - self.both


def hold_ballots(*ballot_ids: int) -> None:
    """Hold ballots until the end of the transaction: votes under way are waited for, those that come wait."""
    held = Ballot.objects.select_for_update(of=("self",)).filter(pk__in=ballot_ids).order_by("pk")
    list(held.values_list("pk", flat=True))


def ended(*ballot_ids: int) -> set[int]:
    """Those of the ballots that will take no more votes, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(_ENDED, [list(ballot_ids)])
        return {pk for (pk,) in cursor.fetchall()}


def union_of(absorbed_id: int, kept_id: int) -> Union:
    """How many votes each ballot holds, and how many people voted in both."""
    own = Vote.objects.filter(ballot=kept_id, voter__isnull=False).values("voter")
    absorbed = Vote.objects.filter(ballot=absorbed_id)
    return Union(
        absorbed.count(), Vote.objects.filter(ballot=kept_id).count(), absorbed.filter(voter__in=own).count()
    )


def absorb_votes(absorbed_id: int, kept_id: int) -> int:
    """Close a ballot and count its votes in another, one for each person; how many were carried.

    Who had voted in both gets one vote back, where votes are counted.
    """
    values = {"absorbed": absorbed_id, "kept": kept_id}
    Ballot.objects.filter(pk=absorbed_id).update(is_open=False, absorbed_by=kept_id)
    with connection.cursor() as cursor:
        cursor.execute(_CARRY, values)
        carried: int = cursor.rowcount
    _recount(absorbed_id)
    return carried


def release_votes(absorbed_id: int, kept_id: int, *, reopen: bool) -> tuple[int, int]:
    """Undo `absorb_votes`: how many votes leave the kept ballot, and how many could not be put back.

    A vote taken back since has left the kept ballot already; one cast since stays there. Where votes are counted, a
    vote that its owner has since given elsewhere stays elsewhere.
    """
    left = Vote.objects.filter(ballot=kept_id, carried_from=absorbed_id).delete()[0]
    Ballot.objects.filter(pk=absorbed_id).update(is_open=reopen, absorbed_by=None)
    return left, _recount(absorbed_id)


def _recount(absorbed_id: int) -> int:
    """Bring what the voters of a ballot have given in its poll to what their votes say; how many votes went.

    Their rows are held first: a vote under way elsewhere in the poll is waited for, then counted.
    """
    poll = Poll.objects.filter(ballots=absorbed_id, votes_each__gt=0).first()
    if poll is None:
        return 0
    voters = Vote.objects.filter(ballot=absorbed_id, voter__isnull=False).values("voter")
    spendings = Spending.objects.filter(poll=poll, voter__in=voters)
    list(spendings.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    values = {"poll": poll.pk, "absorbed": absorbed_id, "each": poll.votes_each}
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, values)
        cursor.execute(_OVERSPENT, values)
        gone: int = cursor.rowcount
    return gone


def move_comments(kind: str, source: UUID, target: UUID) -> int:
    """Show the comments of an object under another, threads whole; each keeps the object it was written under."""
    there = Comment.objects.about(kind, source)
    there.filter(came_from__isnull=True).update(came_from=source)
    return there.update(object_id=target)


def return_comments(kind: str, held_by: UUID, target: UUID, written_under: Collection[UUID]) -> int:
    """Give back to an object the comments written under it, and under those it had absorbed itself.

    Replies that arrived since stay where they were written, as comments of their own; how many.
    """
    theirs = Comment.objects.about(kind, held_by).filter(came_from__in=written_under)
    stay = Comment.objects.about(kind, held_by).exclude(pk__in=theirs.values("pk"))
    parted = stay.filter(parent__in=theirs).update(parent=None)
    theirs.update(object_id=target)
    Comment.objects.about(kind, target).filter(came_from=target).update(came_from=None)
    return parted
