"""Single sign-on against a real provider process: who comes in, who does not, and what nobody can replay."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from ozeli.accounts.models import Invitation, Profile, User
from ozeli.accounts.services import sign_on
from ozeli.accounts.services.accounts import close_account, reopen_account
from ozeli.core import clock
from ozeli.journal.models import Entry
from tests.accounts.provider import Provider, query_of, running
from tests.personas import Cast

pytestmark = pytest.mark.infra
SignIn = Callable[[User | None], Client]
LEILA = {"email": "leila@cpam-loire.example", "email_verified": True, "name": "Leïla Ouali"}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture(autouse=True)
def is_on(provider: Provider, settings: Any) -> None:
    settings.OIDC_URL, settings.OIDC_CLIENT, settings.OIDC_SECRET = provider.url, "ozeli", "secret"
    settings.OIDC_NAME, settings.CONTACT = "ProConnect", "equipe@exemple.test"


def leave(client: Client, **fields: str) -> str:
    """Press the button; the address of the provider that the page leads to."""
    page = client.post("/connexion/agent/", fields).content.decode()
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page)
    assert found, page
    return html.unescape(found[1])


def come_in(client: Client, provider: Provider, subject: str = "agent-1", **claims: Any) -> Any:
    """The whole way; the answer to the return."""
    provider.knows(subject, **claims)
    return client.get(provider.sign_in(leave(client), subject))


def told(response: Any) -> str:
    return str(response.content.decode())


def entered(client: Client) -> bool:
    return bool(client.get("/moi/").status_code == 200)


def test_button_stands_where_a_provider_is_told(client: Client, db: None, settings: Any) -> None:
    assert "Continuer avec ProConnect" in told(client.get("/connexion/"))
    assert "Continuer avec ProConnect" in told(client.get("/connexion/agent/?next=/moi/"))

    settings.OIDC_SECRET = ""

    assert "Continuer avec" not in told(client.get("/connexion/"))
    assert client.post("/connexion/agent/").status_code == 404


def test_way_out_carries_state_and_proof_key(client: Client, db: None, provider: Provider) -> None:
    address = leave(client)

    query = query_of(address)
    assert address.startswith(provider.url)
    assert query["redirect_uri"] == "http://testserver/connexion/agent/retour/"
    assert query["code_challenge_method"] == "S256"
    assert len(query["code_challenge"]) >= 43
    assert query["state"]
    assert set(query["scope"].split()) == {"openid", "email", "profile"}


def test_account_of_the_same_verified_address_is_linked(
    client: Client, people: Cast, provider: Provider
) -> None:
    response = come_in(client, provider, "alice-1", email="Alice@Exemple.TEST", email_verified=True)

    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/moi/").wsgi_request.user == people.alice
    link = SocialAccount.objects.get(user=people.alice)
    assert (link.uid, link.extra_data) == ("alice-1", {})
    assert Entry.objects.filter(verb="accounts.link_sign_on").count() == 1
    assert people.alice.password == User.objects.get(pk=people.alice.pk).password


def test_second_time_the_link_is_enough(client: Client, people: Cast, provider: Provider) -> None:
    come_in(client, provider, "alice-2", email="alice@exemple.test", email_verified=True)

    again = Client()
    come_in(again, provider, "alice-2", email="autre@exemple.test", email_verified=False)

    assert again.get("/moi/").wsgi_request.user == people.alice
    assert SocialAccount.objects.count() == 1


def test_next_is_kept(client: Client, people: Cast, provider: Provider) -> None:
    provider.knows("alice-3", email="alice@exemple.test", email_verified=True)
    back = provider.sign_in(leave(client, next="/idees/"), "alice-3")

    assert client.get(back)["Location"] == "/idees/"


def test_next_never_leads_elsewhere(client: Client, people: Cast, provider: Provider) -> None:
    provider.knows("alice-4", email="alice@exemple.test", email_verified=True)
    back = provider.sign_in(leave(client, next="https://ailleurs.test/"), "alice-4")

    assert client.get(back)["Location"] == "/"


def test_body_told_by_its_code_opens_an_account(client: Client, people: Cast, provider: Provider) -> None:
    come_in(client, provider, "leila-1", **LEILA, siret="cpam-rhone")

    leila = User.objects.get(email=LEILA["email"])
    assert entered(client)
    assert (leila.display_name, leila.organisation) == ("Leïla Ouali", people.rhone)
    assert [held.profile.code for held in leila.memberships.all()] == ["reader"]
    assert not leila.has_usable_password()
    assert Entry.objects.get(verb="accounts.open").details["source"] == "sign_on"


def test_body_told_by_a_registered_claim(client: Client, people: Cast, provider: Provider) -> None:
    sign_on.add_sign("claim", "123 456 789 00012", people.nord, actor=people.sonia)

    come_in(client, provider, "leila-2", **LEILA, siret="12345678900012")

    assert User.objects.get(email=LEILA["email"]).organisation == people.nord


def test_body_told_by_the_domain_of_the_address(client: Client, people: Cast, provider: Provider) -> None:
    sign_on.add_sign("domain", "@CPAM-Loire.example", people.loire, actor=people.sonia)

    come_in(client, provider, "leila-3", **LEILA, siret="00000000000000")

    assert User.objects.get(email=LEILA["email"]).organisation == people.loire


def test_unknown_body_is_refused_with_who_to_write_to(
    client: Client, people: Cast, provider: Provider
) -> None:
    response = come_in(client, provider, "leila-4", **LEILA)

    assert response.status_code == 403
    assert "Votre compte n’est pas ouvert" in told(response)
    assert "mailto:equipe@exemple.test" in told(response)
    assert not entered(client)
    assert not User.objects.filter(email=LEILA["email"]).exists()


def test_closed_body_is_not_told(client: Client, people: Cast, provider: Provider) -> None:
    type(people.rhone).objects.filter(pk=people.rhone.pk).update(is_active=False)

    assert come_in(client, provider, "leila-5", **LEILA, siret="cpam-rhone").status_code == 403


@pytest.mark.parametrize("verified", [{"email_verified": False}, {}, {"email_verified": "true"}])
def test_unverified_address_never_links(
    client: Client, people: Cast, provider: Provider, verified: dict[str, Any]
) -> None:
    response = come_in(client, provider, f"faux-{len(str(verified))}", email="alice@exemple.test", **verified)

    assert response.status_code == 403
    assert "ne garantit pas votre adresse" in told(response)
    assert not entered(client)
    assert not SocialAccount.objects.exists()


def test_silent_provider_may_be_trusted_for_some_domains(
    client: Client, people: Cast, provider: Provider, settings: Any
) -> None:
    settings.OIDC_VERIFIED_DOMAINS = ["exemple.test"]

    come_in(client, provider, "alice-5", email="alice@exemple.test")
    lying = Client()
    refused = come_in(lying, provider, "bob-5", email="bob@exemple.test", email_verified=False)

    assert entered(client)
    assert refused.status_code == 403


def test_address_that_only_looks_the_same_never_links(
    client: Client, people: Cast, provider: Provider
) -> None:
    """The Kelvin sign becomes a k once lower-cased."""
    User.objects.filter(pk=people.bob.pk).update(email="k@exemple.test")

    assert (
        come_in(client, provider, "k-1", email="\u212a@exemple.test", email_verified=True).status_code == 403
    )


def test_closed_account_is_refused_before_any_link(client: Client, people: Cast, provider: Provider) -> None:
    close_account(people.alice, actor=people.sonia)

    response = come_in(client, provider, "alice-6", email="alice@exemple.test", email_verified=True)

    assert response["Location"] == "/compte-ferme/"
    assert not entered(client)
    assert not SocialAccount.objects.exists()


def test_linked_account_once_closed_is_refused_then_linked_anew(
    client: Client, people: Cast, provider: Provider
) -> None:
    claims = {"email": "alice@exemple.test", "email_verified": True}
    come_in(client, provider, "alice-7", **claims)
    close_account(people.alice, actor=people.sonia)

    assert not entered(client)
    assert come_in(Client(), provider, "alice-7", **claims)["Location"] == "/compte-ferme/"
    reopen_account(User.objects.get(pk=people.alice.pk), actor=people.sonia)
    back = Client()
    come_in(back, provider, "alice-7b", **claims)
    assert entered(back)


def test_other_identity_with_the_same_address_does_not_inherit(
    client: Client, people: Cast, provider: Provider
) -> None:
    claims = {"email": "alice@exemple.test", "email_verified": True}
    come_in(client, provider, "alice-8", **claims)

    response = come_in(Client(), provider, "stranger-8", **claims)

    assert response.status_code == 403
    assert "relié à une autre identité" in told(response)


def test_account_of_another_body_is_not_linked(client: Client, people: Cast, provider: Provider) -> None:
    response = come_in(
        client, provider, "alice-9", email="alice@exemple.test", email_verified=True, siret="caf-nord"
    )

    assert response.status_code == 403
    assert "dans un autre organisme" in told(response)


def test_invitation_of_the_address_is_accepted_by_the_way(
    client: Client, people: Cast, provider: Provider
) -> None:
    invitation = Invitation.objects.create(
        email=LEILA["email"],
        organisation=people.nord,
        profile=Profile.objects.get(code="contributor"),
        scope=people.nord,
        invited_by=people.adam,
        expires_at=clock.now() + timedelta(days=1),
    )

    come_in(client, provider, "leila-10", **LEILA, siret="cpam-rhone")

    leila = User.objects.get(email=LEILA["email"])
    invitation.refresh_from_db()
    assert entered(client)
    assert (leila.organisation, invitation.account) == (people.nord, leila)
    assert [held.profile.code for held in leila.memberships.all()] == ["contributor"]


def test_replayed_return_opens_nothing(client: Client, people: Cast, provider: Provider) -> None:
    provider.knows("alice-11", email="alice@exemple.test", email_verified=True)
    back = provider.sign_in(leave(client), "alice-11")
    assert client.get(back).status_code == 302
    client.post("/deconnexion/")

    again, elsewhere = client.get(back), Client().get(back)

    assert (again.status_code, elsewhere.status_code) == (400, 400)
    assert "Cette connexion ne vaut plus" in told(again)
    assert not entered(client)


def test_return_with_another_state_opens_nothing(client: Client, people: Cast, provider: Provider) -> None:
    provider.knows("alice-12", email="alice@exemple.test", email_verified=True)
    back = provider.sign_in(leave(client), "alice-12")

    forged = client.get(re.sub(r"state=[^&]+", "state=autre", back))

    assert forged.status_code == 400
    assert not entered(client)


def test_code_of_another_sign_in_opens_nothing(client: Client, people: Cast, provider: Provider) -> None:
    """A code stolen elsewhere does not fit this session's proof key."""
    provider.knows("alice-13", email="alice@exemple.test", email_verified=True)
    stolen = query_of(provider.sign_in(leave(Client()), "alice-13"))["code"]
    mine = provider.sign_in(leave(client), "alice-13")

    response = client.get(re.sub(r"code=[^&]+", f"code={stolen}", mine))

    assert response.status_code == 401
    assert not entered(client)


