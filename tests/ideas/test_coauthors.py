"""Signing with others: invitations, the order of signatures, leaving, removing, teams at the deposit."""

import uuid
from datetime import timedelta
from functools import partial

import pytest

from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import Event, Notification, OutgoingMail
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.ideas import rules
from ozeli.ideas.enums import InvitationState, State
from ozeli.ideas.models import CoauthorInvitation, Idea, IdeaAuthor, IdeaExpert
from ozeli.ideas.services import coauthors, deposits
from ozeli.journal.models import Entry
from tests.factories import IdeaFactory, UserFactory
from tests.personas import cast

from .at_once import kinds, together


@pytest.fixture
def idea(people) -> Idea:
    return IdeaFactory(author=people.alice)


def signers(idea: Idea) -> list[object]:
    return [row.user for row in IdeaAuthor.objects.filter(idea=idea).order_by("position", "pk")]


def send(client, path: str, **fields):
    return client.post(path, {"idempotency_key": str(uuid.uuid4()), **fields})


def accepted(idea: Idea, person, actor) -> None:
    coauthors.answer(coauthors.invite(idea, person, actor=actor), actor=person, accepted=True)


# --- invitations --------------------------------------------------------------------------------------------


def test_invitation_is_told_as_an_action_and_accepted_by_a_button(people, sign_in, idea):
    invitation = coauthors.invite(idea, people.bob, actor=people.alice)
    tell_batch(Event.objects.get(type="idea.coauthor_invited").pk)
    mail = OutgoingMail.objects.get(user=people.bob)
    assert mail.subject.startswith("Action requise")
    client, path = sign_in(people.bob), invitation.get_absolute_url()
    assert idea.title in client.get(path).content.decode()
    assert signers(idea) == [people.alice]  # reading writes nothing
    assert send(client, path, reponse="accepter").status_code == 302
    assert signers(idea) == [people.alice, people.bob]
    assert Entry.objects.filter(verb="idea.sign").count() == 1
    assert "Bob Martin" in sign_in(people.charlie).get(idea.get_absolute_url()).content.decode()


def test_declined_invitation_shows_nothing(people, sign_in, idea):
    invitation = coauthors.invite(idea, people.bob, actor=people.alice)
    assert send(sign_in(people.bob), invitation.get_absolute_url(), reponse="decliner").status_code == 302
    assert signers(idea) == [people.alice]
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.DECLINED
    again = send(sign_in(people.bob), invitation.get_absolute_url(), reponse="accepter")
    assert again.status_code == 409


def test_guest_reads_a_confidential_idea_once_signed_only(people, sign_in):
    inner = IdeaFactory(author=people.alice, audience="organisation")
    invitation = coauthors.invite(inner, people.bob, actor=people.alice)
    client = sign_in(people.bob)
    assert client.get(inner.get_absolute_url()).status_code == 404
    assert client.get(invitation.get_absolute_url()).status_code == 200
    tell_batch(Event.objects.get(type="idea.coauthor_invited").pk)
    assert Notification.objects.filter(user=people.bob).count() == 1
    coauthors.answer(invitation, actor=people.bob, accepted=True)
    assert client.get(inner.get_absolute_url()).status_code == 200
    for person in people.people().values():
        shown = Idea.objects.visible_to(person).filter(pk=inner.pk).exists()
        assert shown == rules.can_see(person, Idea.objects.get(pk=inner.pk))


def test_invitation_is_its_guests_alone(people, sign_in, idea):
    invitation = coauthors.invite(idea, people.bob, actor=people.alice)
    for person in (people.alice, people.charlie, people.rita):
        assert sign_in(person).get(invitation.get_absolute_url()).status_code == 404
        assert idea.title not in sign_in(person).get("/invitations/").content.decode()
    assert idea.title in sign_in(people.bob).get("/invitations/").content.decode()
    with pytest.raises(Refused):
        coauthors.answer(invitation, actor=people.charlie, accepted=True)


def test_invitation_expires_after_thirty_days_and_may_be_renewed(people, sign_in, idea):
    invitation = coauthors.invite(idea, people.bob, actor=people.alice)
    CoauthorInvitation.objects.update(invited_on=clock.today() - timedelta(days=30))
    with pytest.raises(Conflict):
        coauthors.answer(invitation, actor=people.bob, accepted=True)
    assert "close" in sign_in(people.bob).get(invitation.get_absolute_url()).content.decode()
    renewed = coauthors.invite(idea, people.bob, actor=people.alice)
    assert renewed.is_awaited
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.EXPIRED


@pytest.mark.parametrize("case", ["stranger", "signs", "asked", "zoe", "expert", "answered", "hidden"])
def test_who_may_not_be_invited(case, people, idea):
    actor, guest = people.alice, people.bob
    if case == "stranger":
        actor = people.charlie
    elif case == "signs":
        guest = people.alice
    elif case == "asked":
        coauthors.invite(idea, guest, actor=actor)
    elif case == "zoe":
        guest = people.zoe
    elif case == "expert":
        IdeaExpert.objects.create(idea=idea, user=guest, asked_on=clock.today())
    elif case == "answered":
        idea = IdeaFactory(author=actor, state=State.NOT_RETAINED)
    else:
        Idea.objects.filter(pk=idea.pk).update(is_hidden=True)
    with pytest.raises(Refused):
        coauthors.invite(idea, guest, actor=actor)


def test_ten_coauthors_at_most(people, idea):
    for _each in range(coauthors.MAX_COAUTHORS):
        coauthors.invite(idea, UserFactory(), actor=people.alice)
    with pytest.raises(Refused):
        coauthors.invite(idea, people.bob, actor=people.alice)


