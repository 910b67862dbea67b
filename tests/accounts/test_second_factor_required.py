"""Who must have a second factor, and what happens until they do."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from ozeli.accounts import rules
from ozeli.accounts.models import MatrixCell, Membership, Profile, User
from ozeli.core import memo
from ozeli.core.access import Level
from tests.accounts.factors import SECURITY, code_of, confirmed, enter, give_key, give_totp, post, set_up
from tests.factories import PASSWORD, UserFactory
from tests.personas import NAMES, Cast

SignIn = Callable[[User | None], Client]


@pytest.fixture
def required(settings: Any, db: None) -> None:
    cache.clear()
    settings.SECOND_FACTOR_REQUIRED = True


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
