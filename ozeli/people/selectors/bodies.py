"""What the page of a body tells: its last answers, the bodies under it."""

from dataclasses import dataclass

from ozeli.accounts.models import User
from ozeli.ideas import standing
from ozeli.ideas.answers import verdict_word
from ozeli.ideas.models import Decision, Idea
from ozeli.network.models import Organisation

ANSWERS = 3
CHILDREN = 12


@dataclass(frozen=True, slots=True)
class Given:
    """An answer given: the idea, what was decided, when."""

    title: str
    url: str
    verdict: str
    when: str


def answers(user: User, organisation: Organisation) -> list[Given]:
    """The last answers of a body: one query."""
    ideas = Idea.objects.visible_to(user).filter(organisation=organisation, is_hidden=False)
    found = (
        Decision.objects.filter(idea__in=ideas, published_on__isnull=False)
        .select_related("idea")
        .order_by("-published_on", "-pk")[:ANSWERS]
    )
    return [
        Given(
            one.idea.title,
            one.idea.get_absolute_url(),
            verdict_word(one),
            standing.day(one.idea, one.published_on) if one.published_on else "",
        )
        for one in found
    ]


def children(organisation: Organisation) -> tuple[list[Organisation], int]:
    """The open bodies under this one, the first twelve, and how many more there are."""
    found = Organisation.objects.filter(parent=organisation, is_active=True).order_by("sort_name", "pk")
    shown = list(found[: CHILDREN + 1])
    more = found.count() - CHILDREN if len(shown) > CHILDREN else 0
    return shown[:CHILDREN], more
