"""What projects show on the home, and what they leave to do."""

from datetime import timedelta

import pytest

from ozeli.core import clock
from ozeli.network.enums import Audience
from ozeli.portal.models import HomeBrick
from ozeli.projects.enums import Role, State, Verdict
from ozeli.projects.models import Gate, Project, ProjectMove, Stage, StageReport
from ozeli.projects.todo import updates_due
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db

# Session, person, rights, own projects, gates, unread notifications.
TODO_QUERIES = 6


@pytest.fixture
def bricks():
    HomeBrick.objects.all().delete()
    for place, kind in enumerate(("projects_by_stage", "projects_to_launch", "just_learned")):
        HomeBrick.objects.create(kind=kind, position=place)


def long_ago(project, days=31):
    Project.objects.filter(pk=project.pk).update(updated_on=clock.today() - timedelta(days))
    return project


# --- the home ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bricks")
def test_nothing_to_show_shows_nothing(people, sign_in):
    page = sign_in(people.alice).get("/").content.decode()
    assert "On vient d’apprendre" not in page and "Expérimentations en cours" not in page


@pytest.mark.usefixtures("bricks")
def test_projects_under_way_stand_at_their_stage(people, sign_in):
    ProjectFactory.create_batch(2, owner=people.alice, passed=2)
    ProjectFactory(owner=people.alice, passed=0)
    ProjectFactory(owner=people.alice, lifecycle="essai-3")
    ProjectFactory(owner=people.alice, state=State.COMPLETED, passed=7)
    ProjectFactory(owner=people.alice, audience=Audience.ORGANISATION)

    page = sign_in(people.bob).get("/").content.decode()

    assert "POC en sept étapes" in page and "1\u00a0autre suit un autre parcours" in page
    for asked, number in (("solution", 2), ("challenge", 1), ("plan", 0)):
        link = f'href="/projets/?statut=en-cours&amp;parcours=poc-7&amp;etape={asked}"'
        told = page.partition(link)[2].partition("<b>")[2].partition("</b>")[0]
        assert told == str(number), asked


@pytest.mark.usefixtures("bricks")
def test_projects_to_launch_are_told_to_whom_may_read_them(people, sign_in):
    shown = ProjectFactory(owner=people.alice, state=State.TO_LAUNCH, title="Borne de rappel")
    ProjectFactory(owner=people.alice, state=State.TO_LAUNCH, title="Secret", audience=Audience.BRANCH)
    ProjectFactory(owner=people.alice, state=State.TO_LAUNCH, title="Parti", is_withdrawn=True)

    page = sign_in(people.alice).get("/").content.decode()

    assert shown.get_absolute_url() in page
    assert "Secret" not in page and "Parti" not in page


@pytest.mark.usefixtures("bricks")
def test_what_was_just_learned_comes_from_stages_and_stops(people, sign_in):
    told, stopped = ProjectFactory(owner=people.alice, passed=1), ProjectFactory(owner=people.bob)
    StageReport.objects.filter(project=told, stage__number=1).update(
        is_told=True, written_on=clock.today(), failures="Trop de champs.", successes="Deux lignes suffisent."
    )
    ProjectMove.objects.create(
        project=stopped, transition="give_up", source="under_way", target="abandoned",
        lesson="Demander d’abord aux agents.", made_on=clock.today(),
    )  # fmt: skip
    kept = ProjectFactory(owner=people.alice, passed=1, audience=Audience.ORGANISATION)
    StageReport.objects.filter(project=kept).update(
        is_told=True, written_on=clock.today(), failures="Ceci reste entre nous."
    )

    page = sign_in(people.bob).get("/").content.decode()

    assert "Trop de champs." in page and "Deux lignes suffisent." not in page
    assert f"{told.get_absolute_url()}etapes/1/" in page
    assert "Demander d’abord aux agents." in page and stopped.get_absolute_url() in page
    assert "Ceci reste entre nous." not in page


# --- what is left to do -----------------------------------------------------------------------------------------------


def test_a_point_is_to_make_after_a_month_of_silence_by_the_owner_alone(people):
    silent = long_ago(ProjectFactory(owner=people.alice, team={Role.MEMBER: [people.bob]}))
    long_ago(ProjectFactory(owner=people.alice), days=29)
    long_ago(ProjectFactory(owner=people.alice, state=State.FROZEN))
    long_ago(ProjectFactory(owner=people.alice, is_withdrawn=True))

    assert list(updates_due(people.alice)) == [silent]
    assert not updates_due(people.bob).exists()


def test_the_home_tells_what_waits(people, sign_in):
    HomeBrick.objects.get_or_create(kind="todo", defaults={"position": 1})
    project = long_ago(ProjectFactory(owner=people.alice, passed=2))
    Gate.objects.create(
        project=project,
        stage=Stage.objects.get(version=project.lifecycle, number=3),
        decider=people.bob,
        due_on=clock.today() - timedelta(2),
    )

    owner, decider = (sign_in(one).get("/").content.decode() for one in (people.alice, people.bob))

    assert "1\u00a0point à faire sur votre projet" in owner and "jalon à décider" not in owner
    assert "1\u00a0jalon à décider" in decider and "en retard de 2\u00a0jours" in decider


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("as_in_production")
def test_what_waits_query_count(rows, people, sign_in, django_assert_num_queries):
    for _row in range(rows):
        project = long_ago(ProjectFactory(owner=people.alice, passed=2))
        other = ProjectFactory(owner=people.bob, passed=2)
        stage = Stage.objects.get(version=other.lifecycle, number=3)
        Gate.objects.create(project=other, stage=stage, decider=people.alice)
    client = sign_in(people.alice)
    client.get("/projets/a-faire/")
    with django_assert_num_queries(TODO_QUERIES):
        response = client.get("/projets/a-faire/")
    page = response.content.decode()
    assert f"{project.get_absolute_url()}point/" in page and f"{other.get_absolute_url()}jalons/3/" in page
    assert len(response.context["projects"]) == len(response.context["gates"]) == rows


def test_a_decided_gate_waits_for_nobody(people, sign_in):
    project = ProjectFactory(owner=people.alice, passed=2)
    Gate.objects.create(
        project=project, stage=Stage.objects.get(version=project.lifecycle, number=3), decider=people.bob,
        verdict=Verdict.GO, reason="Clair.", decided_on=clock.today(),
    )  # fmt: skip
    assert "Rien ne vous attend" in sign_in(people.bob).get("/projets/a-faire/").content.decode()
