"""How each body keeps the right to an answer: median wait, share answered in time, answers that are late.

They count the first answers to signed ideas that the whole network may read. An anonymous idea bears no body nor day,
an imported one was promised nothing here: neither is counted. Nothing is told of fewer than five ideas, nor lets a
subtraction tell it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from ozeli.core import clock
from ozeli.core.french import days as in_days
from ozeli.core.french import long_date, sort_key
from ozeli.core.memo import kept_for
from ozeli.core.paging import Page, keyset_page
from ozeli.network.models import Organisation
from ozeli.network.selectors import answer_delay

from ..enums import State
from ..models import Decision, Idea, IdeaQuerySet
from ..services.promises import RUNNING
from .figures import FEWEST, HIDDEN, PERIOD, Median
from .places import organisations

PAGE_SIZE = 15
EXPORT_BATCH = 500


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of a body, or of the network; None where fewer than five ideas stand behind them, or would show.

    `answered` first answers of the period, after `median` days; of the `due` promises that came to their day,
    `share` per cent were kept; `late` ideas still wait past it.
    """

    code: str = ""
    name: str = "Tout le réseau"
    promised: int | None = None
    answered: int | None = None
    median: int | None = None
    due: int | None = None
    share: int | None = None
    late: int | None = None

    @property
    def is_told(self) -> bool:
        return self.answered is not None or self.share is not None

    @property
    def median_words(self) -> str:
        return HIDDEN if self.median is None else in_days(self.median)

    @property
    def share_words(self) -> str:
        return HIDDEN if self.share is None else f"{self.share}\u202f%"


@dataclass(frozen=True, slots=True)
class Lines:
    """Every open body by id, and the network's line."""

    period: str
    network: Line
    bodies: Mapping[int, Line]

    def of(self, organisation_id: int) -> Line:
        return self.bodies.get(organisation_id) or Line()


def counted_ideas() -> IdeaQuerySet:
    """The ideas that the figures count, open or answered."""
    signed = Idea.objects.open_to_all().filter(source="", is_anonymous=False, organisation__isnull=False)
    return signed.exclude(state=State.MERGED)


def first_answers(start: date | None = None) -> QuerySet[Decision]:
    """The first answers published since `start`, to the ideas that are counted."""
    start = start or clock.today() - PERIOD
    return Decision.objects.filter(round=1, published_on__gte=start, idea__in=counted_ideas().order_by())


def still_late() -> QuerySet[Idea]:
    """The ideas whose first answer is awaited past the first day it was promised for."""
    today = clock.today()
    moved = Q(first_due_on__isnull=True, answer_due_on__lt=today) | Q(first_due_on__lt=today)
    return counted_ideas().filter(moved, state__in=RUNNING, round=1, waiting_since__isnull=False)


@kept_for(300)
def lines() -> Lines:
    """The figures of today over twelve months, five minutes old at most: three queries for all bodies."""
    today = clock.today()
    start = today - PERIOD
    given = first_answers(start).order_by()
    figures: dict[str, Any] = {
        "answered": Count("pk"),
        "median": Median(F("published_on") - F("idea__deposited_on")),
        "promised": Count("pk", filter=Q(due_on__isnull=False)),
        "kept": Count("pk", filter=Q(published_on__lte=F("due_on"))),
    }
    late = dict(still_late().order_by().values_list("organisation").annotate(ideas=Count("pk")))
    grouped: Any = given.values("idea__organisation").annotate(**figures)
    by_body = {row["idea__organisation"]: row for row in grouped}
    whole = given.aggregate(**figures)
    bodies = {pk: one for pk, one in organisations().items() if one.is_active or pk in by_body or pk in late}
    answered = {pk: by_body[pk]["answered"] if pk in by_body else 0 for pk in bodies}
    due = {pk: (by_body[pk]["promised"] if pk in by_body else 0) + late.get(pk, 0) for pk in bodies}
    told_answered, told_due = shown(answered), shown(due)
    found = {
        pk: _line(
            by_body.get(pk, {}),
            late.get(pk, 0),
            pk in told_answered,
            pk in told_due,
            code=one.code,
            name=one.name,
            promised=answer_delay(one),
        )
        for pk, one in bodies.items()
    }
    all_late = sum(late.values())
    network = _line(whole, all_late, whole["answered"] >= FEWEST, whole["promised"] + all_late >= FEWEST)
    return Lines(f"Du {long_date(start)} au {long_date(today)}", network, found)


def _line(row: Mapping[str, Any], late: int, tells_answered: bool, tells_due: bool, **named: Any) -> Line:
    due = row.get("promised", 0) + late
    median: timedelta | None = row.get("median")
    # Beside the share, the number of late ideas would tell that of the few answers which is not told.
    tells_parts = tells_due and (tells_answered or not row.get("answered"))
    return Line(
        **named,
        answered=row["answered"] if tells_answered else None,
        median=round(median / timedelta(days=1)) if tells_answered and median is not None else None,
        due=due if tells_parts else None,
        share=round(100 * row.get("kept", 0) / due) if tells_due else None,
        late=late if tells_parts else None,
    )


