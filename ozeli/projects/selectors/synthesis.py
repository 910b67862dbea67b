"""Reads on syntheses: the archive, the projects that may have a page, the rows of a source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from ozeli.accounts.models import User
from ozeli.core.paging import Page, keyset_page
from ozeli.network.enums import Audience
from ozeli.network.models import Organisation

from ..enums import SynthesisState
from ..models import Project, ProjectQuerySet, Synthesis, SynthesisQuerySet
from . import synthesis_facts as facts
from .synthesis_periods import Period

KEYS = ("ends_on", "id")
HEADER = (
    "adresse", "titre", "porte sur", "du", "au", "lue par", "signée par", "état", "commencée le", "publiée le",
)  # fmt: skip
BATCH = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the archive is narrowed to."""

    state: str = SynthesisState.PUBLISHED
    scope: str = ""
    year: int | None = None
    organisation: Organisation | None = None


def matching(user: User, wanted: Wanted) -> SynthesisQuerySet:
    """Those that this person may read and asks for; drafts being published stand with the drafts."""
    states = [wanted.state]
    if wanted.state == SynthesisState.DRAFT:
        states.append(SynthesisState.PUBLISHING)
    found = Synthesis.objects.visible_to(user).filter(state__in=states)
    if wanted.scope:
        found = found.filter(scope=wanted.scope)
    if wanted.year is not None:
        found = found.filter(starts_on__year__lte=wanted.year, ends_on__year__gte=wanted.year)
    if wanted.organisation is not None:
        body = wanted.organisation
        about = (
            Q(organisation=body) | Q(scope=Audience.BRANCH, branch=body.branch_id) | Q(scope=Audience.NETWORK)
        )
        found = found.filter(about)
    return found


def page(user: User, wanted: Wanted, cursor: str = "") -> Page:
    rows = matching(user, wanted).select_related("organisation", "branch")
    return keyset_page(rows, KEYS, cursor)


def counts(user: User) -> dict[str, int]:
    """How many there are in each state, for the tabs of those who write."""
    found = Synthesis.objects.visible_to(user).order_by().values_list("state").annotate(n=Count("pk"))
    held: dict[str, int] = dict(found)
    held[SynthesisState.DRAFT] = held.get(SynthesisState.DRAFT, 0) + held.pop(SynthesisState.PUBLISHING, 0)
    return held


def export_lines(syntheses: QuerySet[Synthesis]) -> Iterator[list[object]]:
    cursor, is_first = "", True
    while cursor or is_first:
        found = keyset_page(syntheses.select_related("organisation", "branch"), KEYS, cursor, BATCH)
        for one in found.rows:
            yield [
                one.get_absolute_url(),
                one.title,
                one.about,
                one.starts_on.isoformat(),
                one.ends_on.isoformat(),
                one.get_audience_display(),
                one.signature,
                one.get_state_display(),
                one.created_on.isoformat(),
                one.published_on.isoformat() if one.published_on else "",
            ]
        cursor, is_first = found.next, False


def candidates(synthesis: Synthesis, words: str) -> ProjectQuerySet:
    """The projects followed over the period that have no page yet."""
    period = Period(synthesis.starts_on, synthesis.ends_on)
    found = facts.followed(facts.projects_of(synthesis), period)
    chosen = synthesis.sections.filter(project__isnull=False).values("project")
    found = found.exclude(pk__in=chosen)
    for word in words.split()[:6]:
        found = found.filter(title__icontains=word)
    return found.select_related("organisation")


def rows_for(user: User, rows: Sequence[list[str]]) -> tuple[list[dict[str, Any]], int]:
    """Those kept rows that this person may read today, as they were said; how many they may not."""
    ids = [UUID(row[0]) for row in rows]
    readable = set(Project.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    shown = [
        {
            "url": Project(id=key, title=title).get_absolute_url(),
            "title": title,
            "body": body,
            "said": said,
        }
        for key, (_id, title, body, said) in zip(ids, rows, strict=True)
        if key in readable
    ]
    return shown, len(ids) - len(shown)
