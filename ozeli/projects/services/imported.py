"""Write the projects of a spreadsheet: new ones together, changes one by one through the services of the screens."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.selectors import with_grants
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.imports import Fault, Line, Outcome
from ozeli.network.enums import Audience
from ozeli.network.models import Organisation

from ..enums import ENDED_STATES, BodyRole, Role, State
from ..import_changes import IMPORTED_BUDGET
from ..import_lines import BUDGET, Asked
from ..models import (
    BudgetLine,
    Project,
    ProjectBody,
    ProjectMember,
    ProjectMove,
    ProjectUpdate,
    StageReport,
)
from . import budget, circuit, held, sheet, team, updates


def write_projects(lines: Sequence[Line], *, actor: User | None, options: Mapping[str, str]) -> None:
    """Write one project a line, in the caller's transaction. A line overtaken meanwhile is refused by itself."""
    new = [line for line in lines if line.payload.version == 0]
    _create(_not_there([line.payload for line in new]), actor)
    person = next(iter(with_grants([actor.pk])), None) if actor else None
    for line in lines:
        if line.payload.version:
            _change(line, person)


# --- new ones ---------------------------------------------------------------------------------------------------------


def _not_there(wanted: Sequence[Asked]) -> list[Asked]:
    """Those that no project stands for yet: lines already written are left as they are."""
    there = Project.objects.filter(
        source__in={one.source for one in wanted}, external_id__in=[one.external_id for one in wanted]
    )
    known = {(one.source, one.external_id): one.pk for one in there.only("pk", "source", "external_id")}
    for one in wanted:
        one.id = known.get((one.source, one.external_id), one.id)
    return [one for one in wanted if (one.source, one.external_id) not in known]


def _create(wanted: Sequence[Asked], actor: User | None) -> None:
    """Projects as they stand in the file, and the moves that led there; nobody is told."""
    today = clock.today()
    Project.objects.bulk_create(_project(one, actor) for one in wanted)
    ProjectMember.objects.bulk_create(
        ProjectMember(project_id=one.id, user_id=one.owner, role=Role.OWNER, joined_on=today)
        for one in wanted
        if one.owner is not None
    )
    ProjectBody.objects.bulk_create(_bodies(wanted))
    BudgetLine.objects.bulk_create(
        BudgetLine(
            project_id=one.id,
            label=IMPORTED_BUDGET,
            **{code.removeprefix("budget_"): amount for code, amount in one.budget.items()},
        )
        for one in wanted
        if one.budget
    )
    ProjectUpdate.objects.bulk_create(
        ProjectUpdate(
            project_id=one.id,
            said_on=today,
            author=actor,
            progress=one.update.get("progress", _counted(one)),
            weather=one.update.get("weather", ""),
            line=one.update.get("weather_line", ""),
            next_step=one.update.get("next_step", ""),
            needs=one.update.get("needs", ""),
        )
        for one in wanted
        if one.update
    )
    ProjectMove.objects.bulk_create(move for one in wanted for move in _moves(one, actor))
    StageReport.objects.bulk_create(report for one in wanted if (report := _report(one)) is not None)


def _counted(one: Asked) -> int:
    assert one.lifecycle is not None
    return round(100 * one.stages_passed / (len(one.lifecycle.stages.all()) or 1))


def _project(one: Asked, actor: User | None) -> Project:
    assert one.lifecycle is not None
    today, body = clock.today(), one.sheet["organisation"]
    count = len(one.lifecycle.stages.all())
    known: dict[str, Any] = {"kind": one.lifecycle.lifecycle.kind, "audience": Audience.NETWORK}
    progress = one.update.get("progress")
    stands = one.state not in ENDED_STATES and one.stages_passed < count
    said = {"updated_on": today, "updated_by": actor} if one.update else {}
    return Project(
        **known | one.sheet | one.budget | said | {"branch": body.branch},
        id=one.id,
        source=one.source,
        external_id=one.external_id,
        lifecycle=one.lifecycle,
        state=one.state,
        ending=one.ending,
        cause=one.cause,
        ended_on=one.ended_on if one.state in ENDED_STATES else None,
        stage_count=count,
        stages_passed=one.stages_passed,
        stage_number=one.stages_passed + 1 if stands else None,
        progress=_counted(one) if progress is None else progress,
        progress_is_said=progress not in (None, _counted(one)),
        **{code: one.update.get(code, "") for code in ("weather", "weather_line", "next_step", "needs")},
        created_on=today,
        touched_on=today,
        imported_version=1,
    )


