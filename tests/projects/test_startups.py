"""`ozeli import startups`: dated phases become stages, moves and a state; odd lines follow rules that are told."""

import json
import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count

from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.imports import Line, Plan, guess_mapping, importers, make_plan, records, write
from ozeli.core.tables import open_table
from ozeli.journal.models import Entry
from ozeli.network.models import Branch, Domain, Organisation
from ozeli.projects.enums import BodyRole, State
from ozeli.projects.models import LogEntry, Project, ProjectMember, ProjectMove, StageReport
from ozeli.projects.services import held
from ozeli.projects.startups.bodies import BRANCH
from ozeli.projects.startups.phases import Course, Oddity, Phase, course_of
from ozeli.transfers.command import run
from tests.factories import OrganisationFactory
from tests.personas import Cast

pytestmark = pytest.mark.django_db
REAL = Path(os.environ.get("OZELI_REAL_DATA", "/nowhere"))
# When the file was made: four of its phases were still to come.
DAY = datetime(2026, 8, 15, 12, tzinfo=UTC)
Bring = Callable[..., list[Line]]


# --- phases -----------------------------------------------------------------------------------------------------------


def course(*told: tuple[str, str] | tuple[str, str, str]) -> Course:
    """Of phases told (name, start) or (name, start, end)."""
    return course_of([Phase(one[0], *map(date.fromisoformat, one[1:])) for one in told])


def steps(one: Course) -> dict[str, tuple[str, str]]:
    return {code: (str(step.entered_on), str(step.passed_on or "")) for code, step in one.steps.items()}


def test_a_phase_without_end_finishes_when_the_next_begins() -> None:
    one = course(("investigation", "2024-01-10"), ("construction", "2024-04-02"))

    assert steps(one) == {"investigation": ("2024-01-10", "2024-04-02"), "construction": ("2024-04-02", "")}
    assert (one.state, one.stage, one.stages_passed) == (State.UNDER_WAY, "construction", 1)
    assert one.oddities == {Oddity.OPEN: 1}


def test_an_overlap_and_a_gap_keep_their_dates() -> None:
    one = course(
        ("investigation", "2024-01-01", "2024-03-01"),
        ("construction", "2024-02-01", "2024-05-01"),
        ("acceleration", "2024-07-01"),
    )

    assert steps(one)["investigation"] == ("2024-01-01", "2024-03-01")
    assert steps(one)["construction"] == ("2024-02-01", "2024-05-01")
    assert one.oddities == {Oddity.OVERLAP: 1, Oddity.GAP: 1}


def test_a_month_between_two_phases_is_no_gap() -> None:
    assert not course(("investigation", "2024-01-01", "2024-03-01"), ("construction", "2024-04-01")).oddities


def test_phases_of_one_day_follow_the_lifecycle() -> None:
    one = course(
        ("construction", "2020-05-01"), ("investigation", "2020-05-01"), ("acceleration", "2021-05-01")
    )

    assert steps(one) == {
        "investigation": ("2020-05-01", "2020-05-01"),
        "construction": ("2020-05-01", "2021-05-01"),
        "acceleration": ("2021-05-01", ""),
    }
    assert one.oddities == {Oddity.OPEN: 2, Oddity.SAME_DAY: 1, Oddity.BACKWARDS: 1}


def test_the_last_phase_of_the_file_stays_last() -> None:
    one = course(("construction", "2020-05-01"), ("investigation", "2020-05-01"))
    assert (one.stage, one.stages_passed) == ("investigation", 0)


def test_a_way_back_stands_at_its_last_phase() -> None:
    one = course(
        ("investigation", "2021-01-01"), ("consolidation", "2022-01-01"), ("construction", "2022-09-01")
    )

    assert (one.state, one.stage, one.stages_passed) == (State.UNDER_WAY, "construction", 1)
    assert steps(one)["consolidation"] == ("2022-01-01", "2022-09-01")
    assert one.oddities[Oddity.BACKWARDS] == 1


