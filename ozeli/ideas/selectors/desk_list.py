"""Every idea of a desk as one list: narrowed, counted by state, exported; where many are entrusted at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ozeli.accounts.models import User
from ozeli.accounts.selectors import memberships_giving
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.ids import uuid_range
from ozeli.core.memo import kept_for
from ozeli.core.paging import PAGE_SIZE, Page, keyset_page
from ozeli.network.models import Organisation
from ozeli.search.selectors import search

from .. import standing
from ..enums import OPEN_STATES, State
from ..models import KIND, CompletionRequest, Decision, Idea, IdeaAuthor, IdeaExpert, IdeaQuerySet
from .desk import named

KEYS = ("deposited_on", "id")
FOUND_BY_WORDS = 300
EXPORT_BATCH = 500
MINE, NOBODY = "moi", "personne"
SIGNS = {
    "retard": "Réponse en retard",
    "avis-retard": "Avis d’expert en retard",
    "avis-attendu": "Avis d’expert attendu",
    "preparee": "Décision préparée",
}
AUTHOR_DAYS = {"1": "Depuis un jour", "7": "Depuis 7 jours", "14": "Depuis 14 jours", "30": "Depuis 30 jours"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to. `handler`: `MINE`, `NOBODY` or nothing; `author_days`: awaited for so long."""

    state: str = ""
    handler: str = ""
    sign: str = ""
    author_days: int = 0
    organisation: Organisation | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list."""

    idea: Idea
    who: str
    place: str
    deposited: str
    wait: standing.Wait
    handler: str
    late_opinions: int


def matching(user: User, wanted: Wanted) -> IdeaQuerySet:
    """The ideas of this desk that are asked for."""
    ideas = Idea.objects.in_scope_of(user)
    if wanted.state:
        ideas = ideas.filter(state=wanted.state)
    if wanted.handler:
        ideas = ideas.filter(handler=user if wanted.handler == MINE else None, state__in=sorted(OPEN_STATES))
    if wanted.organisation is not None:
        ideas = ideas.filter(organisation=wanted.organisation)
    if wanted.sign:
        ideas = _with_sign(ideas, wanted.sign)
    if wanted.author_days:
        since = clock.today() - timedelta(days=wanted.author_days)
        open_ones = CompletionRequest.objects.filter(ended_on__isnull=True, asked_on__lte=since)
        ideas = ideas.filter(state=State.TO_COMPLETE, pk__in=open_ones.values("idea"))
    if wanted.words:
        hits = search(wanted.words, user=user, kinds=[KIND], limit=FOUND_BY_WORDS).hits
        ideas = ideas.filter(pk__in=[hit.object_id for hit in hits])
    return ideas


def _with_sign(ideas: IdeaQuerySet, sign: str) -> IdeaQuerySet:
    today = clock.today()
    if sign == "retard":
        return ideas.filter(state__in=sorted(OPEN_STATES), answer_due_on__lt=today)
    if sign == "preparee":
        waiting = Decision.objects.filter(published_on=None, round=F("idea__round"))
        return ideas.filter(state=State.UNDER_STUDY, pk__in=waiting.values("idea"))
    awaited = IdeaExpert.objects.filter(given_on__isnull=True, declined_on__isnull=True)
    if sign == "avis-retard":
        awaited = awaited.filter(due_on__lt=today)
    return ideas.filter(state=State.UNDER_STUDY, pk__in=awaited.values("idea"))


def counts(user: User) -> dict[str, int]:
    """State → how many ideas of this desk stand in it. For the whole network, a minute old at most."""
    if user.contribution_scope("ideas") is None:
        return _network_counts()
    return _counted(Idea.objects.in_scope_of(user))


@kept_for(60)
def _network_counts() -> dict[str, int]:
    return _counted(Idea.objects.all())


def _counted(ideas: IdeaQuerySet) -> dict[str, int]:
    return dict(ideas.order_by().values_list("state").annotate(ideas=Count("pk")))


def page(ideas: IdeaQuerySet, cursor: str = "", size: int = PAGE_SIZE) -> Page:
    """A page of `Row`, the newest first, in two queries."""
    found = keyset_page(_with_row_data(ideas), KEYS, cursor, size)
    return Page([_row(idea) for idea in found.rows], found.next, found.previous)


def chosen(user: User, shorts: list[str]) -> list[Idea]:
    """The ideas of this desk among those of a selection, ready to be entrusted."""
    if not shorts:
        return []
    wanted = Q()
    for short in shorts:
        low, high = uuid_range(short)
        wanted |= Q(pk__gte=low, pk__lte=high)
    ideas = Idea.objects.in_scope_of(user).filter(wanted)
    return list(ideas.select_related("organisation").prefetch_related("authors"))


def handlers_like(user: User, words: str, limit: int = 10) -> list[User]:
    """The people who work a desk within this person's scope and whose name begins so."""
    scope = user.contribution_scope("ideas")
    granted = memberships_giving("ideas", Level.CONTRIBUTE)
    if scope is not None:
        granted = granted.filter(Q(organisation__in=scope) | Q(organisation__isnull=True))
    people = named(words).filter(Exists(granted.filter(user=OuterRef("pk"))))
    return list(people.select_related("organisation").order_by("sort_name", "pk")[:limit])


