"""Searching: French as people type it, ranking, paging, and texts that mean harm."""

from collections.abc import Callable

import pytest

from ozeli.search import selectors, services, store
from ozeli.search.results import SearchResults

from ..personas import Cast
from .conftest import KIND, Shelf

Found = Callable[..., list[str]]


@pytest.mark.parametrize(
    "typed",
    [
        "accueil téléphonique",
        "Accueil telephonique",
        "l’accueil",
        "ACCUEILS",
        "téléphoniques",
        "accueil des téléphoniques",
    ],
)
def test_french_as_it_is_typed(shelf: Shelf, found: Found, people: Cast, typed: str) -> None:
    shelf.add("L’accueil téléphonique des assurés")
    shelf.add("Le tri des déchets")
    assert found(typed, people.alice) == ["L’accueil téléphonique des assurés"]


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("dématerialiastion", "dématérialisation"),
        ("allocatoin", "allocation"),
        ("une alocation", "une allocation"),
    ],
)
def test_typos_are_mended_and_said(shelf: Shelf, people: Cast, typed: str, corrected: str) -> None:
    key = shelf.add("Dématérialisation de l’allocation")
    results = selectors.search(typed, user=people.alice)
    assert [hit.object_id for hit in results.hits] == [key]
    assert results.corrected == corrected


def test_a_mended_word_that_leads_nowhere_is_not_told(shelf: Shelf, people: Cast) -> None:
    """The vocabulary of texts that one may not read must not show through."""
    shelf.add(
        "Licenciements",
        audience="organisation",
        organisation_id=people.nord.pk,
        branch_id=people.nord.branch_id,
    )
    results = selectors.search("licenciemants", user=people.alice)
    assert (results.hits, results.corrected) == ([], "")


def test_a_word_begun_finds_its_ends(shelf: Shelf, found: Found, people: Cast) -> None:
    shelf.add("Télétransmission des feuilles de soins")
    assert found("télétrans", people.alice) == ["Télétransmission des feuilles de soins"]


@pytest.mark.parametrize(
    "typed", ["RSA", "rsa", "revenu de solidarité active", "revenus de solidarite active"]
)
def test_acronyms_and_their_words_are_one(shelf: Shelf, found: Found, people: Cast, typed: str) -> None:
    shelf.add("Le RSA sans rupture")
    shelf.add("Le revenu de solidarité active des jeunes")
    shelf.add("Un revenu d’activité")
    assert set(found(typed, people.alice)) >= {
        "Le RSA sans rupture",
        "Le revenu de solidarité active des jeunes",
    }
    assert "Un revenu d’activité" not in found(typed, people.alice)[:2]


def test_a_new_synonym_holds_at_once(shelf: Shelf, found: Found, people: Cast) -> None:
    from ozeli.core import memo
    from ozeli.search.models import Synonym

    shelf.add("Le guichet unique")
    Synonym.objects.create(term="GU", expansions=["guichet unique"])
    memo.forget_all()
    assert found("GU", people.alice) == ["Le guichet unique"]


def test_the_title_tells_more_than_the_text(shelf: Shelf, found: Found, people: Cast) -> None:
    shelf.add("Autre chose", "un mot sur le covoiturage, rien de plus ici")
    shelf.add("Le covoiturage", "rien de plus ici sur le sujet demandé")
    assert found("covoiturage", people.alice) == ["Le covoiturage", "Autre chose"]


def test_the_score_breaks_ties(shelf: Shelf, found: Found, people: Cast) -> None:
    shelf.add("Covoiturage un", score=0)
    shelf.add("Covoiturage deux", score=50)
    assert found("covoiturage", people.alice) == ["Covoiturage deux", "Covoiturage un"]


def test_words_are_let_go_when_too_few_hold_them_all(shelf: Shelf, people: Cast) -> None:
    key = shelf.add("Prévenir les impayés de loyer")
    shelf.add("Autre chose")
    results = selectors.search("impayés de cotisations", user=people.alice)
    assert [hit.object_id for hit in results.hits] == [key]
    assert results.is_relaxed


def test_pages_follow_each_other_both_ways(shelf: Shelf, people: Cast) -> None:
    for place in range(7):
        shelf.add(f"Covoiturage numéro {place}", score=place % 3)

    def page(cursor: str = "") -> SearchResults:
        return selectors.search("covoiturage", user=people.alice, limit=3, cursor=cursor)

    first = page()
    second = page(first.next)
    third = page(second.next)
    whole = [hit.key for results in (first, second, third) for hit in results.hits]
    assert len(whole) == len(set(whole)) == 7
    assert [hit.key for hit in page(third.previous).hits] == [hit.key for hit in second.hits]
    assert (first.previous, third.next) == ("", "")
    assert first.total == 7