def test_a_stop_does_not_pass_the_stage_where_it_stood() -> None:
    one = course(("investigation", "2023-01-01", "2023-03-01"), ("abandon-investigation", "2023-06-01"))

    assert (one.state, one.ending, one.stages_passed) == (State.ABANDONED, "abandon-investigation", 0)
    assert steps(one) == {"investigation": ("2023-01-01", "")}
    assert one.ended_on == date(2023, 6, 1)
    assert [move.transition for move in one.moves] == ["launch", "give_up"]
    assert one.ceased == [(date(2023, 3, 1), "investigation")]
    assert one.oddities == {Oddity.GAP: 1, Oddity.ENDED_BEFORE_STOP: 1}


def test_what_follows_an_end_reopens_the_project() -> None:
    one = course(("construction", "2019-01-01"), ("transfere", "2020-01-01"), ("abandon", "2021-01-01"))

    assert [(move.transition, move.source, move.target) for move in one.moves] == [
        ("launch", State.TO_LAUNCH, State.UNDER_WAY),
        ("complete", State.UNDER_WAY, State.COMPLETED),
        ("reopen", State.COMPLETED, State.UNDER_WAY),
        ("give_up", State.UNDER_WAY, State.ABANDONED),
    ]
    assert (one.ending, one.ended_on) == ("abandon", date(2021, 1, 1))
    assert one.oddities[Oddity.AFTER_END] == 1


def test_a_transfer_passes_the_stage_where_it_stood() -> None:
    one = course(("acceleration", "2019-01-01"), ("abandon", "2020-01-01"), ("transfere", "2020-01-01"))
    assert (one.state, one.stages_passed, steps(one)["acceleration"]) == (
        State.COMPLETED,
        3,
        ("2019-01-01", "2020-01-01"),
    )


def test_an_end_that_nothing_follows_is_expected() -> None:
    one = course(("acceleration", "2019-01-01", "2020-01-01"))
    assert (one.state, one.expected_end_on) == (State.UNDER_WAY, date(2020, 1, 1))


def test_phases_out_of_order_are_read_by_their_days() -> None:
    one = course(("construction", "2021-01-01"), ("investigation", "2020-01-01"))
    assert (one.stage, list(one.steps)) == ("construction", ["investigation", "construction"])
    assert one.oddities[Oddity.UNSORTED] == 1


def test_a_phase_told_twice_is_one_stage() -> None:
    one = course(("construction", "2020-01-01", "2020-02-01"), ("construction", "2020-02-01", "2020-06-01"))
    assert steps(one) == {"construction": ("2020-01-01", "")}
    assert one.oddities[Oddity.TWICE] == 1


def test_without_a_phase_it_is_to_launch() -> None:
    one = course()
    assert (one.state, one.started_on, one.oddities) == (State.TO_LAUNCH, None, {Oddity.NO_PHASE: 1})


# --- lines ------------------------------------------------------------------------------------------------------------

INVESTIGATION = {"name": "investigation", "start": "2024-01-10", "end": None, "comment": None}
LINE: dict[str, Any] = {
    "id": "petit-pas",
    "title": "Petit pas",
    "mission": "Rappeler un rendez-vous.",
    "description": "## Contexte\nUn **oubli** sur cinq, [dit l’enquête](https://exemple.fr/enquete).",
    "description_truncated": False,
    "incubator_id": "atelier",
    "incubator_title": "L'atelier du ministère",
    "sponsor_ids": ["dgx"],
    "sponsor_titles": ["DIRECTION GÉNÉRALE DES ESSAIS"],
    "phases": [INVESTIGATION, {"name": "construction", "start": "2024-04-02", "end": None, "comment": "Deux agences."}],
    "thematiques": ["Santé", "Open-Data", "santé"],
    "usertypes": ["etat", "Agents publics", "agent public"],
    "techno": ["python"],
    "link": "https://petit-pas.exemple.fr ",
    "repository": None,
    "events": [{"name": "committee", "date": "2024-03-30", "comment": "Poursuite"}],
    "fast": {"promotion": 15, "montant": 120000},
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    def made(*lines: dict[str, Any], name: str = "startups.jsonl") -> str:
        path = tmp_path / name
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines))
        return str(path)

    return made


@pytest.fixture
def bring(file: Callable[..., str]) -> Bring:
    """`bring(line…)`: import these lines, refused ones left aside; what became of each."""

    def brought(*lines: dict[str, Any], **options: str) -> list[Line]:
        plan = planned(file(*lines), **options)
        write(plan, actor=None, partial=True)
        return plan.lines

    return brought


