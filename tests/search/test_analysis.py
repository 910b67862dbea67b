"""The same word, however it is written, gives the same lexeme."""

import pytest

from ozeli.search import analysis
from ozeli.search.thesaurus import Thesaurus


@pytest.mark.parametrize(
    "family",
    [
        "sécurité SÉCURITÉ securite Sécurités",
        "améliorer améliorée améliorées amelioree amélioration améliorations ameliorer",
        "revenu revenus REVENU",
        "bénéficié beneficie bénéficier",
        "simplifier simplifié simplifiée simplification",
        "handicapé handicapée handicap handicapés",
        "œuvre oeuvre Œuvres OEUVRES",
        "travail travaux",
        "général générale généraux",
        "français française francais",
        "déclaration déclarations déclarer déclarée",
    ],
)
def test_forms_of_a_word_share_their_lexeme(family: str) -> None:
    assert len({analysis.lexeme(word) for word in family.split()}) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l’idée", ["ide"]),
        ("l'idée qu’elle d'aujourd’hui", ["ide"]),
        ("le C.A.F. et la CAF", ["caf", "caf"]),
        ("Trop-perçus, non-recours et rendez-vous", ["troppercu", "nonrecour", "rendezvou"]),
        ("trop de travail", ["travail"]),
        ("le SI du réseau, si possible", ["si", "reseau", "possibl"]),
        ("40 % en 2026", ["40", "2026"]),
        ("", []),
        ("’’’ … & | ! () :* <-> '\\", []),
        ("le la les de du des et ou", []),
        ("a\x00b idée", ["ide"]),
        ("x" * 60, []),
    ],
)
def test_lexemes_of_a_text(text: str, expected: list[str]) -> None:
    assert analysis.lexemes(text) == expected


def test_decomposed_accents_are_the_same_letters() -> None:
    assert analysis.lexemes("se\u0301curite\u0301") == analysis.lexemes("sécurité")


def test_other_alphabets_are_kept_as_they_are() -> None:
    assert analysis.lexemes("שלום 🎉 привет") == ["שלום", "привет"]


def test_words_tell_where_they_stand() -> None:
    text = "Déposer l’idée ici"
    assert [text[word.start : word.end] for word in analysis.words(text)] == ["Déposer", "idée"]


def test_distinct_words_stay_apart() -> None:
    assert analysis.lexeme("données") != analysis.lexeme("donner")
    assert analysis.lexeme("cafés") == analysis.lexeme("café") != analysis.lexeme("Caf")
    assert analysis.lexeme("emploi") != analysis.lexeme("emballage")


@pytest.fixture
def thesaurus() -> Thesaurus:
    return Thesaurus(
        [
            ("RSA", ["revenu de solidarité active"]),
            ("QVT", ["QVCT", "qualité de vie au travail"]),
            ("le", ["la"]),
        ]
    )


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("le RSA", ["~rsa"]),
        ("le Revenu de Solidarité active et le rsa", ["~rsa", "~rsa"]),
        ("le revenu et la solidarité", []),
        ("la qvct, ou qualités de vie au travail", ["~qvt", "~qvt"]),
    ],
)
def test_every_way_of_saying_gives_the_concept(thesaurus: Thesaurus, text: str, concepts: list[str]) -> None:
    assert [said.concept for said in thesaurus.occurrences(analysis.lexemes(text))] == concepts


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "_REMEMBERED", 2)
    monkeypatch.setattr(analysis, "_memory", {})
    assert analysis.lexemes("idée projet réseau idée") == ["ide", "projet", "reseau", "ide"]
    assert len(analysis._memory) <= 2