HEADER = (
    "identifiant", "titre", "état", "déposée", "signée par", "organisme", "domaine", "qui répond", "attend depuis",
    "réponse promise le", "en retard", "attend l’auteur depuis", "avis attendus", "avis en retard", "votes",
    "commentaires",
)  # fmt: skip


def export_lines(ideas: IdeaQuerySet) -> Iterator[list[object]]:
    """The rows of the file: no note of the desk, no private note, no answer being prepared."""
    asked = CompletionRequest.objects.filter(ended_on__isnull=True)
    found = (
        _with_row_data(ideas)
        .select_related("domain")
        .prefetch_related(Prefetch("completions", asked, to_attr="awaited"))
    )
    cursor, is_first = "", True
    while cursor or is_first:
        some = keyset_page(found, KEYS, cursor, EXPORT_BATCH)
        yield from (_line(idea) for idea in some.rows)
        cursor, is_first = some.next, False


def _line(idea: Any) -> list[object]:
    day = "%Y-%m" if idea.is_anonymous else "%Y-%m-%d"

    def told(value: Any) -> str:
        return value.strftime(day) if value else ""

    return [
        idea.short,
        idea.title,
        idea.look.label,
        told(idea.deposited_on),
        standing.signature(idea, idea.signatories),
        idea.organisation.name if idea.organisation else "",
        idea.domain.name,
        idea.handler.display_name if idea.handler else "",
        told(idea.waiting_since),
        told(idea.answer_due_on),
        "oui" if idea.is_overdue else "",
        told(idea.awaited[0].asked_on) if idea.awaited else "",
        idea.awaited_opinions,
        idea.late_opinions,
        idea.vote_count,
        idea.comment_count,
    ]


def _with_row_data(ideas: IdeaQuerySet) -> QuerySet[Idea]:
    awaited = IdeaExpert.objects.filter(
        idea=OuterRef("pk"), idea__state=State.UNDER_STUDY, given_on__isnull=True, declined_on__isnull=True
    )
    signatures = IdeaAuthor.objects.select_related("user").only("idea", "position", "user__display_name")
    return (
        ideas.select_related("organisation", "branch", "handler")
        .annotate(
            awaited_opinions=_how_many(awaited),
            late_opinions=_how_many(awaited.filter(due_on__lt=clock.today())),
        )
        .prefetch_related(Prefetch("authors", signatures))
    )


def _how_many(rows: QuerySet[IdeaExpert]) -> Coalesce:
    """Counted beside each row shown, never over the whole list."""
    counted = rows.order_by().values("idea").annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(counted), 0)


def _row(idea: Any) -> Row:
    return Row(
        idea=idea,
        who=standing.signature(idea, idea.signatories),
        place=standing.place(idea),
        deposited=standing.day(idea, idea.deposited_on),
        wait=standing.wait(idea),
        handler=idea.handler.display_name if idea.handler else "",
        late_opinions=idea.late_opinions,
    )