def planned(path: str, **options: str) -> Plan:
    importer, table = importers["startups"], open_table(Path(path))
    return make_plan(importer, records(table, guess_mapping(importer, table.header)), options)


def test_a_line_becomes_a_project_with_all_that_it_tells(bring: Bring) -> None:
    (told,) = bring(LINE)

    project = Project.objects.get()
    assert told.outcome == "create"
    assert (project.source, project.external_id, project.title) == ("beta.gouv.fr", "petit-pas", "Petit pas")
    assert (project.state, project.stage_number, project.stages_passed, project.progress) == (
        State.UNDER_WAY,
        2,
        1,
        25,
    )
    assert (project.link_url, project.keywords) == ("https://petit-pas.exemple.fr", ["santé", "open-data"])
    assert project.pitch == (
        "Contexte\nUn oubli sur cinq, dit l’enquête (https://exemple.fr/enquete).\n\n"
        "Pour qui\u00a0: État, Agents publics\nTechniques\u00a0: python"
    )
    assert (project.budget_planned, project.budget.get().label) == (
        120_000,
        "Fonds d’accélération (Fast), promotion 15",
    )
    assert LogEntry.objects.get().body == "Comité d’investissement\u00a0: Poursuite"
    assert not ProjectMember.objects.exists()
    report = project.reports.get(stage__code="construction")
    assert (report.done, report.is_told, report.passed_on) == ("Deux agences.", True, None)


def test_bodies_are_made_once_in_a_branch_of_their_own(bring: Bring) -> None:
    bring(LINE, LINE | {"id": "autre", "incubator_title": "L'Atelier, autrement dit"})

    assert Organisation.objects.filter(branch__code=BRANCH).count() == 2
    carrier, sponsor = (
        Organisation.objects.get(code="incubateur-atelier"),
        Organisation.objects.get(code="dgx"),
    )
    assert (carrier.name, sponsor.name) == ("L’atelier du ministère", "Direction Générale des Essais")
    project = Project.objects.get(external_id="petit-pas")
    assert (project.organisation, project.branch) == (carrier, carrier.branch)
    joined = project.bodies.get()
    assert (joined.organisation, joined.role) == (sponsor, BodyRole.SPONSOR)


def test_a_body_known_here_by_its_name_is_the_same(bring: Bring) -> None:
    known = OrganisationFactory(name="Direction générale des essais", code="chez-nous")
    taken = OrganisationFactory(name="Tout autre chose", code="incubateur-atelier")

    bring(LINE)

    project = Project.objects.get()
    assert project.bodies.get().organisation == known
    assert project.organisation != taken
    assert project.organisation.code == "incubateur-atelier-etat"
    assert [line.outcome for line in bring(LINE)] == ["unchanged"]


def test_companion_files_tell_names_and_owners(bring: Bring, file: Callable[..., str]) -> None:
    incubators = file({"id": "atelier", "title": "L’atelier", "owner_id": "dgy"}, name="incubators.jsonl")
    named = {"id": "dgx", "name": "Direction des essais", "acronym": "DGX"}
    bodies = file(named, {"id": "dgy", "name": "Le tuteur"}, name="organisations.jsonl")

    bring(LINE, incubators=incubators, organisations=bodies)

    carrier = Organisation.objects.get(code="incubateur-atelier")
    assert carrier.name == "L’atelier"
    assert carrier.parent is not None and carrier.parent.name == "Le tuteur"
    assert Organisation.objects.get(code="dgx").name == "Direction des essais"
    assert [line.outcome for line in bring(LINE)] == ["unchanged"]


def test_a_topic_that_names_a_domain_gives_it(bring: Bring) -> None:
    health = Domain.objects.create(code="sante", name="Santé")
    bring(LINE)
    assert Project.objects.get().domain == health


def test_a_second_run_changes_nothing_and_a_new_fact_is_one_update(bring: Bring) -> None:
    bring(LINE)
    reports = set(StageReport.objects.values_list("pk", flat=True))
    assert [line.outcome for line in bring(LINE)] == ["unchanged"]

    over = LINE | {"phases": [*LINE["phases"], {"name": "abandon", "start": "2025-02-01"}]}
    (told,) = bring(over)

    assert told.outcome == "update"
    assert {"statut", "fini le", "histoire", "étapes passées"} == {one.label for one in told.changes}
    project = Project.objects.get()
    assert (project.state, project.version, project.cause) == (State.ABANDONED, 2, "")
    assert set(StageReport.objects.values_list("pk", flat=True)) == reports
    assert [line.outcome for line in bring(over)] == ["unchanged"]


