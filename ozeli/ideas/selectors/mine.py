"""What a person finds under « Mes idées »."""

from ozeli.accounts.models import User
from ozeli.core.paging import Page

from ..models import Idea, IdeaExpert
from . import listing
from .experts import due_opinions


def page(user: User, which: str, cursor: str = "") -> Page:
    """Own ideas, those followed (`suivies`) or supported (`soutenues`), newest first."""
    ideas = listing.MINE[which or "miennes"](Idea.objects.visible_to(user), user)
    return listing.page(user, ideas, cursor=cursor, for_author=not which)


def opinions_to_give(user: User) -> list[IdeaExpert]:
    """The opinions asked of this person and not given yet, the most pressing first."""
    return list(due_opinions(user))
