"""The second factor: set up, asked for, lost, and required of administrators."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from ozeli.accounts import second_factor
from ozeli.accounts.models import User
from ozeli.accounts.second_factor import FactorAdapter
from ozeli.journal.models import Entry
from tests.accounts.factors import (
    SECURITY,
    code_of,
    confirmed,
    enter,
    give_key,
    give_totp,
    post,
    recovery_codes,
    send_notices,
    set_up,
    shown_secret,
)
from tests.factories import PASSWORD
from tests.personas import Cast

SignIn = Callable[[User | None], Client]


@pytest.fixture(autouse=True)
def no_remembered_attempt(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


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


def test_owner_is_told_of_each_change(
    people: Cast, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    alice = confirmed(people.alice)
    with django_capture_on_commit_callbacks(execute=True):
        set_up(alice)
    post(alice, f"{SECURITY}application/retirer/")
    send_notices()

    said = " ".join(told.subject for told in mail.outbox)
    assert {told.to[0] for told in mail.outbox} == {people.alice.email}
    assert "Une application de codes a été ajoutée" in said
    assert "L’application de codes a été retirée" in said


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


def test_sessions_that_proved_a_factor_end_with_it(people: Cast) -> None:
    """The one that removes it stays, unmarked; the others were opened by more than a password and would pass for it."""
    secret = give_totp(people.alice)
    (alice, _answer), (other, _answer) = enter(people.alice), enter(people.alice)
    alice.post("/connexion/code/", {"code": code_of(secret)})
    other.post("/connexion/code/", {"code": code_of(secret, steps=1)})
    alice.post("/moi/confirmer/", {"password": PASSWORD, "next": SECURITY})
    assert second_factor.is_marked(other.session)

    page = alice.post(
        f"{SECURITY}application/retirer/", {"idempotency_key": str(uuid4())}, follow=True
    ).content.decode()

    assert "Vos autres sessions sont fermées" in page
    assert not second_factor.is_marked(alice.session)
    assert alice.get("/moi/").status_code == 200
    assert other.get("/moi/")["Location"].startswith("/connexion/")


def test_sessions_stay_while_another_factor_does(people: Cast) -> None:
    alice = confirmed(people.alice)
    set_up(alice)
    key = give_key(people.alice)

    page = alice.post(
        f"{SECURITY}cles/{key.pk}/retirer/", {"idempotency_key": str(uuid4())}, follow=True
    ).content.decode()

    assert "Vos autres sessions sont fermées" not in page
    assert second_factor.is_marked(alice.session)


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
