"""What the page of a body tells: its delays, its last answers, the bodies under it."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.french import days, number
from ozeli.ideas import standing
from ozeli.ideas.answers import verdict_word
from ozeli.ideas.enums import OPEN_STATES
from ozeli.ideas.models import Decision, Idea
from ozeli.ideas.selectors.figures import FEWEST, HIDDEN, Median
from ozeli.network.models import Organisation

PERIOD = timedelta(days=365)
ANSWERS = 3
CHILDREN = 12


@dataclass(frozen=True, slots=True)
class BodyFigure:
    """A number of a body, and what it counts; « – » when fewer than five ideas stand behind it."""

    label: str
    value: str
    definition: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer given: the idea, what was decided, when."""

    title: str
    url: str
    verdict: str
    when: str


def delays(user: User, organisation: Organisation) -> list[BodyFigure]:
    """Median delay of the answers of twelve months, ideas waiting and late: two queries.

    Anonymous ideas bear no body: none of them is here. Nothing is told about fewer than five ideas.
    """
    ideas = Idea.objects.visible_to(user).filter(organisation=organisation, is_hidden=False)
    first = Decision.objects.filter(
        idea__in=ideas,
        idea__source="",
        round=1,
        published_on__gte=clock.today() - PERIOD,
        published_on__isnull=False,
    )
    answered = first.aggregate(count=Count("pk"), median=Median(F("published_on") - F("idea__deposited_on")))
    waiting = ideas.filter(state__in=sorted(OPEN_STATES), answer_due_on__isnull=False).aggregate(
        count=Count("pk"), late=Count("pk", filter=Q(answer_due_on__lt=clock.today()))
    )
    told, awaited = answered["count"], waiting["count"]
    return [
        BodyFigure(
            "Délai de réponse",
            days(answered["median"].days) if told >= FEWEST else HIDDEN,
            "Médiane des premières réponses des douze derniers mois, du dépôt à la publication.",
        ),
        BodyFigure(
            "Réponses publiées",
            number(told) if told >= FEWEST else HIDDEN,
            "Premières réponses des douze derniers mois, favorables ou non.",
        ),
        BodyFigure(
            "Réponses en retard",
            number(waiting["late"]) if awaited >= FEWEST else HIDDEN,
            f"Idées dont la date promise est passée, sur {number(awaited)} qui attendent."
            if awaited >= FEWEST
            else "Idées dont la date promise est passée.",
        ),
    ]


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
