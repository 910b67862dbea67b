"""The board: each stage of a lifecycle, or each status, its first projects and the way to the others."""

from datetime import timedelta

import pytest

from ozeli.core import clock
from ozeli.network.enums import Audience
from ozeli.projects.enums import State
from ozeli.projects.selectors import board
from tests.factories import DomainFactory
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db

# Session, person, rights, counts, cards, unread notifications.
BOARD_QUERIES = 6


def piles(response):
    return {pile.title: pile for pile, _count, _url in response.context["piles"]}


def told(response):
    return {
        title: [card.title for card in pile.cards] for title, pile in piles(response).items() if pile.cards
    }


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("query", ["", "?par=statut"])
@pytest.mark.usefixtures("as_in_production")
def test_board_query_count(rows, query, people, sign_in, django_assert_num_queries):
    for passed in range(rows):
        ProjectFactory.create_batch(rows, owner=people.alice, passed=passed)
    client = sign_in(people.bob)
    client.get(f"/projets/tableau/{query}")
    with django_assert_num_queries(BOARD_QUERIES):
        client.get(f"/projets/tableau/{query}")


def test_each_project_stands_under_its_stage(people, sign_in):
    ProjectFactory(owner=people.alice, title="Prêt", state=State.TO_LAUNCH)
    ProjectFactory(owner=people.alice, title="Au plan", passed=3)
    ProjectFactory(owner=people.alice, title="En pause", passed=3, state=State.FROZEN)
    ProjectFactory(owner=people.alice, title="Fini", passed=7, state=State.COMPLETED)
    ProjectFactory(
        owner=people.alice,
        title="Court",
        lifecycle="essai-3",
        passed=1,
        touched_on=clock.today() - timedelta(1),
    )
    ProjectFactory(owner=people.alice, title="Caché", passed=3, audience=Audience.ORGANISATION)
    client = sign_in(people.charlie)
    page = client.get("/projets/tableau/")
    assert list(piles(page)) == [
        "À lancer", "Poser le défi", "Parties prenantes", "Décrire la solution", "Plan de réalisation",
        "Réaliser le prototype", "Projeter l’usage", "Valider et décider", "Gelé",
    ]  # fmt: skip
    assert told(page) == {"À lancer": ["Prêt"], "Plan de réalisation": ["Au plan"], "Gelé": ["En pause"]}
    assert told(client.get("/projets/tableau/?parcours=essai-3")) == {"Essayer": ["Court"]}
    by_state = told(client.get("/projets/tableau/?par=statut"))
    assert by_state == {
        "À lancer": ["Prêt"],
        "En cours": ["Au plan", "Court"],
        "Gelé": ["En pause"],
        "Terminé": ["Fini"],
    }


def test_a_long_column_is_cut_and_leads_to_its_list(people, sign_in):
    made = [
        ProjectFactory(owner=people.alice, passed=3, touched_on=clock.today() - timedelta(days))
        for days in range(board.CARDS + 2)
    ]
    client = sign_in(people.bob)
    page = client.get("/projets/tableau/")
    ((pile, count, url),) = [one for one in page.context["piles"] if one[0].cards]
    assert [card.title for card in pile.cards] == [one.title for one in made[: board.CARDS]]
    assert count == str(board.CARDS + 2)
    assert url in page.content.decode().replace("&amp;", "&")
    listed = client.get(url)
    assert [row.title for row in listed.context["rows"]] == [one.title for one in made]


def test_filters_of_the_board_hold_in_its_lists(people, sign_in):
    domain = DomainFactory(code="relation")
    ProjectFactory(
        owner=people.alice, title="Du domaine", domain=domain, expected_end_on=clock.today() - timedelta(1)
    )
    ProjectFactory(owner=people.alice, title="D’ailleurs")
    page = sign_in(people.bob).get("/projets/tableau/?domaine=relation&retard=oui&statut=gele&etape=plan")
    assert told(page) == {"Poser le défi": ["Du domaine"]}
    assert "Fin prévue dépassée" in page.content.decode()
    urls = [url for _pile, _count, url in page.context["piles"]]
    assert all("domaine=relation" in url and "retard=oui" in url for url in urls)
    # The columns say the state and the stage: neither is a filter to take away.
    assert [name for name, _url in page.context["applied"]] == [domain.name, "Fin prévue dépassée"]


def test_empty_board_says_so(people, sign_in):
    page = sign_in(people.bob).get("/projets/tableau/").content.decode()
    assert page.count("Aucun</p>") == 9
