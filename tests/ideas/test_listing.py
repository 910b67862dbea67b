"""The list of ideas: filters, orders, pages, what each row says, the export."""

import csv
import io
from datetime import timedelta

import pytest

from ozeli.activity.services import set_follow
from ozeli.core import clock
from ozeli.engagement.services import set_tags
from ozeli.ideas.enums import OPEN_STATES, State
from ozeli.ideas.models import KIND, Idea
from ozeli.ideas.services import voices
from ozeli.network.enums import Audience
from tests.factories import DomainFactory, IdeaFactory

# Session, person, rights, ideas, unread notifications.
LIST_QUERIES = 6
BEYOND = 16


def titles(response):
    return [row.title for row in response.context["rows"]]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("as_in_production")
def test_list_query_count(rows, people, sign_in, django_assert_num_queries):
    IdeaFactory.create_batch(rows, author=people.alice)
    client = sign_in(people.alice)
    client.get("/idees/")
    with django_assert_num_queries(LIST_QUERIES):
        response = client.get("/idees/")
    assert len(response.context["rows"]) == rows


@pytest.mark.usefixtures("as_in_production")
def test_list_query_count_of_two_pages(people, sign_in, django_assert_num_queries):
    IdeaFactory.create_batch(BEYOND, author=people.alice)
    client = sign_in(people.alice)
    client.get("/idees/")
    with django_assert_num_queries(LIST_QUERIES + 1):
        client.get("/idees/?tri=soutenues")


def test_list_shows_who_where_and_the_wait(people, sign_in):
    IdeaFactory(author=people.alice, comment_count=2, deposited_on=clock.today() - timedelta(days=4))
    page = sign_in(people.bob).get("/idees/").content.decode()
    assert "Alice Martin, CPAM de la Loire, le " in page
    assert "Attend une réponse depuis 4\u00a0jours" in page
    assert "2\u00a0commentaires" in page


def test_list_shows_only_the_month_of_an_anonymous_idea(people, sign_in):
    day = clock.today() - timedelta(days=4)
    idea = IdeaFactory(author=people.alice, is_anonymous=True, deposited_on=day)
    (row,) = sign_in(people.bob).get("/idees/").context["rows"]
    assert row.who.startswith("Anonyme, branche Maladie, en ")
    assert str(day.day) not in row.who
    assert "jour" not in row.wait.text
    idea.answer_due_on = clock.today() - timedelta(days=1)
    idea.save(update_fields=["answer_due_on"])
    (row,) = sign_in(people.bob).get("/idees/").context["rows"]
    assert row.wait.state == "late"
    assert str(idea.answer_due_on.day) not in row.wait.text.split(" en ")[1].split("\u00a0")[0]


def test_late_answer_is_said_in_words(people, sign_in):
    IdeaFactory(author=people.alice, answer_due_on=clock.today() - timedelta(days=2))
    (row,) = sign_in(people.bob).get("/idees/").context["rows"]
    assert row.wait.state == "late"
    assert row.wait.text.endswith("en retard")


def test_refusal_tells_its_delay_and_its_reason(people, sign_in):
    IdeaFactory(
        author=people.alice, state=State.NOT_RETAINED, deposited_on=clock.today() - timedelta(days=19)
    )
    (row,) = sign_in(people.bob).get("/idees/").context["rows"]
    assert row.wait.text == "Réponse écrite en 19\u00a0jours\u00a0: existe déjà sous une autre forme"


def test_list_hides_what_the_person_may_not_read(people, sign_in):
    IdeaFactory(title="Pour le réseau", author=people.alice)
    IdeaFactory(title="Pour la branche", author=people.alice, audience=Audience.BRANCH)
    IdeaFactory(title="Pour la caisse", author=people.alice, audience=Audience.ORGANISATION)
    IdeaFactory(title="Masquée", author=people.alice, is_hidden=True)
    assert set(titles(sign_in(people.charlie).get("/idees/"))) == {"Pour le réseau"}
    assert set(titles(sign_in(people.bob).get("/idees/"))) == {"Pour le réseau", "Pour la branche"}
    assert len(titles(sign_in(people.alice).get("/idees/"))) == 4


