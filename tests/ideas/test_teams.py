"""The team of a manager: who is in it, what it shows, what it never shows."""

import uuid

import pytest

from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import Event, OutgoingMail
from ozeli.core.errors import Conflict, Refused
from ozeli.ideas.enums import State, TeamState
from ozeli.ideas.models import Idea, TeamMember
from ozeli.ideas.services import deposits, teams
from ozeli.journal.models import Entry
from tests.factories import IdeaFactory, UserFactory

# Session, person, rights, members, ideas, counts, unread notifications.
TEAM_QUERIES = 8


@pytest.fixture
def boss(people):
    return UserFactory(organisation=people.loire, is_manager=True, display_name="Maud Royer")


def send(client, path: str, **fields):
    return client.post(path, {"idempotency_key": str(uuid.uuid4()), **fields})


def joined(boss, person) -> TeamMember:
    row = teams.ask(person, manager=boss)
    teams.answer(row, actor=person, accepted=True)
    return row


def test_page_is_for_those_who_manage(people, sign_in, boss):
    for path in ("", "export.csv", "personnes/", "animer/"):
        assert sign_in(people.alice).get(f"/mon-equipe/{path}").status_code == 404
        assert sign_in(boss).get(f"/mon-equipe/{path}").status_code == 200


def test_person_is_asked_accepts_and_leaves(people, sign_in, boss):
    manager, alice = sign_in(boss), sign_in(people.alice)
    assert (
        send(manager, "/mon-equipe/personnes/", geste="inviter", person="alice@exemple.test").status_code
        == 302
    )
    tell_batch(Event.objects.get(type="team.asked").pk)
    assert OutgoingMail.objects.get(user=people.alice).subject.startswith("Action requise")
    row = TeamMember.objects.get()
    path = f"/invitations/equipes/{row.pk}/"
    assert sign_in(people.rita).get(path).status_code == 404
    assert "Maud Royer" in alice.get("/invitations/").content.decode()
    IdeaFactory(author=people.alice)
    assert manager.get("/mon-equipe/").context["rows"] == []
    assert send(alice, path, reponse="accepter").status_code == 302
    assert len(manager.get("/mon-equipe/").context["rows"]) == 1
    assert send(alice, path, reponse="quitter").status_code == 302
    assert manager.get("/mon-equipe/").context["rows"] == []
    assert [entry.verb for entry in Entry.objects.filter(kind="team").order_by("pk")] == [
        "team.ask", "team.accept", "team.leave",
    ]  # fmt: skip
    assert send(alice, path, reponse="quitter").status_code == 409


def test_team_is_of_ones_own_body_and_asked_once(people, boss):
    for other in (people.bob, boss):
        with pytest.raises(Refused):
            teams.ask(other, manager=boss)
    with pytest.raises(Refused):
        teams.ask(people.rita, manager=people.alice)
    row = teams.ask(people.alice, manager=boss)
    with pytest.raises(Conflict):
        teams.ask(people.alice, manager=boss)
    with pytest.raises(Refused):
        teams.answer(row, actor=people.rita, accepted=True)
    teams.remove(row, actor=boss)
    with pytest.raises(Conflict):
        teams.answer(row, actor=people.alice, accepted=True)
    assert teams.ask(people.alice, manager=boss).state == TeamState.PENDING


def test_only_signed_and_visible_ideas(people, sign_in, boss):
    """Neither drafts, nor what is anonymous, hidden, withdrawn, or out of the manager's sight."""
    joined(boss, people.alice)
    deposits.save_draft(people.alice, {"problem": "CANARI brouillon"})
    IdeaFactory(author=people.alice, is_anonymous=True, title="CANARI anonyme")
    IdeaFactory(author=people.alice, is_hidden=True, title="CANARI masquée")
    IdeaFactory(author=people.alice, state=State.WITHDRAWN, title="CANARI retirée")
    IdeaFactory(author=people.bob, title="CANARI d’un autre")
    shown = IdeaFactory(author=people.alice, title="La seule montrée")
    page = sign_in(boss).get("/mon-equipe/")
    assert [row.key for row in page.context["rows"]] == [shown.short]
    export = b"".join(sign_in(boss).get("/mon-equipe/export.csv").streaming_content).decode()
    assert "CANARI" not in page.content.decode() + export
    assert "La seule montrée" in export


def test_manager_who_works_the_desk_sees_no_more_here(people, sign_in):
    """The desk shows them what is hidden or withdrawn; the team does not."""
    both = UserFactory(
        organisation=people.loire, is_manager=True, profile="contributor", profile__scope=people.loire
    )
    joined(both, people.alice)
    hidden = IdeaFactory(author=people.alice, is_hidden=True)
    IdeaFactory(author=people.alice, state=State.WITHDRAWN)
    assert Idea.objects.visible_to(both).filter(pk=hidden.pk).exists()
    assert sign_in(both).get("/mon-equipe/").context["rows"] == []


def test_confidential_idea_of_another_body_is_not_shown(people, sign_in, boss):
    joined(boss, people.alice)
    elsewhere = IdeaFactory(authors=[people.charlie, people.alice], audience="organisation")
    assert not Idea.objects.visible_to(boss).filter(pk=elsewhere.pk).exists()
    assert sign_in(boss).get("/mon-equipe/").context["rows"] == []


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("as_in_production")
def test_team_query_count(rows, people, sign_in, boss, django_assert_num_queries):
    for person in UserFactory.create_batch(rows, organisation=people.loire):
        joined(boss, person)
        IdeaFactory(author=person)
    client = sign_in(boss)
    client.get("/mon-equipe/")
    with django_assert_num_queries(TEAM_QUERIES):
        page = client.get("/mon-equipe/")
    assert len(page.context["rows"]) == rows


def test_filters_and_counts(people, sign_in, boss):
    joined(boss, people.alice)
    joined(boss, people.rita)
    IdeaFactory(author=people.alice)
    IdeaFactory(author=people.rita, state=State.RETAINED)
    client = sign_in(boss)
    assert len(client.get(f"/mon-equipe/?personne={people.rita.pk}").context["rows"]) == 1
    assert len(client.get("/mon-equipe/?etat=retenue").context["rows"]) == 1
    assert len(client.get("/mon-equipe/?personne=9999&etat=zut").context["rows"]) == 2
    counts = client.get("/mon-equipe/").context["counts"]
    assert (counts.total, counts.waiting, counts.retained) == (2, 1, 1)
    assert "Aucune idée ne répond" in client.get("/mon-equipe/?etat=essaimee").content.decode()
