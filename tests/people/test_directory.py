"""« Un réseau à votre service »: who stands in it, who gives roles, what it costs."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ozeli.accounts.models import Membership, User
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import FIELD
from ozeli.journal.models import Entry
from ozeli.people.enums import Role
from ozeli.people.models import DirectoryRole, PersonPage
from ozeli.people.selectors import directory
from ozeli.people.services import roles
from tests.factories import OrganisationFactory, UserFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]


def post(client: Client, path: str, **data: str) -> object:
    return client.post(path, {FIELD: str(uuid4()), **data})


def names() -> list[str]:
    return [one.user.display_name for one in directory.entries().order_by(*directory.KEYS)]


def test_referents_come_from_their_profile(people: Cast) -> None:
    assert names() == ["Rita Martin"]  # nora works for the network: she is nobody's référente

    Membership.objects.filter(user=people.rita).update(ends_on=clock.today() - timedelta(days=1))

    assert names() == []


def test_one_line_for_two_profiles_on_a_body(people: Cast) -> None:
    from ozeli.accounts.models import Profile

    Membership.objects.create(
        user=people.rita, profile=Profile.objects.get(code="administrator"), organisation=people.loire
    )

    assert names() == ["Rita Martin"]


def test_closed_accounts_leave(people: Cast) -> None:
    User.objects.filter(pk=people.rita.pk).update(is_active=False)

    assert names() == []


def test_role_of_an_end_day(people: Cast) -> None:
    roles.give_role(
        people.bob,
        Role.COACH,
        actor=people.nora,
        organisation=people.rhone,
        ends_on=clock.today() + timedelta(days=3),
    )
    assert "Bob Martin" in names()

    with clock.stopped(clock.now() + timedelta(days=4)):
        assert "Bob Martin" not in names()


def test_filters_and_map(people: Cast, sign_in: SignIn) -> None:
    people.rhone.region = "84"
    people.rhone.save()
    people.nord.region = "32"
    people.nord.save()
    roles.give_role(people.bob, Role.COACH, actor=people.sonia, organisation=people.rhone)
    roles.give_role(people.charlie, Role.MENTOR, actor=people.sonia, organisation=None)
    alice = sign_in(people.alice)

    def shown(query: str) -> set[str]:
        page = alice.get(f"/annuaire/?{query}").content.decode()
        return {name for name in ("Rita", "Bob", "Charlie") if f"{name} Martin" in page}

    assert shown("") == {"Rita", "Bob", "Charlie"}
    assert shown("role=coach") == {"Bob"}
    assert shown("region=32") == {"Charlie"}  # a role of the network stands where its person works
    assert shown("branche=famille") == {"Charlie"}
    assert shown("organisme=CPAM+du+Rhône") == {"Bob"}
    assert shown("q=rita") == {"Rita"}
    assert shown("q=personne&role=sponsor") == set()
    page = alice.get("/annuaire/").content.decode()
    assert 'class="r-84 t3"><abbr title="Auvergne-Rhône-Alpes">' in page
    assert "Hauts-de-France" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_directory_costs_the_same_whatever_its_length(people: Cast, sign_in: SignIn, rows: int) -> None:
    body = OrganisationFactory(region="84")
    for _one in range(rows):
        user = UserFactory(organisation=body)
        PersonPage.objects.create(user=user, is_open=True)
        roles.give_role(user, Role.COACH, actor=people.sonia, organisation=body)
    client = sign_in(people.alice)
    client.get("/annuaire/")

    with CaptureQueriesContext(connection) as queries:
        client.get("/annuaire/")

    view = [query["sql"] for query in queries if "people_" in query["sql"]]
    assert len(view) == 4, view  # lines, regions, count, own role


def test_names_are_links_only_for_open_pages(people: Cast, sign_in: SignIn) -> None:
    alice = sign_in(people.alice)
    assert "/personnes/" not in alice.get("/annuaire/").content.decode()

    page = PersonPage.objects.create(user=people.rita, is_open=True)

    assert f'href="{page.get_absolute_url()}"' in alice.get("/annuaire/").content.decode()


def test_paging_by_key(people: Cast, sign_in: SignIn) -> None:
    for number in range(30):
        user = UserFactory(display_name=f"Agent {number:02d}", organisation=people.rhone)
        roles.give_role(user, Role.AMBASSADOR, actor=people.sonia, organisation=people.rhone)
    alice = sign_in(people.alice)
    seen, following = [], "?"
    while following:
        page = alice.get("/annuaire/" + following)
        seen += [line.name for line in page.context["lines"]]
        following = page.context["next_url"]

    assert seen == sorted(seen)
    assert len(seen) == 31


# --- rights -----------------------------------------------------------------------------------------------------------


def test_referent_gives_roles_of_her_body_only(people: Cast) -> None:
    roles.give_role(people.alice, Role.AMBASSADOR, actor=people.rita, organisation=people.loire)
    for body in (people.rhone, None):
        with pytest.raises(Refused, match="ne donnez pas"):
            roles.give_role(people.bob, Role.AMBASSADOR, actor=people.rita, organisation=body)
    with pytest.raises(Refused):
        roles.give_role(people.alice, Role.AMBASSADOR, actor=people.bob, organisation=people.rhone)

    assert Entry.objects.get(verb="directory.give_role").details["role"] == "ambassador"


def test_nobody_becomes_referent_by_a_role(people: Cast) -> None:
    with pytest.raises(Refused, match="profil"):
        roles.give_role(people.bob, Role.REFERENT, actor=people.sonia, organisation=people.rhone)


def test_ambassador_asks_then_referent_answers(people: Cast, sign_in: SignIn) -> None:
    response = post(sign_in(people.alice), "/annuaire/ambassadeur/", message="J’anime déjà un club lecture.")
    assert response.status_code == 302  # type: ignore[attr-defined]
    asked = DirectoryRole.objects.get()
    assert "Alice Martin" not in names()
    with pytest.raises(Conflict):
        roles.ask_ambassador(people.alice, "")

    rita = sign_in(people.rita)
    assert "club lecture" in rita.get("/annuaire/roles/").content.decode()
    assert "club lecture" not in sign_in(people.alice).get("/annuaire/").content.decode()
    post(rita, f"/annuaire/roles/{asked.pk}/reponse/", reponse="oui")

    assert "Alice Martin" in names()
    assert post(rita, f"/annuaire/roles/{asked.pk}/reponse/", reponse="non").status_code == 409  # type: ignore[attr-defined]


def test_strangers_do_not_see_the_requests_of_another_body(people: Cast, sign_in: SignIn) -> None:
    roles.ask_ambassador(people.bob, "Un mot pour mon seul référent.")

    assert "mon seul référent" not in sign_in(people.rita).get("/annuaire/roles/").content.decode()
    with pytest.raises(Refused):
        roles.answer_request(DirectoryRole.objects.get().pk, actor=people.rita, accepted=True)


def test_role_ends(people: Cast) -> None:
    role = roles.give_role(people.alice, Role.AMBASSADOR, actor=people.rita, organisation=people.loire)

    roles.end_role(role.pk, actor=people.alice)  # one may leave by oneself

    assert "Alice Martin" not in names()
    assert Entry.objects.filter(verb="directory.end_role").count() == 1


def test_export_is_for_those_who_give_roles(people: Cast, sign_in: SignIn) -> None:
    roles.give_role(people.alice, Role.AMBASSADOR, actor=people.rita, organisation=people.loire)
    User.objects.filter(pk=people.alice.pk).update(display_name="=cmd()", sort_name="cmd")

    text = b"".join(sign_in(people.rita).get("/annuaire/export.csv").streaming_content).decode()  # type: ignore[attr-defined]

    assert "'=cmd()" in text
    assert "@" not in text.replace("'@", "")
