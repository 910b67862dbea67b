"""The desk of a référent: what waits, in which order, and what is needed to answer it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, TextChoices

from ozeli.accounts.models import User
from ozeli.core import clock, name_search
from ozeli.core.french import MONTHS, NBSP, days, month, sort_key
from ozeli.core.paging import Page, keyset_page

from .. import standing
from ..enums import RevivalState, State
from ..models import (
    CompletionRequest,
    Decision,
    DeskNote,
    Idea,
    IdeaAuthor,
    IdeaExpert,
    IdeaMove,
    IdeaQuerySet,
    RevivalRequest,
    RevivalSupport,
)
from ..wording import COMPLETION_FIELDS
from . import experts

# States in which the next step is the desk's.
DESK_STATES = (State.DEPOSITED, State.IN_DEBATE, State.UNDER_STUDY)
NEXT_SHOWN = 3
PEOPLE_SUGGESTED = 10
REQUESTS_SHOWN = 20


class Queue(TextChoices):
    """The queues of the desk, by their value in addresses."""

    LATE = "retard", "En retard"
    ANSWER = "repondre", "À répondre"
    STUDY = "etudier", "À étudier"
    QUALIFY = "qualifier", "À qualifier"
    REVIVALS = "relances", "Relances"


_IN_STATE = {Queue.ANSWER: State.UNDER_STUDY, Queue.STUDY: State.IN_DEBATE, Queue.QUALIFY: State.DEPOSITED}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a queue."""

    key: str
    title: str
    who: str
    wait: str
    late: bool


# --- queues -----------------------------------------------------------------------------------------------------------


def _conditions() -> dict[Queue, Q]:
    """Queue → which ideas stand in it, those with a prepared decision not yet left out."""
    late = Q(state__in=DESK_STATES, answer_due_on__lt=clock.today())
    return {Queue.LATE: late} | {queue: Q(state=state) for queue, state in _IN_STATE.items()}


def in_desk(user: User) -> IdeaQuerySet:
    """The ideas on which this person's next step is awaited, prepared decisions included."""
    return Idea.objects.in_scope_of(user).filter(state__in=DESK_STATES, waiting_since__isnull=False)


def _prepared(user: User) -> IdeaQuerySet:
    """Those whose decision waits to be published: they leave every queue. Few, and found from the decisions."""
    waiting = Decision.objects.filter(published_on=None, round=F("idea__round")).values("idea")
    return in_desk(user).filter(state=State.UNDER_STUDY, pk__in=waiting)


def ideas_of(user: User, queue: str) -> QuerySet[Idea]:
    prepared = Decision.objects.filter(idea=OuterRef("pk"), round=OuterRef("round"), published_on=None)
    return in_desk(user).filter(_conditions()[Queue(queue)], ~Exists(prepared))


def pending_revivals(user: User) -> QuerySet[RevivalRequest]:
    """Requests still to answer on the ideas of this desk."""
    return RevivalRequest.objects.filter(
        state=RevivalState.PENDING,
        idea__in=Idea.objects.in_scope_of(user).filter(state=State.NOT_RETAINED),
        round=F("idea__round"),
    ).select_related("idea__organisation", "idea__branch", "user__organisation")


def prepared_decisions(user: User) -> QuerySet[Decision]:
    """Decisions of this desk that wait to be published."""
    return (
        Decision.objects.filter(published_on=None, round=F("idea__round"), idea__in=_prepared(user))
        .select_related("idea__organisation", "idea__branch", "prepared_by__organisation")
        .prefetch_related("idea__authors__user")
    )


def counts(user: User) -> dict[str, int]:
    """Queue → how many wait; « preparees » for the decisions to publish. Three queries."""
    wanted: dict[str, Any] = {queue: Count("pk", filter=rule) for queue, rule in _conditions().items()}
    standing_in = in_desk(user).aggregate(**wanted)
    left_out = _prepared(user).aggregate(preparees=Count("pk"), **wanted)
    counted = {queue: standing_in[queue] - left_out[queue] for queue in wanted}
    return counted | {"preparees": left_out["preparees"], Queue.REVIVALS: pending_revivals(user).count()}


def first_queue(counted: dict[str, int]) -> Queue:
    """Where to begin: the first queue that holds something, the late ones before all."""
    return next((queue for queue in Queue if counted[queue]), Queue.LATE)


def queue_of(idea: Idea) -> Queue | None:
    """The queue in which an idea of the desk stands by its state."""
    return next((queue for queue, state in _IN_STATE.items() if state == idea.state), None)


def page(user: User, queue: str, cursor: str = "") -> Page:
    """A page of rows (`Row`), the oldest wait first."""
    found = keyset_page(
        _with_row_data(ideas_of(user, queue)), ("waiting_since", "id"), cursor, ascending=True
    )
    return Page([row(idea) for idea in found.rows], found.next, found.previous)


def revivals_page(user: User, cursor: str = "") -> Page:
    """A page of requests (`RevivalRequest`), the oldest first."""
    return keyset_page(pending_revivals(user), ("asked_on", "id"), cursor, ascending=True)


def soon(user: User) -> list[Row]:
    """The next answers to write once nothing is late, the first promised first."""
    ideas = ideas_of(user, Queue.ANSWER).filter(answer_due_on__gte=clock.today())
    return [row(idea) for idea in _with_row_data(ideas).order_by("answer_due_on", "id")[:NEXT_SHOWN]]


