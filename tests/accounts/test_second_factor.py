"""The second factor: set up, asked for, lost, and required of administrators."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from ozeli.accounts import rules
from ozeli.accounts.models import MatrixCell, Membership, Profile, User
from ozeli.accounts.second_factor import FactorAdapter
from ozeli.core import memo
from ozeli.core.access import Level
from ozeli.journal.models import Entry
from tests.accounts.factors import code_of, give_totp, recovery_codes
from tests.factories import PASSWORD, UserFactory
from tests.personas import NAMES, Cast

SignIn = Callable[[User | None], Client]
SECURITY = "/moi/securite/"


@pytest.fixture(autouse=True)
def no_remembered_attempt(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def required(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def enter(user: User, client: Client | None = None, **fields: str) -> tuple[Client, Any]:
    client = client or Client()
    return client, client.post("/connexion/", {"login": user.email, "password": PASSWORD, **fields})


def confirmed(user: User) -> Client:
    """Signed in by password, and has just given it again."""
    client, _answer = enter(user)
    client.post("/moi/confirmer/", {"password": PASSWORD, "next": SECURITY})
    return client


def post(client: Client, path: str, **fields: str) -> Any:
    return client.post(path, fields | {"idempotency_key": str(uuid4())})


def shown_secret(client: Client) -> str:
    page = client.get(f"{SECURITY}application/").content.decode()
    found = re.search(r'<code class="secret">([^<]+)</code>', page)
    assert found, page
    return found[1].replace(" ", "")


def set_up(client: Client) -> Any:
    secret = shown_secret(client)
    return post(client, f"{SECURITY}application/", code=code_of(secret))


# --- setting up ------------------------------------------------------------------------------------------------


def test_change_asks_for_the_password_again(sign_in: SignIn, people: Cast) -> None:
    alice, _answer = enter(people.alice)

    response = alice.get(f"{SECURITY}application/")

    assert response["Location"].startswith("/moi/confirmer/")
    assert alice.post("/moi/confirmer/", {"password": "faux"}).status_code == 422


def test_application_is_added_and_gives_codes(people: Cast) -> None:
    alice = confirmed(people.alice)
    page = alice.get(f"{SECURITY}application/").content.decode()

    response = set_up(alice)

    assert page.count('shape-rendering="crispEdges"') == 1
    assert "<?xml" not in page
    assert "data:image" not in page
    assert response["Location"] == f"{SECURITY}codes/"
    codes = alice.get(f"{SECURITY}codes/").content.decode()
    assert codes.count("<li><code>") == 10
    assert "Ozéli" in alice.get(f"{SECURITY}codes/codes-de-secours.txt").content.decode()
    entry = Entry.objects.get(verb="factor.add")
    assert (entry.details, entry.actor) == ({"factor": "totp"}, people.alice.actor_key.key)


def test_wrong_code_adds_nothing_and_keeps_the_key(people: Cast) -> None:
    alice = confirmed(people.alice)
    secret = shown_secret(alice)

    response = post(alice, f"{SECURITY}application/", code="000000")

    page = response.content.decode()
    assert response.status_code == 422
    assert "pas le bon" in page
    assert secret in page.replace(" ", "")
    assert not Authenticator.objects.exists()


def test_secrets_lie_encrypted(people: Cast, settings: Any) -> None:
    secret = give_totp(people.alice)

    rows = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))

    assert secret not in rows
    held = Authenticator.objects.get(user=people.alice, type="totp").data["secret"]
    assert FactorAdapter().decrypt(held) == secret
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "une autre clé"
    assert FactorAdapter().decrypt(held) == secret


def test_replayed_form_adds_once(people: Cast) -> None:
    alice = confirmed(people.alice)
    secret, key = shown_secret(alice), str(uuid4())

    fields = {"code": code_of(secret), "idempotency_key": key}
    answers = {alice.post(f"{SECURITY}application/", fields)["Location"] for _ in range(3)}

    assert len(answers) <= 2
    assert Entry.objects.filter(verb="factor.add").count() == 1


def test_application_is_removed_with_its_codes(people: Cast) -> None:
    alice = confirmed(people.alice)
    set_up(alice)

    assert "Retirer l’application" in alice.get(f"{SECURITY}application/retirer/").content.decode()
    response = post(alice, f"{SECURITY}application/retirer/")

    assert response["Location"] == SECURITY
    assert not Authenticator.objects.exists()
    assert Entry.objects.filter(verb="factor.remove").count() == 1


def test_new_codes_replace_the_old_ones(people: Cast) -> None:
    alice = confirmed(people.alice)
    set_up(alice)
    before = recovery_codes(people.alice)

    assert "ne vaudront plus" in alice.get(f"{SECURITY}codes/nouveaux/").content.decode()
    response = post(alice, f"{SECURITY}codes/nouveaux/")

    assert response["Location"] == f"{SECURITY}codes/"
    assert not set(before) & set(recovery_codes(people.alice))


def test_codes_without_factor_are_refused(people: Cast) -> None:
    response = post(confirmed(people.alice), f"{SECURITY}codes/nouveaux/")

    assert response.status_code == 422


# --- being asked ------------------------------------------------------------------------------------------------


def test_code_is_asked_after_the_password(people: Cast) -> None:
    secret = give_totp(people.alice)
    client, answer = enter(people.alice, next="/idees/")
    assert (
        answer["Location"] == "/connexion/code/?next=%2Fidees%2F" or answer["Location"] == "/connexion/code/"
    )
    assert client.get("/moi/").status_code == 302

    wrong = client.post("/connexion/code/", {"code": "000000"})
    right = client.post("/connexion/code/", {"code": code_of(secret)})

    assert wrong.status_code == 422
    assert "pas le bon" in wrong.content.decode()
    assert right["Location"] == "/idees/"
    assert client.get("/moi/").status_code == 200


def test_code_serves_once(people: Cast) -> None:
    secret = give_totp(people.alice)
    code = code_of(secret)
    first, _answer = enter(people.alice)
    first.post("/connexion/code/", {"code": code})

    second, _answer = enter(people.alice)

    assert second.post("/connexion/code/", {"code": code}).status_code == 422


def test_recovery_code_opens_once(people: Cast) -> None:
    give_totp(people.alice)
    code = recovery_codes(people.alice)[0]
    client, _answer = enter(people.alice)
    assert client.post("/connexion/code/", {"code": code}).status_code == 302

    again, _answer = enter(people.alice)

    assert again.post("/connexion/code/", {"code": code}).status_code == 422
    assert len(recovery_codes(people.alice)) == 9


def test_many_wrong_codes_wait(people: Cast) -> None:
    secret = give_totp(people.alice)
    client, _answer = enter(people.alice)
    for _ in range(5):
        client.post("/connexion/code/", {"code": "000000"})

    response = client.post("/connexion/code/", {"code": code_of(secret)})

    assert response.status_code == 422
    assert "Attendez cinq minutes" in response.content.decode()


def test_code_page_alone_leads_back(client: Client, db: None) -> None:
    assert client.get("/connexion/code/")["Location"] == "/connexion/"


def test_words_kept_survive_the_second_step(client: Client, people: Cast) -> None:
    words = "Un rendez-vous sur cinq est manqué"
    secret = give_totp(people.alice)
    lost = client.post("/moi/texte-garde/", {"body": words}, HTTP_REFERER="http://testserver/idees/")
    packed = re.search(r'name="reprise" value="([^"]+)"', lost.content.decode())
    assert packed

    enter(people.alice, client, reprise=packed[1])
    client.post("/connexion/code/", {"code": code_of(secret)})

    assert client.get("/moi/").context["kept_text"]["texts"] == [words]


def test_change_may_be_confirmed_by_a_code(people: Cast) -> None:
    secret = give_totp(people.alice)
    client, _answer = enter(people.alice)
    client.post("/connexion/code/", {"code": code_of(secret, steps=-1)})

    page = client.get("/moi/confirmer/?next=/moi/securite/application/retirer/").content.decode()
    response = client.post(
        "/moi/confirmer/code/", {"code": code_of(secret), "next": "/moi/securite/application/retirer/"}
    )

    assert "/moi/confirmer/code/" in page
    assert response["Location"] == "/moi/securite/application/retirer/"
    assert client.post("/moi/confirmer/code/", {"code": "12"}).status_code == 422


def test_person_without_password_sets_up_all_the_same(sign_in: SignIn, people: Cast) -> None:
    """They come by single sign-on: there is nothing here to ask them again."""
    people.alice.set_unusable_password()
    people.alice.save()

    assert sign_in(people.alice).get(f"{SECURITY}application/").status_code == 200


# --- keys ---------------------------------------------------------------------------------------------------------


def give_key(user: User, name: str = "Téléphone") -> Authenticator:
    credential = {"clientExtensionResults": {}}
    return Authenticator.objects.create(
        user=user, type="webauthn", data={"name": name, "credential": credential}
    )


def test_page_of_a_new_key_gives_the_browser_what_it_needs(people: Cast) -> None:
    page = confirmed(people.alice).get(f"{SECURITY}cles/ajouter/").content.decode()

    data = re.search(r'<script id="js_data" type="application/json">(.+?)</script>', page)
    assert data
    options = json.loads(data[1])["creation_options"]["publicKey"]
    assert options["rp"] == {"id": "testserver", "name": "Ozéli"}
    assert options["user"]["name"] == people.alice.email
    assert re.search(r"mfa/js/webauthn(\.\w+)?\.js", page)


@pytest.mark.parametrize("credential", ["", "{}", "[]", '{"id": "x"}', "pas du JSON"])
def test_made_up_key_is_refused(people: Cast, credential: str) -> None:
    alice = confirmed(people.alice)
    alice.get(f"{SECURITY}cles/ajouter/")

    response = post(alice, f"{SECURITY}cles/ajouter/", name="Clé", credential=credential)

    assert response.status_code == 422
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("credential", ["", "{}", "[]", '{"id": "x", "rawId": "x"}', "pas du JSON"])
def test_made_up_answer_of_a_key_opens_nothing(people: Cast, credential: str) -> None:
    give_totp(people.alice)
    client, _answer = enter(people.alice)
    client.get("/connexion/code/")

    response = client.post("/connexion/code/", {"credential": credential})

    assert response.status_code == 422
    assert client.get("/moi/").status_code == 302


def test_key_is_renamed_and_removed(people: Cast) -> None:
    alice = confirmed(people.alice)
    key = give_key(people.alice)

    renamed = post(alice, f"{SECURITY}cles/{key.pk}/renommer/", name="Clé du bureau")
    page = alice.get(SECURITY).content.decode()
    asked = alice.get(f"{SECURITY}cles/{key.pk}/retirer/").content.decode()
    removed = post(alice, f"{SECURITY}cles/{key.pk}/retirer/")

    assert (renamed.status_code, removed.status_code) == (302, 302)
    assert "Clé du bureau" in page
    assert "Retirer « Clé du bureau »" in asked.replace("\u202f", " ").replace("\xa0", " ")
    assert not Authenticator.objects.exists()
    assert Entry.objects.get(verb="factor.remove").details == {"factor": "webauthn"}


def test_key_of_somebody_else_is_not_found(people: Cast) -> None:
    key = give_key(people.bob)

    assert confirmed(people.alice).get(f"{SECURITY}cles/{key.pk}/retirer/").status_code == 404


# --- required of administrators -------------------------------------------------------------------------------


def test_who_must_have_one(people: Cast, required: None) -> None:
    must = {name for name, one in people.people().items() if rules.must_have_second_factor(one)}

    assert must == {"adam", "sonia"}


def test_nobody_must_in_the_demonstration(people: Cast, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False

    assert not any(rules.must_have_second_factor(one) for one in people.people().values())


def test_who_administers_a_single_brick_must(people: Cast, required: None) -> None:
    MatrixCell.objects.update_or_create(
        profile=Profile.objects.get(code="contributor"), brick="ideas", defaults={"level": Level.ADMIN}
    )

    assert rules.must_have_second_factor(User.objects.get(pk=people.rita.pk))


def test_profile_of_administration_must_whatever_the_matrix_says(people: Cast, required: None) -> None:
    MatrixCell.objects.filter(profile__code="administrator").update(level=Level.CONSULT)
    memo.forget_all()

    assert rules.must_have_second_factor(User.objects.get(pk=people.adam.pk))
    people.adam.memberships.update(ends_on="2020-01-01")
    memo.forget_all()
    assert not rules.must_have_second_factor(User.objects.get(pk=people.adam.pk))


@pytest.mark.parametrize(
    "path", ["/", "/idees/", "/administration/", "/moi/", "/moi/sessions/", "/composants/"]
)
def test_every_page_leads_to_the_set_up(sign_in: SignIn, people: Cast, required: None, path: str) -> None:
    adam = sign_in(people.adam)

    assert adam.get(path)["Location"] == SECURITY
    page = adam.get(path, follow=True)
    assert page.redirect_chain == [(SECURITY, 302)]
    assert "Ajoutez un second facteur pour continuer" in page.content.decode()


def test_htmx_leads_there_too_and_words_are_kept(sign_in: SignIn, people: Cast, required: None) -> None:
    adam = sign_in(people.adam)

    htmx = adam.get("/idees/", HTTP_HX_REQUEST="true")
    adam.post("/moi/sessions/999/fermer/", {"body": "Des mots à garder"})

    assert (htmx.status_code, htmx["HX-Redirect"]) == (401, SECURITY)
    assert adam.get(SECURITY).context["kept_text"]["texts"] == ["Des mots à garder"]


def test_way_out_and_help_stay_open(sign_in: SignIn, people: Cast, required: None) -> None:
    adam = sign_in(people.adam)

    assert adam.get("/aide/").status_code == 200
    assert adam.get("/deconnexion/").status_code == 200
    assert adam.post("/theme/", {"theme": "dark"}).status_code == 302
    assert adam.post("/deconnexion/")["Location"] == "/connexion/"


def test_once_set_up_everything_opens(people: Cast, required: None) -> None:
    adam, answer = enter(people.adam)
    assert adam.get(answer["Location"])["Location"] == SECURITY
    adam.post("/moi/confirmer/", {"password": PASSWORD, "next": SECURITY})

    set_up(adam)

    assert adam.get("/").status_code == 200
    assert adam.get("/administration/").status_code == 200


def test_session_opened_with_the_factor_costs_no_query_more(
    people: Cast, required: None, django_assert_num_queries: Any, settings: Any
) -> None:
    settings.READ_ONLY_GET = False
    secret = give_totp(people.adam)
    adam, _answer = enter(people.adam)
    adam.post("/connexion/code/", {"code": code_of(secret)})
    adam.get("/aide/")

    with django_assert_num_queries(4):  # session, person, grants, unread
        adam.get("/aide/")


def test_agents_are_left_alone(sign_in: SignIn, people: Cast, required: None) -> None:
    for name in set(NAMES) - {"adam", "sonia"}:
        assert sign_in(getattr(people, name)).get("/").status_code == 200, name


def test_last_factor_of_an_administrator_stays(people: Cast, required: None) -> None:
    adam = confirmed(people.adam)
    set_up(adam)
    key = give_key(people.adam)

    gone = post(adam, f"{SECURITY}application/retirer/")
    kept = post(adam, f"{SECURITY}cles/{key.pk}/retirer/")

    assert (gone.status_code, kept.status_code) == (302, 422)
    assert "ajoutez-en un autre" in kept.content.decode()
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_application_alone_stays_too(people: Cast, required: None) -> None:
    adam = confirmed(people.adam)
    set_up(adam)

    response = post(adam, f"{SECURITY}application/retirer/")

    assert response.status_code == 422
    assert Authenticator.objects.filter(type="totp").exists()


def test_delegate_of_one_body_must_too(people: Cast, required: None) -> None:
    delegate = UserFactory(organisation=people.loire)
    Membership.objects.create(
        user=delegate, profile=Profile.objects.get(code="administrator"), organisation=people.loire
    )

    assert rules.must_have_second_factor(User.objects.get(pk=delegate.pk))
