"""The journal as it is read: names by key, filters, export."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts import services
from ozeli.accounts.models import ActorKey, Profile, User
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.registry import journal_verbs
from ozeli.journal.services import record
from tests.factories import IdeaFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
PATH = "/administration/journal/"


def rows(client: Client, query: str = "") -> list[tuple[str, str, str]]:
    acts = client.get(PATH + query).context["acts"]
    return [(act["who"], act["act"], act["about"][0]) for act in acts]


def test_acts_are_told_with_names(sign_in: SignIn, people: Cast) -> None:
    reader = Profile.objects.get(code="reader")
    services.grant_membership(people.zoe, reader, actor=people.adam)
    services.set_level(reader, "search", Level.NONE, actor=None)

    assert rows(sign_in(people.sonia)) == [
        ("Le système", "a modifié un droit", "«\u202fRecherche\u202f» pour Consultation"),
        ("Adam Martin", "a donné un profil", "Zoe Martin"),
    ]


def test_erased_person_is_nameless(sign_in: SignIn, people: Cast) -> None:
    services.grant_membership(people.zoe, Profile.objects.get(code="reader"), actor=people.adam)
    ActorKey.objects.all().delete()

    assert rows(sign_in(people.sonia)) == [("Personne effacée", "a donné un profil", "Personne effacée")]


def test_act_on_an_idea_leads_to_it(sign_in: SignIn, people: Cast) -> None:
    idea = IdeaFactory(author=people.alice, title="Un guichet calme")
    record("idea.study", "idea", idea.pk, actor=None, source="in_debate", target="under_study")

    page = sign_in(people.adam).get(PATH).content.decode()

    assert f'href="{idea.get_absolute_url()}"' in page
    assert "En débat → À l’étude" in page


def test_unknown_verbs_kinds_and_details_do_not_break(sign_in: SignIn, people: Cast) -> None:
    record("later.verb", "later", "pas-une-clé", actor=None, anything=[1, 2])
    record(
        "rights.grant_membership",
        "person",
        "pas-une-clé",
        actor=None,
        profile="x",
        organisation="y",
        ends_on="",
    )

    assert len(rows(sign_in(people.adam))) == 2


def test_filters_by_verb_kind_and_day(sign_in: SignIn, people: Cast) -> None:
    adam = sign_in(people.adam)
    with clock.stopped(clock.now() - timedelta(days=10)):
        services.set_level(Profile.objects.get(code="reader"), "search", Level.NONE, actor=people.adam)
        old = clock.today()
    services.grant_membership(people.zoe, Profile.objects.get(code="reader"), actor=people.adam)

    assert len(rows(adam)) == 2
    assert len(rows(adam, "?acte=rights.set_level")) == 1
    assert len(rows(adam, "?objet=person")) == 1
    assert rows(adam, f"?au={old}")[0][1] == "a modifié un droit"
    assert rows(adam, f"?du={old + timedelta(days=1)}")[0][1] == "a donné un profil"
    assert "Aucun acte ne répond" in adam.get(f"{PATH}?acte=idea.study").content.decode()
    assert len(rows(adam, "?acte=inconnu&du=hier")) == 2


def test_acts_are_offered_under_headings(sign_in: SignIn, people: Cast) -> None:
    """Each act is offered once, and the list is not one long column."""
    choices = sign_in(people.sonia).get(PATH).context["form"].fields["acte"].choices
    families = {str(label): [str(verb) for verb, _words in acts] for label, acts in choices[1:]}

    assert "rights.grant_membership" in families["Personnes et droits"]
    assert "setting.change" in families["Réglages"]
    offered = [verb for verbs in families.values() for verb in verbs]
    assert len(offered) == len(set(offered))
    assert all(journal_verbs.label(verb) != verb for verb in offered)


def test_empty_journal_says_so(sign_in: SignIn, people: Cast) -> None:
    assert "Le journal est vide" in sign_in(people.adam).get(PATH).content.decode()


def test_pages_by_key(sign_in: SignIn, people: Cast) -> None:
    for number in range(20):
        record("operations.retry_job", "job", number, actor=None)
    adam = sign_in(people.adam)

    first = adam.get(PATH)
    second = adam.get(PATH + first.context["next_url"])

    shown = [act["id"] for act in first.context["acts"]] + [act["id"] for act in second.context["acts"]]
    assert shown == sorted(shown, reverse=True)
    assert len(shown) == 20


def test_query_count_is_the_same_with_one_and_three(
    sign_in: SignIn, people: Cast, django_assert_num_queries: DjangoAssertNumQueries, settings: object
) -> None:
    settings.READ_ONLY_GET = False  # its SAVEPOINTs are not paid for in production
    adam, reader = sign_in(people.adam), Profile.objects.get(code="reader")
    services.grant_membership(people.zoe, reader, actor=people.adam)
    adam.get(PATH)

    with django_assert_num_queries(7):
        adam.get(PATH)
    services.grant_membership(people.nora, reader, actor=people.adam)
    services.grant_membership(people.rita, reader, actor=people.sonia)
    with django_assert_num_queries(7):
        adam.get(PATH)


def test_export_is_whole_and_neutral(sign_in: SignIn, people: Cast) -> None:
    User.objects.filter(pk=people.zoe.pk).update(display_name="@Zoe")
    services.grant_membership(people.zoe, Profile.objects.get(code="reader"), actor=people.adam)

    response = sign_in(people.adam).get(f"{PATH}export.csv")

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "Adam Martin;a donné un profil;'@Zoe;Consultation sur tout le réseau" in text
