"""Sign-in in French, and the words that survive a lost session."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db.models import QuerySet
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from ozeli.accounts.models import Membership, User
from ozeli.accounts.tasks import send_password_reset
from ozeli.core import clock
from tests.accounts.factors import send_notices
from tests.factories import PASSWORD
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
WORDS = "Un rendez-vous sur cinq est manqué & « perdu »"


@pytest.fixture(autouse=True)
def no_remembered_attempt(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def asked() -> QuerySet[ProcrastinateJob]:
    return ProcrastinateJob.objects.filter(task_name="accounts.send_password_reset")


def work() -> None:
    """Do what the worker would."""
    for job in asked():
        send_password_reset(**job.args)


def enter(client: Client, user: User, password: str = PASSWORD, **fields: str) -> object:
    return client.post("/connexion/", {"login": user.email, "password": password, **fields})


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden field {name}"
    return html.unescape(found[1])


def test_page_is_french_and_keeps_next(client: Client) -> None:
    page = client.get("/connexion/?next=/moi/").content.decode()

    assert "Adresse électronique" in page
    assert hidden(page, "next") == "/moi/"
    assert "demo.test" not in page


def test_right_password_leads_to_next(client: Client, people: Cast) -> None:
    response = enter(client, people.alice, next="/moi/")

    assert (response.status_code, response["Location"]) == (302, "/moi/")


def test_next_never_leads_elsewhere(client: Client, people: Cast) -> None:
    assert enter(client, people.alice, next="https://ailleurs.test/")["Location"] == "/"


def test_address_is_taken_whatever_its_case(client: Client, people: Cast) -> None:
    User.objects.filter(pk=people.alice.pk).update(email="alice.martin@exemple.test")

    response = client.post("/connexion/", {"login": " Alice.Martin@Exemple.TEST ", "password": PASSWORD})

    assert response.status_code == 302


def test_wrong_password_is_said_in_french_and_keeps_the_address(client: Client, people: Cast) -> None:
    response = enter(client, people.alice, "autre chose", next="/moi/")

    page = response.content.decode()
    assert response.status_code == 422
    assert "ne vont pas ensemble" in page
    assert people.alice.email in page
    assert hidden(page, "next") == "/moi/"


def test_unknown_address_gets_the_very_same_answer(client: Client, people: Cast) -> None:
    known = enter(client, people.alice, "autre chose").content.decode()
    unknown = client.post(
        "/connexion/", {"login": "x@exemple.test", "password": "autre chose"}
    ).content.decode()

    assert "ne vont pas ensemble" in known
    assert "ne vont pas ensemble" in unknown


def test_sixth_wrong_password_waits(client: Client, people: Cast) -> None:
    for _ in range(5):
        enter(client, people.alice, "faux")

    response = enter(client, people.alice)

    assert response.status_code == 422
    assert "Attendez cinq minutes" in response.content.decode()


def test_flood_of_attempts_gets_429_with_the_words_kept(
    client: Client, people: Cast, settings: object
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    for _ in range(2):
        enter(client, people.alice, "faux")

    response = enter(client, people.alice, reprise="signé", next="/moi/")

    page = response.content.decode()
    assert response.status_code == 429
    assert "Trop d’essais" in page
    assert (hidden(page, "reprise"), hidden(page, "next")) == ("signé", "/moi/")


def test_flood_of_forgotten_passwords_gets_a_page_of_its_own(
    client: Client, db: None, settings: object
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    client.post("/mot-de-passe-oublie/", {"email": "x@exemple.test"})

    response = client.post("/mot-de-passe-oublie/", {"email": "x@exemple.test"})

    assert response.status_code == 429
    assert "Trop d’essais en peu de temps" in response.content.decode()


def test_closed_account_does_not_enter(client: Client, people: Cast) -> None:
    User.objects.filter(pk=people.alice.pk).update(is_active=False)

    assert enter(client, people.alice)["Location"] == "/compte-ferme/"
    assert "Ce compte est fermé" in client.get("/compte-ferme/").content.decode()


def test_closed_account_is_out_at_its_next_request(sign_in: SignIn, people: Cast) -> None:
    alice = sign_in(people.alice)
    assert alice.get("/moi/").status_code == 200

    User.objects.filter(pk=people.alice.pk).update(is_active=False)

    assert alice.get("/moi/").status_code == 302


def test_sign_out_asks_then_leaves(sign_in: SignIn, people: Cast) -> None:
    alice = sign_in(people.alice)

    assert "Se déconnecter" in alice.get("/deconnexion/").content.decode()
    assert alice.post("/deconnexion/")["Location"] == "/connexion/"
    assert alice.get("/moi/").status_code == 302


def test_demo_lists_its_accounts(client: Client, settings: object, db: None) -> None:
    settings.DEMO = True

    page = client.get("/connexion/").content.decode()

    assert "developpeur@demo.test" in page
    assert page.count('value="ozeli-demo"') == 8


# --- words kept through a lost session -------------------------------------------------------------------------


def lost_post(client: Client, page: str) -> str:
    """Send a form without a session from that page; the sign-in page that answers."""
    fields = {"profile": "", "organisation": WORDS, "oldpassword": "secret!"}
    response = client.post(page, fields, HTTP_REFERER=f"http://testserver{page}")
    assert response.status_code == 401
    return response.content.decode()


def test_lost_session_says_that_the_words_are_kept(client: Client, people: Cast) -> None:
    page = lost_post(client, f"/administration/personnes/{people.zoe.pk}/")

    assert "Votre texte est gardé" in page
    assert hidden(page, "next") == f"/administration/personnes/{people.zoe.pk}/"
    assert "secret!" not in page


def test_words_come_back_in_their_form(client: Client, people: Cast) -> None:
    path = f"/administration/personnes/{people.zoe.pk}/"
    page = lost_post(client, path)

    entered = enter(client, people.adam, reprise=hidden(page, "reprise"), next=path)
    form = client.get(path)

    assert entered["Location"] == path
    assert form.context["form"]["organisation"].value() == WORDS
    assert form.context["kept_text"] is None
    assert "secret!" not in str(dict(client.session))


def test_words_survive_a_wrong_password(client: Client, people: Cast) -> None:
    path = f"/administration/personnes/{people.zoe.pk}/"
    page = lost_post(client, path)

    again = enter(client, people.adam, "faux", reprise=hidden(page, "reprise"), next=path).content.decode()
    enter(client, people.adam, reprise=hidden(again, "reprise"), next=path)

    assert client.get(path).context["form"]["organisation"].value() == WORDS


def test_page_without_form_shows_the_words_to_copy_until_they_are_dropped(
    client: Client, people: Cast
) -> None:
    page = lost_post(client, f"/administration/personnes/{people.zoe.pk}/")
    enter(client, people.alice, reprise=hidden(page, "reprise"))

    assert client.get("/moi/").context["kept_text"]["texts"] == [WORDS]
    assert "C’est noté, l’effacer" in client.get("/").content.decode()
    # The page itself is closed to alice: her words are shown there too.
    closed = client.get(f"/administration/personnes/{people.zoe.pk}/")
    assert closed.status_code == 404
    assert html.escape(WORDS) in closed.content.decode()

    assert client.post("/moi/texte-garde/", {"next": "/moi/"})["Location"] == "/moi/"
    assert client.get("/moi/").context["kept_text"] is None


def test_words_are_dropped_without_leading_elsewhere(sign_in: SignIn, people: Cast) -> None:
    assert (
        sign_in(people.alice).post("/moi/texte-garde/", {"next": "https://ailleurs.test/"})["Location"] == "/"
    )


def test_forged_words_are_ignored(client: Client, people: Cast) -> None:
    enter(client, people.alice, reprise="eyJwYWdlIjoiLyJ9:forge")

    assert client.get("/moi/").context["kept_text"] is None


def test_words_are_dropped_once_received(client: Client, people: Cast) -> None:
    path = f"/administration/personnes/{people.zoe.pk}/"
    page = lost_post(client, path)
    enter(client, people.adam, reprise=hidden(page, "reprise"), next=path)
    key = hidden(client.get(path).content.decode(), "idempotency_key")
    reader = Membership.objects.get(user=people.alice).profile

    sent = client.post(path, {"profile": reader.pk, "organisation": "", "idempotency_key": key})

    assert sent.status_code == 302
    assert client.get(path).context["form"]["organisation"].value() is None


def test_lost_session_by_htmx_takes_the_whole_page(client: Client, people: Cast) -> None:
    response = client.post("/moi/texte-garde/", {"body": WORDS}, HTTP_HX_REQUEST="true")

    assert (response.status_code, response["HX-Retarget"]) == (200, "body")
    assert "Votre texte est gardé" in response.content.decode()


def test_empty_post_without_session_leads_to_sign_in(client: Client, db: None) -> None:
    response = client.post("/moi/texte-garde/", HTTP_REFERER="http://testserver/moi/")

    assert response["Location"] == "/connexion/?next=%2Fmoi%2F"


def test_htmx_get_without_session_redirects_the_page(client: Client, db: None) -> None:
    response = client.get(
        "/organismes/suggestions/", HTTP_HX_REQUEST="true", HTTP_REFERER="http://testserver/moi/"
    )

    assert (response.status_code, response["HX-Redirect"]) == (401, "/connexion/?next=%2Fmoi%2F")


# --- passwords ----------------------------------------------------------------------------------------------------


def test_password_is_changed_and_the_session_stays(sign_in: SignIn, people: Cast) -> None:
    alice = sign_in(people.alice)
    new = "une phrase facile à retenir"

    response = alice.post("/moi/mot-de-passe/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert response["Location"] == "/moi/"
    assert alice.get("/moi/").status_code == 200
    assert User.objects.get(pk=people.alice.pk).check_password(new)


def test_owner_is_told_of_a_new_password(sign_in: SignIn, people: Cast) -> None:
    new = "une phrase facile à retenir"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    sign_in(people.alice).post("/moi/mot-de-passe/", fields)
    send_notices()

    (told,) = mail.outbox
    assert told.to == [people.alice.email]
    assert "Votre mot de passe a été changé" in told.subject
    assert "/moi/sessions/" in told.body
    assert new not in told.body


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("faux", "une phrase facile", "une phrase facile", "pas votre mot de passe actuel"),
        (PASSWORD, "court", "court", "au minimum 10"),
        (PASSWORD, "une phrase facile", "une autre phrase", "même mot de passe"),
    ],
)
def test_password_change_is_refused_in_french(
    sign_in: SignIn, people: Cast, old: str, new: str, again: str, said: str
) -> None:
    response = sign_in(people.alice).post(
        "/moi/mot-de-passe/", {"oldpassword": old, "password1": new, "password2": again}
    )

    assert response.status_code == 422
    assert said in response.content.decode()


def test_forgotten_password_is_replaced_by_mail(client: Client, people: Cast) -> None:
    assert client.post("/mot-de-passe-oublie/", {"email": people.alice.email})["Location"].endswith(
        "/envoye/"
    )
    work()
    message = mail.outbox[0]
    assert (message.to, message.subject) == (
        [people.alice.email],
        "Ozéli\u00a0: Choisir un nouveau mot de passe",
    )
    link = re.search(rf"{settings.PUBLIC_URL}(\S+)", message.body)
    assert link

    form = client.get(link[1], follow=True)
    path = form.redirect_chain[-1][0]
    new = "une phrase facile à retenir"
    done = client.post(path, {"password1": new, "password2": new}, follow=True)

    assert "Votre mot de passe est changé" in done.content.decode()
    assert User.objects.get(pk=people.alice.pk).check_password(new)
    assert "Ce lien ne vaut plus" in client.get(link[1]).content.decode()


def test_unknown_address_gets_no_mail_and_the_same_page(client: Client, db: None) -> None:
    assert client.post("/mot-de-passe-oublie/", {"email": "x@exemple.test"})["Location"].endswith("/envoye/")
    work()
    assert mail.outbox == []


def test_mail_server_away_tells_nothing_and_is_tried_again(
    client: Client, people: Cast, settings: object
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1

    assert client.post("/mot-de-passe-oublie/", {"email": people.alice.email}).status_code == 302
    with pytest.raises(OSError):
        work()
    assert send_password_reset.retry_strategy.max_attempts == 6


def test_closed_account_gets_no_link(client: Client, people: Cast) -> None:
    client.post("/mot-de-passe-oublie/", {"email": people.alice.email})
    User.objects.filter(pk=people.alice.pk).update(is_active=False)
    work()

    client.post("/mot-de-passe-oublie/", {"email": people.alice.email})
    assert (mail.outbox, asked().count()) == ([], 1)


def test_confirmation_page_is_french(sign_in: SignIn, people: Cast) -> None:
    alice = sign_in(people.alice)

    assert "Confirmez que c’est bien vous" in alice.get("/moi/confirmer/").content.decode()
    assert alice.post("/moi/confirmer/", {"password": "faux"}).status_code == 422


def test_me_shows_profiles_scope_and_end(sign_in: SignIn, people: Cast) -> None:
    Membership.objects.filter(user=people.rita).update(ends_on=clock.today() + timedelta(days=3))

    page = sign_in(people.rita).get("/moi/").content.decode()

    assert "Contributeur" in page
    assert "CPAM de la Loire" in page
    assert settings.LANGUAGE_CODE == "fr"


def test_me_without_any_profile_says_so(sign_in: SignIn, people: Cast) -> None:
    assert "Aucun profil en vigueur" in sign_in(people.zoe).get("/moi/").content.decode()
