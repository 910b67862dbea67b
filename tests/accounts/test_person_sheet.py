"""The sheet of a person as administrators edit it; profiles prolonged and given back; filters of the list."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from ozeli.accounts import services
from ozeli.accounts.models import Membership, Profile, User
from ozeli.core import clock
from ozeli.core.idempotency import FIELD
from ozeli.journal.models import Entry
from tests.personas import Cast

SignIn = Callable[[User | None], Client]


def sheet(user: User) -> str:
    return f"/administration/personnes/{user.pk}/fiche/"


def shown(client: Client, path: str) -> dict[str, object]:
    return dict(client.get(path).context["form"].initial)


def test_sheet_changes_name_body_and_team(sign_in: SignIn, people: Cast) -> None:
    adam = sign_in(people.adam)
    fields = shown(adam, sheet(people.alice)) | {
        "display_name": "  Alix  Martin ",
        "organisation": people.rhone.name,
        "is_manager": "on",
        FIELD: str(uuid4()),
    }
    assert adam.post(sheet(people.alice), fields).status_code == 302

    alice = User.objects.get(pk=people.alice.pk)
    assert (alice.display_name, alice.sort_name, alice.organisation_id, alice.is_manager) == (
        "Alix Martin",
        "alix martin",
        people.rhone.pk,
        True,
    )
    entry = Entry.objects.get(verb="people.edit")
    assert entry.details == {"fields": ["display_name", "organisation_id", "is_manager"]}
    acts = adam.get("/administration/journal/").content.decode()
    assert "nom, organisme, encadrement" in acts


def test_sheet_changed_meanwhile_shows_both(sign_in: SignIn, people: Cast) -> None:
    adam = sign_in(people.adam)
    fields = shown(adam, sheet(people.alice)) | {
        "job_family": "Accueil",
        "is_manager": "",
        FIELD: str(uuid4()),
    }
    User.objects.filter(pk=people.alice.pk).update(job_family="Comptabilité")

    response = adam.post(sheet(people.alice), fields)

    page = response.content.decode()
    assert response.status_code == 409
    assert "Comptabilité" in page and 'value="Accueil"' in page
    again = dict(fields) | {"seen": response.context["form"].data["seen"], FIELD: str(uuid4())}
    assert adam.post(sheet(people.alice), again).status_code == 302
    assert User.objects.get(pk=people.alice.pk).job_family == "Accueil"


def test_delegate_moves_nobody_out_of_their_bodies(sign_in: SignIn, people: Cast) -> None:
    services.grant_membership(
        people.bob, Profile.objects.get(code="administrator"), actor=people.sonia, organisation=people.loire
    )
    bob = sign_in(people.bob)
    fields = shown(bob, sheet(people.alice)) | {
        "organisation": people.rhone.name, "is_manager": "", FIELD: str(uuid4()),
    }  # fmt: skip
    assert bob.post(sheet(people.alice), fields).status_code == 422
    assert bob.get(sheet(people.nora)).status_code == (
        200 if people.nora.organisation == people.loire else 404
    )
    assert User.objects.get(pk=people.alice.pk).organisation_id == people.loire.pk


def test_end_of_a_profile_is_changed(sign_in: SignIn, people: Cast) -> None:
    held = people.alice.memberships.get()
    path = f"/administration/personnes/{people.alice.pk}/profils/{held.pk}/prolonger/"
    until = clock.today() + timedelta(days=40)

    assert (
        sign_in(people.adam).post(path, {"ends_on": until.isoformat(), FIELD: str(uuid4())}).status_code
        == 302
    )
    held.refresh_from_db()
    assert held.ends_on == until


@pytest.mark.parametrize("days", [None, 20])
def test_ended_profile_is_given_back_with_its_end(days: int | None, sign_in: SignIn, people: Cast) -> None:
    held = people.alice.memberships.get()
    until = clock.today() + timedelta(days=days) if days else None
    Membership.objects.filter(pk=held.pk).update(ends_on=until)
    services.end_membership(held, actor=people.sonia)
    adam = sign_in(people.adam)
    page = f"/administration/personnes/{people.alice.pk}/"
    assert "Rétablir" in adam.get(page).content.decode()

    assert adam.post(f"{page}profils/{held.pk}/retablir/", {FIELD: str(uuid4())}).status_code == 302

    held.refresh_from_db()
    assert held.ends_on == until
    verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-1] == "rights.restore_membership"


def test_profile_that_ended_by_itself_is_not_given_back(sign_in: SignIn, people: Cast) -> None:
    held = people.alice.memberships.get()
    Membership.objects.filter(pk=held.pk).update(ends_on=clock.today() - timedelta(days=3))
    adam = sign_in(people.adam)
    page = f"/administration/personnes/{people.alice.pk}/"

    assert "Rétablir" not in adam.get(page).content.decode()
    adam.post(f"{page}profils/{held.pk}/retablir/", {FIELD: str(uuid4())})
    assert not Membership.objects.in_force().filter(pk=held.pk).exists()


def test_list_narrows_to_a_situation(sign_in: SignIn, people: Cast) -> None:
    adam = sign_in(people.adam)
    User.objects.all().update(last_login=clock.now())
    User.objects.filter(pk=people.bob.pk).update(last_login=None)
    User.objects.filter(pk=people.charlie.pk).update(is_active=False)
    people.alice.memberships.update(ends_on=clock.today() + timedelta(days=10))

    def listed(state: str) -> list[str]:
        found = adam.get(f"/administration/personnes/?etat={state}").context["people"]
        return [person.email for person, _held in found]

    assert listed("bientot") == [people.alice.email]
    assert listed("jamais") == [people.bob.email]
    assert listed("fermes") == [people.charlie.email]