def test_a_project_that_somebody_changed_here_is_left_alone(bring: Bring) -> None:
    bring(LINE)
    project = Project.objects.get()
    Project.objects.update(title="Dit autrement ici")
    held.touch(project)

    (told,) = bring(LINE | {"mission": "Une autre mission."})

    assert (told.outcome, "Modifié ici" in told.note) == ("left_out", True)
    assert Project.objects.get().summary == "Rappeler un rendez-vous."


def test_a_project_changed_while_the_import_runs_is_refused(bring: Bring, file: Callable[..., str]) -> None:
    bring(LINE)
    plan = planned(file(LINE | {"mission": "Une autre mission."}))
    held.touch(Project.objects.get())

    write(plan, actor=None, partial=True)

    assert plan.lines[0].outcome == "refused"
    assert Project.objects.get().summary == "Rappeler un rendez-vous."


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"id": ""}, "external_id"),
        ({"title": " "}, "title"),
        ({"incubator_id": None}, "incubator"),
        ({"phases": [{"name": "pause", "start": "2024-01-01"}]}, "phases"),
        ({"phases": [{"name": "construction", "start": "demain"}]}, "phases"),
        ({"phases": [{"name": "construction", "start": None}]}, "phases"),
        ({"phases": [{"name": "construction", "start": "2024-02-01", "end": "2024-01-01"}]}, "phases"),
        ({"phases": "construction"}, "phases"),
        ({"phases": ["construction"]}, "phases"),
        ({"thematiques": {"a": 1}}, "topics"),
        ({"events": [{"name": "end", "date": "un jour"}]}, "events"),
        ({"fast": {"montant": -4}}, "fund"),
        ({"fast": {"montant": "beaucoup"}}, "fund"),
    ],
)
def test_an_unreadable_line_is_refused_at_its_column(
    bring: Bring, changes: dict[str, Any], column: str
) -> None:
    told, sound = bring(LINE | changes, LINE | {"id": "sain"})

    assert (told.outcome, told.fault and told.fault.column) == ("refused", column)
    assert sound.outcome == "create"
    assert Project.objects.get().external_id == "sain"


def test_what_is_said_of_an_end_tells_why_it_stopped(bring: Bring) -> None:
    stopped = [
        INVESTIGATION | {"end": "2024-03-01"},
        {"name": "abandon-investigation", "start": "2024-05-02"},
    ]
    end = {"name": "end", "date": "2024-05-02", "comment": "Plus de financement."}
    bring(LINE | {"phases": stopped, "events": [end, *LINE["events"]]})

    project = Project.objects.get()
    assert project.moves.last().note == "Plus de financement."
    assert [entry.body for entry in project.log.order_by("written_on")] == [
        "Fin de l’étape Investigation, d’après la source",
        "Comité d’investissement\u00a0: Poursuite",
    ]


def test_twins_count_once_and_long_titles_stay_whole_in_the_text(bring: Bring) -> None:
    long = "Un titre qui dit beaucoup de choses " * 5
    first, twin = bring(LINE | {"title": long}, LINE)

    assert (first.outcome, twin.outcome) == ("create", "merged")
    project = Project.objects.get()
    assert len(project.title) <= 140 and project.title.endswith("…")
    assert project.summary.startswith(long.strip())


def test_nobody_is_told_and_the_import_is_in_the_journal(
    file: Callable[..., str], people: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["startups", file(LINE), "--dry-run"]) == 0
    assert not Project.objects.exists()
    assert run(["startups", file(LINE)]) == 0

    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert last == "1 projets : 1 créés, 0 mis à jour, 0 inchangés, 0 refusés"
    assert not Event.objects.exists()
    assert Entry.objects.get(verb="import.done").actor is None
    assert Project.objects.visible_to(people.alice).count() == 1


