"""Reports on ideas and their comments, and what moderators decide.

The person who reports is named to nobody: events of reports have no actor, and no screen shows who it was.
"""

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement import moderation
from ozeli.engagement import services as engagement
from ozeli.engagement.enums import PRESSING, CaseState
from ozeli.engagement.models import Comment, ModerationAct, ModerationCase
from ozeli.engagement.moderation import About
from ozeli.search.services import schedule_index

from .. import rules
from ..models import KIND, Idea
from .circuit import locked

COMMENT = "comment"


def about(idea: Idea, comment: Comment | None) -> About:
    kind, key = (COMMENT, comment.pk) if comment else (KIND, idea.pk)
    return About(kind, key, KIND, idea.pk)


@transaction.atomic
def report(
    idea: Idea, comment: Comment | None = None, *, reporter: User, reason: str, words: str = ""
) -> ModerationCase:
    """Report an idea or one of its comments, once; the moderators are told of the first and of the third.

    Raises Refused on one's own text or when it is shown no more, Conflict when already reported by this person.
    """
    if not rules.can_see(reporter, idea) or not rules.can_report(reporter, idea, comment):
        raise Refused("Ce contenu n’est plus affiché, ou c’est le vôtre : il ne se signale pas.")
    case = moderation.report(about(idea, comment), reporter=reporter, reason=reason, words=words)
    if case.report_count in (1, PRESSING):
        tell("idea.reported", KIND, idea.pk, actor=None, case=case.pk, count=case.report_count)
    return case


@transaction.atomic
def moderate(
    case: ModerationCase, state: str, *, actor: User, reason: str, message: str = "", version: int
) -> ModerationAct:
    """Hide, restore, warn or dismiss: the object, its counters, the index, the reporters and the author at once.

    `version` is that of the case the person has read. Raises Refused, and Conflict when somebody decided first.
    """
    comment = Comment.objects.filter(pk=case.object_id).first() if case.kind == COMMENT else None
    # A merge may have brought the comment under another idea since it was reported.
    idea = locked(Idea(pk=comment.object_id if comment else case.context_id))
    if not rules.moderates(actor, idea, comment):
        raise Refused(
            "Seul un modérateur de cet organisme, qui n’a pas écrit ce texte, décide de ce dossier."
        )
    if state == CaseState.HIDDEN and comment is not None and comment.is_removed:
        raise Conflict(
            "Son auteur vient de retirer ce commentaire : il n’y a plus rien à masquer. Classez le dossier."
        )
    act = moderation.decide(case, state, actor=actor, reason=reason, message=message, version=version)
    if state in (CaseState.HIDDEN, CaseState.RESTORED):
        _set_hidden(idea, comment, state == CaseState.HIDDEN)
    if state != CaseState.RESTORED:
        tell("idea.report_settled", KIND, idea.pk, actor=None, case=case.pk)
    if state != CaseState.DISMISSED:
        tell("idea.moderated", KIND, idea.pk, actor=None, case=case.pk, act=act.pk)
    return act


def _set_hidden(idea: Idea, comment: Comment | None, hidden: bool) -> None:
    if comment is not None:
        engagement.set_hidden(comment.pk, hidden)
        recount(idea)
        return
    Idea.objects.filter(pk=idea.pk).update(is_hidden=hidden)
    schedule_index(KIND, [idea.pk])


def recount(idea: Idea) -> None:
    """Bring the number of comments to those that are read."""
    Idea.objects.filter(pk=idea.pk).update(comment_count=engagement.count_shown(KIND, idea.pk))
