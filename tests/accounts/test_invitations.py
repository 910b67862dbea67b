"""Invitations: sent, followed, accepted once; and what strangers learn from them (nothing)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts.models import Invitation, Membership, Profile, User
from ozeli.accounts.services import accounts, invitations
from ozeli.accounts.services.invitations import LinesRefused, Offer
from ozeli.accounts.tasks import send_invitation
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.journal.models import Entry
from tests.factories import UserFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
PATH = "/administration/invitations/"
NEW = "nouvelle@exemple.test"
SECRET = "une phrase facile à retenir"


def post(client: Client, path: str, **fields: str) -> Any:
    return client.post(path, fields | {"idempotency_key": str(uuid4())})


def work() -> None:
    """Do what the worker would."""
    for job in ProcrastinateJob.objects.filter(task_name="accounts.send_invitation").order_by("id"):
        send_invitation(**job.args)


def offer(people: Cast, code: str = "reader", **more: Any) -> Offer:
    return Offer(people.loire, Profile.objects.get(code=code), **more)


def invited(people: Cast, email: str = NEW, **more: Any) -> Invitation:
    return invitations.invite(email, offer(people, **more), actor=people.adam)[0]


def link_of(invitation: Invitation) -> str:
    return f"/invitation/{invitations.link_token(invitation)}/"


def fields(**more: str) -> dict[str, str]:
    reader = Profile.objects.get(code="reader").pk
    return {
        "emails": NEW,
        "organisation": "cpam-loire",
        "profile": str(reader),
        "scope": "",
        "ends_on": "",
    } | more


def accept(client: Client, invitation: Invitation, **more: str) -> Any:
    return post(client, link_of(invitation), **({"display_name": "Nora Belkacem", "password": SECRET} | more))


# --- how many ---------------------------------------------------------------------------------------------------


def test_so_many_a_day_sent_again_included(
    sign_in: SignIn, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "A_DAY", 3)
    first = invited(people)
    invitations.send_again(first, actor=people.adam)

    refused = post(sign_in(people.adam), f"{PATH}nouvelle/", **fields(emails="une@a.test\ndeux@a.test"))
    assert refused.status_code == 422
    assert "il vous en reste 1 aujourd’hui" in refused.content.decode()
    assert "deux@a.test</textarea>" in refused.content.decode()
    assert Invitation.objects.count() == 1

    assert invited(people, "une@a.test")
    with pytest.raises(invitations.Refused, match="reprenez demain"):
        invitations.send_again(first, actor=people.adam)
    assert invitations.invite("autre@a.test", offer(people), actor=people.sonia)


# --- inviting ---------------------------------------------------------------------------------------------------


def test_mail_carries_the_link_that_opens_the_account(sign_in: SignIn, people: Cast, client: Client) -> None:
    response = post(sign_in(people.adam), f"{PATH}nouvelle/", **fields(ends_on="2099-12-31"))
    work()

    assert response["Location"] == PATH
    message = mail.outbox[0]
    assert (message.to, message.subject) == ([NEW], "Ozéli\u00a0: Votre invitation")
    assert "Adam Martin vous invite" in message.body
    found = re.search(rf"{django_settings.PUBLIC_URL}(\S+)", message.body)
    assert found
    page = client.get(found[1]).content.decode()
    assert "CPAM de la Loire" in page
    assert NEW in page
    done = post(client, found[1], display_name="Nora Belkacem", password=SECRET)

    nora = User.objects.get(email=NEW)
    held = nora.memberships.get()
    assert done["Location"] == "/"
    assert client.get("/moi/").status_code == 200
    assert nora.check_password(SECRET)
    assert (nora.display_name, nora.organisation) == ("Nora Belkacem", people.loire)
    assert (held.profile.code, held.organisation, str(held.ends_on)) == ("reader", None, "2099-12-31")
    verbs = ["accounts.open", "invitation.accept", "invitation.send", "rights.grant_membership"]
    assert sorted(Entry.objects.values_list("verb", flat=True)) == verbs


def test_address_is_not_in_the_journal(people: Cast) -> None:
    invited(people)

    assert NEW not in str(list(Entry.objects.values_list("details", "object_id")))


def test_link_opens_once(people: Cast, client: Client) -> None:
    invitation = invited(people)
    assert accept(client, invitation).status_code == 302

    again = Client().get(link_of(invitation))

    assert again.status_code == 404
    assert "Cette invitation ne vaut plus" in again.content.decode()
    with pytest.raises(Conflict):
        invitations.accept(invitation, "Une autre", SECRET)
    assert User.objects.filter(email=NEW).count() == 1


def test_reading_the_page_accepts_nothing(people: Cast, client: Client) -> None:
    invitation = invited(people)

    for _ in range(3):
        assert client.get(link_of(invitation)).status_code == 200

    assert not User.objects.filter(email=NEW).exists()


def test_link_lasts_a_week(people: Cast, client: Client) -> None:
    invitation = invited(people)

    with clock.stopped(clock.now() + timedelta(days=6, hours=23)):
        assert client.get(link_of(invitation)).status_code == 200
    with clock.stopped(clock.now() + timedelta(days=7, minutes=1)):
        assert client.get(link_of(invitation)).status_code == 404
        assert accept(client, invitation).status_code == 404


@pytest.mark.parametrize("token", ["x", "1.abc~xyz", "~", "1", "1.00000000000000000000000000000000~a"])
def test_made_up_link_is_like_an_old_one(people: Cast, client: Client, token: str) -> None:
    assert "ne vaut plus" in client.get(f"/invitation/{token}/").content.decode()


def test_sending_again_draws_another_link(sign_in: SignIn, people: Cast, client: Client) -> None:
    invitation = invited(people)
    old = link_of(invitation)

    response = post(sign_in(people.adam), f"{PATH}{invitation.pk}/renvoyer/")
    work()

    invitation.refresh_from_db()
    assert response["Location"] == PATH
    assert (client.get(old).status_code, client.get(link_of(invitation)).status_code) == (404, 200)
    assert len(mail.outbox) == 1  # the first mail had not left: its link was worth nothing any more


def test_cancelled_link_opens_nothing(sign_in: SignIn, people: Cast, client: Client) -> None:
    invitation = invited(people)
    adam = sign_in(people.adam)

    first = post(adam, f"{PATH}{invitation.pk}/annuler/")
    second = post(adam, f"{PATH}{invitation.pk}/annuler/")
    work()

    assert (first.status_code, second.status_code) == (302, 409)
    assert client.get(link_of(invitation)).status_code == 404
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"display_name": ""}, "Écrivez votre prénom"),
        ({"password": "court"}, "au minimum 10"),
        ({"password": "nouvelle@exemple"}, "trop semblable"),
        ({"password": ""}, "Choisissez un mot de passe"),
    ],
)
def test_acceptance_is_refused_in_place(
    people: Cast, client: Client, more: dict[str, str], said: str
) -> None:
    response = accept(client, invited(people), **more)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not User.objects.filter(email=NEW).exists()


def test_right_taken_back_takes_its_invitations(people: Cast, client: Client) -> None:
    """Otherwise an administrator who is sent away would keep a door open for a week."""
    invitation = invited(people, code="superadmin")
    Membership.objects.filter(user=people.adam).update(ends_on="2020-01-01")

    assert client.get(link_of(invitation)).status_code == 404
    with pytest.raises(Conflict):
        invitations.accept(invitation, "Nora Belkacem", SECRET)


def test_closed_sender_too(people: Cast, client: Client) -> None:
    invitation = invited(people)
    accounts.close_account(people.adam, actor=people.sonia)

    assert client.get(link_of(invitation)).status_code == 404


def test_profile_whose_end_has_passed_is_not_given(people: Cast, client: Client) -> None:
    invitation = invited(people, ends_on=clock.today())

    with clock.stopped(clock.now() + timedelta(days=2)):
        assert client.get(link_of(invitation)).status_code == 404


def test_account_opened_meanwhile_is_not_doubled(people: Cast, client: Client) -> None:
    invitation = invited(people)
    UserFactory(email=NEW.upper())

    response = accept(client, invitation)

    assert response.status_code == 422
    assert "a déjà un compte" in response.content.decode()
    assert User.objects.filter(email__iexact=NEW).count() == 1


# --- many at once -----------------------------------------------------------------------------------------------


def test_many_addresses_in_every_form(people: Cast) -> None:
    text = "Une@exemple.test, deux@exemple.test;trois@exemple.test\n\n  quatre@exemple.test \r\n"

    sent = invitations.invite(text, offer(people), actor=people.adam)

    names = ["une", "deux", "trois", "quatre"]
    assert [one.email for one in sent] == [f"{name}@exemple.test" for name in names]


def test_faults_are_told_line_by_line_and_nothing_leaves(sign_in: SignIn, people: Cast) -> None:
    invited(people, "attente@exemple.test")
    accounts.close_account(people.bob, actor=people.sonia)
    lines = ["bonne@exemple.test", "pas une adresse", "alice@exemple.test", "bob@exemple.test"]
    lines += ["attente@exemple.test", "Bonne@exemple.test", "élodie@exemple.test"]

    response = post(sign_in(people.adam), f"{PATH}nouvelle/", **fields(emails="\n".join(lines)))

    page = response.content.decode()
    assert response.status_code == 422
    assert [(line, address) for line, address, _why in response.context["faults"]] == [
        (2, "pas une adresse"),
        (3, "alice@exemple.test"),
        (4, "bob@exemple.test"),
        (5, "attente@exemple.test"),
        (6, "bonne@exemple.test"),
        (7, "élodie@exemple.test"),
    ]
    assert "Alice Martin a déjà un compte" in page
    assert "rouvrez-le" in page
    assert "bonne@exemple.test" in page
    assert Invitation.objects.count() == 1


def test_two_hundred_at_most(people: Cast) -> None:
    many = "\n".join(f"agent{n}@exemple.test" for n in range(201))

    with pytest.raises(Refused, match="200 adresses au plus"):
        invitations.invite(many, offer(people), actor=people.adam)
    assert len(invitations.invite(many.rpartition("\n")[0], offer(people), actor=people.adam)) == 200


@pytest.mark.parametrize("text", ["", " \n , ;"])
def test_nobody_is_not_an_invitation(people: Cast, text: str) -> None:
    with pytest.raises(Refused, match="au moins une adresse"):
        invitations.invite(text, offer(people), actor=people.adam)


def test_expired_one_gives_way_to_a_new_one(people: Cast) -> None:
    old = invited(people)
    with clock.stopped(clock.now() + timedelta(days=8)):
        new = invited(people)

    old.refresh_from_db()
    assert (old.state, new.state) == ("cancelled", "pending")


def test_form_posted_twice_invites_once(sign_in: SignIn, people: Cast) -> None:
    adam, key = sign_in(people.adam), str(uuid4())

    for _ in range(3):
        assert adam.post(f"{PATH}nouvelle/", fields() | {"idempotency_key": key}).status_code == 302

    assert Invitation.objects.count() == 1


# --- delegates and strangers --------------------------------------------------------------------------------------


@pytest.fixture
def delegate(people: Cast) -> User:
    user = UserFactory(organisation=people.loire)
    profile = Profile.objects.get(code="administrator")
    Membership.objects.create(user=user, profile=profile, organisation=people.loire)
    return User.objects.get(pk=user.pk)


def test_delegate_invites_into_their_body_only(people: Cast, delegate: User) -> None:
    reader = Profile.objects.get(code="reader")

    assert invitations.invite(NEW, Offer(people.loire, reader, people.loire), actor=delegate)
    with pytest.raises(Refused, match="ne couvrent pas"):
        invitations.invite("b@exemple.test", Offer(people.rhone, reader, people.loire), actor=delegate)
    with pytest.raises(Refused, match="plus de droits que vous"):
        invitations.invite("c@exemple.test", Offer(people.loire, reader), actor=delegate)
    superadmin = Profile.objects.get(code="superadmin")
    with pytest.raises(Refused, match="plus de droits que vous"):
        invitations.invite("d@exemple.test", Offer(people.loire, superadmin, people.loire), actor=delegate)


def test_delegate_sees_the_invitations_of_their_body_only(
    sign_in: SignIn, people: Cast, delegate: User
) -> None:
    other = invitations.invite(
        NEW, Offer(people.rhone, Profile.objects.get(code="reader")), actor=people.adam
    )[0]
    client = sign_in(delegate)

    assert client.get(PATH).context["invitations"] == []
    assert post(client, f"{PATH}{other.pk}/annuler/").status_code == 404
    assert post(client, f"{PATH}{other.pk}/renvoyer/").status_code == 404


def test_account_that_a_delegate_may_not_see_is_told_to_its_owner_alone(
    sign_in: SignIn, people: Cast, delegate: User
) -> None:
    reader = str(Profile.objects.get(code="reader").pk)
    given = fields(emails=people.bob.email, profile=reader, scope="cpam-loire")

    response = post(sign_in(delegate), f"{PATH}nouvelle/", **given)
    work()

    message = mail.outbox[0]
    assert response.status_code == 302
    assert message.subject == "Ozéli\u00a0: Vous avez déjà un compte"
    assert "/invitation/" not in message.body
    assert f"{django_settings.PUBLIC_URL}/connexion/" in message.body


# --- the list -----------------------------------------------------------------------------------------------------


def test_list_filters_and_exports(sign_in: SignIn, people: Cast) -> None:
    waiting, cancelled = invited(people), invited(people, "=cmd@exemple.test")
    invitations.cancel(cancelled, actor=people.adam)
    adam = sign_in(people.adam)

    rows = adam.get(f"{PATH}?etat=pending").context["invitations"]
    found = adam.get(f"{PATH}?adresse=CMD").context["invitations"]
    text = b"".join(adam.get(f"{PATH}export.csv").streaming_content).decode("utf-8-sig")

    assert (rows, found) == ([waiting], [cancelled])
    assert "'=cmd@exemple.test;CPAM de la Loire;Consultation;réseau;;Annulée;Adam Martin;" in text
    assert "Aucune invitation ne répond" in adam.get(f"{PATH}?etat=accepted").content.decode()


def test_empty_list_says_what_to_do(sign_in: SignIn, people: Cast) -> None:
    assert "Personne n’a encore été invité" in sign_in(people.adam).get(PATH).content.decode()


def test_query_count_is_the_same_with_one_and_three(
    sign_in: SignIn, people: Cast, django_assert_num_queries: DjangoAssertNumQueries, settings: Any
) -> None:
    settings.READ_ONLY_GET = False
    adam = sign_in(people.adam)
    invited(people)
    adam.get(PATH)

    with django_assert_num_queries(5):
        adam.get(PATH)
    invited(people, "deux@exemple.test"), invited(people, "trois@exemple.test")
    with django_assert_num_queries(5):
        adam.get(PATH)


def test_mail_that_is_late_sends_nothing_stale(people: Cast) -> None:
    invitation = invited(people)
    with clock.stopped(clock.now() + timedelta(days=8)):
        work()
    send_invitation(invitation.pk, uuid4().hex)

    assert mail.outbox == []


def test_faults_keep_their_lines() -> None:
    assert LinesRefused([(2, "x", "pas une adresse")]).faults == [(2, "x", "pas une adresse")]
