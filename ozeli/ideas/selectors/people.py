"""Amendments, signatures and teams, as pages show them."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.french import sort_key
from ozeli.core.name_search import named
from ozeli.core.paging import Page, keyset_page

from .. import differences, standing
from ..enums import OPEN_STATES, State, TeamState
from ..models import CoauthorInvitation, Idea, IdeaAmendment, IdeaAuthor, IdeaQuerySet, TeamMember
from ..services.amendments import LABELS

AMENDMENTS_PAGE = 10
SUGGESTED = 10


def amendments(idea: Idea, cursor: str = "") -> Page:
    """The amendments of an idea, latest first; each bears `day` and `shown`: (label, what changed) of each field."""
    rows = IdeaAmendment.objects.filter(idea=idea).select_related("author")
    page = keyset_page(rows, ("number", "id"), cursor, AMENDMENTS_PAGE)
    for row in page.rows:
        row.day = standing.day(idea, row.made_on)
        row.shown = [
            (LABELS.get(one["field"], one["field"]), differences.drawn(one["before"], one["after"]))
            for one in row.changes
        ]
    return page


# --- signatures -------------------------------------------------------------------------------------------------------


def signatures(idea: Idea) -> list[IdeaAuthor]:
    return list(idea.authors.select_related("user__organisation"))


def awaited_invitations(idea: Idea) -> list[CoauthorInvitation]:
    """Those not answered yet: for the authors alone."""
    rows = CoauthorInvitation.objects.awaited().filter(idea=idea).select_related("invitee__organisation")
    return list(rows.order_by("pk"))


def invitations_to(user: User) -> QuerySet[CoauthorInvitation]:
    """The signatures that this person is asked for."""
    rows = CoauthorInvitation.objects.awaited().filter(invitee=user, idea__is_hidden=False)
    return rows.filter(idea__state__in=sorted(OPEN_STATES)).select_related("idea", "invited_by")


def colleagues_like(user: User, words: str) -> list[User]:
    """The first people of one's own body whose name begins so, for the typed field; none for nothing."""
    people = User.objects.filter(is_active=True, organisation=user.organisation_id).exclude(pk=user.pk)
    found = people.filter(named(words)).select_related("organisation").order_by("sort_name", "pk")
    return list(found[:SUGGESTED]) if sort_key(words) else []


# --- teams ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TeamWanted:
    """What a manager narrows the ideas of the team to."""

    person: int | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class TeamCounts:
    total: int
    waiting: int
    late: int
    to_complete: int
    retained: int


def team_of(manager: User) -> list[TeamMember]:
    """Those counted in the team, and those asked who have not answered."""
    rows = TeamMember.objects.filter(manager=manager, state__in=[TeamState.PENDING, TeamState.ACCEPTED])
    return list(rows.select_related("member__organisation").order_by("state", "member__sort_name", "pk"))


def team_ideas(manager: User, wanted: TeamWanted = TeamWanted()) -> IdeaQuerySet:
    """The ideas signed by people of the team that this manager may read as anybody may: nothing hidden or withdrawn.

    An anonymous idea has no author: it is nobody's.
    """
    members = TeamMember.objects.filter(manager=manager, state=TeamState.ACCEPTED)
    if wanted.person is not None:
        members = members.filter(member=wanted.person)
    signed = IdeaAuthor.objects.filter(user__in=members.values("member")).values("idea")
    ideas = Idea.objects.visible_to(manager).filter(pk__in=signed, is_hidden=False, is_anonymous=False)
    ideas = ideas.exclude(state=State.WITHDRAWN)
    return ideas.filter(state=wanted.state) if wanted.state else ideas


def team_counts(manager: User) -> TeamCounts:
    """What waits, in one query."""
    is_open = Q(state__in=sorted(OPEN_STATES))
    found = team_ideas(manager).aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=is_open),
        late=Count("pk", filter=is_open & Q(answer_due_on__lt=clock.today())),
        to_complete=Count("pk", filter=Q(state=State.TO_COMPLETE)),
        retained=Count("pk", filter=Q(state__in=sorted(standing.RETAINED_STATES))),
    )
    return TeamCounts(**found)


def places_of(user: User) -> QuerySet[TeamMember]:
    """The teams that count this person, or ask to."""
    rows = TeamMember.objects.filter(member=user, state__in=[TeamState.PENDING, TeamState.ACCEPTED])
    return rows.select_related("manager__organisation")


def places_to_answer(user: User) -> QuerySet[TeamMember]:
    return places_of(user).filter(state=TeamState.PENDING)
