"""Closed accounts: cut at their next request, whatever the session; and who may close whom."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from ozeli.accounts.models import Membership, OpenSession, Profile, User
from ozeli.accounts.services import accounts, sessions
from ozeli.core.errors import Conflict, Refused
from ozeli.journal.models import Entry
from tests.accounts.factors import give_totp
from tests.factories import PASSWORD, UserFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]


def path_of(person: User, tail: str = "") -> str:
    return f"/administration/personnes/{person.pk}/compte/{tail}"


def post(client: Client, path: str) -> Any:
    return client.post(path, {"idempotency_key": str(uuid4())})


def entered(user: User) -> Client:
    client = Client()
    client.post("/connexion/", {"login": user.email, "password": PASSWORD})
    assert client.get("/moi/").status_code == 200
    return client


def delegate_on(organisation: Any) -> User:
    """Administers the rights of one body, and reads the network."""
    user = UserFactory(organisation=organisation)
    profile = Profile.objects.get(code="administrator")
    Membership.objects.create(user=user, profile=profile, organisation=organisation)
    return User.objects.get(pk=user.pk)


def test_every_session_is_cut_at_its_next_request(sign_in: SignIn, people: Cast) -> None:
    open_ones = [entered(people.alice) for _ in range(3)]
    htmx = entered(people.alice)

    response = post(sign_in(people.adam), path_of(people.alice, "fermer/"))

    assert response["Location"] == path_of(people.alice)
    assert [one.get("/moi/").status_code for one in open_ones] == [302, 302, 302]
    assert htmx.get("/idees/", HTTP_HX_REQUEST="true").status_code == 401
    assert open_ones[0].post("/moi/texte-garde/").status_code == 302
    assert not OpenSession.objects.filter(user=people.alice).exists()


def test_session_is_cut_even_when_its_row_was_kept(people: Cast) -> None:
    """The account alone is asked: whoever closes it by another door cuts the sessions too."""
    alice = entered(people.alice)

    User.objects.filter(pk=people.alice.pk).update(is_active=False)

    assert alice.get("/moi/").status_code == 302


def test_close_and_reopen_are_journaled(sign_in: SignIn, people: Cast) -> None:
    adam = sign_in(people.adam)

    post(adam, path_of(people.alice, "fermer/"))
    closed = adam.get(path_of(people.alice)).content.decode()
    post(adam, path_of(people.alice, "rouvrir/"))

    acts = Entry.objects.filter(verb__startswith="accounts.").order_by("pk")
    assert [act.verb for act in acts] == ["accounts.close", "accounts.reopen"]
    assert {act.actor for act in acts} == {people.adam.actor_key.key}
    assert "Rouvrir ce compte" in closed
    assert entered(people.alice)
    page = adam.get("/administration/journal/").content.decode()
    assert "a fermé un compte" in page
    assert "a rouvert un compte" in page


def test_close_replayed_closes_once(sign_in: SignIn, people: Cast) -> None:
    adam, key = sign_in(people.adam), str(uuid4())

    for _ in range(3):
        assert adam.post(path_of(people.alice, "fermer/"), {"idempotency_key": key}).status_code == 302

    assert Entry.objects.filter(verb="accounts.close").count() == 1


def test_second_close_says_what_stands(sign_in: SignIn, people: Cast) -> None:
    post(sign_in(people.adam), path_of(people.alice, "fermer/"))

    response = post(sign_in(people.sonia), path_of(people.alice, "fermer/"))

    assert response.status_code == 409
    assert "déjà fermé" in response.content.decode()


def test_nobody_closes_their_own(sign_in: SignIn, people: Cast) -> None:
    adam = sign_in(people.adam)

    response = post(adam, path_of(people.adam, "fermer/"))

    assert response.status_code == 422
    assert "On ne ferme pas son propre compte" in response.content.decode()
    assert "C’est votre compte" in adam.get(path_of(people.adam)).content.decode()
    assert User.objects.get(pk=people.adam.pk).is_active


def test_last_super_administrator_stays(people: Cast) -> None:
    with pytest.raises(Refused, match="dernier compte ouvert de Super-administrateur"):
        accounts.close_account(people.sonia, actor=people.adam)

    second = UserFactory(profile="superadmin")
    accounts.close_account(people.sonia, actor=people.adam)
    assert second.is_active
    assert not User.objects.get(pk=people.sonia.pk).is_active


def test_last_keeper_of_rights_stays(people: Cast) -> None:
    Membership.objects.filter(user=people.sonia).update(ends_on="2099-01-01")
    sonia = User.objects.get(pk=people.sonia.pk)

    with pytest.raises(Refused, match="sans personne pour administrer les droits"):
        accounts.close_account(people.adam, actor=sonia)


def test_delegate_closes_agents_of_their_body_only(sign_in: SignIn, people: Cast) -> None:
    delegate = delegate_on(people.loire)
    client = sign_in(delegate)

    assert post(client, path_of(people.alice, "fermer/")).status_code == 302
    assert post(client, path_of(people.bob, "fermer/")).status_code == 404
    assert User.objects.get(pk=people.bob.pk).is_active


def test_delegate_has_no_hold_on_who_administers_the_network(sign_in: SignIn, people: Cast) -> None:
    delegate = delegate_on(people.nord)
    client = sign_in(delegate)

    for tail in ("fermer/", "sessions/", "second-facteur/"):
        assert post(client, path_of(people.sonia, tail)).status_code == 422
    assert "Vos droits ne vous permettent pas" in client.get(path_of(people.sonia)).content.decode()
    accounts.close_account(people.adam, actor=people.sonia)
    with pytest.raises(Refused):
        accounts.reopen_account(User.objects.get(pk=people.adam.pk), actor=delegate)


def test_sessions_closed_by_an_administrator_are_journaled(sign_in: SignIn, people: Cast) -> None:
    first, second = entered(people.alice), entered(people.alice)

    page = sign_in(people.adam).get(path_of(people.alice)).content.decode()
    post(sign_in(people.adam), path_of(people.alice, "sessions/"))

    assert "2\u00a0sessions ouvertes" in page
    assert (first.get("/moi/").status_code, second.get("/moi/").status_code) == (302, 302)
    assert Entry.objects.get(verb="accounts.close_sessions").details == {"count": 2}
    with pytest.raises(Refused):
        sessions.close_all(people.adam, actor=people.adam)


def test_lost_factor_is_taken_away_with_the_sessions(sign_in: SignIn, people: Cast) -> None:
    alice = entered(people.alice)
    give_totp(people.alice)

    post(sign_in(people.adam), path_of(people.alice, "second-facteur/"))

    assert not Authenticator.objects.exists()
    assert alice.get("/moi/").status_code == 302
    assert Entry.objects.get(verb="factor.take_away").details == {"kinds": ["recovery_codes", "totp"]}
    with pytest.raises(Conflict):
        accounts.take_factors_away(people.alice, actor=people.adam)
