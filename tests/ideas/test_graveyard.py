"""The cimetière: what was not retained, why, and the way back."""

import csv
import io
from datetime import timedelta

import pytest

from ozeli.core import clock
from ozeli.ideas.enums import Reason, State
from ozeli.ideas.models import KIND, Decision, Idea
from ozeli.ideas.selectors import graveyard
from ozeli.ideas.services.circuit import revive
from ozeli.search.services import index_objects
from tests.factories import ANSWER, DecisionFactory, DomainFactory, IdeaFactory
from tests.personas import Cast

GRAVEYARD = "/cimetiere/"


def bury(author, *, reason: str = "exists", answered: int = 0, **traits) -> Idea:
    """An idea not retained, answered so many days ago."""
    idea = IdeaFactory(author=author, state=State.UNDER_STUDY, **traits)
    DecisionFactory(idea=idea, reason=reason, published_on=clock.today() - timedelta(days=answered))
    Idea.objects.filter(pk=idea.pk).update(state=State.NOT_RETAINED, waiting_since=None, answer_due_on=None)
    return idea


def titles(response) -> list[str]:
    return [grave.idea.title for grave in response.context["graves"]]


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("rita", 200), ("dev", 404), ("zoe", 404)])
def test_cimetiere_is_open_to_readers_of_ideas(name, status, people, sign_in):
    client = sign_in(getattr(people, name))
    assert client.get(GRAVEYARD).status_code == status
    assert client.get(f"{GRAVEYARD}export.csv").status_code == status


def test_each_idea_shows_its_whole_answer_and_the_way_back(people, sign_in):
    idea = bury(people.alice, title="Un guichet le samedi")
    page = sign_in(people.bob).get(GRAVEYARD).content.decode()
    assert ANSWER in page
    assert idea.get_absolute_url() in page
    assert f"{idea.get_absolute_url()}relance/" in page
    assert "Existe déjà sous une autre forme" in page


def test_only_non_retenues_that_one_may_read(people, sign_in):
    bury(people.alice, title="Pour tous")
    bury(people.alice, title="Pour la Loire", audience="organisation")
    bury(people.alice, title="Masquée", is_hidden=True)
    for state in (State.DEPOSITED, State.RETAINED, State.WITHDRAWN):
        IdeaFactory(author=people.alice, state=state, title=f"Pas enterrée {state}")
    assert titles(sign_in(people.bob).get(GRAVEYARD)) == ["Pour tous"]
    assert set(titles(sign_in(people.alice).get(GRAVEYARD))) == {"Pour tous", "Pour la Loire"}


def test_empty_cimetiere_says_so(people, sign_in):
    page = sign_in(people.bob).get(GRAVEYARD).content.decode()
    assert "Le cimetière est vide" in page
    page = sign_in(people.bob).get(f"{GRAVEYARD}?motif=cost").content.decode()
    assert "Aucune idée ne répond à ces filtres" in page


def test_filters_narrow_the_list(people, sign_in):
    numeric = DomainFactory(code="numerique", name="Numérique")
    rooms = DomainFactory(code="salles", name="Salles", parent=numeric)
    bury(people.alice, title="Loire, coût", reason="cost")
    bury(people.bob, title="Rhône, droit", reason="legal", domain=rooms)
    client = sign_in(people.charlie)

    def found(query: str) -> list[str]:
        return titles(client.get(f"{GRAVEYARD}?{query}"))

    assert found("motif=cost") == ["Loire, coût"]
    assert found("domaine=numerique") == ["Rhône, droit"]
    assert found("domaine=salles&motif=legal") == ["Rhône, droit"]
    assert found("organisme=CPAM du Rhône") == ["Rhône, droit"]
    assert found("organisme=CPAM du Rhône&motif=cost") == []
    assert len(found("motif=inconnu&domaine=inconnu&tri=inconnu&page=@@@")) == 2


def test_words_find_titles_texts_and_answers(people, sign_in):
    ideas = [
        bury(people.alice, title="Un guichet mobile"),
        bury(people.alice, title="Des pictogrammes", proposal="Simplifier les notifications."),
    ]
    index_objects(KIND, [idea.pk for idea in ideas])
    client = sign_in(people.bob)
    assert titles(client.get(f"{GRAVEYARD}?mots=guichets")) == ["Un guichet mobile"]
    assert titles(client.get(f"{GRAVEYARD}?mots=notification")) == ["Des pictogrammes"]
    assert titles(client.get(f"{GRAVEYARD}?mots=zyxw")) == []