def test_acceptance_and_cancellation_at_the_same_time(transactional_db):
    people = cast()
    idea = IdeaFactory(author=people.alice)
    invitation = coauthors.invite(idea, people.bob, actor=people.alice)
    results = together(
        partial(coauthors.answer, invitation, actor=people.bob, accepted=True),
        partial(coauthors.cancel, invitation, actor=people.alice),
    )
    assert kinds(results) == [False, True]


def test_nobody_answers_an_idea_they_sign(people, idea):
    Idea.objects.filter(pk=idea.pk).update(handler=people.rita)
    accepted(idea, people.rita, people.alice)
    idea.refresh_from_db()
    assert idea.handler is None
    assert not rules.decides(people.rita, Idea.objects.get(pk=idea.pk))


# --- canary -------------------------------------------------------------------------------------------------


def test_pending_coauthor_stands_on_no_page_but_the_authors(people, sign_in, idea):
    guest = UserFactory(display_name="Zzinvite Canari")
    coauthors.invite(idea, guest, actor=people.alice)
    url = idea.get_absolute_url()
    paths = ["/", "/idees/", url, f"{url}modifications/", "/recherche/?q=rendez-vous", "/animation/",
             f"/animation/{idea.short}/", "/notifications/", "/invitations/"]  # fmt: skip
    for name, person in people.people().items():
        client = sign_in(person)
        for path in paths:
            assert "Zzinvite" not in client.get(path).content.decode(), (name, path)
        page = client.get(f"{url}auteurs/")
        assert ("Zzinvite" in page.content.decode()) == (name == "alice")
    export = sign_in(people.nora).get("/idees/export.csv")
    assert "Zzinvite" not in b"".join(export.streaming_content).decode()


# --- signatures ---------------------------------------------------------------------------------------------


def test_first_author_orders_and_removes(people, sign_in, idea):
    for person in (people.bob, people.charlie):
        accepted(idea, person, people.alice)
    client, path = sign_in(people.alice), f"{idea.get_absolute_url()}auteurs/"
    assert send(client, path, geste="monter", personne=people.charlie.pk).status_code == 302
    assert signers(idea) == [people.alice, people.charlie, people.bob]
    assert send(client, path, geste="retirer", personne=people.bob.pk).status_code == 302
    assert signers(idea) == [people.alice, people.charlie]
    assert Entry.objects.filter(verb="idea.remove_signature").count() == 1
    tell_batch(Event.objects.get(type="idea.coauthor_removed").pk)
    assert Notification.objects.filter(user=people.bob, event__type="idea.coauthor_removed").count() == 1
    assert send(sign_in(people.charlie), path, geste="retirer", personne=people.alice.pk).status_code == 422


def test_leaving_and_the_last_author(people, sign_in, idea):
    accepted(idea, people.bob, people.alice)
    path = f"{idea.get_absolute_url()}auteurs/"
    assert send(sign_in(people.alice), path, geste="quitter").status_code == 302
    assert signers(idea) == [people.bob]
    late = send(sign_in(people.bob), path, geste="quitter")
    assert late.status_code == 422
    assert "retirez l’idée" in late.content.decode()


def test_signature_page_is_the_authors(people, sign_in, idea):
    path = f"{idea.get_absolute_url()}auteurs/"
    for person in (people.bob, people.rita):
        assert sign_in(person).get(path).status_code == 403
    invited = send(sign_in(people.alice), path, geste="inviter", person="bob@exemple.test")
    assert invited.status_code == 302
    unknown = send(sign_in(people.alice), path, geste="inviter", person="personne@exemple.test")
    assert unknown.status_code == 422
    pending = CoauthorInvitation.objects.get()
    assert send(sign_in(people.alice), path, geste="annuler", invitation=pending.pk).status_code == 302
    assert send(sign_in(people.alice), path, geste="rien").status_code == 404


def test_suggestions_are_colleagues(people, sign_in):
    found = sign_in(people.alice).get("/collegues/?q=mar").json()["results"]
    assert [one["label"] for one in found] == [
        "Rita Martin, CPAM de la Loire",
        "Zoe Martin, CPAM de la Loire",
    ]
    assert sign_in(people.alice).get("/collegues/?q=").json()["results"] == []


# --- teams at the deposit -----------------------------------------------------------------------------------


def test_team_is_deposited_at_the_second_step(people, sign_in):
    need = {
        "problem": "Un rendez-vous sur cinq est manqué chez nous.",
        "proposal": "Envoyer un message la veille au soir.",
    }
    domain = IdeaFactory().domain
    draft = deposits.save_draft(people.alice, need | {"domain": domain.code})
    client, path = sign_in(people.alice), f"/idees/deposer/relire/{draft.pk}/"
    page = client.get(path)
    assert "Déposer en équipe" in page.content.decode()
    said = {"read": page.context["read"], "title": "Un message la veille au soir", "audience": "network"}
    refused = send(client, path, **said, team="Accueil", coauthors="Personne du tout")
    assert refused.status_code == 422
    assert "Personne du tout" in refused.content.decode()
    done = send(
        client,
        path,
        **said,
        team="Accueil de Saint-Étienne",
        coauthors="bob@exemple.test\nCharlie Martin, Caf du Nord",
    )
    assert done.status_code == 302
    idea = Idea.objects.get(title="Un message la veille au soir")
    assert {one.invitee for one in idea.invitations.all()} == {people.bob, people.charlie}
    assert signers(idea) == [people.alice]
    for path in ("/idees/", idea.get_absolute_url()):
        assert "Équipe Accueil de Saint-Étienne" in sign_in(people.nora).get(path).content.decode()
    export = b"".join(sign_in(people.nora).get("/idees/export.csv").streaming_content).decode()
    assert "Équipe Accueil de Saint-Étienne\u00a0: Alice Martin" in export
