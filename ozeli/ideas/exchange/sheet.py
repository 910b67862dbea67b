"""What the file of a challenge's ideas holds: some columns are read back, the others are there to be read.

`version` marks a line as it was given: the version of the idea, a digest of the cells that may be changed, then one
short digest for each cell that may not. It tells a line that is stale, and a cell changed where it may not be.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, Prefetch, QuerySet

from ozeli.accounts.models import User
from ozeli.core.exports import Look
from ozeli.core.french import fold
from ozeli.core.paging import keyset_page
from ozeli.engagement.models import Tag
from ozeli.engagement.selectors import tags_of

from .. import rules, standing
from ..enums import Reason, State, Verdict
from ..models import KIND, Decision, Idea, IdeaAuthor, IdeaQuerySet

BATCH = 500
READ_ONLY = " (lecture seule)"
# code → title. Those that a person changes, then those that are there to be read.
EDITED = {
    "state": "état",
    "note": "raison du changement d’état",
    "handler": "confiée à",
    "tags": "mots-clés",
    "verdict": "décision préparée",
    "reason": "motif",
    "answer": "réponse",
}
SHOWN = {
    "title": "titre",
    "who": "signée par",
    "place": "organisme",
    "day": "déposée",
    "hidden": "masquée",
    "votes": "votes",
    "comments": "commentaires",
}
TITLES = {"short": "identifiant", "version": "version"} | EDITED
SHOWN_TITLES = {code: f"{title}{READ_ONLY}" for code, title in SHOWN.items()}
# The title comes first: a line is recognised by it.
ORDER = ("short", "version", "title", *EDITED, *(code for code in SHOWN if code != "title"))
HEADER = tuple((TITLES | SHOWN_TITLES)[code] for code in ORDER)
KEPT = (
    "state",
    "handler",
    "tags",
    "verdict",
    "reason",
    "answer",
)  # what the digest covers: a reason is not kept
LOOK = Look(
    muted=frozenset({"version", *SHOWN_TITLES.values()}),
    choices={
        TITLES["state"]: [
            str(State(one).label)
            for one in (State.DEPOSITED, State.TO_COMPLETE, State.IN_DEBATE, State.UNDER_STUDY)
        ],
        TITLES["verdict"]: [str(one) for one in Verdict.labels],
        TITLES["reason"]: [str(one) for one in Reason.labels],
    },
    widths={
        TITLES["short"]: 15,
        "version": 10,
        SHOWN_TITLES["title"]: 50,
        TITLES["note"]: 40,
        TITLES["handler"]: 30,
        TITLES["tags"]: 30,
        TITLES["answer"]: 70,
    },
)
_VERSION = re.compile(rf"^v\d{{1,9}}-[0-9a-f]{{10}}-[0-9a-f]{{{4 * len(SHOWN)}}}$")
_FRENCH_DAY = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")
_SHORT_MONTHS = ("janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc")


# --- an idea as cells ---------------------------------------------------------------------------------------------


def cells_of(idea: Any, tags: Sequence[Tag], user: User) -> dict[str, str]:
    """The cells of an idea, as this person may read them. `idea` comes from `with_cells`.

    Nobody reads the decision that is being prepared on an idea that they signed.
    """
    decision = None if rules.is_author(user, idea) else next(iter(idea.prepared), None)
    day = "%Y-%m" if idea.is_anonymous else "%Y-%m-%d"
    return {
        "short": idea.short,
        "title": idea.title,
        "state": str(State(idea.state).label),
        "note": "",
        "handler": idea.handler.email if idea.handler else "",
        "tags": ", ".join(tag.name for tag in tags),
        "verdict": str(decision.get_verdict_display()) if decision else "",
        "reason": str(decision.get_reason_display()) if decision and decision.reason else "",
        "answer": decision.answer if decision else "",
        "who": standing.signature(idea, idea.signatories),
        "place": idea.organisation.name if idea.organisation else "",
        "day": "" if idea.is_undated else idea.deposited_on.strftime(day),
        "hidden": "oui" if idea.is_hidden else "",
        "votes": str(idea.vote_count),
        "comments": str(idea.comment_count),
    }


def with_cells(ideas: IdeaQuerySet) -> QuerySet[Idea]:
    """What `cells_of` and the rights ask of an idea, in three queries whatever their number."""
    signatures = IdeaAuthor.objects.select_related("user").only("idea", "position", "user__display_name")
    waiting = Decision.objects.filter(published_on=None, round=F("idea__round"))
    return (
        ideas.select_related("organisation", "branch", "handler")
        .prefetch_related(Prefetch("authors", signatures), Prefetch("decisions", waiting, to_attr="prepared"))
        .defer("problem", "beneficiaries", "proposal", "benefit")
    )


def tags_by_idea(ideas: Iterable[Idea]) -> dict[UUID, list[Tag]]:
    return tags_of(KIND, [idea.pk for idea in ideas])


def export_lines(ideas: IdeaQuerySet, user: User) -> Iterator[list[object]]:
    """The rows of the file, the newest first, by batches of keys."""
    found, cursor, is_first = with_cells(ideas), "", True
    while cursor or is_first:
        page = keyset_page(found, ("deposited_on", "id"), cursor, BATCH)
        tags = tags_by_idea(page.rows)
        for idea in page.rows:
            cells = cells_of(idea, tags.get(idea.pk, []), user)
            row: dict[str, object] = {**cells, "version": version_of(idea.version, cells)}
            row |= {"votes": idea.vote_count, "comments": idea.comment_count}
            yield [row[code] for code in ORDER]
        cursor, is_first = page.next, False


# --- the mark of a line -------------------------------------------------------------------------------------------


def version_of(version: int, cells: Mapping[str, str]) -> str:
    shown = "".join(_digest(as_shown(code, cells[code]), 4) for code in SHOWN)
    return f"v{version}-{_digest(_joined(cells), 10)}-{shown}"


def is_version(mark: str) -> bool:
    return _VERSION.match(mark) is not None


def is_current(mark: str, version: int, cells: Mapping[str, str]) -> bool:
    """Whether the idea still stands as it did when the line was given, votes left out: they move on."""
    return mark.rpartition("-")[0] == version_of(version, cells).rpartition("-")[0]


def is_untouched(mark: str, given: Mapping[str, str]) -> bool:
    """Whether the cells that may be changed are those that the file gave. `given` holds them all."""
    return mark.split("-")[1] == _digest(_joined(given), 10)


def changed_shown(mark: str, given: Mapping[str, str]) -> list[str]:
    """The codes of the cells of `given` that are no longer as the file gave them."""
    shown = mark.rpartition("-")[2]
    digests = {code: shown[4 * place : 4 * place + 4] for place, code in enumerate(SHOWN)}
    return [code for code, text in given.items() if _digest(as_shown(code, text), 4) != digests[code]]


def _joined(cells: Mapping[str, str]) -> str:
    return "\x1f".join(cells[code] for code in KEPT)


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def as_shown(code: str, text: str) -> str:
    """A cell that is there to be read, whatever a spreadsheet made of its spaces, its dates and its numbers."""
    if code in ("votes", "comments"):
        return re.sub(r"\s", "", text)
    return _as_day(text.strip()) if code == "day" else " ".join(text.split())


def _as_day(text: str) -> str:
    if found := _FRENCH_DAY.match(text):
        return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
    word, _dash, year = text.partition("-")
    months = [fold(one) for one in _SHORT_MONTHS]
    if (name := fold(word).rstrip(".")) in months and year.isdigit():
        return f"{int(year) + (2000 if len(year) == 2 else 0)}-{months.index(name) + 1:02d}"
    return text.removesuffix("T00:00:00").removesuffix(" 00:00:00")
