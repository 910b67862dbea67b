"""What a project measures: indicators, dated measures, their chart, table and file."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.projects.enums import Role
from ozeli.projects.models import Indicator, Measure, Project
from ozeli.projects.selectors.charts import valued
from ozeli.projects.services import indicators
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(people: Cast) -> Project:
    return ProjectFactory(owner=people.alice, team={Role.COACH: [people.charlie]})


@pytest.fixture
def indicator(people: Cast, project: Project) -> Indicator:
    values = {
        "name": "Dossiers repris sans rappel",
        "unit": "%",
        "target": Decimal(70),
        "baseline": Decimal(48),
    }
    return indicators.add(project, values, actor=people.alice)


def page(project: Project, tail: str = "") -> str:
    return f"{project.get_absolute_url()}mesures/{tail}"


def send(client: Client, path: str, **fields: Any) -> Any:
    return client.post(path, {"idempotency_key": str(uuid.uuid4()), **fields})


def measured(indicator: Indicator, actor: Any, *values: float) -> None:
    for place, value in enumerate(reversed(values)):
        on = clock.today() - timedelta(days=30 * place)
        indicators.measure(indicator, Decimal(str(value)), on=on, actor=actor)


# --- indicators -------------------------------------------------------------------------------------------------------


def test_a_name_is_enough(people: Cast, sign_in: Any, project: Project) -> None:
    answer = send(sign_in(people.alice), page(project, "nouvelle/"), name="Rendez-vous honorés")
    made = Indicator.objects.get()
    assert answer.url == page(project, f"{made.pk}/")
    assert (made.unit, made.baseline, made.target) == ("", None, None)


def test_numbers_are_read_as_people_write_them(people: Cast, sign_in: Any, project: Project) -> None:
    send(
        sign_in(people.alice),
        page(project, "nouvelle/"),
        name="Coût",
        unit="€",
        baseline="1\u202f234,50 €",
        target="−3",
    )
    made = Indicator.objects.get()
    assert (made.baseline, made.target) == (Decimal("1234.5"), Decimal(-3))


@pytest.mark.parametrize("typed", ["beaucoup", "1e5", "NaN", "1_000", "12,34,5", "--3", "9" * 20, "0,12345"])
def test_what_is_no_number_is_refused_and_kept(
    people: Cast, sign_in: Any, project: Project, typed: str
) -> None:
    answer = send(sign_in(people.alice), page(project, "nouvelle/"), name="Coût", target=typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'value="{typed}"' in html and 'value="Coût"' in html
    assert not Indicator.objects.exists()


def test_coaches_and_readers_measure_nothing(
    people: Cast, sign_in: Any, project: Project, indicator: Indicator
) -> None:
    for person in (people.charlie, people.bob):
        client = sign_in(person)
        assert client.get(page(project, "nouvelle/")).status_code == 403
        assert (
            send(client, page(project, f"{indicator.pk}/"), value="3", measured_on="2026-01-01").status_code
            == 403
        )
        with pytest.raises(Refused):
            indicators.measure(indicator, Decimal(3), on=clock.today(), actor=person)


def test_two_windows_on_one_indicator_show_both_texts(
    people: Cast, sign_in: Any, project: Project, indicator: Indicator
) -> None:
    indicators.change(indicator, {"name": "Dossiers repris du premier coup"}, actor=people.rita, version=1)
    answer = send(
        sign_in(people.alice), page(project, f"{indicator.pk}/modifier/"), name="Le mien", unit="%", version=1
    )
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Dossiers repris du premier coup" in html and "Le mien" in html
    assert 'name="version" value="2"' in html


def test_an_indicator_leaves_with_its_measures(
    people: Cast, sign_in: Any, project: Project, indicator: Indicator
) -> None:
    measured(indicator, people.alice, 48, 53)
    answer = send(sign_in(people.alice), page(project, f"{indicator.pk}/modifier/"), geste="retirer")
    assert answer.status_code == 302
    assert not Indicator.objects.exists() and not Measure.objects.exists()
    with pytest.raises(Conflict):
        indicators.remove(indicator, actor=people.alice)


def test_few_indicators_are_followed(
    people: Cast, project: Project, indicator: Indicator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indicators, "MOST", 1)
    with pytest.raises(Refused, match="au plus"):
        indicators.add(project, {"name": "Un de trop"}, actor=people.alice)


def test_an_indicator_of_another_project_is_not_found_here(
    people: Cast, sign_in: Any, project: Project, indicator: Indicator
) -> None:
    other = ProjectFactory(owner=people.alice)
    for tail in (f"{indicator.pk}/", f"{indicator.pk}/modifier/", "999999999999999999999/"):
        assert sign_in(people.alice).get(page(other, tail)).status_code == 404


# --- measures ---------------------------------------------------------------------------------------------------------


def test_a_measure_is_drawn_and_written(
    people: Cast, sign_in: Any, project: Project, indicator: Indicator
) -> None:
    today = clock.today()
    measured(indicator, people.alice, 48, 53)
    answer = send(
        sign_in(people.alice),
        page(project, f"{indicator.pk}/"),
        value="63,5 %",
        measured_on=(today - timedelta(days=1)).isoformat(),
        remark="200 dossiers",
    )
    assert answer.status_code == 302
    html = sign_in(people.bob).get(page(project, f"{indicator.pk}/")).content.decode()
    assert "63,5\u00a0%" in html and "200 dossiers" in html and "cible\u00a070\u00a0%" in html
    assert Event.objects.filter(type="project.measured").count() == 3


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2999-01-01", "aujourd’hui au plus tard"),
        ("0202-01-01", "Vérifiez l’année"),
        ("31/02/2026", "Écrivez une date"),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    people: Cast, sign_in: Any, project: Project, indicator: Indicator, on: str, said: str
) -> None:
    answer = send(sign_in(people.alice), page(project, f"{indicator.pk}/"), value="12", measured_on=on)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Measure.objects.exists()


def test_one_measure_a_day(people: Cast, sign_in: Any, project: Project, indicator: Indicator) -> None:
    measured(indicator, people.alice, 48)
    fields = {"value": "50", "measured_on": clock.today().isoformat()}
    answer = send(sign_in(people.alice), page(project, f"{indicator.pk}/"), **fields)
    assert answer.status_code == 422
    assert "déjà relevée" in answer.content.decode()
    # Put right, it is another value of the same day.
    row = Measure.objects.get()
    shown = sign_in(people.alice).get(page(project, f"{indicator.pk}/"), {"mesure": row.pk}).content.decode()
    assert 'value="48"' in shown
    fixed = send(sign_in(people.alice), page(project, f"{indicator.pk}/"), **fields, instead_of=row.pk)
    assert fixed.status_code == 302
    assert Measure.objects.get().value == 50


def test_a_measure_taken_out_meanwhile_is_a_conflict(
    people: Cast, sign_in: Any, project: Project, indicator: Indicator
) -> None:
    measured(indicator, people.alice, 48)
    row = Measure.objects.get()
    assert (
        send(
            sign_in(people.alice), page(project, f"{indicator.pk}/"), geste="retirer", mesure=row.pk
        ).status_code
        == 302
    )
    fields = {"value": "50", "measured_on": clock.today().isoformat(), "instead_of": row.pk}
    answer = send(sign_in(people.alice), page(project, f"{indicator.pk}/"), **fields)
    assert answer.status_code == 409
    assert 'value="50"' in answer.content.decode()


def test_the_file_holds_every_measure(
    people: Cast, sign_in: Any, project: Project, indicator: Indicator
) -> None:
    measured(indicator, people.alice, 48, 63.5)
    answer = sign_in(people.bob).get(page(project, "export/"))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "Indicateur;Unité;Au départ;Cible;Jour;Valeur;Remarque"
    assert lines[2] == f"Dossiers repris sans rappel;%;48.0;70.0;{clock.today().isoformat()};63.5;"


def test_formulas_are_neutral_in_the_file(people: Cast, sign_in: Any, project: Project) -> None:
    one = indicators.add(project, {"name": "=cmd()"}, actor=people.alice)
    measured(one, people.alice, 1)
    answer = sign_in(people.bob).get(page(project, "export/"))
    assert "\n'=cmd()" in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_pages_cost_the_same_for_one_indicator_and_for_three(
    people: Cast,
    sign_in: Any,
    project: Project,
    indicator: Indicator,
    as_in_production: None,
    django_assert_num_queries: Any,
) -> None:
    client = sign_in(people.bob)
    measured(indicator, people.alice, 48, 53)
    client.get(page(project))
    with django_assert_num_queries(9):
        client.get(page(project))
    for name in ("Deuxième", "Troisième"):
        measured(indicators.add(project, {"name": name}, actor=people.alice), people.alice, 1, 2, 3)
    with django_assert_num_queries(9):
        client.get(page(project))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("48.500", "48,5\u00a0%"),
        ("1200", "1\u202f200\u00a0%"),
        ("-0.250", "−0,25\u00a0%"),
        ("0.000", "0\u00a0%"),
    ],
)
def test_values_are_written_without_idle_zeros(value: str, said: str) -> None:
    assert valued(Decimal(value), "%") == said


def test_a_far_past_is_refused_by_the_service_too(people: Cast, indicator: Indicator) -> None:
    with pytest.raises(Refused):
        indicators.measure(indicator, Decimal(1), on=date(1900, 1, 1), actor=people.alice)
