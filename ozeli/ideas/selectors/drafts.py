"""A person's drafts: nobody else ever reads them."""

from uuid import UUID

from ozeli.accounts.models import User

from ..models import Idea, IdeaDraft


def drafts_of(user: User) -> list[IdeaDraft]:
    return list(IdeaDraft.objects.filter(owner=user).order_by("-saved_at", "pk"))


def became(user: User, key: str | UUID) -> Idea | None:
    """The idea that a draft of this person became once deposited; None for any other id."""
    try:
        return Idea.objects.of_author(user).filter(pk=UUID(str(key))).first()
    except ValueError:
        return None


def draft_of(user: User, key: str | UUID) -> IdeaDraft | None:
    """This person's draft of that id; None for an unknown one, somebody else's, or no id at all."""
    try:
        return IdeaDraft.objects.filter(owner=user, pk=UUID(str(key))).first()
    except ValueError:
        return None
