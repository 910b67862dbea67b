"""The directory: filters, pages by key, the page of a body, suggestions."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts.models import Profile, User
from ozeli.accounts.services import set_level
from ozeli.core.access import Level
from ozeli.network import selectors
from ozeli.network.forms import OrganisationField
from ozeli.network.models import Organisation
from tests.factories import BranchFactory, IdeaFactory, OrganisationFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
PATH = "/organismes/"


def names(response: HttpResponse) -> list[str]:
    return [body.name for body in response.context["organisations"]]


@pytest.fixture
def bodies(people: Cast) -> None:
    OrganisationFactory(
        code="caf-93", name="Caf de la Seine-Saint-Denis", region="11", branch=people.nord.branch
    )
    OrganisationFactory(code="caf-34", name="Caf de l’Hérault", region="76", branch=people.nord.branch)
    OrganisationFactory(
        code="msa-35", name="Œuvre de l’Été", region="53", branch=BranchFactory(code="agricole")
    )
    OrganisationFactory(code="caf-0", name="Caf fermée", is_active=False, branch=people.nord.branch)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=herault", ["Caf de l’Hérault"]),
        ("q=denis+seine", ["Caf de la Seine-Saint-Denis"]),
        ("q=OEUVRE+ete", ["Œuvre de l’Été"]),
        ("q=caf-9", ["Caf de la Seine-Saint-Denis"]),
        ("branche=agricole", ["Œuvre de l’Été"]),
        ("region=76&branche=famille", ["Caf de l’Hérault"]),
        ("q=ermee", []),
        ("q=fermee", []),
    ],
)
def test_filters(sign_in: SignIn, people: Cast, bodies: None, query: str, found: list[str]) -> None:
    assert names(sign_in(people.alice).get(f"{PATH}?{query}")) == found


@pytest.mark.parametrize("query", ["branche=nulle", "region=99", "q=%00", "page=zzz", "q=%25"])
def test_nonsense_filters_are_left_out(sign_in: SignIn, people: Cast, bodies: None, query: str) -> None:
    assert len(names(sign_in(people.alice).get(f"{PATH}?{query}"))) == 6


def test_pages_climb_the_alphabet_and_come_back(sign_in: SignIn, people: Cast) -> None:
    for number in range(20):
        OrganisationFactory(code=f"x-{number}", name=f"Élan {chr(97 + number)}")
    alice = sign_in(people.alice)

    first = alice.get(f"{PATH}?branche=maladie")
    second = alice.get(PATH + first.context["next_url"])

    everything = selectors.active_organisations().filter(branch__code="maladie").order_by("sort_name", "pk")
    assert names(first) + names(second) == [body.name for body in everything]
    assert names(alice.get(PATH + second.context["previous_url"])) == names(first)
    assert "22\u00a0organismes" in first.content.decode()


def test_filters_in_force_can_be_taken_off_one_by_one(sign_in: SignIn, people: Cast, bodies: None) -> None:
    response = sign_in(people.alice).get(f"{PATH}?q=caf&region=76&page=x")

    assert [url for _words, url in response.context["applied"]] == ["?region=76", "?q=caf"]


def test_nothing_found_says_what_to_do(sign_in: SignIn, people: Cast) -> None:
    assert "Aucun organisme ne répond" in sign_in(people.alice).get(f"{PATH}?q=zzz").content.decode()


def test_query_count_is_the_same_with_one_and_three(
    sign_in: SignIn, people: Cast, django_assert_num_queries: DjangoAssertNumQueries, settings: object
) -> None:
    settings.READ_ONLY_GET = False
    alice = sign_in(people.alice)
    OrganisationFactory(code="un", name="Seul")
    alice.get(f"{PATH}?q=seul")

    with django_assert_num_queries(7):
        alice.get(f"{PATH}?q=seul")
    OrganisationFactory(code="deux", name="Seul deux")
    OrganisationFactory(code="trois", name="Seul trois")
    with django_assert_num_queries(7):
        alice.get(f"{PATH}?q=seul")


def test_export_is_filtered_and_neutral(sign_in: SignIn, people: Cast, bodies: None) -> None:
    OrganisationFactory(code="plus", name="+33 Caf", region="76", branch=people.nord.branch)

    response = sign_in(people.alice).get(f"{PATH}export.csv?region=76")

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[1:] == [
        "plus;'+33 Caf;Famille;;Occitanie;;;oui",
        "caf-34;Caf de l’Hérault;Famille;;Occitanie;;;oui",
    ]


# --- the page of a body ---------------------------------------------------------------------------------------------


def test_page_tells_facts_referents_and_visible_ideas(sign_in: SignIn, people: Cast) -> None:
    national = OrganisationFactory(code="cnam", name="Caisse nationale", branch=people.loire.branch)
    Organisation.objects.filter(pk=people.loire.pk).update(parent=national, answer_delay_days=20, region="84")
    IdeaFactory(author=people.alice, title="Vue de tous")
    IdeaFactory(author=people.alice, title="Cachée", is_hidden=True)
    IdeaFactory(author=people.alice, title="Entre nous", audience="organisation")

    page = sign_in(people.bob).get(people.loire.get_absolute_url()).content.decode()

    for word in ("CPAM de la Loire", "Rita Martin", "Vue de tous", "20\u00a0jours", "Caisse nationale"):
        assert word in page
    assert "Cachée" not in page
    assert "Entre nous" not in page
    assert "Entre nous" in sign_in(people.alice).get(people.loire.get_absolute_url()).content.decode()


def test_page_without_referent_or_idea_says_so(sign_in: SignIn, people: Cast) -> None:
    page = sign_in(people.alice).get(people.nord.get_absolute_url()).content.decode()

    assert "Pas encore de référent" in page
    assert "Vous n’y voyez aucune idée" in page


def test_panels_obey_their_brick(sign_in: SignIn, people: Cast) -> None:
    IdeaFactory(author=people.alice, title="Vue de tous")
    set_level(Profile.objects.get(code="reader"), "ideas", Level.NONE, actor=None)

    page = sign_in(people.alice).get(people.loire.get_absolute_url()).content.decode()

    assert "Vue de tous" not in page
    assert "Ses dernières idées" not in page
    assert "Rita Martin" in page


def test_unknown_body_is_not_found(sign_in: SignIn, people: Cast) -> None:
    assert sign_in(people.alice).get(f"{PATH}nulle-part/").status_code == 404


def test_page_query_count_is_the_same_with_one_and_three_ideas(
    sign_in: SignIn, people: Cast, django_assert_num_queries: DjangoAssertNumQueries, settings: object
) -> None:
    settings.READ_ONLY_GET = False
    bob, path = sign_in(people.bob), people.loire.get_absolute_url()
    IdeaFactory(author=people.alice)
    bob.get(path)

    with django_assert_num_queries(11):
        bob.get(path)
    IdeaFactory.create_batch(2, author=people.alice)
    with django_assert_num_queries(11):
        bob.get(path)


# --- the typed field ------------------------------------------------------------------------------------------------


def test_suggestions_are_ten_at_most_and_none_for_nothing(sign_in: SignIn, people: Cast) -> None:
    for number in range(12):
        OrganisationFactory(code=f"x-{number}", name=f"Élan {number}", region="53")
    alice = sign_in(people.alice)

    found = alice.get(f"{PATH}suggestions/?q=elan").json()["results"]

    assert len(found) == 10
    assert found[0] == {"label": "Élan 0", "note": "Maladie, Bretagne"}
    assert alice.get(f"{PATH}suggestions/?q=").json() == {"results": []}
    assert alice.get(f"{PATH}suggestions/?q=%00").json() == {"results": []}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("caf-93", "caf-93"),
        ("  CAF DE LA seine saint denis ", "caf-93"),
        ("herault", "caf-34"),
        ("Caf du Nord", "caf-nord"),
        ("caf", None),
        ("fermee", None),
        ("—", None),
    ],
)
def test_typed_name_means_one_body(bodies: None, typed: str, code: str | None) -> None:
    found = selectors.organisation_named(typed)

    assert (found.code if found else None) == code


def test_field_empty_is_no_body_unless_required(db: None) -> None:
    assert OrganisationField(required=False).clean("  ") is None
    with pytest.raises(Exception, match="obligatoire"):
        OrganisationField().clean("")
