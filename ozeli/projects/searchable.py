"""Projects and what their stages taught, as the search finds them: never what is withdrawn.

A report is indexed under the code of its stage (`status`), so that the look-alikes of a stage are looked for among its
own; the more it tells, the sooner it is looked at. It is read by whoever reads its project.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from ozeli.core.registry import Searchable, SearchCard, SearchDocument, searchables
from ozeli.core.ui import LookAlike
from ozeli.search.passages import passage_of

from .enums import State
from .models import KIND, REPORT_KIND, Project, ProjectMove, ProjectQuerySet, StageReport, StageReportQuerySet
from .selectors.knowledge import TOLD

BATCH = 5_000


def findable() -> ProjectQuerySet:
    return Project.objects.filter(is_withdrawn=False)


def told() -> StageReportQuerySet:
    return StageReport.objects.filter(is_told=True, project__is_withdrawn=False)


# --- projects ---------------------------------------------------------------------------------------------------------


def load(ids: Sequence[UUID]) -> Iterable[SearchDocument]:
    """A stopped project is found by why it stopped, and by what others may learn of it."""
    stops = Prefetch("moves", ProjectMove.objects.filter(target=State.ABANDONED), to_attr="stops")
    for one in findable().filter(pk__in=ids).select_related("domain", "objective").prefetch_related(stops):
        last = one.stops[-1] if one.stops and one.state == State.ABANDONED else None
        began = one.started_on or one.created_on
        yield SearchDocument(
            kind=KIND,
            object_id=one.pk,
            title=one.title,
            body={
                "B": "\n".join([one.summary, *one.keywords]),
                "C": "\n".join(
                    filter(None, (one.pitch, one.domain.name if one.domain else "", one.direction))
                ),
                "D": "\n".join(
                    filter(
                        None,
                        (
                            one.objective.title if one.objective else "",
                            one.source,
                            *((last.note, last.lesson) if last else ()),
                        ),
                    )
                ),
            },
            audience=one.audience,
            organisation_id=one.organisation_id,
            branch_id=one.branch_id,
            domain_id=one.domain_id,
            status=one.state,
            year=began.year,
            score=_score(one.stages_passed),
        )


def ids() -> Iterable[UUID]:
    return findable().order_by("pk").values_list("pk", flat=True).iterator(BATCH)


def scores(wanted: Sequence[UUID]) -> Mapping[UUID, float]:
    rows = Project.objects.filter(pk__in=wanted).values_list("pk", "stages_passed")
    return {pk: _score(passed) for pk, passed in rows}


def load_cards(wanted: Sequence[UUID], user: Any) -> Iterable[SearchCard]:
    for one in Project.objects.visible_to(user).filter(pk__in=wanted).select_related("organisation"):
        yield SearchCard(
            object_id=one.pk,
            title=one.title,
            url=one.get_absolute_url(),
            text="\n".join(filter(None, (one.summary, one.pitch))),
            notes=[one.organisation.name, _standing(one)],
            item=one,
            template="projects/knowledge/_search_project.html",
        )


def alike(shared: Mapping[UUID, list[str]], user: Any) -> Mapping[UUID, LookAlike]:
    """Projects beside a text that is being written: somebody tries it already, or stopped and says why."""
    found = Project.objects.visible_to(user).filter(pk__in=shared).select_related("organisation")
    return {one.pk: _look_alike(one, shared[one.pk]) for one in found}


def _look_alike(one: Project, shared: Sequence[str]) -> LookAlike:
    passage, words = passage_of(one.title, "\n".join(filter(None, (one.summary, one.pitch))), shared)
    return LookAlike(
        kind=KIND,
        title=one.title,
        url=one.get_absolute_url(),
        excerpt=passage,
        shared=words,
        meta=one.organisation.name,
        look=one.look,
    )


def _standing(one: Project) -> str:
    """Where it stands, in few words."""
    if one.state == State.UNDER_WAY and one.stage_number:
        return f"Étape {one.stage_number} sur {one.stage_count}"
    return ""


def _score(stages_passed: int) -> float:
    """What has gone far has more to show."""
    return stages_passed / 2


# --- stage reports ----------------------------------------------------------------------------------------------------


def load_reports(wanted: Sequence[UUID]) -> Iterable[SearchDocument]:
    found = (
        told().filter(pk__in=wanted).select_related("stage", "project__domain").prefetch_related("methods")
    )
    for one in found:
        project, methods = one.project, [method.name for method in one.methods.all()]
        yield SearchDocument(
            kind=REPORT_KIND,
            object_id=one.pk,
            title=one.stage.name,
            body={
                "B": "\n".join((one.successes, one.difficulties, one.failures, one.practices)),
                "C": "\n".join((one.done, *methods)),
                "D": "\n".join((project.title, project.domain.name if project.domain else "")),
            },
            audience=project.audience,
            organisation_id=project.organisation_id,
            branch_id=project.branch_id,
            domain_id=project.domain_id,
            status=one.stage.code,
            year=one.written_on.year if one.written_on else None,
            score=_richness(one),
        )


def report_ids() -> Iterable[UUID]:
    return told().order_by("pk").values_list("pk", flat=True).iterator(BATCH)


def load_report_cards(wanted: Sequence[UUID], user: Any) -> Iterable[SearchCard]:
    found = StageReport.objects.visible_to(user).filter(pk__in=wanted, is_told=True)
    for one in found.select_related("stage", "project__organisation"):
        yield SearchCard(
            object_id=one.pk,
            title=f"{one.stage.name}\u00a0: {one.project.title}",
            url=one.get_absolute_url(),
            text="\n".join(getattr(one, name) for name in TOLD if getattr(one, name)),
            notes=[one.project.organisation.name, f"Étape {one.stage.number}"],
            item=one,
        )


def _richness(one: StageReport) -> float:
    return sum(1 for name in TOLD if getattr(one, name)) / 2


def register() -> None:
    searchables.register(
        Searchable(
            kind=KIND,
            brick="projects",
            label="essai",
            label_plural="essais",
            load=load,
            ids=ids,
            load_cards=load_cards,
            scores=scores,
            position=12,
            alike=alike,
        )
    )
    searchables.register(
        Searchable(
            kind=REPORT_KIND,
            brick="projects",
            label="bilan d’étape",
            label_plural="bilans d’étape",
            load=load_reports,
            ids=report_ids,
            load_cards=load_report_cards,
            position=14,
        )
    )
