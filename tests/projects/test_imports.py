"""Projects from a spreadsheet: made once, changed through the services, refused cell by cell."""

import csv
import io
import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.http import QueryDict
from django.test import Client

from ozeli.accounts.models import User
from ozeli.activity.models import Event
from ozeli.core.exports import exports as registered
from ozeli.core.imports import Line, Plan, guess_mapping, importers, make_plan, records, write
from ozeli.core.tables import open_table
from ozeli.journal.models import Entry
from ozeli.network.models import Domain
from ozeli.projects.enums import BodyRole, Cause, Kind, Role, State, Weather
from ozeli.projects.exports import COLUMNS
from ozeli.projects.models import Project, ProjectMove, ProjectUpdate
from ozeli.projects.services import held
from ozeli.transfers.command import run
from ozeli.transfers.models import ImportRun
from ozeli.transfers.services import imports as services
from tests.factories import OrganisationFactory
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db
Row = dict[str, object]
OPTIONS = {"source": "Suivi de la branche", "organisation": "", "lifecycle": ""}


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """`file(row…)`: a CSV file of these rows, whose titles are those of the first."""

    def made(*rows: Row, name: str = "suivi.csv") -> Path:
        path = tmp_path / name
        with path.open("w", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return made


def planned(path: Path, actor: User | None, **options: str) -> Plan:
    importer, table = importers["projects"], open_table(path)
    mapping = guess_mapping(importer, table.header)
    return make_plan(importer, records(table, mapping), OPTIONS | options, actor)


@pytest.fixture
def bring(file: Callable[..., Path], people: Cast) -> Callable[..., list[Line]]:
    """`bring(row…)`: import these rows, refused ones left aside, as the administrator unless `actor` says otherwise."""

    def brought(*rows: Row, actor: User | None = people.adam, **options: str) -> list[Line]:
        plan = planned(file(*rows), actor, **options)
        write(plan, actor=actor, partial=True)
        return plan.lines

    return brought


def exported(user: User, query: str = "") -> list[Row]:
    """The rows of the export of the list, by title."""
    return [
        dict(zip(COLUMNS.values(), row, strict=True))
        for row in registered["projects"].rows(user, QueryDict(query))
    ]


def faults(line: Line) -> dict[str, str]:
    return {fault.column: fault.reason for fault in line.faults}


# --- new ones ---------------------------------------------------------------------------------------------------------


def test_a_line_makes_a_project_with_all_that_it_says(bring: Callable[..., list[Line]], people: Cast) -> None:
    OrganisationFactory(name="Caisse voisine", code="voisine")
    health = Domain.objects.create(code="sante", name="Santé")

    (told,) = bring({
        "Titre": "Rappel par SMS", "Statut": "gelé", "Cause": "Budget", "Raison": "Crédits repris en cours d’année.",
        "Organisme": people.loire.name, "Direction à l’origine": "Relation usager", "Domaine": "SANTÉ",
        "Fait générateur": "Irritant d’agents", "Mots-clés": "sms, rendez-vous", "Partenaires": "Caisse voisine",
        "Démarré le": "15/01/2026", "Fin prévue le": "2026-12-31", "Avancement (%)": "40 %", "Météo": "Nuages",
        "En une ligne": "Le marché attend.", "Étapes passées": "2", "Budget prévu (€)": "12 500,50 €",
        "Visible par": "organisme", "Adresse du porteur": people.alice.email.upper(), "Vidéo": "exemple.fr/film",
        "Identifiant d’origine": "P-12",
    })  # fmt: skip

    assert told.outcome == "create", faults(told)
    project = Project.objects.get()
    assert (project.source, project.external_id, project.title) == (
        "Suivi de la branche",
        "P-12",
        "Rappel par SMS",
    )
    assert (project.state, project.cause, project.kind) == (State.FROZEN, Cause.BUDGET, Kind.POC)
    assert (project.organisation, project.branch) == (people.loire, people.loire.branch)
    assert (project.domain, project.keywords) == (health, ["sms", "rendez-vous"])
    assert (project.started_on, project.expected_end_on) == (date(2026, 1, 15), date(2026, 12, 31))
    assert (project.progress, project.progress_is_said, project.weather) == (40, True, Weather.CLOUD)
    assert (project.stages_passed, project.stage_number, project.stage_count) == (2, 3, 7)
    assert (project.budget_planned, project.budget.get().planned) == (
        Decimal("12500.50"),
        Decimal("12500.50"),
    )
    assert project.video_url == "https://exemple.fr/film"
    assert [(one.user, one.role) for one in project.members.all()] == [(people.alice, Role.OWNER)]
    assert project.bodies.get().role == BodyRole.PARTNER
    assert [move.transition for move in project.moves.all()] == ["launch", "freeze"]
    assert project.reports.get().stage.number == 3
    assert not Event.objects.exists()


def test_a_title_is_enough_and_the_body_is_that_of_who_brings_it(
    bring: Callable[..., list[Line]], people: Cast
) -> None:
    (told,) = bring({"titre": "Seul", "statut": ""})

    project = Project.objects.get()
    assert (project.organisation, project.state) == (people.adam.organisation, State.TO_LAUNCH)
    assert "porté par" in told.note
    assert not project.members.exists()


def test_the_same_file_again_changes_nothing(bring: Callable[..., list[Line]]) -> None:
    rows: list[Row] = [
        {"titre": "Un", "organisme": "", "id": "1", "démarré le": "2026-02-01", "budget prévu (€)": "10"},
        {"titre": "Deux", "organisme": "", "id": "", "démarré le": "", "budget prévu (€)": ""},
    ]
    assert [line.outcome for line in bring(*rows)] == ["create", "create"]
    assert [line.outcome for line in bring(*rows)] == ["unchanged", "unchanged"]
    assert Project.objects.count() == 2

    rows[0]["titre"] = "Un, mieux dit"
    assert [line.outcome for line in bring(*rows)] == ["update", "unchanged"]
    assert set(Project.objects.values_list("title", flat=True)) == {"Un, mieux dit", "Deux"}


def test_two_lines_of_one_project_count_once(bring: Callable[..., list[Line]]) -> None:
    first, second = bring({"titre": "Un", "id": "7"}, {"titre": "Un encore", "id": "7"})
    assert (first.outcome, second.outcome) == ("create", "merged")
    assert Project.objects.get().title == "Un"


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"titre": "", "statut": "En cours"}, "title"),
        ({"titre": "Un titre qui n’en finit pas " * 6}, "title"),
        ({"statut": "presque fini"}, "state"),
        ({"avancement (%)": "140"}, "progress"),
        ({"avancement (%)": "-3"}, "progress"),
        ({"avancement (%)": "0.6"}, "progress"),
        ({"avancement (%)": "beaucoup"}, "progress"),
        ({"démarré le": "au printemps"}, "started_on"),
        ({"démarré le": "45 000"}, "started_on"),
        ({"démarré le": "2026-03-01", "fin prévue le": "2026-02-01"}, "expected_end_on"),
        ({"statut": "Terminé", "démarré le": "2026-03-01", "fini le": "2026-02-01"}, "ended_on"),
        ({"statut": "Terminé", "fini le": "2031-02-01"}, "ended_on"),
        ({"statut": "En cours", "fini le": "2026-02-01"}, "ended_on"),
        ({"statut": "En cours", "cause": "Budget"}, "cause"),
        ({"statut": "En cours", "suite": "Déployer"}, "ending"),
        ({"suite": "Partir en vacances"}, "ending"),
        ({"budget prévu (€)": "-5"}, "budget_planned"),
        ({"budget prévu (€)": "999999999999"}, "budget_planned"),
        ({"budget prévu (€)": "1e5"}, "budget_planned"),
        ({"étapes passées": "9"}, "stages_passed"),
        ({"étapes passées": "deux"}, "stages_passed"),
        ({"parcours": "Au fil de l’eau"}, "lifecycle"),
        ({"organisme": "Caisse de nulle part"}, "organisation"),
        ({"partenaires": "Caisse de nulle part"}, "partners"),
        ({"domaine": "Le sport"}, "domain"),
        ({"lien": "javascript:alert(1)"}, "link_url"),
        ({"mots-clés": "a, b, c, d, e, f"}, "keywords"),
        ({"adresse du porteur": "personne@exemple.fr"}, "owner_mail"),
        ({"identifiant": "0123456789ab"}, "short"),
        ({"identifiant": "n’importe quoi"}, "short"),
    ],
)
def test_a_bad_cell_refuses_its_line_alone(bring: Callable[..., list[Line]], said: Row, column: str) -> None:
    told, sound = bring({"titre": "Mauvais"} | said, {"titre": "Bon"})

    assert told.outcome == "refused"
    assert list(faults(told)) == [column]
    assert sound.outcome == "create"
    assert Project.objects.get().title == "Bon"