def test_a_companion_file_that_is_something_else_stops_everything(
    file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = file({"nom": "?"}, name="autre.jsonl")
    assert run(["startups", file(LINE), "--incubators", wrong]) == 2
    assert "ce n’est pas le fichier attendu" in capsys.readouterr().err
    assert run(["startups", file(LINE), "--incubators", "/nulle/part.jsonl"]) == 2
    assert not Project.objects.exists()


# --- the real ones ----------------------------------------------------------------------------------------------------


@pytest.fixture
def startups() -> Path:
    path = REAL / "betagouv_startups.jsonl"
    if not path.is_file():
        reason = "OZELI_REAL_DATA does not lead to the real startups"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def _closing(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.strip().splitlines()


def test_the_real_startups(startups: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every figure is that of the file itself, counted anew."""
    with startups.open() as file:
        rows = [json.loads(line) for line in file]
    ever = Counter(name for row in rows for name in {phase["name"] for phase in row["phases"]})
    last = Counter(row["phases"][-1]["name"] for row in rows)
    assert (len(rows), ever["investigation"], ever["opere"], last["abandon-investigation"]) == (
        662,
        577,
        14,
        202,
    )

    with clock.stopped(DAY):
        assert run(["startups", str(startups)]) == 0
        said = _closing(capsys)
        assert said[-1] == "662 projets : 662 créés, 0 mis à jour, 0 inchangés, 0 refusés"
        _check_rules(said)
        _check_rows(ever, last)
        assert run(["startups", str(startups)]) == 0
        assert _closing(capsys)[-1] == "662 projets : 0 créés, 0 mis à jour, 662 inchangés, 0 refusés"


def _check_rules(said: list[str]) -> None:
    """How often each rule was followed: the oddities that the file is known to have."""
    rules = said[said.index("Règles suivies, et combien de fois :") + 1 : -1]
    counted = {line[8:]: int(line[:6]) for line in rules}
    assert {oddity.name: counted.get(oddity.value, 0) for oddity in Oddity} == {
        "OPEN": 768, "OVERLAP": 17, "GAP": 55, "SAME_DAY": 58, "FUTURE": 4, "BACKWARDS": 60, "AFTER_END": 8,
        "ENDED_ENDING": 4, "ENDED_BEFORE_STOP": 50, "ENDED_LAST": 5, "TWICE": 0, "UNSORTED": 0, "NO_PHASE": 0,
    }  # fmt: skip
    assert [n for rule, n in counted.items() if rule.startswith(("Sans commanditaire", "Façons"))] == [31, 91]


def _check_rows(ever: Counter[str], last: Counter[str]) -> None:
    states = Counter(Project.objects.values_list("state", flat=True))
    assert states == {"under_way": 230, "abandoned": 325, "completed": 107}
    endings = dict(
        Project.objects.filter(ending__isnull=False)
        .values_list("ending__code")
        .annotate(n=Count("pk"))
        .order_by()
    )
    assert endings == {
        name: last[name] for name in ("abandon-investigation", "abandon", "transfere", "opere")
    }
    assert sum(endings.values()) == 432
    entered = Counter(StageReport.objects.values_list("stage__code", flat=True))
    ended = Counter(ProjectMove.objects.filter(ending__isnull=False).values_list("ending__code", flat=True))
    assert entered + ended == ever
    standing = Counter(Project.objects.filter(state=State.UNDER_WAY).values_list("stage_number", flat=True))
    stages = ("investigation", "construction", "acceleration", "consolidation")
    assert standing == {place: last[name] for place, name in enumerate(stages, 1)}
    assert Branch.objects.filter(code=BRANCH).count() == 1
    assert Organisation.objects.filter(code__startswith="incubateur-").count() == 22
    assert Project.objects.filter(bodies__isnull=True).count() >= 31
    assert not Project.objects.filter(touched_on__gt=clock.today()).exists()
    assert not Event.objects.exists()


def test_the_real_companions_change_no_project(startups: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beside = [
        "--incubators", str(REAL / "betagouv_incubators.jsonl"),
        "--organisations", str(REAL / "betagouv_organisations.jsonl"),
    ]  # fmt: skip
    assert run(["startups", str(startups), *beside]) == 0
    assert Organisation.objects.filter(parent__isnull=False).count() >= 15
    assert run(["startups", str(startups)]) == 0
    assert _closing(capsys)[-1] == "662 projets : 0 créés, 0 mis à jour, 662 inchangés, 0 refusés"
