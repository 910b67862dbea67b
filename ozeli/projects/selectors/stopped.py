"""The stopped projects, beside the ideas of the cimetière: why each stopped, and what others may learn of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q

from ozeli.accounts.models import User
from ozeli.core.french import long_date
from ozeli.core.paging import PAGE_SIZE, Page, keyset_page
from ozeli.ideas.selectors.listing import sectors
from ozeli.ideas.selectors.places import organisations
from ozeli.network.models import Organisation
from ozeli.search.selectors import search

from ..enums import Cause, State
from ..models import KIND, Project, ProjectMove, ProjectQuerySet
from .knowledge import Facet
from .vocabulary import Step, stage_names

COUNTED = 1000
# A search by words looks at its best answers only; beyond, narrow it.
FOUND_BY_WORDS = 300
FACETS_FROM = 300
FACETS_SHOWN = 4
EXPORT_BATCH = 500
KEYS = ("touched_on", "id")
HEADER = (
    "identifiant", "titre", "adresse", "organisme", "branche", "domaine", "démarré le", "arrêté le", "étape", "cause",
    "en quelques mots", "ce que d’autres peuvent en apprendre",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to. `domains` are ids; `words` a search."""

    cause: str = ""
    steps: tuple[Step, ...] = ()
    domains: tuple[int, ...] = ()
    organisation: Organisation | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stopped project as the cimetière shows it. `stage` is where it stood, empty once all were passed."""

    project: Project
    cause: str
    note: str
    lesson: str
    who: str
    when: str
    stage: str


def matching(user: User, wanted: Wanted) -> ProjectQuerySet:
    """The projects given up that this person may read and asks for."""
    projects = Project.objects.visible_to(user).filter(state=State.ABANDONED, is_withdrawn=False)
    if wanted.cause:
        projects = projects.filter(cause=wanted.cause)
    if wanted.steps:
        stood = Q()
        for step in wanted.steps:
            for version, number in step.places:
                stood |= Q(lifecycle=version, stages_passed=number - 1)
        projects = projects.filter(stood)
    if wanted.domains:
        projects = projects.filter(domain__in=wanted.domains)
    if wanted.organisation is not None:
        projects = projects.filter(organisation=wanted.organisation)
    if wanted.words:
        projects = projects.filter(pk__in=_found(user, wanted))
    return projects


def _found(user: User, wanted: Wanted) -> list[UUID]:
    filters: dict[str, Any] = {"status": State.ABANDONED, "domain": list(wanted.domains)}
    if wanted.organisation is not None:
        filters["organisation"] = wanted.organisation.pk
    results = search(wanted.words, user=user, kinds=[KIND], filters=filters, limit=FOUND_BY_WORDS)
    return [hit.object_id for hit in results.hits]


def page(projects: ProjectQuerySet, cursor: str = "", size: int = PAGE_SIZE) -> Page:
    """A page of `Stopped`, the last first, in two queries."""
    moves = ProjectMove.objects.filter(target=State.ABANDONED).select_related("actor").order_by("pk")
    whole = projects.select_related("organisation__branch", "domain").prefetch_related(
        Prefetch("moves", moves, to_attr="stops")
    )
    found = keyset_page(whole, KEYS, cursor, size)
    return Page([_stopped(one) for one in found.rows], found.next, found.previous)


def _stopped(project: Project) -> Stopped:
    stops: list[ProjectMove] = project.stops  # type: ignore[attr-defined]
    last = stops[-1] if stops else None
    day = (last.made_on if last else None) or project.ended_on
    return Stopped(
        project=project,
        cause=project.get_cause_display() or "Cause non dite",
        note=last.note if last else "",
        lesson=last.lesson if last else "",
        who=last.actor.display_name if last and last.actor else "",
        when=long_date(day) if day else "",
        stage=stage_names().get((project.lifecycle_id, project.stages_passed + 1), ""),
    )


def count(projects: ProjectQuerySet, shown: Page) -> int:
    """How many there are, counted up to one past `COUNTED`; a list of one page needs no query."""
    if not shown.next and not shown.previous:
        return len(shown.rows)
    return projects.order_by()[: COUNTED + 1].count()


def facets(projects: ProjectQuerySet) -> list[tuple[str, list[Facet]]]:
    """The causes, domains and bodies of the last ones of a list, the most frequent first, in one query.

    Counted when the list is short enough for the count to be true: 0 otherwise.
    """
    last = projects.order_by("-touched_on", "-id").values_list("cause", "domain", "organisation")[
        :FACETS_FROM
    ]
    rows = list(last)
    topics = {pk: sector for sector in sectors() for pk in sector.ids}
    by_sector = Counter(topics[domain] for _cause, domain, _body in rows if domain in topics)
    bodies = Counter(organisations()[body].name for _cause, _domain, body in rows if body in organisations())
    causes = Counter(cause for cause, _domain, _body in rows if cause)
    whole = len(rows) < FACETS_FROM

    def told(name: str, found: Iterable[tuple[str, str, int]]) -> list[Facet]:
        return [Facet(name, value, label, count if whole else 0) for value, label, count in found]

    found = [
        ("Par cause", told("cause", ((code, str(Cause(code).label), n) for code, n in causes.most_common()))),
        (
            "Par domaine",
            told("domaine", ((one.code, one.name, n) for one, n in by_sector.most_common(FACETS_SHOWN))),
        ),
        ("Par organisme", told("organisme", ((one, one, n) for one, n in bodies.most_common(FACETS_SHOWN)))),
    ]
    return [(title, links) for title, links in found if links]


def export_lines(projects: ProjectQuerySet) -> Iterator[list[object]]:
    """The rows of the file, by batches of keys, in the order of the list."""
    cursor, is_first = "", True
    while cursor or is_first:
        batch = page(projects, cursor, EXPORT_BATCH)
        yield from (_line(one) for one in batch.rows)
        cursor, is_first = batch.next, False


def _line(one: Stopped) -> list[object]:
    project = one.project
    return [
        project.short,
        project.title,
        project.get_absolute_url(),
        project.organisation.name,
        project.organisation.branch.name,
        project.domain.name if project.domain else "",
        project.started_on.isoformat() if project.started_on else "",
        project.ended_on.isoformat() if project.ended_on else "",
        one.stage,
        one.cause,
        one.note,
        one.lesson,
    ]