def test_form_chooses_neither_scope_nor_purpose(client: Client, people: Cast, provider: Provider) -> None:
    provider.knows("alice-17", email="alice@exemple.test", email_verified=True)

    page = client.post("/connexion/agent/?scope=phone&process=connect", {"process": "connect"})
    found = re.search(r'content="0;url=([^"]+)"', told(page))
    assert found
    address = html.unescape(found[1])

    assert "phone" not in query_of(address)["scope"]
    assert client.get(provider.sign_in(address, "alice-17"))["Location"] == "/"
    assert entered(client)


def test_giving_up_is_no_error(client: Client, people: Cast, provider: Provider) -> None:
    response = client.get(provider.deny(leave(client)))

    assert "Connexion abandonnée" in told(response)
    assert not entered(client)


def test_return_without_anything_is_a_page(client: Client, people: Cast) -> None:
    assert client.get("/connexion/agent/retour/").status_code == 400


def test_absent_provider_is_said_in_french(client: Client, people: Cast, settings: Any) -> None:
    settings.OIDC_URL = "http://127.0.0.1:9"

    response = client.post("/connexion/agent/")

    assert response.status_code == 503
    assert "La connexion unique ne répond pas" in told(response)


def test_provider_that_goes_meanwhile_is_said_in_french(client: Client, people: Cast, settings: Any) -> None:
    with running() as short_lived:
        settings.OIDC_URL = short_lived.url
        short_lived.knows("alice-14", email="alice@exemple.test", email_verified=True)
        back = short_lived.sign_in(leave(client), "alice-14")

    response = client.get(back)

    assert response.status_code == 503
    assert not entered(client)


def test_server_that_is_no_provider_is_said_in_french(
    client: Client, people: Cast, settings: Any, provider: Any
) -> None:
    settings.OIDC_URL = f"{provider.url}/nowhere"

    assert client.post("/connexion/agent/").status_code == 503


def test_words_of_a_lost_session_come_back(client: Client, people: Cast, provider: Provider) -> None:
    words = "Un rendez-vous sur cinq est manqué"
    lost = client.post("/moi/texte-garde/", {"body": words}, HTTP_REFERER="http://testserver/idees/")
    packed = re.search(r'name="reprise" value="([^"]+)"', told(lost))
    assert packed
    provider.knows("alice-15", email="alice@exemple.test", email_verified=True)

    client.get(provider.sign_in(leave(client, reprise=packed[1]), "alice-15"))

    assert client.get("/moi/").context["kept_text"]["texts"] == [words]


def test_second_factor_is_asked_after_single_sign_on(
    client: Client, people: Cast, provider: Provider
) -> None:
    from tests.accounts.factors import give_totp

    give_totp(people.alice)

    response = come_in(client, provider, "alice-16", email="alice@exemple.test", email_verified=True)

    assert response["Location"] == "/connexion/code/"
    assert not entered(client)