def shown(counts: Mapping[int, int]) -> set[int]:
    """The keys whose count may be told beside the sum of all.

    Those under five are left out; when what is left out could be told by subtraction (one alone, or fewer than five
    together), the smallest of the others are left out too.
    """
    told = {key for key, count in counts.items() if count >= FEWEST}
    while told:
        hidden = [count for key, count in counts.items() if key not in told and count]
        if not hidden or (len(hidden) > 1 and sum(hidden) >= FEWEST):
            break
        told.remove(min(told, key=lambda key: (counts[key], key)))
    return told


# --- the comparison of bodies -----------------------------------------------------------------------------------------


SORTS: Mapping[str, tuple[str, Any]] = {
    "nom": ("par nom", lambda line: 0),
    "part": ("le plus souvent à temps", lambda line: _last(line.share, down=True)),
    "delai": ("les plus rapides", lambda line: _last(line.median)),
    "retards": ("le plus de retards", lambda line: _last(line.late, down=True)),
}


def _last(value: int | None, *, down: bool = False) -> tuple[bool, int]:
    """A sort key that sends what is not told to the end."""
    return value is None, (-value if down else value) if value is not None else 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the comparison is narrowed to: a key of `SORTS`, words of a name, a branch, a region, a size.

    `untold` adds the bodies whose figures are all hidden.
    """

    sort: str = "nom"
    words: str = ""
    branch: int | None = None
    region: str = ""
    size: str = ""
    untold: bool = False


def compared(wanted: Wanted) -> list[Line]:
    """The lines of the open bodies that are asked for, sorted. No query once the figures are kept."""
    known, told = organisations(), lines().bodies
    chosen = [(known[pk], line) for pk, line in told.items() if _is_asked(known.get(pk), line, wanted)]
    key = SORTS[wanted.sort][1]
    return [line for one, line in sorted(chosen, key=lambda pair: (key(pair[1]), pair[0].sort_name))]


def _is_asked(body: Organisation | None, line: Line, wanted: Wanted) -> bool:
    if body is None or not (line.is_told or wanted.untold):
        return False
    if wanted.branch is not None and body.branch_id != wanted.branch:
        return False
    if (wanted.region and body.region != wanted.region) or (wanted.size and body.size_band != wanted.size):
        return False
    names = body.sort_name.split()
    return all(any(name.startswith(word) for name in names) for word in sort_key(wanted.words).split())


def page(found: Sequence[Line], cursor: str = "") -> Page:
    """A page of lines; a cursor is the code of an edge line, behind a « - » when one goes back."""
    backwards, code = cursor.startswith("-"), cursor.removeprefix("-")
    place = next((index for index, line in enumerate(found) if line.code == code), None)
    if place is None:
        first, last = 0, PAGE_SIZE
    elif backwards:
        first, last = max(0, place - PAGE_SIZE), place
    else:
        first, last = place + 1, place + 1 + PAGE_SIZE
    rows = list(found[first:last])
    return Page(
        rows,
        next=rows[-1].code if rows and last < len(found) else "",
        previous=f"-{rows[0].code}" if rows and first > 0 else "",
    )


HEADER = (
    "code", "organisme", "délai promis (jours)", "premières réponses", "délai médian (jours)",
    "promesses échues", "tenues (%)", "en retard",
)  # fmt: skip


def export_lines(found: Iterable[Line]) -> Iterator[list[object]]:
    """The network's line, then those asked for; nothing where the screen shows « – »."""
    for line in (lines().network, *found):
        told = (line.promised, line.answered, line.median, line.due, line.share, line.late)
        yield [line.code, line.name, *("" if value is None else value for value in told)]


# --- the rows behind the figures of one body --------------------------------------------------------------------------


def answers_of(organisation: Organisation) -> QuerySet[Decision]:
    return first_answers().filter(idea__organisation=organisation).select_related("idea")


def late_of(organisation: Organisation) -> QuerySet[Idea]:
    return still_late().filter(organisation=organisation)


KEYS = ("published_on", "id")
BODY_HEADER = ("idée", "titre", "déposée le", "promise le", "réponse le", "jours", "à temps")


def body_lines(organisation: Organisation) -> Iterator[list[object]]:
    """Answers given, the latest first, then those still awaited past their day."""
    line = lines().of(organisation.pk)
    cursor, is_first = "", True
    while line.answered is not None and (cursor or is_first):
        some = keyset_page(answers_of(organisation), KEYS, cursor, EXPORT_BATCH)
        for one in some.rows:
            idea = one.idea
            waited = (one.published_on - idea.deposited_on).days
            due = one.due_on.isoformat() if one.due_on else ""
            yield [idea.short, idea.title, idea.deposited_on, due, one.published_on, waited, kept_words(one)]
        cursor, is_first = some.next, False
    if line.late is not None:
        for idea in late_of(organisation).order_by("answer_due_on", "pk").iterator():
            due = idea.first_due_on or idea.answer_due_on
            yield [idea.short, idea.title, idea.deposited_on, due, "", "", "non"]


def kept_words(decision: Decision) -> str:
    """« oui », « non »; nothing when what was promised is not known."""
    if decision.due_on is None or decision.published_on is None:
        return ""
    return "oui" if decision.published_on <= decision.due_on else "non"