def test_every_bad_cell_of_a_line_is_told(bring: Callable[..., list[Line]]) -> None:
    (told,) = bring({"titre": "", "avancement (%)": "140", "démarré le": "hier"})
    assert set(faults(told)) == {"title", "progress", "started_on"}


def test_an_ending_tells_the_state(bring: Callable[..., list[Line]]) -> None:
    bring({"titre": "Fini", "suite": "Déployer", "fini le": "2026-05-01", "étapes passées": "7"})
    project = Project.objects.get()
    assert (project.state, project.ended_on, project.stage_number) == (
        State.COMPLETED,
        date(2026, 5, 1),
        None,
    )
    assert ProjectMove.objects.get(transition="complete").made_on == date(2026, 5, 1)
    assert not project.reports.exists()


# --- out, then back ---------------------------------------------------------------------------------------------------


def test_an_export_comes_back_unchanged(bring: Callable[..., list[Line]], people: Cast) -> None:
    ProjectFactory(
        owner=people.alice, title="Deux lignes; et une virgule, ici", keywords=["a", "b"], progress=30
    )
    ProjectFactory(owner=people.bob, state=State.ABANDONED, budget_planned=1234)
    bring({"titre": "Importé", "id": "1", "partenaires": people.loire.name})

    rows = exported(people.adam)

    assert len(rows) == 3
    assert [line.outcome for line in bring(*rows)] == ["unchanged"] * 3