def after(user: User, queue: str, idea: Idea) -> str:
    """The key of the idea to look at after this one in a queue, from its start again at the end; « » when none."""
    if queue not in Queue.values or queue == Queue.REVIVALS:
        return ""
    since = idea.waiting_since or clock.today()
    passed = Q(waiting_since__lt=since) | Q(waiting_since=since, pk__lt=idea.pk)
    others = ideas_of(user, queue).exclude(pk=idea.pk).annotate(passed=passed)
    found = others.only("pk").order_by("passed", "waiting_since", "id").first()
    return found.short if found else ""


def _with_row_data(ideas: QuerySet[Idea]) -> QuerySet[Idea]:
    signatures = IdeaAuthor.objects.select_related("user").only("idea", "position", "user__display_name")
    return ideas.only(
        "title", "team", "state", "is_anonymous", "source", "waiting_since", "answer_due_on"
    ).prefetch_related(Prefetch("authors", signatures))


def row(idea: Idea) -> Row:
    return Row(
        idea.short, idea.title, standing.signature(idea, idea.signatories), wait(idea), idea.is_overdue
    )


def wait(idea: Idea) -> str:
    """« 34 jours »; for an anonymous idea, months only: « depuis octobre », « ce mois-ci »."""
    if idea.waiting_since is None:
        return ""
    if not idea.is_anonymous:
        return days(standing.waited(idea))
    since, today = idea.waiting_since, clock.today()
    if (since.year, since.month) == (today.year, today.month):
        return "ce mois-ci"
    return f"depuis {MONTHS[since.month - 1] if since.year == today.year else month(since)}"


# --- one idea ---------------------------------------------------------------------------------------------------------


def with_desk_data(ideas: IdeaQuerySet) -> IdeaQuerySet:
    """Everything that the pane shows of an idea, but its decisions and look-alikes."""
    asked = IdeaExpert.objects.select_related("user__organisation").order_by("asked_on", "pk")
    authors = IdeaAuthor.objects.select_related("user")
    return ideas.select_related("organisation", "branch", "domain", "handler").prefetch_related(
        Prefetch("authors", authors), Prefetch("experts", asked)
    )


def decision_of(idea: Idea) -> Decision | None:
    """The decision of the present round, prepared or published."""
    people = ("prepared_by__organisation", "published_by__organisation")
    return idea.decisions.filter(round=idea.round).select_related(*people).first()


def last_move(idea: Idea) -> IdeaMove | None:
    return idea.moves.select_related("actor__organisation").order_by("-pk").first()


def completion_of(idea: Idea) -> CompletionRequest | None:
    """The last complement that was asked in this round, awaited or answered."""
    return idea.completions.filter(round=idea.round).select_related("asked_by").order_by("-pk").first()


def questions_of(asked: CompletionRequest | None) -> list[tuple[str, str]]:
    """(field in words, question); nothing in words for the general one."""
    return (
        [(COMPLETION_FIELDS.get(name, ""), text) for name, text in asked.questions.items()] if asked else []
    )


def opinions(idea: Idea) -> list[tuple[IdeaExpert, experts.Standing]]:
    """The opinions asked on an idea of `with_desk_data`, and how each stands."""
    found = []
    for asked in idea.experts.all():
        asked.idea = idea
        found.append((asked, experts.standing_of(asked)))
    return found


def desk_notes(idea: Idea) -> list[DeskNote]:
    """The private notes of the desk, the latest first."""
    return list(idea.desk_notes.select_related("author", "handler").order_by("-pk"))


def promise(idea: Idea) -> tuple[str, str]:
    """The answer promised, as words and a state of `{% promise %}`: « Promise pour le 15 novembre, en retard »."""
    due = idea.answer_due_on
    if due is None:
        return "", ""
    day = (
        f"en{NBSP}{month(due)}" if idea.is_anonymous else f"pour le {standing.short_date(due, clock.today())}"
    )
    return (f"Promise {day}, en retard", "late") if idea.is_overdue else (f"Promise {day}", "wait")


def requests_on(idea: Idea, user: User) -> list[Any]:
    """The relaunches asked of an idea, the latest first, with `is_supported` by this person."""
    mine = RevivalSupport.objects.filter(request=OuterRef("pk"), user=user)
    found = idea.revivals.select_related("user__organisation").annotate(is_supported=Exists(mine))
    return list(found.order_by("-pk")[:REQUESTS_SHOWN])


# --- people to ask ----------------------------------------------------------------------------------------------------


def people_like(words: str) -> list[User]:
    """The first ten open accounts whose name begins so, for the typed field; none for nothing."""
    return list(named(words).select_related("organisation").order_by("sort_name", "pk")[:PEOPLE_SUGGESTED])


def people_by_ids(ids: Iterable[int]) -> list[User]:
    return list(User.objects.filter(pk__in=ids).select_related("organisation").order_by("sort_name", "pk"))


def person_label(user: User) -> str:
    """What the typed field holds: « Claire Delattre, Caf du Nord »."""
    return f"{user.display_name}, {user.organisation.name}"


def people_meant(text: str) -> list[User]:
    """Those whom a typed text names: an address, « nom, organisme », or a name."""
    opened = User.objects.filter(is_active=True).select_related("organisation")
    if "@" in text:
        return list(opened.filter(email__iexact=text.strip()))
    name, _comma, body = text.partition(",")
    named = opened.filter(sort_name=sort_key(name))
    if body.strip():
        named = named.filter(organisation__sort_name=sort_key(body))
    return list(named.order_by("pk")[:2])


def named(words: str) -> QuerySet[User]:
    people = User.objects.filter(name_search.named(words), is_active=True)
    return people if sort_key(words) else people.none()
