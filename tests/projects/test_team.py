"""Who is around a project: brought, given another role, handed over, gone; sponsors and their ties; bodies."""

import uuid
from typing import Any

import pytest
from django.test import Client

from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import Event, Notification
from ozeli.activity.selectors import is_following
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.ideas.enums import TeamState
from ozeli.ideas.models import TeamMember
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from ozeli.projects import rules
from ozeli.projects.enums import BodyRole, Role
from ozeli.projects.models import KIND, Project, ProjectBody, ProjectMember
from ozeli.projects.selectors.team import team_of, tie_of
from ozeli.projects.services import team
from tests.factories import UserFactory
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(people: Cast) -> Project:
    return ProjectFactory(owner=people.alice, title="Rappel par SMS")


def page(project: Project, tail: str = "") -> str:
    return f"{project.get_absolute_url()}equipe/{tail}"


def send(client: Client, path: str, **fields: Any) -> Any:
    return client.post(path, {"idempotency_key": str(uuid.uuid4()), **fields})


def roles(project: Project) -> dict[str, str]:
    rows = ProjectMember.objects.filter(project=project).select_related("user")
    return {one.user.display_name.split()[0].lower(): str(one.role) for one in rows}


# --- arrivals ---------------------------------------------------------------------------------------------------------


def test_somebody_is_named_told_and_follows(people: Cast, sign_in: Any, project: Project) -> None:
    answer = send(
        sign_in(people.alice),
        page(project),
        geste="ajouter",
        person="Bob Martin",
        role="coach",
        part="Une heure par semaine",
    )

    assert answer.status_code == 302
    assert roles(project) == {"alice": "owner", "bob": "coach"}
    assert is_following(KIND, project.pk, people.bob)
    tell_batch(Event.objects.get(type="project.joined").pk)
    said = Notification.objects.get(user=people.bob)
    assert said.event.object_id == project.pk
    assert Entry.objects.filter(verb="project.joined").count() == 1
    html = sign_in(people.charlie).get(page(project)).content.decode()
    assert "Coach\u00a0: Une heure par semaine, CPAM du Rhône" in html


