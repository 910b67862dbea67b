"""What stages taught: the reports that are told, browsed by stage, method and domain, searched by words."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch

from ozeli.accounts.models import User
from ozeli.core.french import long_date
from ozeli.core.memo import kept_for
from ozeli.core.paging import PAGE_SIZE, Page, keyset_page
from ozeli.core.ui import BadgeLook
from ozeli.ideas.selectors.listing import sectors
from ozeli.ideas.selectors.places import domains, organisations
from ozeli.search.selectors import search

from ..models import REPORT_KIND, Method, Project, StageReport, StageReportQuerySet
from .vocabulary import Step

COUNTED = 1000
# A search by words looks at its best answers only; beyond, narrow it.
FOUND_BY_WORDS = 300
EXPORT_BATCH = 500
FACETS_FROM = 300
FACETS_SHOWN = 5
KEYS = ("written_on", "id")
# What a report tells, in the order in which it is read: what may be taken up first.
TOLD = {
    "successes": "Ce qui a marché",
    "difficulties": "Ce qui a été difficile",
    "failures": "Ce qui n’a pas marché",
    "practices": "Bonnes pratiques à reprendre",
    "done": "Ce qui a été fait",
}
# Words of the address: « ?dit=echecs ».
SAYING = {
    "reussites": "successes",
    "difficultes": "difficulties",
    "echecs": "failures",
    "pratiques": "practices",
}
HEADER = (
    "identifiant", "projet", "adresse", "parcours", "étape", "nom de l’étape", "organisme", "branche", "domaine",
    "écrit le", "passée le", "techniques", "ce qui a été fait", "ce qui a marché", "ce qui a été difficile",
    "ce qui n’a pas marché", "bonnes pratiques", "jours prévus", "jours passés", "budget prévu (€)",
    "budget dépensé (€)",
)  # fmt: skip
_ROW = (
    *("written_on", *TOLD, "stage__number", "stage__name", "stage__code", "project__title", "project__state"),
    *("project__is_withdrawn", "project__organisation_id", "project__domain_id"),
)
# Two passages of a report are enough to know whether to open it.
PASSAGES = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reports are narrowed to. `domains` are ids; `says` a key of `TOLD`; `words` a search."""

    steps: tuple[Step, ...] = ()
    method: Method | None = None
    domains: tuple[int, ...] = ()
    says: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A report as a list shows it: its first passages as (heading, text)."""

    report: StageReport
    project: Project
    body: str
    domain: str
    passages: list[tuple[str, str]]
    methods: list[tuple[str, str]]
    look: BadgeLook
    when: str

    @property
    def url(self) -> str:
        return self.report.get_absolute_url()


@dataclass(frozen=True, slots=True)
class Facet:
    """A way to narrow the list: the parameter and its value, in words, and how many of the last reports."""

    name: str
    value: str
    label: str
    count: int


def readable(user: User, domains: Sequence[int] = ()) -> StageReportQuerySet:
    """The reports told, of projects that this person may read and that are not withdrawn; of these domains alone."""
    shown = Project.objects.visible_to(user).filter(is_withdrawn=False)
    if domains:
        shown = shown.filter(domain__in=domains)
    return StageReport.objects.filter(Exists(shown.filter(pk=OuterRef("project"))), is_told=True)


def matching(user: User, wanted: Wanted) -> StageReportQuerySet:
    reports = readable(user, wanted.domains)
    if wanted.steps:
        stages = [key for step in wanted.steps for key in step.ids]
        reports = reports.filter(stage__in=stages) if len(stages) > 1 else reports.filter(stage=stages[0])
    if wanted.method is not None:
        reports = reports.filter(_used(wanted.method))
    if wanted.says:
        reports = reports.exclude(**{wanted.says: ""})
    if wanted.words:
        reports = reports.filter(pk__in=_found(user, wanted))
    return reports


def _used(method: Method) -> Exists:
    used = StageReport.methods.through.objects.filter(stagereport=OuterRef("pk"), method=method)
    return Exists(used)


def _found(user: User, wanted: Wanted) -> list[UUID]:
    filters: dict[str, Any] = {
        "status": sorted({step.code for step in wanted.steps}),
        "domain": list(wanted.domains),
    }
    results = search(wanted.words, user=user, kinds=[REPORT_KIND], filters=filters, limit=FOUND_BY_WORDS)
    return [hit.object_id for hit in results.hits]


def page(reports: StageReportQuerySet, *, says: str = "", cursor: str = "", size: int = PAGE_SIZE) -> Page:
    """A page of `Row`, the last written first, in two queries."""
    found = keyset_page(as_rows(reports), KEYS, cursor, size)
    return Page([row_of(one, says) for one in found.rows], found.next, found.previous)


def as_rows(reports: StageReportQuerySet) -> StageReportQuerySet:
    """With what `row_of` reads, and nothing else."""
    named = Prefetch("methods", Method.objects.only("code", "name", "position"))
    return reports.select_related("stage", "project").only(*_ROW).prefetch_related(named)


def row_of(report: StageReport, says: str = "") -> Row:
    """What is asked for comes first."""
    names = [says, *(name for name in TOLD if name != says)] if says else list(TOLD)
    told = [(TOLD[name], str(getattr(report, name))) for name in names if getattr(report, name)]
    return Row(
        report=report,
        project=report.project,
        body=body.name if (body := organisations().get(report.project.organisation_id)) else "",
        domain=topic.name if (topic := domains().get(report.project.domain_id or 0)) else "",
        passages=told[:PASSAGES],
        methods=[(one.name, one.get_absolute_url()) for one in report.methods.all()],
        look=report.project.look,
        when=long_date(report.written_on) if report.written_on else "",
    )


@kept_for(60)
def _long_lists() -> set[tuple[object, ...]]:
    """The lists found longer than we count, since a minute at most: a long list is not counted at every page."""
    return set()


def count(user: User, reports: StageReportQuerySet, wanted: Wanted, shown: Page) -> int:
    """How many there are, counted up to one past `COUNTED`; a list of one page needs no query."""
    if not shown.next and not shown.previous:
        return len(shown.rows)
    scope = user.contribution_scope("projects")
    key = (user.organisation_id, scope if scope is None else frozenset(scope), wanted)
    if key in _long_lists():
        return COUNTED + 1
    counted = reports.order_by()[: COUNTED + 1].count()
    if counted > COUNTED:
        _long_lists().add(key)
    return counted


def facets(reports: StageReportQuerySet) -> list[tuple[str, list[Facet]]]:
    """The domains of the last reports of a list, in one query; the stages are all told beside.

    Counted when the list is short enough for the count to be true: 0 otherwise.
    """
    last = list(
        reports.order_by("-written_on", "-id").values_list("project__domain", flat=True)[:FACETS_FROM]
    )
    topics = {pk: sector for sector in sectors() for pk in sector.ids}
    by_sector = Counter(topics[domain] for domain in last if domain in topics)
    whole = len(last) < FACETS_FROM
    links = [
        Facet("domaine", one.code, one.name, n if whole else 0)
        for one, n in by_sector.most_common(FACETS_SHOWN)
    ]
    return [("Par domaine", links)] if links else []


def using(user: User, method: Method) -> StageReportQuerySet:
    """The reports of stages where a method was used."""
    return readable(user).filter(_used(method))


def export_lines(reports: StageReportQuerySet) -> Iterator[list[object]]:
    """The rows of the file, by batches of keys, in the order of the list."""
    cursor, is_first = "", True
    found = reports.select_related(
        "stage__version__lifecycle", "project__organisation__branch", "project__domain"
    ).prefetch_related("methods")
    while cursor or is_first:
        batch = keyset_page(found, KEYS, cursor, EXPORT_BATCH)
        yield from (_line(report) for report in batch.rows)
        cursor, is_first = batch.next, False


def _line(report: StageReport) -> list[object]:
    project, stage = report.project, report.stage
    return [
        project.short,
        project.title,
        report.get_absolute_url(),
        stage.version.lifecycle.name,
        stage.number,
        stage.name,
        project.organisation.name,
        project.organisation.branch.name,
        project.domain.name if project.domain else "",
        report.written_on.isoformat() if report.written_on else "",
        report.passed_on.isoformat() if report.passed_on else "",
        ", ".join(one.name for one in report.methods.all()),
        report.done,
        report.successes,
        report.difficulties,
        report.failures,
        report.practices,
        report.days_planned,
        report.days_spent,
        report.budget_planned,
        report.budget_spent,
    ]
