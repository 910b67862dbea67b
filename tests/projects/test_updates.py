"""« Où en êtes-vous ? »: said in three minutes, shown at once, never over what somebody else just said."""

from collections.abc import Callable
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import FIELD
from ozeli.core.registry import event_types
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from ozeli.projects.enums import Cause, Role, State
from ozeli.projects.models import Project, ProjectUpdate
from ozeli.projects.services import updates
from tests.personas import Cast, cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def _post(client: Client, project: Project, **data: str):
    return client.post(f"{project.get_absolute_url()}point/", {FIELD: str(uuid4()), "last": "", **data})


def test_what_is_said_shows_at_once(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, passed=2)

    answer = _post(
        sign_in(people.alice),
        project,
        progress="40",
        weather="mixed",
        line="Le prototype tourne.",
        next_step="Former deux agents.",
        needs="Dix jours de développement.",
    )

    assert answer["Location"] == project.get_absolute_url()
    project.refresh_from_db()
    assert (project.progress, project.progress_is_said, project.weather) == (40, True, "mixed")
    assert (project.updated_on, project.updated_by, project.touched_on) == (
        clock.today(),
        people.alice,
        clock.today(),
    )
    page = sign_in(people.bob).get(project.get_absolute_url()).content.decode()
    for said in ("40\u00a0%", "Éclaircies", "Le prototype tourne.", "Former deux agents.", "Dix jours de"):
        assert said in page, said
    assert Entry.objects.filter(verb="project.updated").count() == 1
    assert Event.objects.filter(type="project.updated", object_id=project.pk).count() == 1


def test_nothing_new_is_worth_saying(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, passed=2, weather="sun")
    assert _post(sign_in(people.alice), project).status_code == 302
    project.refresh_from_db()
    assert (project.progress, project.progress_is_said, project.weather) == (29, False, "")
    assert ProjectUpdate.objects.get().progress == 29


def test_the_form_opens_with_what_stands(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    client = sign_in(people.alice)
    _post(client, project, next_step="Former deux agents.", line="Une ligne d’hier.")
    page = client.get(f"{project.get_absolute_url()}point/").content.decode()
    assert 'value="Former deux agents."' in page and 'value="Une ligne d’hier."' not in page


@pytest.mark.parametrize("progress", ["-1", "101", "40,5", "beaucoup", "9" * 30])
def test_a_progress_out_of_range_is_refused(progress: str, people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    answer = _post(sign_in(people.alice), project, progress=progress, line="Gardée telle quelle.")
    page = answer.content.decode()
    assert answer.status_code == 422 and "de 0 à 100\u00a0%" in page and "Gardée telle quelle." in page
    assert not ProjectUpdate.objects.exists()


def test_of_two_points_both_are_shown(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, team={Role.MEMBER: [people.bob]})
    assert _post(sign_in(people.bob), project, line="Ce que dit Bob.").status_code == 302

    answer = _post(sign_in(people.alice), project, line="Ce que dit Alice.")

    page = answer.content.decode()
    assert answer.status_code == 409 and "Ce que dit Bob." in page and "Ce que dit Alice." in page
    last = str(ProjectUpdate.objects.get().pk)
    assert f'name="last" value="{last}"' in page
    assert _post(sign_in(people.alice), project, line="Les deux.", last=last).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_points_at_once_leave_one(settings) -> None:
    people = cast()
    project = ProjectFactory(owner=people.alice, team={Role.MEMBER: [people.bob]})
    together, outcomes = Barrier(2), []

    def say(person) -> None:
        together.wait()
        try:
            updates.say(project, {"line": person.display_name}, actor=person, last=None)
            outcomes.append("said")
        except Conflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [Thread(target=say, args=[one]) for one in (people.alice, people.bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["conflict", "said"] and ProjectUpdate.objects.count() == 1


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_only_the_team_says_it(who: str, people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, team={Role.SPONSOR: [people.bob]})
    assert _post(sign_in(getattr(people, who)), project).status_code == 403
    with pytest.raises(Refused):
        updates.say(project, {}, actor=getattr(people, who), last=None)


def test_an_ended_project_has_no_more_point(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, state=State.ABANDONED, cause=Cause.BUDGET)
    client = sign_in(people.alice)
    page = client.get(f"{project.get_absolute_url()}point/").content.decode()
    assert "a pris fin" in page and "Enregistrer le point" not in page
    assert _post(client, project, line="Encore").status_code == 409


@pytest.mark.parametrize("rows", [1, 3])
def test_past_points_cost_the_same(
    rows: int, people: Cast, sign_in: SignIn, as_in_production: None, django_assert_num_queries: Callable
) -> None:
    project = ProjectFactory(owner=people.alice)
    for number in range(rows):
        ProjectUpdate.objects.create(
            project=project, said_on=clock.today(), author=people.alice, progress=10, line=f"Point {number}"
        )
    client = sign_in(people.bob)
    client.get(f"{project.get_absolute_url()}points/")
    with django_assert_num_queries(8):
        page = client.get(f"{project.get_absolute_url()}points/").content.decode()
    assert f"Point {rows - 1}" in page


def test_those_who_follow_are_told_in_words_that_they_may_read(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, audience=Audience.ORGANISATION)
    updates.say(project, {"line": "Cela avance.", "weather": "sun"}, actor=people.alice, last=None)
    event = Event.objects.get(type="project.updated")
    kind = event_types["project.updated"]

    told = kind.message(event, people.rita)
    assert told is not None and "Cela avance." in " ".join(told.lines)
    assert project.title not in told.subject
    assert list(kind.visible(people.charlie, [project.pk])) == []
