"""The cimetière: ideas that were not retained, with the answers they got."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Prefetch, QuerySet

from ozeli.accounts.models import User
from ozeli.core.paging import PAGE_SIZE, Page, keyset_page
from ozeli.network.models import Organisation
from ozeli.search.selectors import search

from .. import answers, standing
from ..answers import Answer
from ..enums import Reason, State
from ..models import KIND, Decision, Idea, IdeaQuerySet
from .listing import sectors
from .places import organisations

COUNTED = 1000
# A search by words looks at its best answers only; beyond, narrow it.
FOUND_BY_WORDS = 300
SORTS = ("recentes", "soutenues")
FACETS_FROM = 1000
FACETS_SHOWN = 4
EXPORT_BATCH = 500
HEADER = (
    "identifiant", "titre", "déposée", "organisme", "branche", "domaine", "votes", "motif", "répondu le", "réponse",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the cimetière is narrowed to. `domains` are ids; `words` a search."""

    reason: str = ""
    domains: tuple[int, ...] = ()
    organisation: Organisation | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Grave:
    """An idea not retained, as the cimetière shows it."""

    idea: Idea
    who: str
    decision: Decision
    answer: Answer


@dataclass(frozen=True, slots=True)
class Facet:
    """A way to narrow the list: the parameter and its value, in words, and how many of the last answers."""

    name: str
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    reasons: list[Facet]
    domains: list[Facet]
    bodies: list[Facet]


def matching(user: User, wanted: Wanted) -> IdeaQuerySet:
    """The non retenues that this person may read and asks for."""
    ideas = Idea.objects.visible_to(user).filter(state=State.NOT_RETAINED, is_hidden=False)
    if wanted.reason:
        told = Decision.objects.filter(published_on__isnull=False, reason=wanted.reason)
        ideas = ideas.filter(decisions__in=told, decisions__round=F("round"))
    if wanted.domains:
        ideas = ideas.filter(domain__in=wanted.domains)
    if wanted.organisation is not None:
        ideas = ideas.filter(organisation=wanted.organisation)
    if wanted.words:
        ideas = ideas.filter(pk__in=_found(user, wanted))
    return ideas


def _found(user: User, wanted: Wanted) -> list[UUID]:
    filters: dict[str, object] = {"status": State.NOT_RETAINED, "domain": list(wanted.domains)}
    if wanted.organisation is not None:
        filters["organisation"] = wanted.organisation.pk
    results = search(wanted.words, user=user, kinds=[KIND], filters=filters, limit=FOUND_BY_WORDS)
    return [hit.object_id for hit in results.hits]


def page(ideas: IdeaQuerySet, *, sort: str = "recentes", cursor: str = "", size: int = PAGE_SIZE) -> Page:
    """A page of `Grave`, in three queries: the answers and their ideas, then the signatures.

    « recentes »: the last answers first; « soutenues »: the most voted first.
    """
    if sort == "soutenues":
        found = keyset_page(_with_answers(ideas), ("vote_count", "id"), cursor, size)
        graves = [_grave(idea.given[0], idea) for idea in found.rows]
    else:
        found = keyset_page(_answers_to(ideas), ("published_on", "id"), cursor, size)
        graves = [_grave(decision, decision.idea) for decision in found.rows]
    return Page(graves, found.next, found.previous)


def count(ideas: IdeaQuerySet, shown: Page) -> int:
    """How many there are, counted up to one past `COUNTED`; a list of one page needs no query."""
    if not shown.next and not shown.previous:
        return len(shown.rows)
    return ideas.order_by()[: COUNTED + 1].count()


def export_lines(ideas: IdeaQuerySet, sort: str) -> Iterator[list[object]]:
    """The rows of the CSV, by batches of keys, in the order of the list."""
    cursor, is_first = "", True
    while cursor or is_first:
        found = page(ideas, sort=sort, cursor=cursor, size=EXPORT_BATCH)
        yield from (_line(grave) for grave in found.rows)
        cursor, is_first = found.next, False


def facets(ideas: IdeaQuerySet) -> Facets:
    """The reasons, domains and bodies of the last answers of a list, the most frequent first, in one query.

    Anonymous ideas have no body; a domain counts with the sector it belongs to.
    """
    last = (
        _published()
        .filter(idea__in=ideas)
        .order_by("-published_on", "-id")
        .values_list("reason", "idea__domain", "idea__organisation")[:FACETS_FROM]
    )
    rows = list(last)
    topics = {pk: sector for sector in sectors() for pk in sector.ids}
    by_sector = Counter(topics[domain] for _reason, domain, _body in rows if domain in topics)
    bodies = Counter(body for _reason, _domain, body in rows if body in organisations())
    return Facets(
        reasons=[
            Facet("motif", code, str(Reason(code).label), count)
            for code, count in Counter(row[0] for row in rows).most_common()
        ],
        domains=[
            Facet("domaine", topic.code, topic.name, count)
            for topic, count in by_sector.most_common(FACETS_SHOWN)
        ],
        bodies=[
            Facet("organisme", organisations()[body].name, organisations()[body].name, count)
            for body, count in bodies.most_common(FACETS_SHOWN)
        ],
    )


def _published() -> QuerySet[Decision]:
    """The published answer of the present round of each idea."""
    return Decision.objects.filter(published_on__isnull=False, round=F("idea__round"))


def _answers_to(ideas: IdeaQuerySet) -> QuerySet[Decision]:
    related = ("idea__organisation", "idea__branch", "idea__domain", "published_by__organisation")
    return (
        _published().filter(idea__in=ideas).select_related(*related).prefetch_related("idea__authors__user")
    )


def _with_answers(ideas: IdeaQuerySet) -> IdeaQuerySet:
    given = _published().select_related("published_by__organisation")
    return ideas.with_list_data().prefetch_related(Prefetch("decisions", given, to_attr="given"))


def _grave(decision: Decision, idea: Idea) -> Grave:
    place = standing.place(idea)
    who = f"{standing.signature(idea, idea.signatories)}{', ' if place else ''}{place}"
    return Grave(idea, who, decision, answers.shown(decision, idea))


def _line(grave: Grave) -> list[object]:
    idea, decision = grave.idea, grave.decision
    day = "%Y-%m" if idea.is_anonymous else "%Y-%m-%d"
    return [
        idea.short,
        idea.title,
        idea.deposited_on.strftime(day),
        idea.organisation.name if idea.organisation else "",
        idea.branch.name if idea.branch else "",
        idea.domain.name,
        idea.vote_count,
        grave.answer.why,
        decision.published_on.strftime(day) if decision.published_on else "",
        grave.answer.text,
    ]
