"""The list of ideas: what it may be narrowed to, its rows, its count."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from ozeli.accounts.models import User
from ozeli.activity import selectors as activity
from ozeli.core.memo import kept_for
from ozeli.core.paging import PAGE_SIZE, Page, circular_page, keyset_page
from ozeli.core.ui import BadgeLook
from ozeli.engagement.models import Vote
from ozeli.network.models import Domain, Organisation

from .. import rules, standing
from ..enums import OPEN_STATES, State
from ..models import KIND, Idea, IdeaAuthor, IdeaQuerySet
from .challenges import name_of
from .places import place_ideas

COUNTED = 1000
EXTRACT_LENGTH = 240
SORTS = {"recentes": ("deposited_on", "id"), "soutenues": ("vote_count", "id")}
AWAITING = "attend"

_ROW = (
    "title", "team", "state", "is_hidden", "is_anonymous", "round", "ballot_id", "deposited_on", "waiting_since",
    "answer_due_on", "vote_count", "comment_count", "organisation_id", "branch_id",
    "challenge_id", "source", "is_undated",
)  # fmt: skip
# What surrounds the ideas of a page, by key: asked in SQL, which the ORM would take longer to write than to run.
_AROUND = """
select i.id, left(i.proposal, %(length)s), answer.published_on, coalesce(answer.reason, ''),
    array(select signing.display_name from ideas_ideaauthor author
          join accounts_user signing on signing.id = author.user_id
          where author.idea_id = i.id order by author.position, author.id),
    exists (select from engagement_vote where ballot_id = i.ballot_id and voter_id = %(user)s),
    selected.threshold
