"""People and their profiles, seen and changed by those who administer them."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts import rules, selectors, services
from ozeli.accounts.models import Membership, Profile, User
from ozeli.journal.models import Entry
from tests.factories import OrganisationFactory, UserFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
PATH = "/administration/personnes/"


def give(client: Client, to: User, code: str = "contributor", **fields: str) -> HttpResponse:
    profile = Profile.objects.get(code=code)
    data = {"profile": profile.pk, "organisation": "", "ends_on": "", "idempotency_key": str(uuid4())}
    return client.post(f"{PATH}{to.pk}/", data | fields)


def end(client: Client, whose: User) -> HttpResponse:
    held = whose.memberships.first()
    assert held
    return client.post(f"{PATH}{whose.pk}/profils/{held.pk}/fin/", {"idempotency_key": str(uuid4())})


def exported(response: HttpResponse) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


def names(response: HttpResponse) -> list[str]:
    return [person.display_name for person, _memberships in response.context["people"]]


def test_list_is_alphabetical_and_paged_by_key(sign_in: SignIn, people: Cast) -> None:
    for number in range(20):
        UserFactory(display_name=f"Élise {chr(97 + number)}", organisation=people.loire)
    adam = sign_in(people.adam)

    first = adam.get(PATH)
    second = adam.get(PATH + first.context["next_url"])
    back = adam.get(PATH + second.context["previous_url"])

    assert names(first)[:3] == ["Adam Martin", "Alice Martin", "Bob Martin"]
    assert names(first) == names(back)
    assert names(first) + names(second) == [
        one.display_name for one in User.objects.order_by("sort_name", "pk")
    ]
    assert (first.context["previous_url"], second.context["next_url"]) == ("", "")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("nom=ali", ["Alice Martin"]),
        ("nom=MARTIN+ali", ["Alice Martin"]),
        ("organisme=Caf+du+Nord&profil=superadmin", ["Sonia Martin"]),
        ("organisme=cpam-rhone", ["Bob Martin"]),
        ("profil=contributor", ["Nora Martin", "Rita Martin"]),
        ("nom=%25", None),
    ],
)
def test_filters(sign_in: SignIn, people: Cast, query: str, found: list[str] | None) -> None:
    response = sign_in(people.adam).get(f"{PATH}?{query}")

    assert names(response) == found if found is not None else len(names(response)) == 9


def test_nobody_found_says_what_to_do(sign_in: SignIn, people: Cast) -> None:
    assert "Personne ne répond à ces filtres" in sign_in(people.adam).get(f"{PATH}?nom=zzz").content.decode()


def test_garbled_cursor_gives_the_first_page(sign_in: SignIn, people: Cast) -> None:
    for cursor in ("%00", "AAAA", "WyJuIiwgMSwgMl0", "WyJuIiwgIlx1MDAwMCIsIDFd"):
        assert names(sign_in(people.adam).get(f"{PATH}?page={cursor}"))[0] == "Adam Martin"


def test_query_count_is_the_same_with_one_and_three(
    sign_in: SignIn, people: Cast, django_assert_num_queries: DjangoAssertNumQueries, settings: object
) -> None:
    settings.READ_ONLY_GET = False  # its SAVEPOINTs are not paid for in production
    adam = sign_in(people.adam)
    adam.get(PATH)

    with django_assert_num_queries(8):
        adam.get(f"{PATH}?organisme=cpam-rhone")
    UserFactory.create_batch(2, organisation=people.rhone)
    with django_assert_num_queries(8):
        adam.get(f"{PATH}?organisme=cpam-rhone")


def test_export_neutralises_formulas(sign_in: SignIn, people: Cast) -> None:
    UserFactory(display_name='=HYPERLINK("http://x")', organisation=people.loire)

    text = exported(sign_in(people.adam).get(f"{PATH}export.csv?organisme=cpam-loire"))

    assert '"\'=HYPERLINK(""http://x"")"' in text
    assert "Rita Martin;rita@exemple.test;CPAM de la Loire;Contributeur (CPAM de la Loire);ouvert" in text
    assert "Bob Martin" not in text


def test_give_on_a_typed_body_until_a_day(sign_in: SignIn, people: Cast) -> None:
    response = give(sign_in(people.adam), people.alice, organisation="cpam de la loire", ends_on="2099-12-31")

    assert response.status_code == 302
    held = Membership.objects.get(user=people.alice, profile__code="contributor")
    assert (held.organisation, str(held.ends_on)) == (people.loire, "2099-12-31")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"profile": ""}, "Choisissez le profil"),
        ({"organisation": "cpam"}, "Plusieurs organismes répondent"),
        ({"organisation": "zzz"}, "Aucun organisme ouvert"),
        ({"ends_on": "31/02/2026"}, "Écrivez une date"),
        ({"ends_on": "2020-01-01"}, "déjà passée"),
    ],
)
def test_give_is_refused_in_place_with_everything_kept(
    sign_in: SignIn, people: Cast, fields: dict[str, str], said: str
) -> None:
    response = give(sign_in(people.adam), people.alice, **fields)

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert "Rien de ce que vous avez saisi n’est perdu" in page
    for value in fields.values():
        assert value in page
    assert not Membership.objects.filter(user=people.alice, profile__code="contributor").exists()


def test_give_replayed_is_given_once(sign_in: SignIn, people: Cast) -> None:
    adam, key = sign_in(people.adam), str(uuid4())

    answers = {give(adam, people.alice, idempotency_key=key).status_code for _ in range(5)}

    assert answers == {302}
    assert Entry.objects.filter(verb="rights.grant_membership").count() == 1


def test_end_is_journaled_and_shown_as_past(sign_in: SignIn, people: Cast) -> None:
    adam = sign_in(people.adam)

    assert end(adam, people.rita)["Location"] == f"{PATH}{people.rita.pk}/"

    page = adam.get(f"{PATH}{people.rita.pk}/").content.decode()
    assert "Profils passés" in page
    assert "Aucun\u00a0: cette personne entre" in page


def test_end_of_the_last_keeper_is_refused_clearly(sign_in: SignIn, people: Cast) -> None:
    sonia = sign_in(people.sonia)
    end(sonia, people.adam)

    response = end(sonia, people.sonia)

    assert response.status_code == 409
    assert "sans personne pour administrer" in response.content.decode()


def test_administrator_may_leave_when_another_stays(sign_in: SignIn, people: Cast) -> None:
    assert end(sign_in(people.adam), people.adam)["Location"] == "/"


def test_membership_of_somebody_else_is_not_found(sign_in: SignIn, people: Cast) -> None:
    held = people.bob.memberships.get()

    response = sign_in(people.adam).post(
        f"{PATH}{people.alice.pk}/profils/{held.pk}/fin/", {"idempotency_key": str(uuid4())}
    )

    assert response.status_code == 404


def test_delegate_sees_and_changes_only_their_body(sign_in: SignIn, people: Cast) -> None:
    administrator = Profile.objects.get(code="administrator")
    services.grant_membership(people.bob, administrator, actor=people.adam, organisation=people.rhone)
    colleague = UserFactory(organisation=people.rhone, display_name="Colette Martin")
    bob = sign_in(people.bob)

    assert names(bob.get(PATH)) == ["Bob Martin", "Colette Martin"]
    assert "Alice" not in exported(bob.get(f"{PATH}export.csv"))
    assert bob.get(f"{PATH}{people.alice.pk}/").status_code == 404
    assert end(bob, people.alice).status_code == 404
    assert give(bob, colleague, organisation="CPAM du Rhône").status_code == 302
    refused = give(bob, colleague)
    assert refused.status_code == 422
    assert "ne couvrent pas cet organisme" in refused.content.decode()


def test_list_rule_and_object_rule_agree(people: Cast) -> None:
    administrator = Profile.objects.get(code="administrator")
    services.grant_membership(people.bob, administrator, actor=people.adam, organisation=people.rhone)
    everybody = list(User.objects.all())

    for persona in people.people().values():
        person = User.objects.get(pk=persona.pk)
        listed = set(selectors.people_administered_by(person))
        assert listed == {one for one in everybody if rules.sees_person(person, one)}, person


def test_suggestions_follow_the_typed_words(sign_in: SignIn, people: Cast) -> None:
    OrganisationFactory(code="caf-herault", name="Caf de l’Hérault")

    found = sign_in(people.adam).get("/organismes/suggestions/?q=herau").json()["results"]

    assert [one["label"] for one in found] == ["Caf de l’Hérault"]
