"""A project begins: with a title alone, or from the ideas that it tries."""

import pytest

from ozeli.activity.fanout import messages
from ozeli.activity.models import Event, Follow
from ozeli.core.errors import Refused
from ozeli.core.registry import event_types
from ozeli.ideas.enums import State as IdeaState
from ozeli.network.enums import Audience
from ozeli.projects.enums import Role, State, Trigger
from ozeli.projects.models import Project
from ozeli.projects.services import creation
from tests.factories import IdeaFactory
from tests.personas import Cast

pytestmark = pytest.mark.django_db


def test_a_title_is_enough(people: Cast) -> None:
    project = creation.create({"title": "Rappel par SMS"}, actor=people.alice)

    assert project.state == State.TO_LAUNCH and project.organisation == people.loire
    assert [(one.user, one.role) for one in project.members.all()] == [(people.alice, Role.OWNER)]
    assert (project.stage_count, project.stage_number, project.lifecycle.lifecycle.code) == (7, 1, "poc-7")
    assert project.reports.get().stage.number == 1


def test_it_carries_the_authors_of_its_idea_which_moves(people: Cast) -> None:
    idea = IdeaFactory(authors=[people.alice, people.bob], state=IdeaState.RETAINED)

    project = creation.create({"title": idea.title}, actor=people.rita, ideas=[idea])

    idea.refresh_from_db()
    assert idea.state == IdeaState.EXPERIMENTING
    assert project.trigger == Trigger.AGENT_IDEA
    assert {one.user: one.role for one in project.members.all()} == {
        people.rita: Role.OWNER,
        people.alice: Role.MEMBER,
        people.bob: Role.MEMBER,
    }


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_a_retained_idea_is_not_tried_by_anyone(people: Cast, who: str) -> None:
    idea = IdeaFactory(author=people.alice, state=IdeaState.RETAINED)

    with pytest.raises(Refused):
        creation.create({"title": "Prise"}, actor=getattr(people, who), ideas=[idea])

    assert not Project.objects.exists()


def test_an_idea_that_nobody_retained_is_not_tried(people: Cast) -> None:
    idea = IdeaFactory(author=people.alice, state=IdeaState.UNDER_STUDY)

    with pytest.raises(Refused):
        creation.create({"title": "Trop tôt"}, actor=people.alice, ideas=[idea])


def test_those_who_follow_the_idea_are_not_told_that_they_are_in_the_team(people: Cast) -> None:
    idea = IdeaFactory(author=people.alice, state=IdeaState.RETAINED)
    Follow.objects.create(kind="idea", object_id=idea.pk, user=people.bob)
    creation.create({"title": "Essai", "audience": Audience.ORGANISATION}, actor=people.rita, ideas=[idea])

    event = Event.objects.get(type="project.created")
    type = event_types[event.type]
    said = messages(event, type, sorted({*type.recipients(event)}))

    assert set(said) == {people.alice.pk, people.rita.pk}, "bob may not read it"
    assert "dans son équipe" in said[people.alice.pk].lines[0]
    assert "Essai" not in said[people.alice.pk].subject

    Project.objects.update(audience=Audience.NETWORK)
    event = Event.objects.get(pk=event.pk)
    said = messages(event, type, sorted({*type.recipients(event)}))
    assert "une idée que vous suivez" in said[people.bob.pk].lines[0]