from ideas_idea i
left join lateral (
    select published_on, reason from ideas_decision
    where idea_id = i.id and published_on is not null order by round desc limit 1
) answer on true
left join ideas_selection selected on selected.idea_id = i.id and selected.round = i.round
where i.id = any(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to. `domains` are ids; `state` is a state or `AWAITING`; `mine` one of `MINE`."""

    domains: tuple[int, ...] = ()
    organisation: Organisation | None = None
    state: str = ""
    mine: str = ""
    sort: str = "recentes"
    challenge: UUID | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An idea as a list shows it, ready to be drawn."""

    key: str
    title: str
    url: str
    vote_url: str
    extract: str
    who: str
    comments: int
    look: BadgeLook
    wait: standing.Wait
    votes: int
    own: bool
    is_open: bool
    # The challenge it was deposited in, when this person may see it; the number of votes that selected it.
    challenge: str = ""
    selected_by: int | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A domain, with those under it when it is of the first level."""

    id: int
    code: str
    name: str
    parent: int | None = None
    children: "tuple[Topic, ...]" = ()

    @property
    def ids(self) -> tuple[int, ...]:
        return (self.id, *(child.id for child in self.children))


@kept_for(60)
def sectors() -> tuple[Topic, ...]:
    """The tree of domains, in order, archived ones too: ideas still bear them. A minute old at most."""
    return _tree(Domain.objects.all())


@kept_for(60)
def offered_sectors() -> tuple[Topic, ...]:
    """The tree of the domains that a new idea may bear; a minute old at most."""
    return _tree(Domain.objects.filter(is_active=True))


def _tree(domains: QuerySet[Domain]) -> tuple[Topic, ...]:
    rows = domains.order_by("position", "code").values_list("pk", "code", "name", "parent_id")
    topics = [Topic(*row) for row in rows]
    return tuple(
        replace(root, children=tuple(child for child in topics if child.parent == root.id))
        for root in topics
        if root.parent is None
    )


def matching(user: User, wanted: Wanted) -> IdeaQuerySet:
    """The ideas that this person may read and asks for."""
    ideas = Idea.objects.visible_to(user)
    if wanted.domains:
        first, *others = wanted.domains
        ideas = ideas.filter(domain__in=wanted.domains) if others else ideas.filter(domain=first)
    if wanted.organisation is not None:
        ideas = ideas.filter(organisation=wanted.organisation)
    if wanted.challenge is not None:
        ideas = ideas.filter(challenge=wanted.challenge)
    if wanted.state:
        awaiting = wanted.state == AWAITING
        awaited = {"state__in": sorted(OPEN_STATES), "source": ""}
        ideas = ideas.filter(**awaited) if awaiting else ideas.filter(state=wanted.state)
    elif not wanted.mine:
        ideas = ideas.exclude(state=State.MERGED)
    return MINE[wanted.mine](ideas, user) if wanted.mine else ideas


def authored(ideas: IdeaQuerySet, user: User) -> IdeaQuerySet:
    return ideas.filter(pk__in=IdeaAuthor.objects.filter(user=user).values("idea"))


def followed(ideas: IdeaQuerySet, user: User) -> IdeaQuerySet:
    return ideas.filter(pk__in=activity.followed(KIND, user))


def supported(ideas: IdeaQuerySet, user: User) -> IdeaQuerySet:
    """Those that hold a vote of this person in their present round."""
    return ideas.filter(ballot__in=Vote.objects.filter(voter=user).values("ballot"))


MINE = {"miennes": authored, "suivies": followed, "soutenues": supported}


def page(
    user: User,
    ideas: IdeaQuerySet,
    *,
    sort: str = "recentes",
    cursor: str = "",
    for_author: bool = False,
    of_challenge: bool = False,
    start: float | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """A page of rows (`Row`), in two queries. `for_author` tells who answers instead of who signs.

    `of_challenge`: all are of one challenge, which the rows need not name. With
    `start`, they come in the order drawn by chance, from that place on: a query more where the circle closes.
    """
    wanted: QuerySet[Idea] = ideas.only(*_ROW)
    if for_author:
        wanted = wanted.select_related("handler").only(*_ROW, "handler__display_name")
    found = (
        keyset_page(wanted, SORTS[sort], cursor, size)
        if start is None
        else circular_page(wanted, "shuffle", start, cursor, size)
    )
    place_ideas(found.rows)
    _surround(user, found.rows)
    told = _handled if for_author else _signed
    rows = [
        _row(
            idea,
            told(idea),
            for_author=for_author,
            takes_part=rules.takes_part(user, idea),
            challenge="" if of_challenge else name_of(idea.challenge_id, user),
        )
        for idea in found.rows
    ]
    return Page(rows, found.next, found.previous)


@kept_for(60)
def _long_lists() -> set[tuple[object, ...]]:
    """The lists found longer than we count, since a minute at most: a long list is not counted at every page."""
    return set()


def count(user: User, ideas: IdeaQuerySet, wanted: Wanted, shown: Page) -> int:
    """How many there are, counted up to one past `COUNTED`; a list of one page needs no query."""
    if not shown.next and not shown.previous:
        return len(shown.rows)
    readers = (user.organisation_id, user.contribution_scope("ideas"))
    key = (*readers, replace(wanted, sort=""), user.pk if wanted.mine else None)
    if key in _long_lists():
        return COUNTED + 1
    counted = ideas.order_by()[: COUNTED + 1].count()
    if counted > COUNTED:
        _long_lists().add(key)
    return counted


def _surround(user: User, ideas: list[Any]) -> None:
    """Give ideas what only a row shows: first words, last answer, who signs, own vote, the votes that selected it."""
    if not ideas:
        return
    named: dict[str, Any] = {"ids": [idea.pk for idea in ideas], "user": user.pk, "length": EXTRACT_LENGTH}
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, named)
        around = {key: rest for key, *rest in cursor.fetchall()}
    for idea in ideas:
        extract, idea.answered_on, idea.answered_why, idea.signatures, own, reached = around[idea.pk]
        idea.extract, idea.own_vote, idea.selected_by = extract, own, reached


def _signed(idea: Any) -> str:
    """« Claire Delattre, Caf du Nord, le 16 novembre 2026 »."""
    said = (
        standing.signed(idea, idea.signatures),
        standing.place(idea),
        standing.deposit_day(idea),
    )
    return ", ".join(part for part in said if part)


def _handled(idea: Any) -> str:
    """« Déposée le 16 novembre 2026, Inès Carpentier vous répond »."""
    deposited = f"Déposée {standing.day(idea, idea.deposited_on)}"
    return f"{deposited}, {standing.answerer(idea)} vous répond" if idea.is_open else deposited


def _row(idea: Any, who: str, *, for_author: bool, takes_part: bool, challenge: str) -> Row:
    url = idea.get_absolute_url()
    return Row(
        key=idea.short,
        title=idea.title,
        url=url,
        vote_url=f"{url}vote/",
        extract=idea.extract,
        who=who,
        comments=idea.comment_count,
        look=idea.look,
        wait=standing.wait(idea, idea.answered_on, idea.answered_why, to_author=for_author),
        votes=idea.vote_count,
        own=idea.own_vote,
        is_open=idea.accepts_votes and takes_part,
        challenge=challenge,
        selected_by=idea.selected_by,
    )