def test_sorts_are_recent_answers_and_support(people, sign_in):
    for votes, days in ((5, 1), (9, 3), (1, 2)):
        bury(people.alice, title=f"{votes} votes", answered=days, vote_count=votes)
    client = sign_in(people.bob)
    assert titles(client.get(GRAVEYARD)) == ["5 votes", "1 votes", "9 votes"]
    assert titles(client.get(f"{GRAVEYARD}?tri=soutenues")) == ["9 votes", "5 votes", "1 votes"]


@pytest.mark.parametrize("sort", ["recentes", "soutenues"])
def test_list_is_paged_by_key_both_ways(sort, people, sign_in):
    for number in range(17):
        bury(people.alice, title=f"n° {number:02}", answered=number, vote_count=100 - number)
    client = sign_in(people.bob)
    first = client.get(f"{GRAVEYARD}?tri={sort}")
    assert titles(first) == [f"n° {number:02}" for number in range(15)]
    second = client.get(GRAVEYARD + first.context["next_url"])
    assert titles(second) == ["n° 15", "n° 16"]
    assert titles(client.get(GRAVEYARD + second.context["previous_url"])) == titles(first)


def test_revived_then_refused_idea_shows_its_last_answer(people, sign_in):
    idea = bury(people.alice, reason="cost", answered=9)
    revive(Idea.objects.get(pk=idea.pk), actor=people.rita)
    assert titles(sign_in(people.bob).get(GRAVEYARD)) == []
    DecisionFactory(idea=idea, round=2, reason="legal", published_on=clock.today())
    Idea.objects.filter(pk=idea.pk).update(state=State.NOT_RETAINED)
    response = sign_in(people.bob).get(GRAVEYARD)
    assert [grave.answer.why for grave in response.context["graves"]] == [Reason.LEGAL.label]
    assert titles(sign_in(people.bob).get(f"{GRAVEYARD}?motif=cost")) == []
    assert titles(sign_in(people.bob).get(f"{GRAVEYARD}?motif=legal")) == [idea.title]


@pytest.mark.parametrize("sort", ["recentes", "soutenues"])
def test_export_holds_the_list_and_its_answers(sort, people, sign_in):
    bury(people.alice, title="=SOMME(A1)", vote_count=3)
    anonymous = bury(people.alice, title="Sans nom", is_anonymous=True)
    response = sign_in(people.bob).get(f"{GRAVEYARD}export.csv?tri={sort}")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert header[:3] == ["identifiant", "titre", "déposée"]
    by_title = {row[1]: row for row in rows}
    assert set(by_title) == {"'=SOMME(A1)", "Sans nom"}
    assert by_title["'=SOMME(A1)"][-1] == ANSWER
    assert by_title["Sans nom"][2:4] == [f"{anonymous.deposited_on:%Y-%m}", ""]
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize(("query", "queries"), [("", 9), ("?tri=soutenues", 10)])
def test_cimetiere_takes_the_same_queries_for_one_row_and_three(
    query, queries, people: Cast, sign_in, as_in_production, django_assert_num_queries
):
    client = sign_in(people.bob)
    bury(people.alice)
    client.get(GRAVEYARD + query)
    with django_assert_num_queries(queries):
        client.get(GRAVEYARD + query)
    bury(people.alice)
    bury(people.charlie)
    with django_assert_num_queries(queries):
        client.get(GRAVEYARD + query)


def test_answer_of_an_erased_person_stays(people, sign_in):
    idea = bury(people.alice)
    Decision.objects.filter(idea=idea).update(prepared_by=None, published_by=None)
    page = sign_in(people.bob).get(GRAVEYARD).content.decode()
    assert ANSWER in page
    assert "<dt>Qui</dt>" not in page


def test_export_goes_through_every_batch(monkeypatch, people, sign_in):
    monkeypatch.setattr(graveyard, "EXPORT_BATCH", 2)
    for number in range(5):
        bury(people.alice, title=f"n° {number}", answered=number)
    response = sign_in(people.bob).get(f"{GRAVEYARD}export.csv")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert [line.split(";")[1] for line in lines[1:]] == [f"n° {number}" for number in range(5)]


def test_words_within_a_body_are_looked_for_in_it(people, sign_in):
    ideas = [bury(author, title="Un guichet mobile") for author in (people.alice, people.bob)]
    index_objects(KIND, [idea.pk for idea in ideas])
    response = sign_in(people.charlie).get(f"{GRAVEYARD}?mots=guichet&organisme=CPAM du Rhône")
    assert [grave.idea for grave in response.context["graves"]] == [ideas[1]]
