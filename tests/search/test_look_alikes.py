"""Look-alikes: what resembles a draft, and which of its words say so."""

import pytest

from ozeli.search import selectors

from ..personas import Cast
from .conftest import Shelf

DRAFT = "Je propose d’envoyer un SMS aux assurés la veille de leur rendez-vous, pour ne plus l’oublier."


def fill(shelf: Shelf) -> None:
    for place in range(12):
        shelf.add(f"Fiche {place}", f"Un agent de l’accueil propose le dossier {place} aux assurés du réseau")


def test_the_nearest_comes_first_and_says_why(shelf: Shelf, people: Cast) -> None:
    fill(shelf)
    key = shelf.add(
        "Rappel par SMS", "Les rendez-vous oubliés coûtent cher : un message la veille suffirait."
    )
    first = selectors.look_alikes(DRAFT, user=people.alice)[0]
    assert first.object_id == key
    assert set(first.shared_words) >= {"SMS", "rendez-vous", "veille", "oublier"}
    assert first.score > 0


def test_shared_words_are_written_as_they_were_typed(shelf: Shelf, people: Cast) -> None:
    key = shelf.add("Le RSA des jeunes", "Ouvrir le droit plus tôt")
    alike = selectors.look_alikes("Le Revenu de solidarité active pour un jeune", user=people.alice)
    assert [(one.object_id, one.shared_words) for one in alike] == [
        (key, ["Revenu de solidarité active", "jeune"])
    ]


def test_one_shared_word_is_not_a_resemblance(shelf: Shelf, people: Cast) -> None:
    shelf.add("Vendre les vieux vélos", "À qui veut")
    assert selectors.look_alikes("Louer des vélos aux agents qui viennent de loin", user=people.alice) == []


def test_a_very_short_draft_may_share_one_word(shelf: Shelf, people: Cast) -> None:
    shelf.add("Vendre les vieux vélos", "À qui veut")
    assert len(selectors.look_alikes("des vélos", user=people.alice)) == 1


def test_the_draft_itself_can_be_left_out(shelf: Shelf, people: Cast) -> None:
    key = shelf.add("Rappel par SMS la veille du rendez-vous")
    assert selectors.look_alikes(DRAFT, user=people.alice, exclude=[key]) == []


def test_limit_and_kinds(shelf: Shelf, people: Cast) -> None:
    for place in range(4):
        shelf.add(f"Rappel {place} par SMS la veille du rendez-vous")
    assert len(selectors.look_alikes(DRAFT, user=people.alice, limit=3)) == 3
    assert selectors.look_alikes(DRAFT, user=people.alice, kinds=["organisation"]) == []


def test_a_twin_outranks_a_longer_text(shelf: Shelf, people: Cast) -> None:
    fill(shelf)
    shelf.add("Catalogue", DRAFT + " " + " ".join(f"chapitre{place}" for place in range(300)))
    twin = shelf.add("Jumelle", DRAFT)
    assert selectors.look_alikes(DRAFT, user=people.alice)[0].object_id == twin


def test_a_very_long_draft(shelf: Shelf, people: Cast) -> None:
    key = shelf.add("Rappel par SMS la veille du rendez-vous")
    draft = (DRAFT + " ") * 220
    assert len(draft) > 20_000
    assert [one.object_id for one in selectors.look_alikes(draft, user=people.alice)] == [key]


def test_the_rarest_words_are_looked_at_first(
    shelf: Shelf, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the documents that may be looked at, frequent words no longer count."""
    fill(shelf)
    shelf.add("Agent de l’accueil", "Un agent propose un dossier aux assurés du réseau")
    key = shelf.add("Hygrométrie", "Mesurer la condensation")
    monkeypatch.setattr(selectors, "POSTINGS", 2)
    draft = "Un agent de l’accueil propose l’hygrométrie et la condensation aux assurés"
    assert [one.object_id for one in selectors.look_alikes(draft, user=people.alice)] == [key]


def test_when_every_word_is_frequent_the_first_tier_answers(
    shelf: Shelf, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(shelf)
    monkeypatch.setattr(selectors, "MANY", 3)
    assert len(selectors.look_alikes("Un agent de l’accueil, un dossier du réseau", user=people.alice)) == 5
