"""Write startups as projects, hundreds at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.imports import Fault, Line, Outcome
from ozeli.network.enums import Audience
from ozeli.network.models import Organisation
from ozeli.search.services import schedule_index

from ..enums import BodyRole, EntryTone, Kind
from ..models import (
    REPORT_KIND,
    BudgetLine,
    LogEntry,
    Project,
    ProjectBody,
    ProjectMove,
    StageReport,
)
from .bodies import write_bodies
from .kept import SOURCE, Route, routes, stage_number
from .reader import Startup

OVERTAKEN = "Ce projet a été modifié pendant l’import : relancez-le pour comparer à nouveau."


def write_startups(lines: Sequence[Line], *, actor: User | None, options: Mapping[str, str]) -> None:
    """Create or update one project a line, in the caller's transaction. One written here meanwhile refuses its line."""
    standing = {
        project.external_id: project
        for project in Project.objects.select_for_update(of=("self",))
        .filter(source=SOURCE, external_id__in=[line.payload.external_id for line in lines])
        .order_by("pk")
    }
    kept = [line for line in lines if _still_stands(line, standing.get(line.payload.external_id))]
    startups: list[Startup] = [line.payload for line in kept]
    write_bodies(body for one in startups for body in one.bodies)
    codes = {one.organisation for one in startups} | {code for one in startups for code in one.ordered_by}
    bodies = Organisation.objects.in_bulk(list(codes), field_name="code")
    _current, known = routes({one.lifecycle for one in startups})
    _write_projects(startups, standing, bodies, known)
    _write_around(startups, bodies)
    _write_stages(startups, known)


def _still_stands(line: Line, project: Project | None) -> bool:
    """Whether the line may be written: its project is new, or has not changed since it was compared."""
    one: Startup = line.payload
    if project is None:
        return one.version == 0
    if one.version == 0 and project.imported_version == project.version:
        return False  # already written by this import
    if project.version == one.version:
        return True
    line.outcome, line.fault = Outcome.REFUSED, Fault(OVERTAKEN)
    return False


def _write_projects(
    startups: Sequence[Startup],
    standing: Mapping[str, Project],
    bodies: Mapping[str, Organisation],
    known: Mapping[int, Route],
) -> None:
    new, changed, values = [], [], dict[str, Any]()
    for one in startups:
        project = standing.get(one.external_id)
        values = _values(one, bodies[one.organisation], known[one.lifecycle])
        if project is None:
            started = min(filter(None, [one.course.started_on, clock.today()]))
            new.append(
                Project(
                    id=one.id,
                    kind=Kind.STARTUP,
                    audience=Audience.NETWORK,
                    source=SOURCE,
                    external_id=one.external_id,
                    created_on=started,
                    imported_version=1,
                    **values,
                )
            )
            continue
        for name, value in values.items():
            setattr(project, name, value)
        project.version += 1
        project.imported_version = project.version
        changed.append(project)
    Project.objects.bulk_create(new)
    if changed:
        fields = [name.removesuffix("_id") for name in values]
        Project.objects.bulk_update(changed, [*fields, "version", "imported_version"])


def _values(one: Startup, body: Organisation, route: Route) -> dict[str, Any]:
    course = one.course
    return {
        "title": one.title,
        "summary": one.summary,
        "pitch": one.pitch,
        "link_url": one.link,
        "organisation_id": body.pk,
        "branch_id": body.branch_id,
        "domain_id": one.domain,
        "keywords": one.keywords,
        "lifecycle_id": route.pk,
        "state": course.state,
        "started_on": course.started_on,
        "expected_end_on": course.expected_end_on,
        "ended_on": course.ended_on,
        "ending_id": route.endings[course.ending].pk if course.ending in route.endings else None,
        "stage_count": route.count,
        "stages_passed": course.stages_passed,
        "stage_number": stage_number(one, route),
        "progress": round(100 * course.stages_passed / route.count),
        "budget_planned": sum(amount for _label, amount in one.funds),
        "touched_on": _last_news(one),
    }


def _last_news(one: Startup) -> Any:
    """The last day that the file tells of, but never one to come."""
    course = one.course
    told = [day for day, _said in one.news]
    told += [day for step in course.steps.values() for day in (step.entered_on, step.passed_on) if day]
    told += [move.made_on for move in course.moves]
    return max((day for day in told if day <= clock.today()), default=clock.today())


def _write_around(startups: Sequence[Startup], bodies: Mapping[str, Organisation]) -> None:
    """Sponsors, news and funds, written anew."""
    keys = [one.id for one in startups]
    for model in (ProjectBody, LogEntry, BudgetLine):
        model.objects.filter(project__in=keys).delete()  # type: ignore[attr-defined]
    ProjectBody.objects.bulk_create(
        ProjectBody(project_id=one.id, organisation=bodies[code], role=BodyRole.SPONSOR)
        for one in startups
        for code in one.ordered_by
    )
    LogEntry.objects.bulk_create(
        LogEntry(project_id=one.id, tone=EntryTone.NEWS, body=said, author=None, written_on=day)
        for one in startups
        for day, said in one.news
    )
    BudgetLine.objects.bulk_create(
        BudgetLine(project_id=one.id, label=label[:120], planned=amount, position=place)
        for one in startups
        for place, (label, amount) in enumerate(one.funds)
    )


def _write_stages(startups: Sequence[Startup], known: Mapping[int, Route]) -> None:
    """Changes of state anew; reports in place, since others may lead to them."""
    keys = [one.id for one in startups]
    ProjectMove.objects.filter(project__in=keys).delete()
    ProjectMove.objects.bulk_create(
        ProjectMove(
            project_id=one.id,
            transition=move.transition,
            source=move.source,
            target=move.target,
            stage=known[one.lifecycle].stages.get(move.stage),
            ending=known[one.lifecycle].endings.get(move.ending),
            note=move.note,
            made_on=move.made_on,
        )
        for one in startups
        for move in one.course.moves
    )
    reports = {(one.project_id, one.stage_id): one for one in StageReport.objects.filter(project__in=keys)}
    new, changed = [], []
    for one in startups:
        for code, step in one.course.steps.items():
            stage = known[one.lifecycle].stages[code]
            report = reports.pop((one.id, stage.pk), None)
            values = {
                "entered_on": step.entered_on,
                "passed_on": step.passed_on,
                "done": step.told,
                "is_told": bool(step.told),
                "written_on": step.entered_on if step.told else None,
            }
            if report is None:
                new.append(StageReport(project_id=one.id, stage=stage, **values))
                continue
            for name, value in values.items():
                setattr(report, name, value)
            changed.append(report)
    StageReport.objects.filter(pk__in=[one.pk for one in reports.values()]).delete()
    StageReport.objects.bulk_create(new)
    StageReport.objects.bulk_update(changed, ["entered_on", "passed_on", "done", "is_told", "written_on"])
    if told := [one.pk for one in [*new, *changed] if one.is_told]:
        schedule_index(REPORT_KIND, told)
