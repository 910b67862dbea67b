"""The experiments of the demonstration: told one by one, or drawn from the ideas that are being tried."""

import random
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from ozeli.accounts.models import User
from ozeli.activity.models import Follow
from ozeli.core.french import typographic
from ozeli.ideas.enums import State as IdeaState
from ozeli.ideas.models import Idea, IdeaMove
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from ozeli.projects.enums import Cause, Role, State, Trigger, Verdict
from ozeli.projects.models import (
    KIND,
    BudgetLine,
    Gate,
    Indicator,
    LogEntry,
    Measure,
    Method,
    Passage,
    Project,
    ProjectBody,
    ProjectIdea,
    ProjectMember,
    ProjectMove,
    ProjectUpdate,
    Stage,
    StageReport,
)
from ozeli.projects.selectors.lifecycles import current_version

from .cast import Cast, at, drawn_uuid
from .sheets import FOLDER

TRIED = (IdeaState.EXPERIMENTING, IdeaState.ACHIEVED, IdeaState.SPREAD)
WORDS = ("done", "successes", "difficulties", "failures", "practices")
SUMS = ("budget_planned", "budget_spent", "days_planned", "days_spent")
TARGETS = {
    "launch": State.UNDER_WAY,
    "freeze": State.FROZEN,
    "resume": State.UNDER_WAY,
    "give_up": State.ABANDONED,
    "complete": State.COMPLETED,
}
# How long the steps of a project drawn from an idea last, in days: from, to.
DRAWN_STEPS = ((3, 21), (20, 75), (6, 30))


def write_projects(cast: Cast, today: date) -> int:
    """Write them all, after the ideas; how many."""
    with (FOLDER / "projects.toml").open("rb") as file:
        told = tomllib.load(file)["project"]
    named = {one["idea"] for one in told if "idea" in one}
    known = {drawn_uuid(f"idea {key}") for key in named}
    drawn = [_from_idea(idea, cast, today) for idea in _tried() if idea.pk not in known]
    sheets = [*told, *drawn]
    for sheet in sheets:
        _Writer(cast, sheet, today).write()
    return len(sheets)


def _tried() -> Iterable[Idea]:
    rows = Idea.objects.filter(state__in=TRIED).select_related("domain", "objective", "organisation")
    return rows.prefetch_related("authors__user").order_by("pk")


def _from_idea(idea: Idea, cast: Cast, today: date) -> dict[str, Any]:
    """The sheet of a project that says no more than its idea."""
    began, ended = (
        IdeaMove.objects.filter(idea=idea, transition=name).values_list("made_on", flat=True).first()
        for name in ("experiment", "achieve")
    )
    launched = (today - (began or today)).days
    handles = {user.pk: handle for handle, user in cast.people.items()}
    owner, *team = [handles[author.user_id] for author in idea.authors.all()] or [
        handles[cast.network_desk.pk]
    ]
    draw = random.Random(idea.title)  # noqa: S311
    steps = list(enumerate(accumulate(draw.randint(*step) for step in DRAWN_STEPS), 1))
    sheet: dict[str, Any] = {
        "key": str(idea.pk),
        "idea_id": idea.pk,
        "title": idea.title,
        "summary": idea.proposal,
        "lifecycle": "essai-3",
        "owner": owner,
        "team": [[handle, "A eu l’idée"] for handle in team],
        "domain": idea.domain.code,
        "objective": idea.objective.code if idea.objective else "",
        "trigger": Trigger.AGENT_IDEA,
        "created": launched,
        "launched": launched,
        "expected_end": launched - 150,
        "passed": [[[number], launched - after] for number, after in steps if launched > after][:2],
        "updates": [[max(launched - 40, 2), 50, draw.choice(("mixed", "sun", "cloud")), "", "", ""]],
    }
    if ended is not None:
        days = (today - ended).days
        sheet["passed"] = [[[number], max(launched - after, days)] for number, after in steps]
        sheet["gates"] = [_drawn_gate(days)]
        sheet["moves"] = [{"name": "complete", "day": days, "ending": "deploy"}]
    return sheet


def _drawn_gate(day: int) -> dict[str, Any]:
    reason = "L’essai a répondu oui, et l’équipe est prête à le partager."
    return {"stage": 3, "who": "guillaume.perrin", "day": day, "verdict": Verdict.GO, "reason": reason}


