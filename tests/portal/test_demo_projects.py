"""The experiments of the demonstration: their texts read well, their rows keep the rules of the services."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from ozeli.core.french import typographic
from ozeli.ideas.models import Idea
from ozeli.portal.demo.projects import TRIED
from ozeli.portal.demo.sheets import FOLDER
from ozeli.projects.enums import LIVE_STATES, Cause, Role, State, Verdict, Weather
from ozeli.projects.models import Gate, Project, ProjectMove, StageReport
from ozeli.projects.workflow import TRANSITIONS

SHEETS = tomllib.loads((FOLDER / "projects.toml").read_text(encoding="utf-8"))["project"]
BY_KEY = pytest.mark.parametrize("sheet", SHEETS, ids=[sheet["key"] for sheet in SHEETS])
CODES = {
    "key",
    "idea",
    "owner",
    "sponsor",
    "coach",
    "domain",
    "objective",
    "trigger",
    "lifecycle",
    "kind",
    "video",
}


def _texts(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, str) and " " in value:
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in CODES:
                yield from _texts(one, key)
    elif isinstance(value, list) and name != "keywords":
        for one in value:
            yield from _texts(one)


@BY_KEY
def test_a_project_is_set_in_french(sheet: dict[str, Any]) -> None:
    for text in _texts(sheet):
        assert '"' not in text and "  " not in text and "'" not in text
        assert text[0] == text[0].upper() or text[0] in "«"


def test_every_idea_being_tried_has_its_project(loaded: None) -> None:
    assert not Idea.objects.filter(state__in=TRIED, projects=None).exists()


def test_every_state_weather_and_verdict_is_there(loaded: None) -> None:
    assert set(Project.objects.values_list("state", flat=True)) == set(State.values)
    assert set(Project.objects.exclude(weather="").values_list("weather", flat=True)) == set(Weather.values)
    assert {Verdict.GO, Verdict.NO_GO, ""} <= set(Gate.objects.values_list("verdict", flat=True))
    assert set(Project.objects.values_list("lifecycle__lifecycle__code", flat=True)) == {
        "poc-7",
        "essai-3",
        "startup-etat",
    }


def test_counts_and_places_are_true(loaded: None) -> None:
    for project in Project.objects.prefetch_related("reports__stage", "members", "gates"):
        passed = {one.stage.number for one in project.reports.all() if one.passed_on}
        assert project.stages_passed == len(passed) and passed == set(range(1, len(passed) + 1))
        assert project.stage_number == (len(passed) + 1 if len(passed) < project.stage_count else None)
        assert sum(one.role == Role.OWNER for one in project.members.all()) == 1
        gates = {one.stage_id for one in project.gates.all() if one.verdict == Verdict.GO}
        asked = {one.stage_id for one in project.reports.all() if one.passed_on and one.stage.is_gate}
        assert asked <= gates, project.title


def test_stages_follow_each_other(loaded: None) -> None:
    for project in Project.objects.prefetch_related("reports__stage"):
        days = [
            day
            for report in sorted(project.reports.all(), key=lambda one: one.stage.number)
            for day in (report.entered_on, report.passed_on)
            if day
        ]
        assert days == sorted(days), project.title


def test_moves_follow_the_table_and_stops_teach(loaded: None) -> None:
    for move in ProjectMove.objects.all():
        row = TRANSITIONS[move.transition]
        assert move.source in row.sources and move.target == row.target
    for project in Project.objects.exclude(state__in=LIVE_STATES):
        assert project.ended_on is not None
    for project in Project.objects.filter(state=State.ABANDONED):
        assert project.cause in Cause.values
        assert project.moves.filter(transition="give_up").exclude(lesson="").exists()


def test_some_stages_teach(loaded: None) -> None:
    told = StageReport.objects.filter(is_told=True)
    assert told.count() >= 25
    assert told.exclude(failures="").count() >= 5
    assert all(typographic(one.done) == one.done for one in told)