def test_a_name_that_nobody_bears_is_refused_near_its_field(
    people: Cast, sign_in: Any, project: Project
) -> None:
    answer = send(
        sign_in(people.alice), page(project), geste="ajouter", person="Personne", role="member", part="Essais"
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Personne ne porte ce nom" in html and 'value="Essais"' in html


def test_somebody_already_there_is_a_conflict(people: Cast, sign_in: Any, project: Project) -> None:
    team.add(project, people.bob, Role.MEMBER, actor=people.alice)
    answer = send(sign_in(people.alice), page(project), geste="ajouter", person="Bob Martin", role="coach")
    assert answer.status_code == 409
    assert roles(project) == {"alice": "owner", "bob": "member"}


def test_an_owner_is_not_added_beside_another(people: Cast, project: Project) -> None:
    with pytest.raises(Refused):
        team.add(project, people.bob, Role.OWNER, actor=people.alice)


def test_whoever_has_no_access_is_not_brought(people: Cast, project: Project) -> None:
    for person in (people.zoe, UserFactory(is_active=False)):
        with pytest.raises(Refused, match="accès"):
            team.add(project, person, Role.MEMBER, actor=people.alice)


def test_a_member_composes_nothing(people: Cast, sign_in: Any, project: Project) -> None:
    team.add(project, people.bob, Role.MEMBER, actor=people.alice)
    answer = send(sign_in(people.bob), page(project), geste="ajouter", person="Charlie Martin", role="member")
    assert answer.status_code == 403
    for act in (
        lambda: team.add(project, people.charlie, Role.MEMBER, actor=people.bob),
        lambda: team.hand_over(project, people.bob.pk, actor=people.bob),
        lambda: team.remove(project, people.alice.pk, actor=people.bob),
        lambda: team.add_body(project, people.nord, BodyRole.PARTNER, actor=people.bob),
    ):
        with pytest.raises(Refused):
            act()


def test_the_team_is_not_endless(people: Cast, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team, "MOST", 2)
    team.add(project, people.bob, Role.MEMBER, actor=people.alice)
    with pytest.raises(Refused, match="au plus"):
        team.add(project, people.charlie, Role.MEMBER, actor=people.alice)


# --- sponsors ---------------------------------------------------------------------------------------------------------


def _in_team_of(manager: Any, member: Any, state: str = TeamState.ACCEPTED) -> None:
    TeamMember.objects.create(manager=manager, member=member, state=state, asked_on=clock.today())


def test_a_sponsor_who_leads_somebody_of_the_team_is_warned_of(
    people: Cast, sign_in: Any, project: Project
) -> None:
    chief = UserFactory(organisation=people.loire, display_name="Odile Faure", is_manager=True)
    _in_team_of(chief, people.alice)
    client, fields = sign_in(people.alice), {"geste": "ajouter", "person": "Odile Faure", "role": "sponsor"}

    warned = send(client, page(project), **fields)

    assert warned.status_code == 422
    assert "Odile Faure encadre Alice Martin." in warned.content.decode()
    assert roles(project) == {"alice": "owner"}
    assert send(client, page(project), **fields, known="on").status_code == 302
    assert roles(project)["odile"] == "sponsor"
    assert "De la hiérarchie du projet" in client.get(page(project)).content.decode()


@pytest.mark.parametrize(
    ("is_manager", "body", "tied"),
    [(True, "loire", True), (False, "loire", False), (True, "rhone", False)],
)
def test_the_rule_of_ties_on_what_the_portal_knows(
    people: Cast, project: Project, is_manager: bool, body: str, tied: bool
) -> None:
    sponsor = UserFactory(organisation=getattr(people, body), is_manager=is_manager)
    assert bool(tie_of(sponsor, project, list(project.members.all()))) is tied


@pytest.mark.parametrize(("state", "tied"), [(TeamState.ACCEPTED, True), (TeamState.PENDING, False)])
def test_a_sponsor_under_somebody_of_the_team_is_tied_too(
    people: Cast, project: Project, state: str, tied: bool
) -> None:
    sponsor = UserFactory(organisation=people.loire)
    _in_team_of(people.alice, sponsor, state)
    assert bool(tie_of(sponsor, project, list(project.members.all()))) is tied


def test_a_sponsor_from_elsewhere_is_said_so(people: Cast, project: Project) -> None:
    team.add(project, people.charlie, Role.SPONSOR, actor=people.alice)
    shown = team_of(
        Project.objects.prefetch_related("members__user").get(pk=project.pk), people.alice
    ).others[0]
    assert shown.where == "Parrain, hors de la hiérarchie du projet, Caf du Nord"


# --- the owner changes ------------------------------------------------------------------------------------------------


def test_a_project_changes_hands_and_keeps_one_owner(people: Cast, sign_in: Any, project: Project) -> None:
    team.add(project, people.bob, Role.MEMBER, actor=people.alice)

    answer = send(sign_in(people.rita), page(project, f"{people.bob.pk}/"), geste="confier")

    assert answer.status_code == 302
    assert roles(project) == {"alice": "member", "bob": "owner"}
    tell_batch(Event.objects.get(type="project.handed_over").pk)
    assert Notification.objects.filter(user=people.alice, event__type="project.handed_over").exists()
    # Who was the owner decides no more.
    assert sign_in(people.alice).get(page(project, f"{people.bob.pk}/")).status_code == 403


def test_an_owner_hands_over_before_leaving(people: Cast, sign_in: Any, project: Project) -> None:
    answer = send(sign_in(people.alice), page(project), geste="quitter")
    assert answer.status_code == 422
    assert "Confiez d’abord le projet" in answer.content.decode()
    with pytest.raises(Refused):
        team.change(project, people.alice.pk, Role.MEMBER, actor=people.rita, part="")
    assert roles(project) == {"alice": "owner"}


def test_handing_over_to_the_owner_is_a_conflict(people: Cast, project: Project) -> None:
    with pytest.raises(Conflict):
        team.hand_over(project, people.alice.pk, actor=people.rita)


def test_an_imported_project_is_taken_on_by_the_desk_once(
    people: Cast, sign_in: Any, project: Project
) -> None:
    project.members.all().delete()
    Project.objects.filter(pk=project.pk).update(source="beta.gouv.fr", external_id="42")
    reader = sign_in(people.bob)
    assert 'value="prendre"' not in reader.get(page(project)).content.decode()
    assert send(reader, page(project), geste="prendre").status_code == 422

    assert 'value="prendre"' in sign_in(people.rita).get(page(project)).content.decode()
    assert send(sign_in(people.rita), page(project), geste="prendre").status_code == 302

    assert roles(project) == {"rita": "owner"}
    assert send(sign_in(people.nora), page(project), geste="prendre").status_code == 409


# --- departures -------------------------------------------------------------------------------------------------------


def test_leaving_a_closed_project_leads_to_the_list(people: Cast, sign_in: Any) -> None:
    project = ProjectFactory(
        owner=people.alice, audience=Audience.ORGANISATION, team={Role.MEMBER: [people.charlie]}
    )
    client = sign_in(people.charlie)
    answer = send(client, page(project), geste="quitter")
    assert (answer.status_code, answer.url) == (302, "/projets/")
    assert client.get(project.get_absolute_url()).status_code == 404


def test_whoever_is_removed_is_told_and_sees_no_more_than_before(
    people: Cast, sign_in: Any, project: Project
) -> None:
    team.add(project, people.bob, Role.MEMBER, actor=people.alice)
    assert send(sign_in(people.alice), page(project, f"{people.bob.pk}/"), geste="retirer").status_code == 302
    assert not rules.edits(people.bob, Project.objects.get(pk=project.pk))
    tell_batch(Event.objects.get(type="project.removed").pk)
    assert Notification.objects.filter(user=people.bob, event__type="project.removed").exists()
    assert send(sign_in(people.alice), page(project, f"{people.bob.pk}/"), geste="retirer").status_code == 404


def test_another_role_is_told_other_words_are_not(people: Cast, sign_in: Any, project: Project) -> None:
    team.add(project, people.charlie, Role.MEMBER, actor=people.alice)
    client, path = sign_in(people.alice), page(project, f"{people.charlie.pk}/")
    assert send(client, path, role="member", part="Évaluation").status_code == 302
    assert send(client, path, role="sponsor", part="Évaluation").status_code == 302
    assert Event.objects.filter(type="project.joined").count() == 2
    assert send(client, path, role="owner", part="").status_code == 422
    assert roles(project)["charlie"] == "sponsor"


# --- bodies -----------------------------------------------------------------------------------------------------------


def test_a_body_joins_and_leaves(people: Cast, sign_in: Any, project: Project) -> None:
    client = sign_in(people.alice)
    fields = {"geste": "organisme", "body": "Caf du Nord", "body_role": "sponsor"}
    assert send(client, page(project), **fields).status_code == 302
    assert ProjectBody.objects.get().organisation == people.nord
    assert send(client, page(project), **fields).status_code == 409
    assert "Commanditaire" in client.get(page(project)).content.decode()
    removed = send(client, page(project), geste="retirer-organisme", organisme=people.nord.pk)
    assert removed.status_code == 302 and not ProjectBody.objects.exists()
    assert send(client, page(project), geste="retirer-organisme", organisme=people.nord.pk).status_code == 409


def test_the_body_that_carries_is_no_partner(people: Cast, sign_in: Any, project: Project) -> None:
    answer = send(
        sign_in(people.alice), page(project), geste="organisme", body="CPAM de la Loire", body_role="partner"
    )
    assert answer.status_code == 422
    assert "porte déjà" in answer.content.decode()


# --- reading ----------------------------------------------------------------------------------------------------------


def test_the_page_of_a_team_costs_the_same_for_one_and_for_three(
    people: Cast, sign_in: Any, project: Project, as_in_production: None, django_assert_num_queries: Any
) -> None:
    client = sign_in(people.alice)
    client.get(page(project))
    with django_assert_num_queries(8):
        client.get(page(project))
    for person in (people.bob, people.charlie):
        team.add(project, person, Role.MEMBER, actor=people.alice)
    team.add_body(project, people.nord, BodyRole.PARTNER, actor=people.alice)
    with django_assert_num_queries(8):
        client.get(page(project))


def test_suggestions_give_names_and_bodies(people: Cast, sign_in: Any) -> None:
    answer = sign_in(people.alice).get("/projets/personnes/", {"q": "bob"}).json()
    assert [one["label"] for one in answer["results"]] == ["Bob Martin, CPAM du Rhône"]


def test_the_same_form_posted_twice_brings_once(people: Cast, sign_in: Any, project: Project) -> None:
    client = sign_in(people.alice)
    fields = {
        "idempotency_key": str(uuid.uuid4()),
        "geste": "ajouter",
        "person": "Bob Martin",
        "role": "member",
    }
    for _again in range(3):
        assert client.post(page(project), fields).status_code == 302
    assert Event.objects.filter(type="project.joined").count() == 1