class _Writer:
    """One sheet, written as the services would have, day after day."""

    def __init__(self, cast: Cast, sheet: Mapping[str, Any], today: date) -> None:
        self.cast, self.sheet, self.today = cast, sheet, today
        self.version = current_version(sheet.get("lifecycle", "poc-7"))
        self.stages: dict[int, Stage] = {one.number: one for one in self.version.stages.all()}
        self.owner = cast.people[sheet["owner"]]
        self.project = self._project()

    def day(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    def write(self) -> None:
        self._people()
        self._gates()
        self._stages()
        self._moves()
        self._news()
        self._means()
        self._settle()

    def _project(self) -> Project:
        sheet, cast = self.sheet, self.cast
        body = cast.organisations[sheet["body"]] if "body" in sheet else self.owner.organisation
        created = self.day(sheet["created"])
        project = Project.objects.create(
            id=drawn_uuid(f"project {sheet['key']}"),
            title=typographic(sheet["title"])[:140],
            summary=typographic(sheet.get("summary", "")),
            pitch=typographic(sheet.get("pitch", "")),
            video_url=sheet.get("video", ""),
            kind=sheet.get("kind", self.version.lifecycle.kind),
            lifecycle=self.version,
            organisation=body,
            branch=body.branch,
            audience=sheet.get("audience", Audience.NETWORK),
            direction=sheet.get("direction", ""),
            domain=cast.domains.get(sheet.get("domain", "")),
            objective=cast.objectives.get(sheet.get("objective", "")),
            trigger=sheet.get("trigger", ""),
            keywords=sheet.get("keywords", []),
            state=State.UNDER_WAY if "launched" in sheet else State.TO_LAUNCH,
            started_on=self.day(sheet["launched"]) if "launched" in sheet else None,
            expected_end_on=self.day(sheet["expected_end"]) if "expected_end" in sheet else None,
            stage_count=len(self.stages),
            stage_number=1,
            created_on=created,
            touched_on=created,
        )
        if key := sheet.get("idea_id") or ("idea" in sheet and drawn_uuid(f"idea {sheet['idea']}")):
            ProjectIdea.objects.create(project=project, idea_id=key, joined_on=created)
        return project

    def _people(self) -> None:
        sheet, cast = self.sheet, self.cast
        around = [(self.owner, Role.OWNER, "")]
        around += [(cast.people[name], Role.MEMBER, part) for name, part in sheet.get("team", [])]
        around += [
            (cast.people[sheet[role]], role, "") for role in (Role.SPONSOR, Role.COACH) if role in sheet
        ]
        ProjectMember.objects.bulk_create(
            ProjectMember(
                project=self.project,
                user=user,
                role=role,
                part=part,
                position=place,
                joined_on=self.project.created_on,
            )
            for place, (user, role, part) in enumerate(around)
        )
        followers = {user.pk for user, _role, _part in around}
        Follow.objects.bulk_create(
            Follow(kind=KIND, object_id=self.project.pk, user_id=pk) for pk in sorted(followers)
        )
        ProjectBody.objects.bulk_create(
            ProjectBody(project=self.project, organisation=cast.organisations[code])
            for code in sheet.get("partners", [])
        )
        self._note("project.created", self.project.created_on, self.owner)

    def _gates(self) -> None:
        for told in self.sheet.get("gates", []):
            decider = self.cast.people[told["who"]]
            decided = self.day(told["day"]) if "verdict" in told else None
            Gate.objects.create(
                project=self.project,
                stage=self.stages[told["stage"]],
                decider=decider,
                due_on=self.day(told["due"]) if "due" in told else decided,
                criteria=typographic(told.get("criteria", "")),
                criteria_on=self.project.started_on if "criteria" in told else None,
                verdict=told.get("verdict", ""),
                reason=typographic(told.get("reason", "")),
                lesson=typographic(told.get("lesson", "")),
                decided_on=decided,
                decided_by=decider if decided else None,
            )

    def _stages(self) -> None:
        """The stages passed, alone or together, then the one where it stands."""
        entered = self.project.started_on or self.project.created_on
        passages: dict[int, Passage] = {}
        for numbers, ago in self.sheet.get("passed", []):
            act = Passage.objects.create(project=self.project, made_on=self.day(ago), actor=self.owner)
            passages |= dict.fromkeys(numbers, act)
        for number in range(1, min(len(passages) + 1, len(self.stages)) + 1):
            passed = passages.get(number)
            told = self.sheet.get("reports", {}).get(str(number), {})
            self._report(number, entered, passed, told)
            if passed is not None:
                entered = passed.made_on
        last = len(passages)
        self.project.stages_passed = last
        self.project.stage_number = last + 1 if last < len(self.stages) else None
        self.project.progress = round(100 * last / len(self.stages))

    def _report(self, number: int, entered: date, act: Passage | None, told: Mapping[str, Any]) -> None:
        passed = act.made_on if act else None
        written = min(self.today, passed or self.today) if told else None
        report = StageReport.objects.create(
            id=drawn_uuid(f"report {self.sheet['key']} {number}"),
            project=self.project,
            stage=self.stages[number],
            entered_on=min(entered, passed or entered),
            passed_on=passed,
            passage=act,
            is_told=bool(told),
            written_on=written,
            written_by=self.owner if told else None,
            **{name: typographic(told.get(name, "")) for name in WORDS},
            **{name: told.get(name) for name in SUMS},
        )
        report.methods.set(Method.objects.filter(code__in=told.get("methods", [])))

    def _moves(self) -> None:
        if self.project.started_on is not None:
            self._move("launch", self.sheet["launched"], self.owner)
        for told in self.sheet.get("moves", []):
            more = {key: told[key] for key in ("cause", "note", "lesson", "ending") if key in told}
            self._move(told["name"], told["day"], self.owner, **more)
        for told in self.sheet.get("gates", []):
            if told.get("verdict") == Verdict.NO_GO:
                stop = {"cause": told["cause"], "note": told["reason"], "lesson": told["lesson"]}
                self._move("give_up", told["day"], self.cast.people[told["who"]], **stop)

    def _move(self, name: str, ago: int, actor: User, *, ending: str = "", **words: str) -> None:
        number = min(
            len([one for some, _ in self.sheet.get("passed", []) for one in some]) + 1, len(self.stages)
        )
        end = self.version.endings.get(code=ending) if ending else None
        target = TARGETS[name]
        ProjectMove.objects.create(
            project=self.project,
            transition=name,
            source=State.TO_LAUNCH if name == "launch" else State.UNDER_WAY,
            target=target,
            stage=self.stages[number],
            ending=end,
            cause=words.get("cause", ""),
            note=typographic(words.get("note", "")),
            lesson=typographic(words.get("lesson", "")),
            actor=actor,
            made_on=self.day(ago),
        )
        self._note(f"project.{name}", self.day(ago), actor)
        if name == "launch":
            return
        self.project.state = target
        self.project.cause = Cause(words["cause"]) if target in (State.FROZEN, State.ABANDONED) else ""
        self.project.ending = end
        if target in (State.ABANDONED, State.COMPLETED):
            self.project.ended_on = self.day(ago)

    def _news(self) -> None:
        for ago, progress, weather, line, step, needs in self.sheet.get("updates", []):
            said = {
                "progress": progress,
                "weather": weather,
                "next_step": typographic(step),
                "needs": typographic(needs),
            }
            ProjectUpdate.objects.create(
                project=self.project,
                said_on=self.day(ago),
                author=self.owner,
                line=typographic(line),
                **said,
            )
            for name, value in said.items():
                setattr(self.project, name, value)
            self.project.progress_is_said = True
            self.project.weather_line = typographic(line)
            self.project.updated_on, self.project.updated_by = self.day(ago), self.owner
        if self.project.state == State.COMPLETED:
            self.project.progress, self.project.progress_is_said = 100, False
        LogEntry.objects.bulk_create(
            LogEntry(
                id=drawn_uuid(f"log {self.sheet['key']} {ago}"),
                project=self.project,
                tone=tone,
                body=typographic(body),
                author=self.cast.people[who],
                written_on=self.day(ago),
            )
            for ago, who, tone, body in self.sheet.get("log", [])
        )

    def _means(self) -> None:
        BudgetLine.objects.bulk_create(
            BudgetLine(
                project=self.project,
                label=label,
                planned=planned,
                committed=committed,
                spent=spent,
                position=place,
            )
            for place, (label, planned, committed, spent) in enumerate(self.sheet.get("budget", []))
        )
        for place, told in enumerate(self.sheet.get("indicators", [])):
            measures = told["measures"]
            shown = {name: told.get(name) for name in ("name", "unit", "method", "baseline", "target")}
            indicator = Indicator.objects.create(project=self.project, position=place, **shown)
            Measure.objects.bulk_create(
                Measure(indicator=indicator, measured_on=self.day(ago), value=value, author=self.owner)
                for ago, value in measures
            )

    def _settle(self) -> None:
        """Sums and the day of the last news, as the services keep them."""
        lines = self.sheet.get("budget", [])
        told = self.sheet.get("reports", {}).values()
        spent = sum(one.get("budget_spent", 0) for one in told)
        planned = sum(one.get("budget_planned", 0) for one in told)
        sums = (
            [sum(line[place] for line in lines) for place in (1, 2, 3)] if lines else [planned, spent, spent]
        )
        self.project.budget_planned, self.project.budget_committed, self.project.budget_spent = sums
        happened = [
            *(ago for _numbers, ago in self.sheet.get("passed", [])),
            *(one["day"] for one in self.sheet.get("moves", [])),
            *(one["day"] for one in self.sheet.get("gates", []) if "verdict" in one),
            *(row[0] for name in ("updates", "log") for row in self.sheet.get(name, [])),
        ]
        self.project.touched_on = self.day(max(min(happened, default=self.sheet["created"]), 0))
        self.project.save()

    def _note(self, verb: str, day: date, actor: User) -> None:
        Entry.objects.create(
            at=at(day, 10),
            actor=self.cast.actor_keys[actor.pk],
            verb=verb,
            kind=KIND,
            object_id=str(self.project.pk),
            details={"title": self.project.title},
        )
