"""People as the typed fields of a team offer them, and challenges that one may start from."""

from django.db.models import Q

from ozeli.accounts.models import User
from ozeli.core.french import sort_key

from ..enums import ChallengeState
from ..models import Challenge

SUGGESTED = 10


def people_like(words: str) -> list[User]:
    """The first open accounts whose name begins so; none for nothing."""
    begins = sort_key(words).split()
    people = User.objects.filter(is_active=True)
    for word in begins:
        people = people.filter(Q(sort_name__startswith=word) | Q(sort_name__contains=f" {word}"))
    if not begins:
        return []
    return list(people.select_related("organisation").order_by("sort_name", "pk")[:SUGGESTED])


def earlier(user: User, words: str = "") -> list[Challenge]:
    """The latest challenges that this person may read and copy, whose name or question holds these words."""
    found = Challenge.objects.visible_to(user).exclude(state=ChallengeState.DRAFT)
    for word in words.split()[:5]:
        found = found.filter(Q(title__icontains=word) | Q(question__icontains=word))
    return list(found.select_related("organisation").order_by("-opens_at", "-pk")[:SUGGESTED])


def named(user: User, title: str) -> list[Challenge]:
    """Those of that very name that this person may read; two at most."""
    found = Challenge.objects.visible_to(user).exclude(state=ChallengeState.DRAFT)
    return list(found.filter(title__iexact=title.strip()).order_by("-opens_at", "-pk")[:2])


def by_slug(user: User, slug: str) -> Challenge | None:
    """The challenge of that address that this person may read and copy."""
    found = Challenge.objects.visible_to(user).exclude(state=ChallengeState.DRAFT)
    return found.filter(slug=slug.replace("\0", "")).first() if slug else None
