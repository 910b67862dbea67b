"""Bodies from tables: known by code or name, merged, corrected; and the real file, when it is there."""

import os
from collections import Counter
from pathlib import Path

import pytest

from ozeli.core.imports import Plan, Record, guess_mapping, importers, make_plan, records, write
from ozeli.core.tables import open_table
from ozeli.network.models import Branch, Organisation
from ozeli.network.names import proper_name
from tests.factories import BranchFactory, OrganisationFactory

REAL = Path(os.environ.get("OZELI_REAL_DATA", "/nowhere")) / "organismes.csv"
pytestmark = pytest.mark.django_db


def plan(*rows: dict[str, str]) -> Plan:
    found = [Record(number, row) for number, row in enumerate(rows, 2)]
    return make_plan(importers["organisations"], found, {})


def body(name="Caf de l’Ain", **values: str) -> dict[str, str]:
    return {"name": name, "branch": "famille", "department": "01"} | values


def test_three_names_of_one_body_are_one():
    done = plan(
        body("Agence Centrale des Organismes de Sécurité Sociale", branch="recouvrement", department=""),
        body("Urssaf Caisse nationale", branch="recouvrement", department=""),
        body("URSSAF CAISSE NATIONALE", branch="recouvrement", department="93"),
    )
    assert [line.outcome.value for line in done.lines] == ["create", "merged", "merged"]
    write(done, actor=None)
    one = Organisation.objects.get()
    assert (one.name, one.department, one.region) == ("Urssaf Caisse nationale", "93", "11")


def test_a_wrong_department_is_corrected_by_the_postcode_on_the_mainland_only():
    done = plan(
        body("CNAM", department="95", postal_code="75020"),
        body("CGSS La Réunion", department="974", postal_code="97700"),
        body("MSA Corse", department="2A", postal_code="20167"),
    )
    assert ["corrigé en 75" in line.note for line in done.lines] == [True, False, False]
    assert [line.payload.department for line in done.lines] == ["75", "974", "2A"]


def test_same_name_in_two_departments_stays_two():
    done = plan(body("Service commun", department="59"), body("Service commun", department="62"))
    write(done, actor=None)
    assert sorted(Organisation.objects.values_list("code", "department")) == [
        ("service-commun", "59"),
        ("service-commun-62", "62"),
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": " "}, "Le nom manque"),
        ({"name": "x" * 161}, "160 caractères"),
        ({"department": "99"}, "département n’existe pas"),
        ({"department": "", "region": "Atlantide"}, "région n’existe pas"),
        ({"size_band": "beaucoup"}, "tranche connue"),
        ({"is_active": "peut-être"}, "« oui » ou « non »"),
        ({"branch": ""}, "La branche manque"),
    ],
)
def test_a_refusal_says_what_to_do(values, said):
    (line,) = plan(body() | values).lines
    assert said in line.fault.reason.replace("\u202f", " ")


def test_an_update_shows_each_difference_and_keeps_what_is_blank():
    famille = BranchFactory(code="famille", name="Famille")
    parent = OrganisationFactory(code="cnaf", name="Cnaf", branch=famille)
    OrganisationFactory(code="caf-01", name="Caf de l’Ain", branch=famille, department="01", size_band="s")
    done = plan(
        body(
            "CAF DE L'AIN",
            parent="CAISSE NATIONALE DES ALLOCATIONS FAMILIALES",
            size_band="",
            is_active="non",
        )
    )
    (line,) = done.lines
    assert [change.label for change in line.changes] == ["caisse nationale", "région", "ouvert"]
    write(done, actor=None)
    one = Organisation.objects.get(code="caf-01")
    assert (one.name, one.parent, one.size_band, one.is_active) == ("Caf de l’Ain", parent, "s", False)
    assert plan(body("Caf de l’Ain", is_active="non")).counts["unchanged"] == 1


def test_a_known_code_may_change_its_name():
    OrganisationFactory(code="caf-01", name="Caf de l’Ain", branch=BranchFactory(code="famille"))
    done = plan(body("Caf de Bourg", code="caf-01"))
    write(done, actor=None)
    assert Organisation.objects.get().name == "Caf de Bourg"


@pytest.mark.parametrize("spelling", ["MALADIE", "maladie", "Maladies", "  MaLaDie "])
def test_known_branch_is_met_whatever_its_spelling(spelling: str):
    BranchFactory(code="maladie", name="Maladie")
    write(plan(body(branch=spelling)), actor=None)
    assert [one.name for one in Branch.objects.all()] == ["Maladie"]


@pytest.mark.parametrize(
    ("spelling", "written"),
    [
        ("régime spécial", "Régime spécial"),
        ("RÉGIME  SPÉCIAL", "Régime spécial"),
        ("union des CARSAT", "Union des CARSAT"),
        ("UNION DES CARSAT", "Union des CARSAT"),
        ("Outre-mer", "Outre-mer"),
    ],
)
def test_new_branch_is_written_as_the_others(spelling: str, written: str):
    done = plan(body(branch=spelling), body("Caf du Nord", branch=spelling.upper(), department="59"))
    assert f"La branche «\u202f{written}\u202f» sera créée." in done.lines[0].note
    write(done, actor=None)
    assert [one.name for one in Branch.objects.all()] == [written]


def test_unknown_parents_and_branches_are_told():
    done = plan(body(parent="Nulle part", branch="régime spécial"), body("Autre", branch="Régime spécial"))
    assert "inconnue" in done.lines[0].note
    assert "sera créée" in done.lines[0].note
    assert done.lines[1].note == ""
    write(done, actor=None)
    assert Branch.objects.get().name == "Régime spécial"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("CPAM LA ROCHELLE", "CPAM La Rochelle"),
        ("Caf de la CORSE-DU-SUD", "Caf de la Corse-du-Sud"),
        ("URSSAF RHÔNE ALPES", "URSSAF Rhône Alpes"),
        ("CAF DE L'AIN", "CAF de l’Ain"),
        ("Caf d’Ille-et-Vilaine", "Caf d’Ille-et-Vilaine"),
    ],
)
def test_names_in_capitals(written, shown):
    assert proper_name(written) == shown


@pytest.mark.skipif(not REAL.exists(), reason="OZELI_REAL_DATA is not given")
def test_the_real_file_is_imported_once():
    importer, table = importers["organisations"], open_table(REAL)
    mapping = guess_mapping(importer, table.header)
    done = make_plan(importer, records(table, mapping), {})
    counts = {key: value for key, value in done.counts.items() if value}
    assert counts == {"create": 312, "merged": 3, "left_out": 155}
    write(done, actor=None)
    assert Counter(Organisation.objects.values_list("branch__code", flat=True))["famille"] == 102
    again = make_plan(importer, records(table, mapping), {})
    assert {key: value for key, value in again.counts.items() if value} == {
        "unchanged": 312,
        "merged": 3,
        "left_out": 155,
    }
