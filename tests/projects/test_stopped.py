"""The stopped projects, beside the ideas of the cimetière."""

import csv
import io
from datetime import timedelta

import pytest

from ozeli.core import clock
from ozeli.network.enums import Audience
from ozeli.projects.enums import Cause, State
from ozeli.projects.models import KIND
from ozeli.projects.selectors import stopped as selectors
from ozeli.search.services import index_objects
from tests.factories import DomainFactory
from tests.guards.test_matrix import Level, set_cell
from tests.projects.factories import ProjectFactory, stopped

STOPPED = "/cimetiere/essais/"


def titles(response) -> list[str]:
    return [row.project.title for row in response.context["rows"]]


def test_each_says_why_and_what_others_may_learn(people, sign_in):
    project = stopped(
        people.alice, title="La voix", lesson="Un code suffit.", note="Un refus à tort sur cinq."
    )
    page = sign_in(people.bob).get(STOPPED).content.decode()
    for said in (
        "La voix",
        "Un code suffit.",
        "Un refus à tort sur cinq.",
        "Cadre juridique",
        "Décrire la solution",
    ):
        assert said in page
    assert project.get_absolute_url() in page
    assert people.alice.display_name in page


def test_only_those_stopped_that_one_may_read(people, sign_in):
    stopped(people.alice, title="Pour tous")
    stopped(people.alice, title="Pour la Loire", audience=Audience.ORGANISATION)
    stopped(people.alice, title="Retiré", is_withdrawn=True)
    for state in (State.UNDER_WAY, State.FROZEN, State.TO_LAUNCH):
        ProjectFactory(owner=people.alice, state=state)
    assert titles(sign_in(people.bob).get(STOPPED)) == ["Pour tous"]
    assert set(titles(sign_in(people.alice).get(STOPPED))) == {"Pour tous", "Pour la Loire"}
    assert "Retiré" not in titles(sign_in(people.nora).get(STOPPED))


def test_filters_narrow_the_list(people, sign_in):
    phone = DomainFactory(code="telephone", name="Téléphone")
    voice = DomainFactory(code="voix", name="Voix", parent=phone)
    stopped(people.alice, title="Loire", cause=Cause.BUDGET, passed=0)
    stopped(people.bob, title="Rhône", cause=Cause.LEGAL, domain=voice, passed=2)
    client = sign_in(people.charlie)

    def found(query: str) -> list[str]:
        return titles(client.get(f"{STOPPED}?{query}"))

    assert found("cause=budget") == ["Loire"]
    assert found("etape=solution") == ["Rhône"]
    assert found("etape=challenge&cause=legal") == []
    assert found("domaine=telephone") == ["Rhône"]
    assert found("organisme=CPAM du Rhône") == ["Rhône"]
    assert len(found("cause=inconnue&domaine=inconnu&page=@@@")) == 2
    assert "Aucun essai arrêté ne répond" in client.get(f"{STOPPED}?cause=sponsor").content.decode()


def test_words_find_lessons(people, sign_in):
    projects = [
        stopped(people.alice, title="A", lesson="La biométrie écarte."),
        stopped(people.alice, title="B"),
    ]
    index_objects(KIND, [one.pk for one in projects])
    client = sign_in(people.bob)
    assert titles(client.get(f"{STOPPED}?mots=biométrie")) == ["A"]
    assert titles(client.get(f"{STOPPED}?mots=zyxw")) == []


def test_list_is_paged_by_key_both_ways(people, sign_in):
    for number in range(17):
        stopped(people.alice, title=f"n° {number:02}", touched_on=clock.today() - timedelta(days=number))
    client = sign_in(people.bob)
    first = client.get(STOPPED)
    assert titles(first) == [f"n° {number:02}" for number in range(15)]
    second = client.get(STOPPED + first.context["next_url"])
    assert titles(second) == ["n° 15", "n° 16"]
    assert titles(client.get(STOPPED + second.context["previous_url"])) == titles(first)


def test_imported_without_reasons_says_so(people, sign_in):
    ProjectFactory(
        owner=people.alice,
        state=State.ABANDONED,
        cause="",
        source="Un fichier",
        external_id="42",
        title="Importé",
    )
    page = sign_in(people.bob).get(STOPPED).content.decode()
    assert "Importé sans ses raisons." in page


def test_export_goes_through_every_batch(monkeypatch, people, sign_in):
    monkeypatch.setattr(selectors, "EXPORT_BATCH", 2)
    for number in range(5):
        stopped(people.alice, title=f"n° {number}", touched_on=clock.today() - timedelta(days=number))
    response = sign_in(people.bob).get(f"{STOPPED}export.csv?cause=legal")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert tuple(header) == selectors.HEADER
    assert [row[1] for row in rows] == [f"n° {number}" for number in range(5)]
    assert rows[0][header.index("cause")] == "Cadre juridique"


def test_list_takes_the_same_queries_for_one_row_and_three(
    people, sign_in, as_in_production, django_assert_num_queries
):
    client = sign_in(people.bob)
    stopped(people.alice)
    client.get(STOPPED)
    with django_assert_num_queries(7):
        client.get(STOPPED)
    stopped(people.alice)
    stopped(people.charlie)
    with django_assert_num_queries(7):
        client.get(STOPPED)


def test_cimetiere_has_two_tabs_for_who_reads_both(people, sign_in):
    for page in ("/cimetiere/", STOPPED):
        text = sign_in(people.bob).get(page).content.decode()
        assert 'href="/cimetiere/essais/"' in text and 'href="/cimetiere/"' in text


@pytest.mark.parametrize(("closed", "page"), [("projects", "/cimetiere/"), ("ideas", STOPPED)])
def test_cimetiere_has_no_tab_when_one_brick_is_closed(closed, page, people, sign_in):
    set_cell("reader", closed, Level.NONE)
    text = sign_in(people.bob).get(page).content.decode()
    assert "q-tabs" not in text
