"""Ideas that are the same, or neighbours: candidates, what a merge would give, lists, what a sheet shows of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.french import long_date, month
from ozeli.core.paging import Page, keyset_page
from ozeli.core.ui import Link, LookAlike
from ozeli.engagement import merging
from ozeli.network.models import Organisation
from ozeli.search.analysis import compose, pairs
from ozeli.search.selectors import search

from .. import resemblance, rules, standing
from ..enums import State
from ..models import KIND, Idea, IdeaLink, IdeaMerge
from ..services.merges import obstacles

FOUND = 12
ALIKE = 6
EXPORT_BATCH = 500
LONGEST_CHAIN = 20


# --- two ideas side by side -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """An idea of a comparison."""

    idea: Idea
    who: str
    place: str
    when: str
    texts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two ideas, the words they share, what their votes would be together, and what forbids it."""

    sides: tuple[Side, Side]
    shared: list[str]
    union: merging.Union
    obstacles: list[str]


def around(ideas: QuerySet[Idea]) -> QuerySet[Idea]:
    """Ideas with what a comparison needs of them."""
    return ideas.select_related("organisation", "branch", "domain", "ballot").prefetch_related(
        "authors__user"
    )


def compare(one: Idea, other: Idea) -> Comparison:
    """`one` as the absorbed, `other` as the kept."""
    return Comparison(
        sides=(_side(one), _side(other)),
        shared=_shared(one, other),
        union=merging.union_of(one.ballot_id, other.ballot_id),
        obstacles=obstacles(one, other),
    )


def _side(idea: Idea) -> Side:
    texts = [
        ("Le problème", idea.problem),
        ("L’idée", idea.proposal),
        ("Ce que cela changerait", idea.benefit),
        ("Pour qui", idea.beneficiaries),
    ]
    return Side(
        idea,
        standing.signature(idea, idea.signatories),
        standing.place(idea),
        standing.arrival(idea),
        [(label, text) for label, text in texts if text],
    )


def _shared(one: Idea, other: Idea) -> list[str]:
    """The words of both texts that carry a subject, as the second writes them."""
    mine = {stem for _surface, stem in pairs(_text(one))}
    found = {stem: surface.lower() for surface, stem in pairs(_text(other)) if stem in mine}
    return sorted(found.values())


def _text(idea: Idea) -> str:
    return compose(f"{idea.title}\n{idea.problem}\n{idea.proposal}\n{idea.benefit}\n{idea.beneficiaries}")


def candidates(user: User, idea: Idea, words: str) -> list[LookAlike]:
    """Those that resemble the idea, or that a search finds; each leads to the comparison."""
    text = f"{idea.title}\n{idea.problem}\n{idea.proposal}"
    if not words:
        return resemblance.resembling(
            text, user=user, exclude=[idea.pk], limit=ALIKE, action=lambda other: _compare_link(idea, other)
        )
    hits = search(words, user=user, kinds=[KIND], limit=FOUND + 1).hits
    wanted = [hit.object_id for hit in hits if hit.object_id != idea.pk][:FOUND]
    asked = Idea.objects.visible_to(user).select_related("organisation", "branch").in_bulk(wanted)
    typed = [surface for surface, _stem in pairs(words)]
    return [
        resemblance.shown(asked[pk], typed, action=_compare_link(idea, asked[pk]))
        for pk in wanted
        if pk in asked
    ]


def _compare_link(idea: Idea, other: Idea) -> Link:
    return Link("Comparer les deux", reverse("ideas:compare", args=[idea.short, other.short]))


# --- what a sheet shows -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kin:
    """An idea tied to another: absorbed by it, or its neighbour, and why."""

    idea: Idea
    reason: str
    is_absorbed: bool
    place: str

    @property
    def url(self) -> str:
        """Its own text: the address of an absorbed idea leads to the one that was kept."""
        url = self.idea.get_absolute_url()
        return f"{url}?lire=1" if self.is_absorbed else url


def kin(user: User, idea: Idea) -> list[Kin]:
    """The ideas tied to one that this person may read, in one query; none when nothing is tied to it."""
    if not idea.kin_count:
        return []
    mine = IdeaLink.objects.filter(
        Q(one=idea.pk, other=OuterRef("pk")) | Q(other=idea.pk, one=OuterRef("pk"))
    ).values("reason")
    made = IdeaMerge.objects.standing().filter(absorbed=OuterRef("pk")).values("reason")
    rows = (
        Idea.objects.visible_to(user)
        .annotate(link=Subquery(mine[:1]), merge=Subquery(made[:1]))
        .filter(Q(merged_into=idea.pk) | Q(link__isnull=False), is_hidden=False)
        .select_related("organisation", "branch")
    )
    return [
        Kin(one, one.link or one.merge or "", one.merged_into_id == idea.pk, standing.place(one))
        for one in rows.order_by("title", "pk")
    ]


def leads_to(user: User, idea: Idea) -> Idea | None:
    """The idea that now holds an absorbed one, at the end of the chain; None when this person may not read it."""
    found: Idea | None = idea
    for _step in range(LONGEST_CHAIN):
        if found is None or found.state != State.MERGED:
            break
        found = found.merged_into
    return found if found is not None and found.pk != idea.pk and rules.can_see(user, found) else None


