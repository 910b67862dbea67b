"""Opinions asked: those one has to give, those a desk waits for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.name_search import named
from ozeli.core.paging import PAGE_SIZE, Page, keyset_page

from .. import standing
from ..enums import State
from ..models import ExpertNote, Idea, IdeaAuthor, IdeaExpert

EXPORT_BATCH = 500
LONGEST_NAME = 160

_AWAITED = Q(given_on__isnull=True, declined_on__isnull=True)
_OPEN = _AWAITED & Q(idea__state=State.UNDER_STUDY)
_ENDED = _AWAITED & ~Q(idea__state=State.UNDER_STUDY)


def _late() -> Q:
    return _OPEN & Q(due_on__lt=clock.today())


# Word of the address → (words of the filter, rows). The first is what stands without a filter.
STATES: dict[str, tuple[str, Callable[[], Q]]] = {
    "a-donner": ("À donner", lambda: _OPEN),
    "retard": ("En retard", _late),
    "donnes": ("Donnés", lambda: Q(given_on__isnull=False)),
    "declines": ("Déclinés", lambda: Q(declined_on__isnull=False)),
    "clos": ("Plus attendus", lambda: _ENDED),
    "tous": ("Tous", Q),
}
FIRST = next(iter(STATES))


def state_asked(word: str) -> str:
    return word if word in STATES else FIRST


def words_asked(words: str) -> str:
    """The name of an expert, as an address tells it."""
    return words.replace("\0", "")[:LONGEST_NAME]


@dataclass(frozen=True, slots=True)
class Standing:
    """How an opinion stands, as `{% promise %}` draws it."""

    text: str
    state: str


def due_opinions(user: User) -> QuerySet[IdeaExpert]:
    """The opinions asked of this person and not given yet, the most pressing first."""
    asked = IdeaExpert.objects.filter(_OPEN, user=user).select_related("idea")
    return asked.order_by("pressing_on", "pk")


def opinions_of(user: User, state: str = FIRST) -> QuerySet[IdeaExpert]:
    """Everything asked of this person; of what they declined, only what they may still read."""
    readable = Exists(Idea.objects.visible_to(user).filter(pk=OuterRef("idea")))
    asked = IdeaExpert.objects.filter(Q(declined_on__isnull=True) | Q(readable), user=user)
    return _with_row_data(asked.filter(STATES[state][1]()))


def opinions_for_desk(user: User, state: str = FIRST, words: str = "") -> QuerySet[IdeaExpert]:
    """The opinions asked on the ideas of this desk, less those that this person signed."""
    mine = IdeaAuthor.objects.filter(idea=OuterRef("idea"), user=user)
    asked = IdeaExpert.objects.filter(~Exists(mine), idea__in=Idea.objects.in_scope_of(user))
    asked = asked.filter(named(words, "user__sort_name"))
    return _with_row_data(asked.filter(STATES[state][1]()))


def page(opinions: QuerySet[IdeaExpert], cursor: str = "", size: int = PAGE_SIZE) -> Page:
    """A page, the most pressing first."""
    return keyset_page(opinions, ("pressing_on", "id"), cursor, size, ascending=True)


def standing_of(asked: IdeaExpert) -> Standing:
    """« Avis donné », « Avis en retard », « Avis attendu », « Décliné », « N’est plus attendu »."""
    if asked.given_on is not None:
        return Standing("Avis donné", "done")
    if asked.declined_on is not None:
        return Standing("Avis décliné", "done")
    if asked.idea.state != State.UNDER_STUDY:
        return Standing("N’est plus attendu", "done")
    return Standing("Avis en retard", "late") if asked.is_late else Standing("Avis attendu", "wait")


def expertise_for_desk(user: User, idea: Idea, pk: int) -> IdeaExpert | None:
    """A request of an idea of this desk, with its notes; None for an absent one."""
    notes = ExpertNote.objects.select_related("author__organisation")
    found = IdeaExpert.objects.filter(idea=idea, pk=pk).select_related("user__organisation", "asked_by")
    row = found.prefetch_related(Prefetch("notes", notes)).first()
    if row is not None:
        row.idea = idea
    return row


MINE_HEADER = (
    "idée",
    "signée par",
    "organisme",
    "demandé le",
    "attendu le",
    "où il en est",
    "donné le",
    "avis",
)
DESK_HEADER = (
    "idée", "signée par", "organisme", "expert", "organisme de l’expert", "demandé le", "attendu le",
    "où il en est", "donné le", "avis", "raison du refus",
)  # fmt: skip


def my_lines(opinions: QuerySet[IdeaExpert]) -> Iterator[list[object]]:
    """The rows of the export of one's own opinions: no private note."""
    for asked in _all(opinions):
        yield [
            asked.idea.title,
            standing.signature(asked.idea, asked.idea.signatories),
            standing.place(asked.idea),
            asked.asked_on.isoformat(),
            asked.due_on.isoformat() if asked.due_on else "",
            standing_of(asked).text,
            asked.given_on.isoformat() if asked.given_on else "",
            asked.opinion,
        ]


def desk_lines(opinions: QuerySet[IdeaExpert]) -> Iterator[list[object]]:
    """The rows of the export of the desk: opinions and refusals, no private note."""
    for asked in _all(opinions):
        yield [
            asked.idea.title,
            standing.signature(asked.idea, asked.idea.signatories),
            standing.place(asked.idea),
            asked.user.display_name,
            asked.user.organisation.name,
            asked.asked_on.isoformat(),
            asked.due_on.isoformat() if asked.due_on else "",
            standing_of(asked).text,
            asked.given_on.isoformat() if asked.given_on else "",
            asked.opinion,
            asked.decline_reason,
        ]


def _all(opinions: QuerySet[IdeaExpert]) -> Iterator[IdeaExpert]:
    cursor, is_first = "", True
    while cursor or is_first:
        found = page(opinions, cursor, EXPORT_BATCH)
        yield from found.rows
        cursor, is_first = found.next, False


def _with_row_data(opinions: QuerySet[IdeaExpert]) -> QuerySet[IdeaExpert]:
    signatures = IdeaAuthor.objects.select_related("user").only("idea", "position", "user__display_name")
    return opinions.select_related(
        "idea__organisation", "idea__branch", "user__organisation"
    ).prefetch_related(Prefetch("idea__authors", signatures))
