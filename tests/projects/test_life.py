"""The life of a project on its sheet: what each reader is shown, in few queries."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.projects.enums import EntryTone, Role
from ozeli.projects.models import Project
from ozeli.projects.selectors.life import Life, life_of
from ozeli.projects.services import budget, indicators, logbook, team
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(people: Cast) -> Project:
    return ProjectFactory(owner=people.alice, title="Deux lignes au transfert")


def seen(project: Project, user: User) -> Life:
    return life_of(Project.objects.prefetch_related("members__user").get(pk=project.pk), user)


def lived(project: Project, actor: User, count: int) -> None:
    """`count` of each thing that a project keeps."""
    for number in range(count):
        logbook.write(project, f"Billet {number}", tone=EntryTone.NEWS, actor=actor)
        budget.add(project, f"Ligne {number}", {"planned": Decimal(100)}, actor=actor)
        one = indicators.add(project, {"name": f"Mesure {number}", "unit": "%"}, actor=actor)
        for month in range(3):
            on = clock.today() - timedelta(days=30 * month)
            indicators.measure(one, Decimal(50 - month), on=on, actor=actor)


def test_the_life_of_a_project_costs_five_queries_whatever_it_holds(
    people: Cast, project: Project, django_assert_num_queries: Any
) -> None:
    lived(project, people.alice, 1)
    held = Project.objects.prefetch_related("members__user__organisation").get(pk=project.pk)
    people.bob.level("projects")
    life_of(held, people.bob)
    with django_assert_num_queries(5):
        life_of(held, people.bob)
    lived(project, people.alice, 3)
    with django_assert_num_queries(5):
        life_of(held, people.bob)


def test_the_sheet_shows_the_newest_posts_and_counts_the_others(people: Cast, project: Project) -> None:
    lived(project, people.alice, 5)
    shown = seen(project, people.bob)
    assert [one.entry.body for one in shown.posts] == ["Billet 4", "Billet 3", "Billet 2"]
    assert shown.more_posts == 2


def test_the_sheet_draws_the_first_indicator_that_was_measured(people: Cast, project: Project) -> None:
    indicators.add(project, {"name": "Pas encore relevé"}, actor=people.alice)
    measured = indicators.add(project, {"name": "Relevé"}, actor=people.alice)
    indicators.measure(measured, Decimal(3), on=clock.today(), actor=people.alice)
    shown = seen(project, people.bob)
    assert shown.first is not None and shown.first.indicator == measured
    assert [one.indicator.name for one in shown.other_indicators] == ["Pas encore relevé"]


def test_a_reader_is_offered_nothing_to_write(people: Cast, sign_in: Any, project: Project) -> None:
    html = sign_in(people.bob).get(project.get_absolute_url()).content.decode()
    for tail in ("mesures/nouvelle/", "budget/", "journal/#ecrire", "documents/"):
        assert f'{project.get_absolute_url()}{tail}"' not in html, tail
    mine = sign_in(people.alice).get(project.get_absolute_url()).content.decode()
    for tail in ("mesures/nouvelle/", "budget/", "journal/#ecrire", "documents/"):
        assert f'{project.get_absolute_url()}{tail}"' in mine, tail


def test_a_coach_is_offered_the_logbook_alone(people: Cast, project: Project) -> None:
    team.add(project, people.charlie, Role.COACH, actor=people.alice)
    shown = seen(project, people.charlie)
    assert (shown.writes, shown.edits) == (True, False)
