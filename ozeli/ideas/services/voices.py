"""Votes, comments and follows on an idea, with their counters in the same transaction."""

from django.db import connection, transaction
from django.db.models import F

from ozeli.accounts.models import User
from ozeli.activity.services import set_follow, tell
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement import mentions
from ozeli.engagement import services as engagement
from ozeli.engagement.models import Comment

from .. import rules
from ..enums import VOTING_STATES, State
from ..models import KIND, Idea
from ..notifications import readers
from ..selectors.challenges import of_idea
from .challenges import select_by_votes
from .circuit import locked
from .moderation import recount


@transaction.atomic
def vote(idea: Idea, *, voter: User, wanted: bool) -> int:
    """Cast or take back a vote; the count afterwards. Repeating changes nothing. Raises Refused once closed."""
    if idea.state not in VOTING_STATES or idea.is_hidden or not rules.can_see(voter, idea):
        raise Refused("Les votes sont clos : l’idée est à l’étude ou a reçu sa réponse.")
    if not rules.takes_part(voter, idea):
        raise Refused("Les votes de ce défi ne sont pas ouverts à votre organisme.")
    # When a challenge opens and closes its votes, the database judges in the vote itself.
    delta = engagement.set_vote(idea.ballot_id, voter=voter, wanted=wanted)
    if delta:
        idea.vote_count = _counted(idea, delta)
        known = of_idea(idea)
        if delta > 0 and known is not None:
            select_by_votes(idea, known, idea.vote_count)
    return idea.vote_count


def _counted(idea: Idea, delta: int) -> int:
    """The counter once changed, as nobody else may change it before the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"idea": idea.pk, "delta": delta})
        return int(cursor.fetchone()[0])


_COUNT = "update ideas_idea set vote_count = vote_count + %(delta)s where id = %(idea)s returning vote_count"


@transaction.atomic
def comment(idea: Idea, *, author: User, body: str, parent: Comment | None = None) -> Comment:
    """Publish a comment; its author follows the idea from then on, and those it names are told.

    Its `mention_note` says which names led to nobody.
    """
    if not rules.can_comment(author, idea):
        raise Refused("Les commentaires sont fermés sur cette idée.")
    named = _named(idea, body)
    written = engagement.add_comment(
        KIND, idea.pk, author=author, body=body, parent=parent, mentions=named.spans
    )
    written.mention_note = named.note  # type: ignore[attr-defined]
    _count(idea, parent and (parent.parent or parent))
    set_follow(KIND, idea.pk, user=author, wanted=True)
    told = {"comment": str(written.pk)} | ({"people": named.people} if named.people else {})
    tell("idea.commented", KIND, idea.pk, actor=author, **told)
    if named.people:
        tell("idea.mentioned", KIND, idea.pk, actor=author, **told)
    return written


def _count(idea: Idea, head: Comment | None) -> None:
    """One comment more, under an idea then held. Raises Conflict when a merge, or its undo, came in between.

    `head` begins the thread; only those that a merge brought may leave, and are looked at again.
    """
    standing = Idea.objects.filter(pk=idea.pk).exclude(state=State.MERGED)
    counted = standing.update(comment_count=F("comment_count") + 1)
    if head is not None and head.came_from is not None:
        counted = Comment.objects.about(KIND, idea.pk).filter(pk=head.pk).exists()
    if not counted:
        raise Conflict("Cette idée vient d’être regroupée ou séparée. Relisez-la, puis publiez votre texte.")


def _named(idea: Idea, body: str) -> mentions.Mentions:
    """Whom a text names with « @ », among those who may read the idea."""
    return mentions.find(engagement.clean_text(body), lambda ids: readers(idea, ids))


def follow(idea: Idea, *, user: User, wanted: bool) -> None:
    set_follow(KIND, idea.pk, user=user, wanted=wanted)


@transaction.atomic
def edit_comment(idea: Idea, comment: Comment, *, actor: User, body: str) -> None:
    """Correct one's comment, within a quarter of an hour."""
    if not rules.can_comment(actor, idea):
        raise Refused("Les commentaires sont fermés sur cette idée.")
    before, named = _named(idea, comment.body), _named(idea, body)
    engagement.edit_comment(comment, actor=actor, body=body, mentions=named.spans)
    if new := [pk for pk in named.people if pk not in before.people]:
        tell("idea.mentioned", KIND, idea.pk, actor=actor, comment=str(comment.pk), people=new)


@transaction.atomic
def remove_comment(idea: Idea, comment: Comment, *, actor: User) -> None:
    """Take one's comment back; the idea counts one less."""
    locked(idea)
    if engagement.remove_comment(comment, actor=actor):
        recount(idea)
