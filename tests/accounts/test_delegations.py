"""A profile lent while one is away: by whoever holds it, within their rights, between two dates."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts import services
from ozeli.accounts.models import Membership, Profile, User
from ozeli.accounts.services.delegations import delegate, end_delegation
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import FIELD
from ozeli.journal.models import Entry
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
PATH = "/moi/delegations/"


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def contributor_of(user: User) -> Membership:
    return user.memberships.get(profile__code="contributor")


def lend(people: Cast, days: int = 10, start: int = 0, to: User | None = None) -> Membership:
    today = clock.today()
    return delegate(
        contributor_of(people.rita),
        to or people.alice,
        starts_on=today + timedelta(days=start),
        ends_on=today + timedelta(days=start + days),
        actor=people.rita,
    )


def test_lent_profile_holds_between_its_dates(people: Cast) -> None:
    lend(people, days=5, start=3)

    found = {}
    for day in (0, 2, 3, 8, 9):
        with clock.stopped(clock.now() + timedelta(days=day)):
            found[day] = again(people.alice).level("ideas")
    assert found == {0: 1, 2: 1, 3: 2, 8: 2, 9: 1}
    assert again(people.rita).level("ideas") == Level.CONTRIBUTE


def test_sql_and_orm_agree_on_what_is_in_force(people: Cast) -> None:
    lend(people, days=5, start=3)
    for day in (0, 3, 9):
        with clock.stopped(clock.now() + timedelta(days=day)):
            held = Membership.objects.in_force().filter(user=people.alice)
            said = {row.organisation_id for row in held if row.profile.code == "contributor"}
            scope = again(people.alice).contribution_scope("ideas")
            assert said == (scope or set()), day


@pytest.mark.parametrize("how", ["ended", "closed"])
def test_delegation_falls_with_what_it_stands_on(how: str, people: Cast) -> None:
    lend(people)
    assert again(people.alice).level("ideas") == Level.CONTRIBUTE

    if how == "ended":
        services.end_membership(contributor_of(people.rita), actor=people.sonia)
    else:
        User.objects.filter(pk=people.rita.pk).update(is_active=False)

    assert again(people.alice).level("ideas") == Level.CONSULT
    assert not [one for one in Membership.objects.in_force().filter(user=people.alice) if one.delegated_by_id]


def test_what_is_lent_is_not_lent_again(people: Cast) -> None:
    lent = lend(people)

    with pytest.raises(Refused, match="en votre nom"):
        delegate(
            lent, people.charlie, starts_on=lent.starts_on, ends_on=lent.ends_on, actor=again(people.alice)
        )


def test_terms_that_are_refused(people: Cast) -> None:
    today = clock.today()
    own = contributor_of(people.rita)

    def ask(to: User, starts: date, ends: date) -> None:
        delegate(own, to, starts_on=starts, ends_on=ends, actor=people.rita)

    for to, starts, ends, said in (
        (people.rita, today, today, "quelqu’un d’autre"),
        (people.bob, today, today, "ce profil n’y vaut que là"),
        (people.alice, today - timedelta(days=1), today, "déjà passé"),
        (people.alice, today, today - timedelta(days=1), "avant le premier"),
        (people.alice, today, today + timedelta(days=93), "au plus"),
    ):
        with pytest.raises(Refused, match=said):
            ask(to, starts, ends)
    lend(people)
    with pytest.raises(Refused, match="déjà ce profil"):
        ask(people.alice, today, today)
    with pytest.raises(Refused, match="en votre nom"):
        delegate(people.alice.memberships.get(profile__code="reader"), people.charlie,
                 starts_on=today, ends_on=today, actor=people.alice)  # fmt: skip


def test_network_profile_is_lent_on_one_body(people: Cast) -> None:
    own = contributor_of(people.nora)
    today = clock.today()
    delegate(own, people.bob, starts_on=today, ends_on=today, organisation=people.loire, actor=people.nora)

    assert again(people.bob).contribution_scope("ideas") == {people.loire.pk}


def test_taking_back_is_at_once_and_once(people: Cast) -> None:
    lent = lend(people)
    end_delegation(lent, actor=people.rita)

    assert again(people.alice).level("ideas") == Level.CONSULT
    with pytest.raises(Conflict):
        end_delegation(lent, actor=people.rita)
    assert list(Entry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "rights.delegate",
        "rights.end_delegation",
    ]


def test_a_profile_given_for_good_is_not_lent_any_more(people: Cast) -> None:
    lend(people)
    contributor = Profile.objects.get(code="contributor")
    services.grant_membership(people.alice, contributor, organisation=people.loire, actor=people.sonia)
    services.end_membership(contributor_of(people.rita), actor=people.sonia)

    assert again(people.alice).level("ideas") == Level.CONTRIBUTE


def test_screen_lends_and_takes_back(sign_in: SignIn, people: Cast) -> None:
    rita = sign_in(people.rita)
    today = clock.today()
    fields = {
        FIELD: str(uuid4()),
        "membership": contributor_of(people.rita).pk,
        "to": people.alice.email,
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=7)).isoformat(),
    }
    assert rita.post(PATH, fields).status_code == 302
    page = rita.get(PATH).content.decode()
    assert f"Contributeur, à {people.alice.display_name}" in page

    lent = Membership.objects.get(delegated_by=people.rita)
    assert sign_in(people.alice).post(f"{PATH}{lent.pk}/fin/", {FIELD: str(uuid4())}).status_code == 404
    assert rita.post(f"{PATH}{lent.pk}/fin/", {FIELD: str(uuid4())}).status_code == 302
    assert again(people.alice).level("ideas") == Level.CONSULT


def test_refusal_keeps_what_was_typed(sign_in: SignIn, people: Cast) -> None:
    response = sign_in(people.rita).post(PATH, {FIELD: str(uuid4()), "to": "Personne, Nulle part"})

    assert response.status_code == 422
    assert "Personne ne porte ce nom" in response.content.decode()
    assert 'value="Personne, Nulle part"' in response.content.decode()


def test_reader_has_nothing_to_lend(sign_in: SignIn, people: Cast) -> None:
    assert "Vous n’avez rien à déléguer" in sign_in(people.alice).get(PATH).content.decode()


def test_query_count_of_every_page_is_unchanged(
    people: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lend(people)
    alice = again(people.alice)
    with django_assert_num_queries(1):
        assert alice.level("ideas") == Level.CONTRIBUTE
