"""The page `/recherche/`."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from ozeli.accounts.models import MatrixCell, User
from ozeli.core import memo
from ozeli.ideas.models import Idea
from ozeli.search import selectors, services

from ..factories import IdeaFactory, UserFactory
from ..personas import Cast

SignIn = Callable[[User | None], Client]
URL = "/recherche/"


@pytest.fixture
def idea(people: Cast) -> Idea:
    memo.forget_all()
    idea = IdeaFactory(
        author=people.alice, title="Dématérialiser l’accueil <b>", problem="L’accueil est saturé le lundi."
    )
    services.reindex(now=True)
    return idea


def get(client: Client, **query: str) -> str:
    response = client.get(f"{URL}?{urlencode(query)}")
    assert response.status_code == 200
    return response.content.decode()


def test_before_any_search(people: Cast, sign_in: SignIn) -> None:
    page = get(sign_in(people.alice))
    assert "Chercher dans tout le réseau" in page
    assert "Rien trouvé" not in page


def test_results_with_marks_and_facets(people: Cast, sign_in: SignIn, idea: Idea) -> None:
    page = get(sign_in(people.alice), q="accueils loire")
    assert "l’<mark>accueil</mark> &lt;b&gt;" in page
    assert idea.get_absolute_url() in page
    assert "CPAM de la <mark>Loire</mark>" in page
    assert "Organismes" in page
    assert "Idées" in page


def test_one_kind(people: Cast, sign_in: SignIn, idea: Idea) -> None:
    page = get(sign_in(people.alice), q="accueil loire", sorte="organisation")
    assert idea.get_absolute_url() not in page
    assert "CPAM de la <mark>Loire</mark>" in page
    assert idea.get_absolute_url() in get(sign_in(people.alice), q="accueil", sorte="inconnue")


def test_did_you_mean(people: Cast, sign_in: SignIn, idea: Idea) -> None:
    page = get(sign_in(people.alice), q="acceuil saturé")
    assert "Vouliez-vous dire" in page
    assert "«\u202faccueil saturé\u202f»" in page.replace("&#8239;", "\u202f")
    assert idea.get_absolute_url() in page


def test_nothing_found_offers_ways_out(people: Cast, sign_in: SignIn, idea: Idea) -> None:
    page = get(sign_in(people.alice), q="zygomatique")
    assert "Rien trouvé" in page
    assert "/idees/deposer/" in page
    assert "/organismes/" in page


def test_nothing_in_this_kind_leads_back_to_the_others(people: Cast, sign_in: SignIn, idea: Idea) -> None:
    page = get(sign_in(people.alice), q="saturé", sorte="organisation")
    assert "Rien trouvé" in page
    assert "Tout" in page


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'; DROP TABLE search_doc;--", "%", "🎉", "a" * 3000, "\x00"]
)
def test_hostile_words_are_only_words(people: Cast, sign_in: SignIn, idea: Idea, text: str) -> None:
    assert "<script>alert" not in get(sign_in(people.alice), q=text)


def test_another_body_s_idea_stays_unseen(people: Cast, sign_in: SignIn) -> None:
    IdeaFactory(author=people.alice, audience="organisation", title="Réorganiser le courrier entrant")
    services.reindex(now=True)
    assert "Réorganiser" in get(sign_in(people.rita), q="courrier entrant")
    for stranger in (people.bob, people.charlie):
        assert "Réorganiser" not in get(sign_in(stranger), q="courrier entrant")
        exported = sign_in(stranger).get(f"{URL}export.csv?q=courrier")
        assert "Réorganiser" not in b"".join(exported).decode()


def test_what_became_unreadable_since_it_was_indexed_is_left_out(
    people: Cast, sign_in: SignIn, idea: Idea
) -> None:
    Idea.objects.filter(pk=idea.pk).update(is_hidden=True)
    assert idea.get_absolute_url() not in get(sign_in(people.bob), q="saturé")


def test_the_matrix_closes_the_page_and_the_kinds(people: Cast, sign_in: SignIn, idea: Idea) -> None:
    MatrixCell.objects.filter(brick="directory", profile__code="reader").update(level=0)
    page = get(sign_in(people.alice), q="accueil loire")
    assert "<mark>Loire</mark></a>" not in page
    assert "Trouver les référents" not in page
    MatrixCell.objects.filter(brick="search", profile__code="reader").update(level=0)
    assert sign_in(people.alice).get(URL).status_code == 404


def test_pages_are_linked_by_key(people: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in range(17):
        IdeaFactory(author=people.alice, title=f"Covoiturage {place}")
    services.reindex("idea", now=True)
    found = selectors.search("covoiturage", user=people.alice)
    client = sign_in(people.alice)
    first = get(client, q="covoiturage")
    assert f"page={found.next}" in first
    assert "17\u00a0résultats" in first
    second = get(client, q="covoiturage", page=found.next)
    assert second.count("<mark>Covoiturage</mark>") == 2


def test_export(people: Cast, sign_in: SignIn, idea: Idea) -> None:
    response = sign_in(people.alice).get(f"{URL}export.csv?q=accueil")
    lines = b"".join(response).decode().splitlines()
    assert lines[0] == "\ufeffsorte;titre;précisions;adresse"
    assert lines[1].startswith("idée;Dématérialiser l’accueil <b>;CPAM de la Loire")
    assert lines[1].endswith(idea.get_absolute_url())
    assert response["Content-Disposition"] == 'attachment; filename="recherche.csv"'


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_results(
    people: Cast, sign_in: SignIn, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(rows):
        IdeaFactory(author=UserFactory(), title=f"Covoiturage {place}")
    services.reindex("idea", now=True)
    client = sign_in(people.alice)
    get(client, q="covoiturage")
    with django_assert_num_queries(QUERIES):
        get(client, q="covoiturage")


# Session, person, rights, word frequencies, candidates, ideas, unread notifications; and the guard’s transaction (3).
QUERIES = 10


def test_counts_that_stop_say_so(people: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in range(12):
        IdeaFactory(author=people.alice, title=f"Covoiturage {place}")
    services.reindex("idea", now=True)
    monkeypatch.setattr(selectors, "MANY", 2)
    monkeypatch.setattr(selectors, "ENOUGH", 5)
    monkeypatch.setattr(selectors, "WALKED_TO", 10)
    assert "plus de\u00a010\u00a0résultats" in get(sign_in(people.alice), q="covoiturage")
    monkeypatch.setattr(selectors, "WALKED_TO", 6)
    assert "plusieurs résultats" in get(sign_in(people.alice), q="covoiturage")
