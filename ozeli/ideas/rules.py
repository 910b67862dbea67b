"""Who may do what with an idea: small predicates, each the object form of a list rule or of a button."""

from ozeli.accounts.models import User
from ozeli.challenges import rules as challenges
from ozeli.challenges.models import Challenge
from ozeli.challenges.selectors import animated_by, published
from ozeli.core.access import Level
from ozeli.engagement.models import Comment
from ozeli.network.enums import Audience

from .enums import EDITABLE_STATES, State
from .models import Idea, IdeaExpert


def is_author(user: User, idea: Idea) -> bool:
    return any(author.user_id == user.pk for author in idea.authors.all())


def is_first_author(user: User, idea: Idea) -> bool:
    """The one who signs first: they decide of the other signatures."""
    first = next(iter(idea.authors.all()), None)
    return first is not None and first.user_id == user.pk


def is_expert(user: User, idea: Idea) -> bool:
    """Asked for an opinion, and has not declined."""
    return any(one.user_id == user.pk and one.declined_on is None for one in idea.experts.all())


def works_desk(user: User, idea: Idea) -> bool:
    """A référent for this idea: contributor of its body or of the whole network, or an animator of its challenge."""
    if user.level("ideas") >= Level.CONTRIBUTE and user.contributes_to("ideas", idea.organisation_id):
        return True
    return idea.challenge_id is not None and idea.challenge_id in animated_by(user)


def decides(user: User, idea: Idea) -> bool:
    """Référent of the idea, and not one of its authors: nobody answers themselves."""
    return works_desk(user, idea) and not is_author(user, idea)


def in_audience(user: User, idea: Idea) -> bool:
    if idea.audience == Audience.BRANCH:
        return idea.branch_id == user.organisation.branch_id
    if idea.audience == Audience.ORGANISATION:
        return idea.organisation_id == user.organisation_id
    return True


def can_see(user: User, idea: Idea) -> bool:
    """Object form of `IdeaQuerySet.visible_to`; a test proves that they agree."""
    if user.level("ideas") < Level.CONSULT:
        return False
    shown = not idea.is_hidden and idea.state != State.WITHDRAWN
    return (
        (shown and in_audience(user, idea))
        or works_desk(user, idea)
        or is_author(user, idea)
        or is_expert(user, idea)
    )


def can_vote(user: User, idea: Idea) -> bool:
    return idea.accepts_votes and takes_part(user, idea) and can_see(user, idea)


def takes_part(user: User, idea: Idea) -> bool:
    """Out of a challenge, or revived since, everyone; in one, those it is open to."""
    if idea.challenge_id is None or idea.round > 1:
        return True
    known = published().get(idea.challenge_id)
    return known is not None and challenges.takes_part(user, known)


def can_comment(user: User, idea: Idea) -> bool:
    """Under a merged idea nobody does: its comments go on under the one that was kept."""
    return not idea.is_hidden and idea.state not in (State.WITHDRAWN, State.MERGED) and can_see(user, idea)


def can_edit(user: User, idea: Idea) -> bool:
    return idea.state in EDITABLE_STATES and is_author(user, idea)


def can_ask_revival(user: User, idea: Idea) -> bool:
    return idea.state == State.NOT_RETAINED and can_see(user, idea)


def can_give_opinion(user: User, idea: Idea) -> bool:
    return idea.state == State.UNDER_STUDY and is_expert(user, idea)


def can_read_notes(user: User, idea: Idea, expertise: IdeaExpert) -> bool:
    """The private notes of an opinion: its expert while asked, and the desk without those who signed the idea."""
    if is_author(user, idea):
        return False
    asked = expertise.user_id == user.pk and expertise.declined_on is None
    return asked or works_desk(user, idea)


def can_report(user: User, idea: Idea, comment: Comment | None = None) -> bool:
    """Something shown, that somebody else wrote; the caller has checked that they see the idea."""
    if idea.is_hidden:
        return False
    if comment is None:
        return not is_author(user, idea)
    return comment.author_id != user.pk and not comment.is_hidden and not comment.is_removed


def moderates(user: User, idea: Idea, comment: Comment | None = None) -> bool:
    """Works the desk of the idea, and did not write what is judged."""
    if not works_desk(user, idea):
        return False
    return not is_author(user, idea) if comment is None else comment.author_id != user.pk


def may_exchange(user: User, challenge: Challenge) -> bool:
    """Takes the list of a challenge's ideas to a spreadsheet and back: its animators, and those who work a desk."""
    level = user.level("ideas")
    return level >= Level.CONTRIBUTE or (level >= Level.CONSULT and challenge.pk in animated_by(user))
