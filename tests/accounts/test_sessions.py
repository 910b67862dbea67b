"""Sessions: where they were opened, how they close, and how they end by themselves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts.models import OpenSession, User
from ozeli.accounts.services import sessions
from ozeli.accounts.tasks import forget_sessions
from ozeli.core import clock
from tests.factories import PASSWORD
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
PATH = "/moi/sessions/"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def enter(user: User, agent: str = FIREFOX, address: str = "10.12.34.56") -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    client.post("/connexion/", {"login": user.email, "password": PASSWORD})
    return client


def post(client: Client, path: str, **fields: str) -> Any:
    return client.post(path, fields | {"idempotency_key": str(uuid4())})


def is_in(client: Client) -> bool:
    return bool(client.get("/moi/").status_code == 200)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox, sur ordinateur Windows"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge, sur ordinateur Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604",
            "Safari, sur iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
            "Chrome, sur téléphone Android",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605 Version/17 Safari/605",
            "Safari, sur Mac",
        ),
        ("Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537 Chrome/130 Safari/537", "Chrome, sur Chromebook"),
        ("curl/8.0", "Appareil inconnu"),
        ("", "Appareil inconnu"),
    ],
)
def test_device_in_plain_french(agent: str, device: str) -> None:
    assert sessions.device_of(agent) == device


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.12.34.56", "10.12.34.x"),
        ("2001:db8:1:2::3", "2001:0db8:0001:…"),
        ("", ""),
        ("n’importe quoi", ""),
    ],
)
def test_address_is_kept_short(address: str, network: str) -> None:
    assert sessions.network_of(address) == network


def test_list_tells_this_session_from_the_others(people: Cast) -> None:
    phone = enter(people.alice, "Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile Safari", "192.168.1.7")
    office = enter(people.alice)
    enter(people.bob)

    response = office.get(PATH)

    assert response.context["mine"].device == "Firefox, sur ordinateur Windows"
    assert [row.device for row in response.context["others"]] == ["Chrome, sur téléphone Android"]
    page = response.content.decode()
    assert "10.12.34.x" in page
    assert "10.12.34.56" not in page
    assert is_in(phone)


def test_list_costs_the_same_with_one_and_three(
    people: Cast, django_assert_num_queries: DjangoAssertNumQueries, settings: Any
) -> None:
    settings.READ_ONLY_GET = False
    alice = enter(people.alice)
    alice.get(PATH)

    with django_assert_num_queries(5):
        alice.get(PATH)
    enter(people.alice), enter(people.alice)
    with django_assert_num_queries(5):
        alice.get(PATH)


def test_one_is_closed_at_its_next_request(people: Cast) -> None:
    lost, office = enter(people.alice), enter(people.alice)
    row = office.get(PATH).context["others"][0]

    response = post(office, f"{PATH}{row.pk}/fermer/")

    assert response["Location"] == PATH
    assert (is_in(lost), is_in(office)) == (False, True)


def test_nobody_closes_the_session_of_another(people: Cast) -> None:
    alice, bob = enter(people.alice), enter(people.bob)
    row = OpenSession.objects.get(user=people.alice)

    assert post(bob, f"{PATH}{row.pk}/fermer/").status_code == 404
    assert is_in(alice)


def test_all_others_are_closed(people: Cast) -> None:
    first, second, office = enter(people.alice), enter(people.alice), enter(people.alice)
    bob = enter(people.bob)

    post(office, f"{PATH}fermer-les-autres/")

    assert [is_in(one) for one in (first, second, office, bob)] == [False, False, True, True]
    assert OpenSession.objects.filter(user=people.alice).count() == 1


def test_new_password_closes_the_others_and_keeps_the_list_true(people: Cast) -> None:
    other, office = enter(people.alice), enter(people.alice)
    new = "une phrase facile à retenir"

    office.post("/moi/mot-de-passe/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert (is_in(other), is_in(office)) == (False, True)
    response = office.get(PATH)
    assert response.context["mine"] is not None
    assert response.context["others"] == []


def test_signing_out_leaves_the_list(people: Cast) -> None:
    gone = enter(people.alice)
    gone.post("/deconnexion/")

    assert enter(people.alice).get(PATH).context["others"] == []


# --- idle -----------------------------------------------------------------------------------------------------


def test_session_left_for_twelve_hours_is_over(people: Cast) -> None:
    with clock.stopped(NOW):
        alice = enter(people.alice)
    with clock.stopped(NOW + timedelta(hours=11, minutes=59)):
        assert is_in(alice)
    with clock.stopped(NOW + timedelta(hours=25)):
        assert not is_in(alice)


def test_session_in_use_goes_on(people: Cast) -> None:
    with clock.stopped(NOW):
        alice = enter(people.alice)
    for hours in range(6, 40, 6):
        with clock.stopped(NOW + timedelta(hours=hours)):
            assert is_in(alice)


def test_delay_is_a_setting(people: Cast, settings: Any) -> None:
    settings.SESSION_IDLE_SECONDS = 60
    with clock.stopped(NOW):
        alice = enter(people.alice)
    with clock.stopped(NOW + timedelta(seconds=61)):
        assert not is_in(alice)


def test_over_session_keeps_the_words_and_signs_in_again(people: Cast) -> None:
    with clock.stopped(NOW):
        alice = enter(people.alice)
    with clock.stopped(NOW + timedelta(hours=13)):
        lost = alice.post("/moi/texte-garde/", {"body": "Des mots à garder"})
        assert lost.status_code == 401
        alice.post("/connexion/", {"login": people.alice.email, "password": PASSWORD})
        assert is_in(alice)


def test_presence_is_renewed_at_most_every_five_minutes(people: Cast) -> None:
    name = django_settings.PRESENCE_COOKIE_NAME
    with clock.stopped(NOW):
        alice = enter(people.alice)
    with clock.stopped(NOW + timedelta(minutes=4)):
        assert name not in alice.get("/moi/").cookies
    with clock.stopped(NOW + timedelta(minutes=6)):
        cookie = alice.get("/moi/").cookies[name]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize("forgery", ["99999999999.2026-03-02", "99999999999.2026-03-02:x", "", "é"])
def test_forged_presence_counts_for_nothing(people: Cast, forgery: str) -> None:
    with clock.stopped(NOW):
        alice = enter(people.alice)
    alice.cookies[django_settings.PRESENCE_COOKIE_NAME] = forgery
    with clock.stopped(NOW + timedelta(hours=13)):
        assert not is_in(alice)


def test_presence_of_another_session_counts_for_nothing(people: Cast) -> None:
    name = django_settings.PRESENCE_COOKIE_NAME
    with clock.stopped(NOW):
        old = enter(people.alice)
    with clock.stopped(NOW + timedelta(hours=12)):
        fresh = enter(people.alice)
    with clock.stopped(NOW + timedelta(hours=13)):
        fresh.get("/moi/")
        old.cookies[name] = fresh.cookies[name].value
        assert not is_in(old)


def test_session_that_we_did_not_open_is_over(sign_in: SignIn, people: Cast) -> None:
    alice = sign_in(people.alice)
    session = alice.session
    del session["opened_at"]
    session.save()

    assert not is_in(alice)


def test_day_of_use_is_noted_by_a_post_once_a_day(
    people: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with clock.stopped(NOW):
        alice = enter(people.alice)
    for hours in (6, 12, 18, 24):
        with clock.stopped(NOW + timedelta(hours=hours)):
            alice.get("/moi/")
    row = OpenSession.objects.get(user=people.alice)
    assert str(row.seen_on) == "2026-03-02"

    with clock.stopped(NOW + timedelta(hours=25)):
        alice.post("/theme/", {"theme": "dark"})
        alice.post("/moi/texte-garde/")
        row.refresh_from_db()
        assert str(row.seen_on) == "2026-03-03"
        OpenSession.objects.update(seen_on="2026-03-02")
        alice.post("/moi/texte-garde/")

    row.refresh_from_db()
    assert str(row.seen_on) == "2026-03-02"


def test_opening_forgets_the_rows_of_dead_sessions(people: Cast) -> None:
    enter(people.alice)
    Session.objects.all().delete()

    enter(people.alice)

    assert OpenSession.objects.filter(user=people.alice).count() == 1


def test_night_forgets_where_dead_sessions_were_opened(people: Cast) -> None:
    kept, gone = enter(people.alice), enter(people.bob)
    Session.objects.filter(session_key=gone.session.session_key).update(expire_date=clock.now())

    forget_sessions(0)

    assert list(OpenSession.objects.values_list("user", flat=True)) == [people.alice.pk]
    assert is_in(kept)