def test_list_is_closed_to_people_without_the_brick(people, sign_in):
    assert sign_in(people.zoe).get("/idees/").status_code == 404


def test_own_vote_is_visible(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    voices.vote(idea, voter=people.bob, wanted=True)
    (row,) = sign_in(people.bob).get("/idees/").context["rows"]
    assert (row.own, row.votes) == (True, 1)
    (row,) = sign_in(people.charlie).get("/idees/").context["rows"]
    assert row.own is False


def test_filter_by_sector_takes_its_sub_categories(people, sign_in):
    sector = DomainFactory(code="relation", name="Relation usager")
    child = DomainFactory(code="courriers", name="Courriers", parent=sector)
    other = DomainFactory(code="droits", name="Accès aux droits")
    IdeaFactory(title="Au secteur", domain=sector, author=people.alice)
    IdeaFactory(title="Aux courriers", domain=child, author=people.alice)
    IdeaFactory(title="Ailleurs", domain=other, author=people.alice)
    client = sign_in(people.bob)
    response = client.get("/idees/?domaine=relation")
    assert set(titles(response)) == {"Au secteur", "Aux courriers"}
    assert '<option value="courriers">Courriers</option>' in response.content.decode()
    assert titles(client.get("/idees/?domaine=relation&rubrique=courriers")) == ["Aux courriers"]
    # A link may name a sub-category alone.
    assert titles(client.get("/idees/?domaine=courriers")) == ["Aux courriers"]


def test_unknown_filters_are_left_out(people, sign_in):
    IdeaFactory(author=people.alice)
    page = sign_in(people.bob).get("/idees/?domaine=nulle-part&etat=perdue&lien=x&tri=y&page=%00")
    assert len(page.context["rows"]) == 1
    assert page.context["applied"] == []


def test_filter_by_organisation_typed(people, sign_in):
    IdeaFactory(title="De la Loire", author=people.alice)
    IdeaFactory(title="Du Rhône", author=people.bob)
    client = sign_in(people.charlie)
    response = client.get("/idees/", {"organisme": "cpam du rhone"})
    assert titles(response) == ["Du Rhône"]
    assert response.context["applied"] == [("CPAM du Rhône", "?")]
    unknown = client.get("/idees/", {"organisme": "nulle part"})
    assert len(titles(unknown)) == 2
    assert "Aucun organisme ouvert ne porte ce nom" in unknown.content.decode()


@pytest.mark.parametrize(
    ("word", "state"),
    [("deposee", State.DEPOSITED), ("a-l-etude", State.UNDER_STUDY), ("non-retenue", State.NOT_RETAINED)],
)
def test_filter_by_state(word, state, people, sign_in):
    for one in (State.DEPOSITED, State.UNDER_STUDY, State.NOT_RETAINED):
        IdeaFactory(author=people.alice, state=one, title=one.value)
    assert titles(sign_in(people.bob).get(f"/idees/?etat={word}")) == [state.value]


def test_filter_of_ideas_that_await_an_answer(people, sign_in):
    for one in (State.DEPOSITED, State.UNDER_STUDY, State.RETAINED):
        IdeaFactory(author=people.alice, state=one, title=one.value)
    assert set(titles(sign_in(people.bob).get("/idees/?etat=attend"))) <= {
        state.value for state in OPEN_STATES
    }


def test_filters_of_what_is_mine(people, sign_in):
    mine = IdeaFactory(title="La mienne", author=people.bob)
    followed = IdeaFactory(title="Suivie", author=people.alice)
    supported = IdeaFactory(title="Soutenue", author=people.alice)
    set_follow(KIND, followed.pk, user=people.bob, wanted=True)
    voices.vote(supported, voter=people.bob, wanted=True)
    client = sign_in(people.bob)
    assert titles(client.get("/idees/?lien=miennes")) == [mine.title]
    assert titles(client.get("/idees/?lien=suivies")) == [followed.title]
    assert titles(client.get("/idees/?lien=soutenues")) == [supported.title]


def test_applied_filters_can_be_removed_one_by_one(people, sign_in):
    sector = DomainFactory(code="relation", name="Relation usager")
    DomainFactory(code="courriers", name="Courriers", parent=sector)
    query = "?domaine=relation&rubrique=courriers&etat=en-debat&tri=soutenues"
    response = sign_in(people.bob).get(f"/idees/{query}")
    assert response.context["applied"] == [
        ("Relation usager", "?etat=en-debat&tri=soutenues"),
        ("Courriers", "?domaine=relation&etat=en-debat&tri=soutenues"),
        ("En débat", "?domaine=relation&rubrique=courriers&tri=soutenues"),
    ]
    assert "Aucune idée ne répond à ces filtres" in response.content.decode()


def test_empty_list_says_what_to_do(people, sign_in):
    assert "La première peut être la vôtre" in sign_in(people.bob).get("/idees/").content.decode()


@pytest.mark.parametrize("sort", ["recentes", "soutenues"])
def test_pages_walk_the_whole_list_both_ways(sort, people, sign_in):
    for place in range(32):
        IdeaFactory(
            author=people.alice, vote_count=place % 3, deposited_on=clock.today() - timedelta(days=place % 4)
        )
    client, seen, address = sign_in(people.bob), [], f"/idees/?tri={sort}"
    while address:
        response = client.get(address)
        seen.append([row.key for row in response.context["rows"]])
        last, address = address, response.context["next_url"] and f"/idees/{response.context['next_url']}"
    assert [len(page) for page in seen] == [15, 15, 2]
    keys = ("-deposited_on", "-id") if sort == "recentes" else ("-vote_count", "-id")
    assert [key for page in seen for key in page] == [idea.short for idea in Idea.objects.order_by(*keys)]
    back = client.get(f"/idees/{client.get(last).context['previous_url']}")
    assert [row.key for row in back.context["rows"]] == seen[1]


def test_count_is_capped(people, sign_in, monkeypatch):
    monkeypatch.setattr("ozeli.ideas.selectors.listing.COUNTED", 15)
    IdeaFactory.create_batch(17, author=people.alice)
    client = sign_in(people.bob)
    for _time in range(2):
        assert client.get("/idees/").context["counted"].startswith("plus de")
    # A shorter list is counted for itself.
    assert client.get("/idees/?etat=en-debat").context["counted"] == "0\u00a0idée"


@pytest.mark.usefixtures("as_in_production")
def test_long_list_is_not_counted_at_every_page(people, sign_in, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("ozeli.ideas.selectors.listing.COUNTED", 15)
    IdeaFactory.create_batch(17, author=people.alice)
    client = sign_in(people.bob)
    client.get("/idees/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/idees/?tri=soutenues")


def exported(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_export_follows_filters_and_visibility(people, sign_in):
    IdeaFactory(title="À lire", author=people.alice, state=State.IN_DEBATE)
    IdeaFactory(title="Autre état", author=people.alice)
    IdeaFactory(title="Interdite", author=people.alice, state=State.IN_DEBATE, audience=Audience.ORGANISATION)
    client = sign_in(people.charlie)
    page = client.get("/idees/?etat=en-debat")
    response = client.get(f"/idees/{page.context['export_url']}")
    assert response["Content-Disposition"] == 'attachment; filename="idees.csv"'
    assert [line["titre"] for line in exported(response)] == ["À lire"]


def test_export_neutralises_formulas_and_keeps_anonymity(people, sign_in):
    idea = IdeaFactory(
        title="=HYPERLINK(1)",
        problem="+1",
        author=people.alice,
        is_anonymous=True,
        deposited_on=clock.today(),
    )
    set_tags(KIND, idea.pk, ["@poste"])
    (line,) = exported(sign_in(people.bob).get("/idees/export.csv"))
    assert line["titre"] == "'=HYPERLINK(1)"
    assert line["problème"] == "'+1"
    assert line["mots-clés"] == "'@poste"
    assert line["déposée"] == f"{clock.today():%Y-%m}"
    assert (line["signée par"], line["organisme"]) == ("Anonyme", "")


def test_export_is_whole_whatever_its_batches(people, sign_in, monkeypatch):
    monkeypatch.setattr("ozeli.ideas.exports.BATCH", 2)
    IdeaFactory.create_batch(5, author=people.alice)
    lines = exported(sign_in(people.bob).get("/idees/export.csv"))
    assert len({line["identifiant"] for line in lines}) == len(lines) == 5