def test_what_the_file_changes_goes_through_the_services(
    bring: Callable[..., list[Line]], people: Cast
) -> None:
    project = ProjectFactory(owner=people.alice, summary="Avant")
    OrganisationFactory(name="Caisse voisine")
    (row,) = exported(people.adam)

    (told,) = bring(row | {
        "titre": "Autre titre", "en quelques lignes": "", "avancement (%)": 55, "en une ligne": "Cela avance.",
        "partenaires": "Caisse voisine", "budget prévu (€)": 900, "fin prévue le": "31/12/2027",
    })  # fmt: skip

    assert told.outcome == "update", faults(told)
    project.refresh_from_db()
    assert (project.title, project.summary, project.expected_end_on) == (
        "Autre titre",
        "",
        date(2027, 12, 31),
    )
    assert (project.progress, project.weather_line) == (55, "Cela avance.")
    assert ProjectUpdate.objects.get().author == people.adam
    assert project.bodies.get().organisation.name == "Caisse voisine"
    assert (project.budget_planned, project.budget.get().label) == (900, "Budget importé")
    verbs = set(Entry.objects.filter(kind="project").values_list("verb", flat=True))
    assert {"project.edited", "project.updated", "project.body_added", "project.budget_added"} <= verbs
    assert [line.outcome for line in bring(*exported(people.adam))] == ["unchanged"]


def test_an_empty_cell_without_mark_erases_nothing(bring: Callable[..., list[Line]], people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, summary="Avant")

    (told,) = bring(
        {"identifiant": project.get_absolute_url(), "titre": project.title, "en quelques lignes": ""}
    )

    assert told.outcome == "unchanged"


def test_what_changed_on_the_portal_since_the_export_is_kept(
    bring: Callable[..., list[Line]], people: Cast
) -> None:
    project = ProjectFactory(owner=people.alice, summary="Avant")
    (row,) = exported(people.adam)
    Project.objects.filter(pk=project.pk).update(summary="Changé ici", direction="Ici aussi")

    (told,) = bring(row | {"titre": "Changé là"})

    project.refresh_from_db()
    assert (told.outcome, project.title, project.summary) == ("update", "Changé là", "Changé ici")
    assert "c’est gardé" in told.note


