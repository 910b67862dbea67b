"""Who sees a project: the list rule and the object rule agree."""

import pytest

from ozeli.network.enums import Audience
from ozeli.projects import rules
from ozeli.projects.enums import Role
from ozeli.projects.models import Project
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def _every_kind(cast: Cast) -> list[Project]:
    made = [
        ProjectFactory(owner=owner, audience=audience, is_withdrawn=withdrawn)
        for owner in (cast.alice, cast.bob, cast.charlie)
        for audience in Audience
        for withdrawn in (False, True)
    ]
    helped = ProjectFactory(
        owner=cast.bob, audience=Audience.ORGANISATION, team={Role.SPONSOR: [cast.charlie]}
    )
    return [*made, helped]


def test_the_list_and_the_object_agree_for_everyone(people: Cast) -> None:
    made = _every_kind(people)
    for person in people.people().values():
        seen = set(Project.objects.visible_to(person).values_list("pk", flat=True))
        assert seen == {one.pk for one in made if rules.can_see(person, one)}, person.display_name


def test_a_project_of_a_body_is_seen_there_and_by_those_around_it(people: Cast) -> None:
    project = ProjectFactory(
        owner=people.bob, audience=Audience.ORGANISATION, team={Role.COACH: [people.charlie]}
    )
    for name in ("bob", "charlie", "nora", "adam", "sonia"):
        assert rules.can_see(getattr(people, name), project), name
    for name in ("alice", "rita", "dev", "zoe"):
        assert not rules.can_see(getattr(people, name), project), name


def test_what_is_withdrawn_is_seen_by_its_team_and_its_desk(people: Cast) -> None:
    project = ProjectFactory(owner=people.alice, is_withdrawn=True)
    assert rules.can_see(people.alice, project) and rules.can_see(people.rita, project)
    assert not rules.can_see(people.bob, project)
