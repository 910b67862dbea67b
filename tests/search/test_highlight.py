"""Extracts show why a text was found, and never let markup through."""

from ozeli.search import analysis
from ozeli.search.highlight import extract, highlight
from ozeli.search.thesaurus import Thesaurus


def lexemes(text: str) -> frozenset[str]:
    return frozenset(analysis.lexemes(text))


def test_marks_whatever_the_accents_case_and_ending() -> None:
    assert highlight("L’accueil des ALLOCATAIRES", lexemes("acceuil accueils allocataire")) == (
        "L’<mark>accueil</mark> des <mark>ALLOCATAIRES</mark>"
    )


def test_markup_is_escaped() -> None:
    shown = extract("<script>alert('accueil')</script> & <mark>", lexemes("accueil"))
    assert "<script>" not in shown
    assert "<mark>accueil</mark>" in shown
    assert "&lt;mark&gt;" in shown


def test_extract_goes_where_most_words_answer() -> None:
    text = (
        "Un accueil. "
        + "Rien à voir avec le reste. " * 40
        + "Accueil téléphonique des assurés. "
        + "Fin. " * 60
    )
    shown = extract(text, lexemes("accueil téléphonique assuré"))
    assert "<mark>téléphonique</mark>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_extract_without_answer_is_the_beginning() -> None:
    text = "Début du texte. " * 50
    shown = extract(text, frozenset())
    assert shown.startswith("Début du texte.")
    assert len(shown) <= 250


def test_extract_of_nothing() -> None:
    assert extract("", lexemes("accueil")) == ""


def test_extract_of_one_endless_word() -> None:
    assert len(extract("a" * 5_000, lexemes("accueil"))) <= 250


def test_concept_is_marked_as_a_whole() -> None:
    thesaurus = Thesaurus([("RSA", ["revenu de solidarité active"])])
    shown = highlight("Le revenu de solidarité active, un revenu.", {"~rsa", "rsa"}, thesaurus)
    assert shown == "Le <mark>revenu de solidarité active</mark>, un revenu."