def test_what_changed_on_both_sides_is_refused_with_both(
    bring: Callable[..., list[Line]], people: Cast
) -> None:
    project = ProjectFactory(owner=people.alice, summary="Avant")
    (row,) = exported(people.adam)
    Project.objects.filter(pk=project.pk).update(summary="Changé ici")

    (told,) = bring(row | {"en quelques lignes": "Changé là"})

    assert told.outcome == "refused"
    assert "Changé ici" in faults(told)["summary"] and "Changé là" in faults(told)["summary"]
    assert Project.objects.get().summary == "Changé ici"


def test_a_project_overtaken_while_the_file_is_written_is_refused(
    bring: Callable[..., list[Line]], file: Callable[..., Path], people: Cast
) -> None:
    project = ProjectFactory(owner=people.alice)
    (row,) = exported(people.adam)
    plan = planned(file(row | {"en une ligne": "Trop tard"}), people.adam)
    held.touch(project)

    write(plan, actor=people.adam, partial=True)

    assert plan.lines[0].outcome == "refused"
    assert not ProjectUpdate.objects.exists()


def test_a_state_changes_as_on_the_sheet(bring: Callable[..., list[Line]], people: Cast) -> None:
    project = ProjectFactory(owner=people.alice)
    (row,) = exported(people.adam)
    wanted = row | {"statut": "Abandonné", "cause": "", "raison": "", "leçon": "", "fini le": ""}

    (told,) = bring(wanted)
    assert set(faults(told)) == {"cause", "note", "lesson"}

    said = {"raison": "La décision est prise ce matin.", "leçon": "Demander l’accord d’abord."}
    (told,) = bring(wanted | said | {"cause": "Budget"})

    assert told.outcome == "update", faults(told)
    project.refresh_from_db()
    assert (project.state, project.cause) == (State.ABANDONED, Cause.BUDGET)
    assert project.moves.get().lesson == "Demander l’accord d’abord."


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"statut": "À lancer"}, "state"),
        ({"statut": ""}, "state"),
        ({"titre": " "}, "title"),
        ({"cause": "Budget"}, "cause"),
        ({"suite": "Déployer"}, "ending"),
        ({"statut": "Terminé"}, "ending"),
        ({"statut": "Terminé", "suite": "Rien du tout"}, "ending"),
        ({"fin prévue le": "2020-01-01"}, "expected_end_on"),
        ({"budget dépensé (€)": "77"}, "budget_spent"),
        ({"avancement (%)": "101"}, "progress"),
    ],
)
def test_a_change_that_the_sheet_would_refuse_is_refused_at_its_cell(
    bring: Callable[..., list[Line]], people: Cast, said: Row, column: str
) -> None:
    ProjectFactory(owner=people.alice, started_on=date(2026, 1, 1), budget_spent=50)
    (row,) = exported(people.adam)

    (told,) = bring(row | said)

    assert (told.outcome, list(faults(told))) == ("refused", [column])
    assert Project.objects.get().version == 1


def test_an_ended_project_is_not_updated(bring: Callable[..., list[Line]], people: Cast) -> None:
    ProjectFactory(owner=people.alice, state=State.COMPLETED)
    (row,) = exported(people.adam)
    (told,) = bring(row | {"en une ligne": "Encore un mot"})
    assert list(faults(told)) == ["weather_line"]


def test_a_person_changes_only_what_they_may(bring: Callable[..., list[Line]], people: Cast) -> None:
    ProjectFactory(owner=people.bob)
    rows = [row | {"titre": "À moi"} for row in exported(people.adam)]

    (told,) = bring(*rows, actor=people.alice)

    assert told.outcome == "refused"
    assert "Vous ne tenez pas ce projet" in told.faults[0].reason


# --- spreadsheets -----------------------------------------------------------------------------------------------------


