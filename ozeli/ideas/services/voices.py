"""Votes, comments and follows on an idea, with their counters in the same transaction."""

from django.db import transaction
from django.db.models import F

from ozeli.accounts.models import User
from ozeli.activity.services import set_follow, tell
from ozeli.core.errors import Refused
from ozeli.engagement import services as engagement
from ozeli.engagement.models import Comment

from .. import rules
from ..models import KIND, Idea


@transaction.atomic
def vote(idea: Idea, *, voter: User, wanted: bool) -> int:
    """Cast or take back a vote; the count afterwards. Repeating changes nothing. Raises Refused once closed."""
    if not rules.can_vote(voter, idea):
        raise Refused("Les votes sont clos : l’idée est à l’étude ou a reçu sa réponse.")
    delta = engagement.set_vote(idea.ballot_id, voter=voter, wanted=wanted)
    if delta:
        Idea.objects.filter(pk=idea.pk).update(vote_count=F("vote_count") + delta)
        idea.vote_count += delta
    return idea.vote_count


@transaction.atomic
def comment(idea: Idea, *, author: User, body: str, parent: Comment | None = None) -> Comment:
    """Publish a comment; its author follows the idea from then on."""
    if not rules.can_comment(author, idea):
        raise Refused("Les commentaires sont fermés sur cette idée.")
    written = engagement.add_comment(KIND, idea.pk, author=author, body=body, parent=parent)
    Idea.objects.filter(pk=idea.pk).update(comment_count=F("comment_count") + 1)
    set_follow(KIND, idea.pk, user=author, wanted=True)
    tell("idea.commented", KIND, idea.pk, actor=author, comment=str(written.pk))
    return written


def follow(idea: Idea, *, user: User, wanted: bool) -> None:
    set_follow(KIND, idea.pk, user=user, wanted=wanted)
