"""The budget of a project: its lines, the sums it keeps, what is odd said and never refused."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from ozeli.core.errors import Conflict, Refused
from ozeli.projects.enums import Role
from ozeli.projects.models import BudgetLine, Project
from ozeli.projects.selectors.charts import Spending
from ozeli.projects.services import budget
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(people: Cast) -> Project:
    return ProjectFactory(owner=people.alice, team={Role.COACH: [people.charlie]})


def page(project: Project, tail: str = "") -> str:
    return f"{project.get_absolute_url()}budget/{tail}"


def send(client: Client, path: str, **fields: Any) -> Any:
    return client.post(path, {"idempotency_key": str(uuid.uuid4()), **fields})


def sums(project: Project) -> tuple[Decimal, ...]:
    project.refresh_from_db()
    return project.budget_planned, project.budget_committed, project.budget_spent


def line(project: Project, actor: Any, planned: int, committed: int = 0, spent: int = 0) -> BudgetLine:
    amounts = {"planned": Decimal(planned), "committed": Decimal(committed), "spent": Decimal(spent)}
    return budget.add(project, f"Ligne de {planned}", amounts, actor=actor)


def test_lines_make_the_sums_of_the_project(people: Cast, sign_in: Any, project: Project) -> None:
    client = sign_in(people.alice)
    fields = {"label": "Licences", "planned": "12\u202f000", "committed": "9 500,50 €", "spent": ""}
    assert send(client, page(project), **fields).status_code == 302
    assert sums(project) == (12000, Decimal("9500.5"), 0)
    made = BudgetLine.objects.get()
    line(project, people.alice, 30_000, 22_000, 18_200)
    assert sums(project) == (42000, Decimal("31500.5"), 18200)
    changed = send(client, page(project, f"{made.pk}/"), label="Licences", planned="10000", version=1)
    assert changed.status_code == 302
    assert sums(project) == (40000, 22000, 18200)
    assert send(client, page(project, f"{made.pk}/"), geste="retirer").status_code == 302
    assert sums(project) == (30000, 22000, 18200)


def test_without_lines_the_stage_reports_say_the_sums_again(people: Cast, project: Project) -> None:
    project.reports.update(budget_planned=500, budget_spent=200)
    made = line(project, people.alice, 9_000)
    assert sums(project) == (9000, 0, 0)
    budget.remove(made, actor=people.alice)
    assert sums(project) == (500, 200, 200)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-5", "n’est pas négatif"),
        ("200 000 000", "100 millions"),
        ("1,234", "Deux chiffres"),
        ("cher", "en euros"),
    ],
)
def test_amounts_that_cannot_be_are_refused_near_their_field(
    people: Cast, sign_in: Any, project: Project, typed: str, said: str
) -> None:
    answer = send(sign_in(people.alice), page(project), label="Licences", planned=typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html and f'value="{typed}"' in html
    assert not BudgetLine.objects.exists() and sums(project) == (0, 0, 0)


@pytest.mark.parametrize("amount", [Decimal(-1), Decimal(10) ** 9])
def test_the_service_refuses_them_too(people: Cast, project: Project, amount: Decimal) -> None:
    with pytest.raises(Refused):
        budget.add(project, "Trop", {"planned": amount}, actor=people.alice)


def test_spent_beyond_committed_is_said_and_kept(people: Cast, sign_in: Any, project: Project) -> None:
    client = sign_in(people.alice)
    fields = {"label": "Déplacements", "planned": "100", "committed": "150", "spent": "180"}
    answer = client.post(page(project), {"idempotency_key": str(uuid.uuid4()), **fields}, follow=True)
    html = answer.content.decode()
    assert sums(project) == (100, 150, 180)
    assert "le dépensé dépasse l’engagé de 30\u00a0€" in html
    assert "L’engagé dépasse le prévu de 50\u00a0€" in html
    assert "à vérifier" in html


def test_coaches_and_readers_write_no_line(people: Cast, sign_in: Any, project: Project) -> None:
    made = line(project, people.alice, 100)
    for person in (people.charlie, people.bob):
        client = sign_in(person)
        assert send(client, page(project), label="Autre").status_code == 403
        assert client.get(page(project, f"{made.pk}/")).status_code == 403
        html = client.get(page(project)).content.decode()
        assert "Ligne de 100" in html and "Ajouter une ligne" not in html
        with pytest.raises(Refused):
            budget.remove(made, actor=person)


def test_two_windows_on_one_line_show_both(people: Cast, sign_in: Any, project: Project) -> None:
    made = line(project, people.alice, 100)
    budget.change(made, "Licences", {"planned": Decimal(300)}, actor=people.rita, version=1)
    answer = send(
        sign_in(people.alice), page(project, f"{made.pk}/"), label="Le mien", planned="200", version=1
    )
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Licences" in html and "300\u00a0€" in html and "Le mien" in html
    assert sums(project) == (300, 0, 0)


def test_a_line_removed_meanwhile_is_a_conflict(people: Cast, project: Project) -> None:
    made = line(project, people.alice, 100)
    budget.remove(made, actor=people.alice)
    with pytest.raises(Conflict):
        budget.change(made, "Encore", {}, actor=people.alice, version=1)


def test_a_line_of_another_project_is_not_found_here(people: Cast, sign_in: Any, project: Project) -> None:
    made = line(ProjectFactory(owner=people.alice), people.alice, 100)
    assert sign_in(people.alice).get(page(project, f"{made.pk}/")).status_code == 404


def test_lines_are_not_endless(people: Cast, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MOST", 1)
    line(project, people.alice, 1)
    with pytest.raises(Refused, match="au plus"):
        line(project, people.alice, 2)


def test_the_file_holds_the_lines(people: Cast, sign_in: Any, project: Project) -> None:
    line(project, people.alice, 100, 50, 20)
    answer = sign_in(people.bob).get(page(project, "export/"))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines == ["Objet;Prévu (€);Engagé (€);Dépensé (€)", "Ligne de 100;100.0;50.0;20.0"]


def test_the_page_costs_the_same_for_one_line_and_for_three(
    people: Cast, sign_in: Any, project: Project, as_in_production: None, django_assert_num_queries: Any
) -> None:
    client = sign_in(people.bob)
    line(project, people.alice, 100)
    client.get(page(project))
    with django_assert_num_queries(8):
        client.get(page(project))
    line(project, people.alice, 200)
    line(project, people.alice, 300)
    with django_assert_num_queries(8):
        client.get(page(project))


@pytest.mark.parametrize(
    ("planned", "committed", "spent", "values"),
    [(42, 31, 18, [18, 13, 11]), (10, 20, 5, [5, 15, 0]), (0, 0, 7, [7, 0, 0]), (10, 0, 12, [12, 0, 0])],
)
def test_the_bar_never_draws_less_than_nothing(
    planned: int, committed: int, spent: int, values: list[int]
) -> None:
    parts = Spending(Decimal(planned), Decimal(committed), Decimal(spent)).parts
    assert [int(part.value) for part in parts] == values
