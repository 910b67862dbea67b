"""Rights that end, or that stop at a body, are neither kept longer nor turned against those who hold more."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from ozeli.accounts import services
from ozeli.accounts.models import Profile, User
from ozeli.accounts.services import delegations, invitations
from ozeli.accounts.services import people as sheets
from ozeli.accounts.services.invitations import Offer
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.people.models import ErasureRequest
from ozeli.people.services import erasure
from tests.factories import UserFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]


def keyed(**fields: Any) -> dict[str, Any]:
    return {"idempotency_key": str(uuid4()), **fields}


@pytest.fixture
def last_day() -> date:
    return clock.today() + timedelta(days=2)


@pytest.fixture
def borrower(people: Cast, last_day: date) -> User:
    """Bob, to whom Adam lends his administration for three days."""
    delegations.delegate(
        people.adam.memberships.get(),
        people.bob,
        starts_on=clock.today(),
        ends_on=last_day,
        actor=people.adam,
    )
    return User.objects.get(pk=people.bob.pk)


@pytest.fixture
def delegate(people: Cast) -> User:
    """Administers the rights of the Loire only."""
    return UserFactory.create(organisation=people.loire, profile="administrator", profile__scope=people.loire)


@pytest.fixture
def superior(people: Cast) -> User:
    """Works in the Loire, and may all on the network."""
    return UserFactory.create(organisation=people.loire, profile="superadmin")


def test_borrowed_right_to_give_rights_is_not_kept(people: Cast, borrower: User, last_day: date) -> None:
    administrator = Profile.objects.get(code="administrator")
    for person in (borrower, people.charlie):
        for end in (None, last_day + timedelta(days=1)):
            with pytest.raises(Refused, match="prennent fin plus tôt"):
                services.grant_membership(person, administrator, ends_on=end, actor=borrower)
    assert not people.charlie.memberships.filter(profile=administrator).exists()

    services.grant_membership(people.charlie, administrator, ends_on=last_day, actor=borrower)
    reader = Profile.objects.get(code="contributor")
    services.grant_membership(people.charlie, reader, actor=borrower)


def test_nor_sent_by_an_invitation(people: Cast, borrower: User, last_day: date) -> None:
    offer = Offer(people.loire, Profile.objects.get(code="superadmin"))
    with pytest.raises(Refused, match="prennent fin plus tôt"):
        invitations.invite("complice@exemple.test", offer, actor=borrower)

    sent = invitations.invite("complice@exemple.test", offer, actor=people.adam)[0]
    with pytest.raises(Refused, match="prennent fin plus tôt"):
        invitations.send_again(sent, actor=borrower)
    people.adam.memberships.update(ends_on=last_day)
    assert invitations.find(invitations.link_token(sent)) is None


def test_delegate_does_not_rename_who_holds_more(delegate: User, superior: User) -> None:
    seen = sheets.values_of(superior)
    with pytest.raises(Refused):
        sheets.edit_person(superior, seen | {"display_name": "Quelqu’un"}, seen=seen, actor=delegate)
    mine = sheets.values_of(delegate)
    sheets.edit_person(delegate, mine | {"job_family": "Accueil"}, seen=mine, actor=delegate)


def test_delegate_does_not_call_off_the_erasure_of_who_holds_more(
    sign_in: SignIn, delegate: User, superior: User
) -> None:
    erasure.ask_erasure(superior, actor=superior)
    path = f"/administration/personnes/{superior.pk}/effacement/"

    assert sign_in(delegate).post(path, keyed(renoncer="1")).status_code == 409
    assert ErasureRequest.objects.filter(user=superior).exists()
