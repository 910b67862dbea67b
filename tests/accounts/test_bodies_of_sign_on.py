"""What names a body to those who come by single sign-on: added, removed, never shared."""

from collections.abc import Callable

import pytest
from django.test import Client

from ozeli.accounts.models import BodySign, User
from ozeli.accounts.services import sign_on
from ozeli.core.errors import Refused
from ozeli.journal.models import Entry
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
KEY = "00000000-0000-4000-8000-00000000000%d"


def test_administrator_adds_and_removes_a_domain(sign_in: SignIn, people: Cast) -> None:
    adam = sign_in(people.adam)
    fields = {"kind": "domain", "value": "Agents@CPAM-Loire.fr ", "organisation": "CPAM de la Loire"}

    added = adam.post("/administration/connexion-unique/", fields | {"idempotency_key": KEY % 1})
    page = adam.get("/administration/connexion-unique/").content.decode()
    sign = BodySign.objects.get()
    removed = adam.post(f"/administration/connexion-unique/{sign.pk}/retirer/", {"idempotency_key": KEY % 2})

    assert (added.status_code, removed.status_code) == (302, 302)
    assert "cpam-loire.fr" in page
    assert not BodySign.objects.exists()
    assert Entry.objects.filter(verb__startswith="sign_on.").count() == 2


@pytest.mark.parametrize("value", ["cpam-loire.fr", "pas un domaine"])
def test_domain_of_another_or_of_nobody_is_refused(sign_in: SignIn, people: Cast, value: str) -> None:
    sign_on.add_sign("domain", "cpam-loire.fr", people.loire, actor=people.adam)
    fields = {"kind": "domain", "value": value, "organisation": "CPAM du Rhône", "idempotency_key": KEY % 3}

    response = sign_in(people.adam).post("/administration/connexion-unique/", fields)

    assert response.status_code == 422
    assert BodySign.objects.get().organisation == people.loire


def test_bodies_of_single_sign_on_are_the_network_s(sign_in: SignIn, people: Cast) -> None:
    with pytest.raises(Refused):
        sign_on.add_sign("domain", "sans point", people.loire, actor=people.adam)
    people.adam.memberships.update(organisation=people.nord)

    assert sign_in(people.adam).get("/administration/connexion-unique/").status_code == 403
