"""French typography, dates, numbers and sorting."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from ozeli.core import french

N, F = french.NBSP, french.NARROW


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Œuvre à l’Été", "oeuvre a l'ete"), ("ÆSIR", "aesir"), ("Caf de l’Hérault", "caf de l'herault")],
)
def test_fold_drops_accents_and_ligatures(text: str, folded: str) -> None:
    assert french.fold(text) == folded


def test_sort_key_orders_as_french_readers_expect() -> None:
    names = ["Urssaf", "œuvre", "Éveil", "eveil bis", "Obs", "Caf du Nord", "CAF de l’Ain"]
    assert sorted(names, key=french.sort_key) == [
        "CAF de l’Ain",
        "Caf du Nord",
        "Éveil",
        "eveil bis",
        "Obs",
        "œuvre",
        "Urssaf",
    ]


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (0, None, "0"),
        (1204, None, f"1{F}204"),
        (1234567, None, f"1{F}234{F}567"),
        (1234.5, None, f"1{F}234,5"),
        (3.0, None, "3"),
        (3, 2, "3,00"),
        (-31, None, "−31"),
        (Decimal("18200.40"), 2, f"18{F}200,40"),
    ],
)
def test_number(value: float, places: int | None, written: str) -> None:
    assert french.number(value, places) == written


@pytest.mark.parametrize(
    ("count", "words", "written"),
    [
        (0, ("idée",), f"0{N}idée"),
        (1, ("idée",), f"1{N}idée"),
        (2, ("idée",), f"2{N}idées"),
        (3, ("journal", "journaux"), f"3{N}journaux"),
        (4812, ("idée",), f"4{F}812{N}idées"),
    ],
)
def test_plural_begins_at_two(count: int, words: tuple[str, ...], written: str) -> None:
    assert french.plural(count, *words) == written


def test_plural_word_is_the_noun_alone() -> None:
    assert french.plural_word(1.5, "jour") == "jour"
    assert french.plural_word(2, "jour") == "jours"


def test_days() -> None:
    assert french.days(0) == f"moins d’un{N}jour"
    assert french.days(1) == f"1{N}jour"
    assert french.days(4) == f"4{N}jours"


def test_capped_stops_counting() -> None:
    assert french.capped(1000) == f"1{F}000"
    assert french.capped(1001) == f"plus de{N}1{F}000"
    assert french.capped(12, cap=10) == f"plus de{N}10"


def test_dates() -> None:
    assert french.long_date(date(2026, 11, 20)) == f"20{N}novembre{N}2026"
    assert french.long_date(date(2026, 12, 1)) == f"1er{N}décembre{N}2026"
    assert french.short_date(date(2026, 8, 3)) == f"3{N}août"
    assert french.short_date(date(2025, 8, 3), today=date(2026, 1, 2)) == f"3{N}août{N}2025"
    assert french.month(date(2026, 2, 14)) == f"février{N}2026"


def test_instants_are_told_in_paris() -> None:
    late = datetime(2026, 7, 31, 22, 30, tzinfo=UTC)
    assert french.long_date(late) == f"1er{N}août{N}2026"
    assert french.clock_time(late) == f"0{N}h{N}30"


@pytest.mark.parametrize(
    ("at", "written"), [(time(14, 30), f"14{N}h{N}30"), (time(9), f"9{N}h"), (time(9, 5), f"9{N}h{N}05")]
)
def test_clock_time(at: time, written: str) -> None:
    assert french.clock_time(at) == written


@pytest.mark.parametrize(
    ("typed", "set_in_type"),
    [
        ("L'idée : qui répond ?", f"L’idée{N}: qui répond{F}?"),
        ("« oui »", f"«{F}oui{F}»"),
        ("Quoi!?", f"Quoi{F}!?"),
        ("https://exemple.fr/?q=a;b", "https://exemple.fr/?q=a;b"),
        ("à 14:30", "à 14:30"),
    ],
)
def test_typographic(typed: str, set_in_type: str) -> None:
    assert french.typographic(typed) == set_in_type


def test_first_words_keep_their_spaces() -> None:
    assert french.first_words("un «\u202fmot\u202f»\nde trop", 2) == "un «\u202fmot\u202f»…"
    assert french.first_words("  deux  mots ", 2) == "deux mots"


def test_list_of() -> None:
    assert french.list_of([]) == ""
    assert french.list_of(["a"]) == "a"
    assert french.list_of(["a", "b", "c"]) == "a, b et c"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Claire", "de Claire"),
        ("Aurélie", "d’Aurélie"),
        ("Élodie", "d’Élodie"),
        ("Yves", "de Yves"),
        ("", "de "),
    ],
)
def test_preposition_before_a_name(name: str, said: str) -> None:
    assert french.of_name(name) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Un guichet", f"«{F}Un guichet{F}»"),
        ("La page « Mes droits »", f"«{F}La page “Mes droits”{F}»"),
        (f"«{F}Dites{F}» oui", f"«{F}“Dites” oui{F}»"),
    ],
)
def test_guillemets_within_guillemets_are_of_second_rank(text: str, said: str) -> None:
    assert french.quoted(text) == said
