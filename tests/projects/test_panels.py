"""What projects show on the pages of ideas and bodies."""

from collections.abc import Callable

import pytest
from django.test import Client

from ozeli.core import clock
from ozeli.ideas.enums import State as IdeaState
from ozeli.ideas.models import Idea
from ozeli.network.enums import Audience
from ozeli.projects.enums import State
from ozeli.projects.models import Project, ProjectIdea
from ozeli.projects.panels import of_organisation
from tests.factories import IdeaFactory
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def _tried(idea: Idea, **given: object) -> Project:
    project = ProjectFactory(**given)
    ProjectIdea.objects.create(project=project, idea=idea, joined_on=clock.today())
    return project


@pytest.mark.parametrize(
    ("who", "begins"), [("alice", True), ("rita", True), ("nora", True), ("bob", False), ("charlie", False)]
)
def test_a_retained_idea_offers_to_begin_to_who_may(
    who: str, begins: bool, people: Cast, sign_in: SignIn
) -> None:
    idea = IdeaFactory(author=people.alice, state=IdeaState.RETAINED)
    page = sign_in(getattr(people, who)).get(idea.get_absolute_url()).content.decode()
    assert (f"/projets/nouveau/?idee={idea.short}" in page) is begins


@pytest.mark.parametrize("state", [IdeaState.DEPOSITED, IdeaState.UNDER_STUDY, IdeaState.NOT_RETAINED])
def test_another_idea_offers_nothing(state: IdeaState, people: Cast, sign_in: SignIn) -> None:
    idea = IdeaFactory(author=people.alice, state=state)
    assert "/projets/nouveau/" not in sign_in(people.alice).get(idea.get_absolute_url()).content.decode()


def test_an_idea_leads_to_the_projects_that_one_may_read(people: Cast, sign_in: SignIn) -> None:
    idea = IdeaFactory(author=people.alice, state=IdeaState.EXPERIMENTING)
    shown = _tried(idea, owner=people.alice, title="Visible de tous", passed=2)
    _tried(idea, owner=people.alice, title="Entre nous", audience=Audience.ORGANISATION)
    _tried(idea, owner=people.alice, title="Hors des listes", is_withdrawn=True)

    far = sign_in(people.charlie).get(idea.get_absolute_url()).content.decode()
    near = sign_in(people.rita).get(idea.get_absolute_url()).content.decode()

    assert far.count(shown.get_absolute_url()) == 2 and "Étape\u00a03 sur\u00a07" in far
    assert "Entre nous" not in far and "Hors des listes" not in far
    assert "Entre nous" in near and "Hors des listes" not in near


@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_an_idea_one_query(
    rows: int, people: Cast, sign_in: SignIn, as_in_production: None, django_assert_num_queries: Callable
) -> None:
    idea = IdeaFactory(author=people.alice, state=IdeaState.EXPERIMENTING)
    for _each in range(rows):
        _tried(idea, owner=people.alice)
    client = sign_in(people.charlie)
    client.get(idea.get_absolute_url())
    with django_assert_num_queries(14):
        client.get(idea.get_absolute_url())


def test_a_body_shows_its_projects_by_state(people: Cast, sign_in: SignIn) -> None:
    ProjectFactory(owner=people.alice, title="En route")
    ProjectFactory(owner=people.alice, state=State.TO_LAUNCH, title="Bientôt")
    ProjectFactory(owner=people.alice, audience=Audience.ORGANISATION, title="Entre nous")
    url = people.loire.get_absolute_url()

    far = sign_in(people.charlie).get(url).content.decode()
    near = sign_in(people.alice).get(url).content.decode()

    assert "1\u00a0en cours" in far and "1\u00a0à lancer" in far and "Entre nous" not in far
    assert "2\u00a0en cours" in near and "Entre nous" in near
    assert (
        sign_in(people.charlie).get(people.rhone.get_absolute_url()).content.decode().count("Ses essais") == 0
    )


def test_each_count_opens_as_many_rows(people: Cast, sign_in: SignIn) -> None:
    ProjectFactory(owner=people.alice, title="En route")
    ProjectFactory(owner=people.alice, state=State.TO_LAUNCH, title="Bientôt")
    client = sign_in(people.charlie)
    page = client.get(people.loire.get_absolute_url())
    counts = of_organisation(page.wsgi_request, people.loire)["counts"]
    assert len(counts) == 2
    for one in counts:
        listed = client.get(one["url"]).content.decode()
        assert ("En route" in listed) != ("Bientôt" in listed)