def _bodies(wanted: Sequence[Asked]) -> list[ProjectBody]:
    """Once each, the body that carries the project left out."""
    made = {
        (one.id, key): role
        for one in wanted
        for role, keys in one.bodies.items()
        for key in keys
        if key != one.sheet["organisation"].pk
    }
    return [ProjectBody(project_id=pk, organisation_id=key, role=role) for (pk, key), role in made.items()]


def _moves(one: Asked, actor: User | None) -> list[ProjectMove]:
    """Launched, then what made it stand where it stands; their days when the file tells them."""
    if one.state == State.TO_LAUNCH:
        return []

    def move(transition: str, source: str, target: str, **more: Any) -> ProjectMove:
        return ProjectMove(
            project_id=one.id, transition=transition, source=source, target=target, actor=actor, **more
        )

    made = [move("launch", State.TO_LAUNCH, State.UNDER_WAY, made_on=one.sheet.get("started_on"))]
    name = {State.FROZEN: "freeze", State.ABANDONED: "give_up", State.COMPLETED: "complete"}.get(
        State(one.state)
    )
    if name is not None:
        told = {"cause": one.cause, "note": one.note, "lesson": one.lesson, "ending": one.ending}
        made.append(move(name, State.UNDER_WAY, one.state, made_on=one.ended_on, **told))
    return made


def _report(one: Asked) -> StageReport | None:
    """Of the stage where it stands; since when, the file does not say, but for the first."""
    assert one.lifecycle is not None
    stage = next((each for each in one.lifecycle.stages.all() if each.number == one.stages_passed + 1), None)
    if stage is None or one.state in ENDED_STATES:
        return None
    return StageReport(
        project_id=one.id,
        stage=stage,
        entered_on=one.sheet.get("started_on") if stage.number == 1 else None,
    )


# --- changes ----------------------------------------------------------------------------------------------------------


def _change(line: Line, person: User | None) -> None:
    """Each line by itself: what the services refuse now refuses this line, and leaves the others."""
    asked: Asked = line.payload
    try:
        if person is None:
            raise Refused("Ce compte est fermé : personne ne fait plus cet import.")
        with transaction.atomic():
            _apply(asked, person)
    except Refused as refusal:
        line.outcome, line.fault = Outcome.REFUSED, Fault(str(refusal))


def _apply(asked: Asked, person: User) -> None:
    project = held.hold(Project(pk=asked.id), asked.version)
    if asked.sheet:
        project = sheet.save_sheet(project, asked.sheet, actor=person, version=asked.version)
    for role, keys in asked.bodies.items():
        _set_bodies(project, BodyRole(role), keys, person)
    if asked.budget:
        _set_budget(project, asked, person)
    if asked.update:
        last = updates.last_update(project)
        stands = {"progress": project.progress if project.progress_is_said else None, "weather": project.weather,
                  "line": project.weather_line, "next_step": project.next_step, "needs": project.needs}  # fmt: skip
        said = {"line" if code == "weather_line" else code: value for code, value in asked.update.items()}
        updates.say(project, stands | said, actor=person, last=last.pk if last else None)
    if asked.move:
        circuit.move(
            project,
            asked.move,
            actor=person,
            note=asked.note,
            cause=asked.cause,
            lesson=asked.lesson,
            ending=asked.ending,
            made_on=asked.ended_on,
        )


def _set_bodies(project: Project, role: BodyRole, keys: Sequence[int], person: User) -> None:
    """Those of one role as the file lists them."""
    around = {row.organisation_id: row for row in project.bodies.select_related("organisation")}
    for key, row in around.items():
        if row.role == role and key not in keys:
            team.remove_body(project, key, actor=person)
    for body in Organisation.objects.filter(pk__in=[key for key in keys if key not in around]).order_by("pk"):
        team.add_body(project, body, role, actor=person)


def _set_budget(project: Project, asked: Asked, person: User) -> None:
    amounts = {code.removeprefix("budget_"): asked.budget[code] for code in BUDGET}
    line = project.budget.first()
    if line is None:
        budget.add(project, IMPORTED_BUDGET, amounts, actor=person)
    else:
        budget.change(line, IMPORTED_BUDGET, amounts, actor=person, version=line.version)