def workbook(fill: Callable[[Any, Any], None]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    fill(book, book.add_worksheet())
    book.close()
    return out.getvalue()


def _odd(book: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, ["titre", "statut", "avancement (%)", "démarré le"])
    sheet.write_row(1, 0, ["Sain", "En cours", 40])
    sheet.write_datetime(
        1, 3, __import__("datetime").datetime(2026, 3, 5), book.add_format({"num_format": "dd/mm/yy"})
    )
    sheet.write(2, 0, "Calculé")
    sheet.write_formula(2, 2, "=1+1", value=2)
    sheet.merge_range("A4:A5", "Fusionné")
    sheet.write(4, 1, "En cours")
    sheet.merge_range("B6:C6", "En cours")
    sheet.write(5, 0, "De travers")


@pytest.fixture
def checked(
    people: Cast, sign_in: Callable[..., Client], settings: Any, tmp_path: Path
) -> Callable[..., ImportRun]:
    """`checked(content)`: a workbook brought on the screen of imports, compared."""
    settings.TABLES_FOLDER = tmp_path / "tables"
    client = sign_in(people.adam)

    def bring(content: bytes) -> ImportRun:
        key = {"idempotency_key": str(uuid.uuid4())}
        book = io.BytesIO(content)
        book.name = "suivi.xlsx"
        client.post("/administration/imports/", {"contenu": "projects", "fichier": book} | key)
        made = ImportRun.objects.latest("created_at")
        chosen = {f"colonne_{code}": title for code, title in made.mapping.items()}
        chosen |= {f"choix_{code}": value for code, value in made.options.items()}
        key = {"idempotency_key": str(uuid.uuid4())}
        assert client.post(f"{made.get_absolute_url()}comparer/", chosen | key).status_code == 302
        services.check(made.pk)
        made.refresh_from_db()
        return made

    return bring


def test_formulas_and_merged_cells_are_refused_where_they_are(checked: Callable[..., ImportRun]) -> None:
    run_ = checked(workbook(_odd))

    told = {line.number: (line.outcome, [fault[0] for fault in line.faults]) for line in run_.lines.all()}
    assert told == {
        2: ("create", []),
        3: ("refused", ["C3"]),
        4: ("create", []),
        5: ("refused", ["A5"]),
        6: ("refused", ["C6"]),
    }
    said = {line.number: line.reason for line in run_.lines.filter(outcome="refused")}
    assert "formule" in said[3] and "fusionnée" in said[5] and "fusionnée" in said[6]


def test_the_screen_writes_what_is_sound(checked: Callable[..., ImportRun], people: Cast) -> None:
    made = checked(workbook(_odd))
    services.ask_write(made, partial=True)
    services.write_run(made.pk, lambda done, total: False)

    made.refresh_from_db()
    assert made.state == "done"
    assert {one.title for one in Project.objects.all()} == {"Sain", "Fusionné"}
    assert Project.objects.get(title="Sain").started_on == date(2026, 3, 5)
    assert Entry.objects.filter(verb="import.done").count() == 1


@pytest.mark.parametrize(
    ("who", "offers"), [("adam", True), ("rita", False), ("alice", False), ("dev", False)]
)
def test_who_imports(people: Cast, who: str, offers: bool) -> None:
    assert importers["projects"].is_open_to(getattr(people, who)) is offers


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_makes_projects_and_says_how_many(
    file: Callable[..., Path], people: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(file({"titre": "Un", "organisme": people.loire.name}))
    assert run(["projects", path]) == 0
    assert (
        capsys.readouterr().out.splitlines()[-1]
        == "1 projets : 1 créés, 0 mis à jour, 0 inchangés, 0 refusés"
    )
    assert Project.objects.get().source == "Suivi"


def test_the_command_changes_nothing_without_a_name(
    file: Callable[..., Path], people: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    project = ProjectFactory(owner=people.alice)
    path = str(file({"identifiant": project.short, "titre": "Changé"}))

    assert run(["projects", path]) == 1
    assert "--by" in capsys.readouterr().out
    assert run(["projects", path, "--by", people.adam.email]) == 0
    assert Project.objects.get().title == "Changé"


def test_an_option_that_leads_nowhere_stops_the_file(
    file: Callable[..., Path], people: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(file({"titre": "Un"}))
    assert run(["projects", path, "--organisation", "Nulle part"]) == 2
    assert run(["projects", path, "--lifecycle", "Au hasard"]) == 2
    assert "Aucun parcours" in capsys.readouterr().err