def origins(tied: list[Kin]) -> Mapping[UUID, str]:
    """The titles of the absorbed ideas, by key: where their comments were written."""
    return {one.idea.pk: one.idea.title for one in tied if one.is_absorbed}


# --- lists ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of pairs is narrowed to."""

    state: str = ""
    organisation: Organisation | None = None
    words: str = ""


def merges(user: User, wanted: Wanted) -> QuerySet[IdeaMerge]:
    """The merges of the ideas of this desk."""
    found = IdeaMerge.objects.in_scope_of(user)
    if wanted.state == "separes":
        found = found.filter(undone_on__isnull=False)
    elif wanted.state:
        found = found.standing()
        if wanted.state == "reversibles":
            found = found.filter(undo_until__gte=clock.today())
    narrowed: QuerySet[IdeaMerge] = _narrowed(found, wanted, "absorbed", "kept")
    return narrowed


def links(user: User, wanted: Wanted) -> QuerySet[IdeaLink]:
    """The links of the ideas of this desk, both of which this person may read: they may have other readers."""
    found = IdeaLink.objects.in_scope_of(user)
    if user.contribution_scope("ideas") is not None:
        readable = Idea.objects.visible_to(user)
        found = found.filter(one__in=readable, other__in=readable)
    narrowed: QuerySet[IdeaLink] = _narrowed(found, wanted, "one", "other")
    return narrowed


def _narrowed(rows: Any, wanted: Wanted, one: str, other: str) -> Any:
    if wanted.organisation is not None:
        body = wanted.organisation
        rows = rows.filter(Q(**{f"{one}__organisation": body}) | Q(**{f"{other}__organisation": body}))
    for word in wanted.words.split():
        rows = rows.filter(
            Q(**{f"{one}__title__icontains": word}) | Q(**{f"{other}__title__icontains": word})
        )
    return rows


def merges_page(rows: QuerySet[IdeaMerge], cursor: str = "") -> Page:
    """A page of merges, the latest first, in one query."""
    whole = rows.select_related(
        "absorbed__organisation", "absorbed__branch", "kept__organisation", "merged_by"
    )
    return keyset_page(whole, ("merged_on", "id"), cursor)


def links_page(rows: QuerySet[IdeaLink], cursor: str = "") -> Page:
    whole = rows.select_related("one__organisation", "one__branch", "other__organisation", "made_by")
    return keyset_page(whole, ("made_on", "id"), cursor)


def day_of(made: IdeaMerge) -> str:
    """The day of a merge, the month alone around an anonymous idea."""
    return told(made.merged_on, made.absorbed, made.kept)


def told(day: Any, *ideas: Idea) -> str:
    return f"en {month(day)}" if any(idea.is_anonymous for idea in ideas) else f"le {long_date(day)}"


MERGES_HEADER = (
    "idée regroupée", "titre", "organisme", "idée gardée", "titre de l’idée gardée", "regroupées", "par", "raison",
    "votes ajoutés", "votes communs", "séparables jusqu’au", "séparées", "séparées par", "raison de la séparation",
)  # fmt: skip
LINKS_HEADER = (
    "idée",
    "titre",
    "idée voisine",
    "titre de l’idée voisine",
    "ce qui les rapproche",
    "liées",
    "par",
)


def merge_lines(rows: QuerySet[IdeaMerge]) -> Iterator[list[object]]:
    people = ("absorbed__organisation", "kept", "merged_by", "undone_by")
    for one in _all(rows.select_related(*people), ("merged_on", "id")):
        day = "%Y-%m" if one.absorbed.is_anonymous or one.kept.is_anonymous else "%Y-%m-%d"
        yield [
            one.absorbed.short,
            one.absorbed.title,
            one.absorbed.organisation.name if one.absorbed.organisation else "",
            one.kept.short,
            one.kept.title,
            one.merged_on.strftime(day),
            one.merged_by.display_name if one.merged_by else "",
            one.reason,
            one.votes_carried,
            one.votes_shared,
            one.undo_until.isoformat(),
            one.undone_on.strftime(day) if one.undone_on else "",
            one.undone_by.display_name if one.undone_by else "",
            one.undo_reason,
        ]


def link_lines(rows: QuerySet[IdeaLink]) -> Iterator[list[object]]:
    for one in _all(rows.select_related("one", "other", "made_by"), ("made_on", "id")):
        day = "%Y-%m" if one.one.is_anonymous or one.other.is_anonymous else "%Y-%m-%d"
        yield [
            one.one.short,
            one.one.title,
            one.other.short,
            one.other.title,
            one.reason,
            one.made_on.strftime(day),
            one.made_by.display_name if one.made_by else "",
        ]


def _all(rows: Any, keys: tuple[str, ...]) -> Iterator[Any]:
    cursor, is_first = "", True
    while cursor or is_first:
        page = keyset_page(rows, keys, cursor, EXPORT_BATCH)
        yield from page.rows
        cursor, is_first = page.next, False