@pytest.mark.parametrize(
    "cursor", ["x", "é", "bi4x", "bi4xLjI5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "Jy4xLjI", "\x00"]
)
def test_a_cursor_that_cannot_be_read_is_the_first_page(
    shelf: Shelf, found: Found, people: Cast, cursor: str
) -> None:
    shelf.add("Covoiturage")
    assert found("covoiturage", people.alice, cursor=cursor) == ["Covoiturage"]


def test_filters_narrow(shelf: Shelf, found: Found, people: Cast) -> None:
    shelf.add("Covoiturage ancien", year=2019, status="retained", domain_id=4)
    shelf.add("Covoiturage récent", year=2026, status="in_debate", domain_id=5)
    assert found("covoiturage", people.alice, filters={"year": 2026}) == ["Covoiturage récent"]
    assert found("covoiturage", people.alice, filters={"domain": [4], "status": ""}) == ["Covoiturage ancien"]
    assert found("covoiturage", people.alice, filters={"domain": [4], "status": "in_debate"}) == []


def test_an_unknown_filter_is_refused(shelf: Shelf, people: Cast) -> None:
    shelf.add("Covoiturage")
    with pytest.raises(ValueError, match="tsv"):
        selectors.search("covoiturage", user=people.alice, filters={"tsv": "x"})


def test_facets_count_every_kind_whatever_is_asked(shelf: Shelf, people: Cast) -> None:
    services.reindex("organisation", now=True)
    shelf.add("La CPAM de la Loire recrute")
    results = selectors.search("CPAM Loire", user=people.alice, kinds=[KIND])
    assert [hit.kind for hit in results.hits] == [KIND]
    assert results.facets[KIND] == 1
    assert results.facets["organisation"] >= 1


HOSTILE = [
    "",
    "   ",
    "le la les",
    "'; DROP TABLE search_doc; --",
    "a & b | !c <-> (d:*",
    "covoiturage & !covoiturage",
    "\\' ' '' :* \\\\",
    "%s %(x)s {} %",
    "\x00covoiturage\x00",
    "🎉🎉 👩🏽‍💻",
    "بحث עברית поиск",
    "covoiturage " * 2_000,
    "x" * 20_000,
    " ".join(f"mot{place}" for place in range(3_000)),
    "~rsa '~rsa':*",
    "1 2 3 4 5 6 7 8 9 10 11 12",
    "\u202eegarutiovoc",
    "é" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text[:20]) for text in HOSTILE])
def test_any_text_gets_an_answer(shelf: Shelf, people: Cast, text: str) -> None:
    shelf.add("Covoiturage", text or "rien")
    assert isinstance(selectors.search(text, user=people.alice), SearchResults)
    assert isinstance(selectors.look_alikes(text, user=people.alice), list)


def test_nothing_in_the_index(db: None, people: Cast) -> None:
    assert selectors.search("covoiturage", user=people.alice).hits == []
    assert selectors.look_alikes("le covoiturage des agents", user=people.alice) == []


def test_words_that_stand_everywhere_walk_down_the_scores(
    shelf: Shelf, found: Found, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(30):
        shelf.add(f"Covoiturage {place}", score=place)
    expected = found("covoiturage", people.alice)
    monkeypatch.setattr(selectors, "MANY", 2)
    assert found("covoiturage", people.alice) == expected
    monkeypatch.setattr(selectors, "WALKED_TO", 25)
    best = selectors.search("covoiturage", user=people.alice)
    assert (best.total, best.is_capped) == (26, True)
    monkeypatch.setattr(selectors, "EVERYWHERE", 2.0)
    assert found("covoiturage", people.alice) == expected


def test_what_only_the_first_tier_was_asked_for_is_a_floor(
    shelf: Shelf, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "TOP", 25)
    monkeypatch.setattr(store, "MIDDLE", 3)
    monkeypatch.setattr(selectors, "MANY", 2)
    monkeypatch.setattr(selectors, "EVERYWHERE", 2.0)
    for place in range(30):
        shelf.add(f"Covoiturage {place}", score=place)
    while services.balance_tiers():
        pass
    results = selectors.search("covoiturage", user=people.alice)
    assert (results.total, results.is_capped) == (25, True)
    monkeypatch.setattr(selectors, "ENOUGH", 40)
    results = selectors.search("covoiturage", user=people.alice)
    assert (results.total, results.is_capped) == (30, False)


def test_more_candidates_than_can_be_ranked(
    shelf: Shelf, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.reindex("organisation", now=True)
    for place in range(8):
        shelf.add(f"CPAM numéro {place}")
    monkeypatch.setattr(selectors, "CANDIDATES", 4)
    monkeypatch.setattr(selectors, "COUNTED", 3)
    results = selectors.search("cpam", user=people.alice, kinds=["organisation"])
    assert {hit.kind for hit in results.hits} == {"organisation"}
    assert results.total == 2


def test_holding_more_of_the_words_matters_more_than_being_short(
    shelf: Shelf, found: Found, people: Cast
) -> None:
    shelf.add("Covoiturage")
    shelf.add(
        "Nos trajets",
        "Un covoiturage entre collègues, avec un abri, des trajets fixes et des horaires publiés",
    )
    assert found("covoiturage collègues hebdomadaire", people.alice) == ["Nos trajets", "Covoiturage"]


def test_a_pasted_text_is_answered_by_what_it_shares(shelf: Shelf, people: Cast) -> None:
    text = "Prévenir les impayés de loyer des familles monoparentales par un appel mensuel du conseiller de la caisse"
    key = shelf.add("Impayés", text)
    shelf.add("Autre chose", "sans aucun rapport")
    results = selectors.search(text, user=people.alice)
    assert [hit.object_id for hit in results.hits] == [key]
    assert results.is_relaxed
