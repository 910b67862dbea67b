"""Projects as files: the columns that the import reads, what they hold, what they hide."""

import csv
import io

import pytest
from django.http import QueryDict
from python_calamine import load_workbook

from ozeli.core import clock
from ozeli.core import exports as core_exports
from ozeli.core.exports import exports
from ozeli.core.ids import short_id
from ozeli.network.enums import Audience
from ozeli.projects import exports as project_exports
from ozeli.projects.enums import BodyRole, Cause, State, Trigger, Weather
from ozeli.projects.exports import COLUMNS, TOLD_ONLY
from ozeli.projects.models import ProjectBody, ProjectIdea
from tests.factories import DomainFactory, IdeaFactory
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def told(client, query=""):
    """The rows of the CSV, by code of column."""
    answer = client.get(f"/projets/export.csv{query}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    codes = {title: code for code, title in COLUMNS.items()}
    return [{codes[title]: cell for title, cell in row.items()} for row in rows]


def _full(people):
    idea = IdeaFactory(author=people.alice)
    project = ProjectFactory(
        owner=people.alice,
        title="=2+2",
        passed=2,
        state=State.FROZEN,
        cause=Cause.BUDGET,
        domain=DomainFactory(code="relation", name="Relation usager"),
        direction="Direction de l’accueil",
        trigger=Trigger.CHALLENGE,
        keywords=["courrier", "délai"],
        weather=Weather.CLOUD,
        weather_line="On attend un avis.",
        started_on=clock.today(),
        expected_end_on=clock.today(),
        budget_planned="1200.50",
        budget_spent=300,
    )
    ProjectIdea.objects.create(project=project, idea=idea, joined_on=clock.today())
    for body, role in (
        (people.charlie.organisation, BodyRole.SPONSOR),
        (people.bob.organisation, BodyRole.PARTNER),
    ):
        ProjectBody.objects.create(project=project, organisation=body, role=role)
    return project, idea


def test_a_row_tells_what_its_sheet_tells(people, sign_in):
    project, idea = _full(people)
    (row,) = told(sign_in(people.bob))
    assert row.pop("mark")
    today = clock.today().isoformat()
    assert row == dict.fromkeys([code for code in COLUMNS if code != "mark"], "") | {
        "short": project.short,
        "title": "'=2+2",
        "state": "Gelé",
        "kind": "POC",
        "lifecycle": "POC en sept étapes",
        "stage": "Décrire la solution",
        "stages_passed": "2",
        "stage_count": "7",
        "progress": "29",
        "weather": "Nuages",
        "weather_line": "On attend un avis.",
        "organisation": "CPAM de la Loire",
        "branch": "Maladie",
        "direction": "Direction de l’accueil",
        "sponsors": people.charlie.organisation.name,
        "partners": people.bob.organisation.name,
        "owner": "Alice Martin",
        "domain": "Relation usager",
        "trigger": "Défi",
        "keywords": "courrier, délai",
        "audience": "Tout le réseau",
        "summary": project.summary,
        "started_on": today,
        "expected_end_on": today,
        "cause": "Budget",
        "budget_planned": "1200.5",
        "budget_committed": "0",
        "budget_spent": "300",
        "ideas": short_id(idea.pk),
        "created_on": today,
        "touched_on": today,
    }


def test_an_idea_is_named_to_those_who_may_read_it(people, sign_in):
    project = ProjectFactory(owner=people.alice)
    idea = IdeaFactory(author=people.alice, audience=Audience.ORGANISATION)
    ProjectIdea.objects.create(project=project, idea=idea, joined_on=clock.today())
    assert told(sign_in(people.alice))[0]["ideas"] == short_id(idea.pk)
    assert told(sign_in(people.bob))[0]["ideas"] == ""


def test_the_file_is_that_of_the_list(people, sign_in):
    ProjectFactory(owner=people.alice, title="Premier", progress=10)
    ProjectFactory(owner=people.alice, title="Second", progress=90)
    ProjectFactory(owner=people.alice, title="Autre", state=State.TO_LAUNCH)
    ProjectFactory(owner=people.alice, title="Caché", audience=Audience.ORGANISATION)
    rows = told(sign_in(people.charlie), "?statut=en-cours&tri=avancement&colonnes=fin&page=x")
    assert [row["title"] for row in rows] == ["Second", "Premier"]


@pytest.mark.parametrize("sort", ["recentes", "echeance"])
def test_batches_follow_one_another(sort, people, sign_in, monkeypatch):
    monkeypatch.setattr(project_exports, "BATCH", 2)
    made = ProjectFactory.create_batch(5, owner=people.alice)
    rows = told(sign_in(people.bob), f"?tri={sort}")
    assert sorted(row["short"] for row in rows) == sorted(one.short for one in made)


def test_the_workbook_offers_closed_lists(people, sign_in):
    _full(people)
    answer = sign_in(people.bob).get("/projets/export.csv?format=xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheet_names[1:] == ["Valeurs"]
    header, row = book.get_sheet_by_index(0).to_python()
    assert tuple(header) == tuple(COLUMNS.values())
    assert row[list(COLUMNS).index("title")] == "=2+2"
    offered = book.get_sheet_by_index(1).to_python()
    assert [line[0] for line in offered][:4] == ["statut", "À lancer", "En cours", "Gelé"]


def test_a_long_file_is_asked_on_a_page(people, sign_in, monkeypatch):
    ProjectFactory.create_batch(3, owner=people.alice)
    monkeypatch.setattr(core_exports, "LONG", 2)
    monkeypatch.setattr(project_exports, "LONG", 2)
    answer = sign_in(people.bob).get("/projets/export.csv?statut=en-cours")
    assert answer.status_code == 302
    assert "contenu=projects" in answer["Location"]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("as_in_production")
def test_a_batch_costs_four_queries(rows, people, django_assert_num_queries):
    """The projects, then their ideas, their bodies, their owners."""
    for _ in range(rows):
        _full(people)
    one = exports["projects"]
    list(one.rows(people.bob, QueryDict("")))
    with django_assert_num_queries(4):
        assert len(list(one.rows(people.bob, QueryDict("")))) == rows


def test_what_is_only_told_is_named_among_the_columns():
    assert set(TOLD_ONLY) < set(COLUMNS)
    assert len(set(COLUMNS.values())) == len(COLUMNS)
