"""What a person finds under « Mes idées »."""

from ozeli.accounts.models import User
from ozeli.core.paging import Page

from ..enums import State
from ..models import Idea, IdeaExpert
from . import listing


def page(user: User, which: str, cursor: str = "") -> Page:
    """Own ideas, those followed (`suivies`) or supported (`soutenues`), newest first."""
    ideas = listing.MINE[which or "miennes"](Idea.objects.visible_to(user), user)
    return listing.page(user, ideas, cursor=cursor, for_author=not which)


def opinions_to_give(user: User) -> list[IdeaExpert]:
    """The opinions asked of this person and not given yet, the most pressing first."""
    asked = IdeaExpert.objects.filter(user=user, given_on=None, idea__state=State.UNDER_STUDY)
    return list(asked.select_related("idea").order_by("due_on", "asked_on", "pk"))
