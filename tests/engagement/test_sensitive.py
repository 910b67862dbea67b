"""What looks like data about a person, and what only resembles it."""

import json
import os
import time
from pathlib import Path

import pytest

from ozeli.engagement.sensitive import (
    MASK,
    Kind,
    find,
    fingerprint,
    is_blocked,
    masked,
    nir_key,
    passages,
)

IBAN = "FR76 3000 6000 0112 3456 7890 189"


def kinds(text: str, **own: list[str]) -> list[str]:
    return [one.kind.name for one in find(text, **own)]


def nir(thirteen: str = "1850578006084") -> str:
    return f"{thirteen}{nir_key(thirteen):02}"


def test_key_is_the_known_one() -> None:
    """The example of the national institute of statistics, and Corsica's letters."""
    assert nir_key("2550814168025") == 38
    assert nir_key("154122A004005") == 97 - 1541219004005 % 97
    assert nir_key("154122b004005") == 97 - 1541218004005 % 97


@pytest.mark.parametrize(
    "written",
    [
        nir(),
        "1 85 05 78 006 084 " + nir()[13:],
        "1.85.05.78.006.084." + nir()[13:],
        "1\u00a085\u00a005\u00a078\u00a0006\u00a0084\u202f" + nir()[13:],
        "1-85-05-78-006-084-" + nir()[13:],
        nir("185052A006084"),
        "2 85 05 2B 006 084 " + nir("285052B006084")[13:],
        "1 85 05 78 006 084",
        "son numéro de sécurité sociale 1850578006084",
        "NIR : 1850578006084",
    ],
)
def test_nir_is_found_and_blocks(written: str) -> None:
    found = passages([("Le problème", f"Le courrier porte {written}, sans accusé.")])
    assert [one.kind for one in found] == [Kind.NIR]
    assert is_blocked(found)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (nir()[:13] + f"{(int(nir()[13:]) % 97) + 1:02}", []),  # a wrong key
        ("1851378006084" + "12", []),  # no thirteenth month
        ("Bon de commande 1850578006084 du 3 mai", ["NIR_LIKE"]),
        ("SIRET 552 100 554 00025", []),
        ("Siren 552100554", []),
        ("12 345 678 euros pour 1 200 000 assurés", []),
        ("Le budget passe de 185 057 à 800 608 euros", []),
        ("Version 1.85.05.78", []),
    ],
)
def test_numbers_that_are_no_nir(written: str, expected: list[str]) -> None:
    assert kinds(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "06 12 34 56 78",
        "0612345678",
        "06.12.34.56.78",
        "+33 6 12 34 56 78",
        "+33(0)612345678",
        "01-42-34-56-78",
    ],
)
def test_phone(written: str) -> None:
    assert kinds(f"Appelez-moi au {written}.") == ["PHONE"]


@pytest.mark.parametrize(
    "written",
    ["Le 3646 répond", "Appelez le 0 800 10 20 30", "0810 25 44 10", "loi n° 78-753 du 17 juillet 1978", "2019-10-07",
     "article L. 161-36-1-1", "10 000 000 000 euros", "de 01 à 02 03 04 05 06 07",
     "le 07/10/2019 15:46"],
)  # fmt: skip
def test_numbers_that_are_no_phone(written: str) -> None:
    assert "PHONE" not in kinds(written)


def test_mail_of_others_only() -> None:
    text = "Écrivez à jeanne.petit@exemple.fr ou à moi, Alice@exemple.test."
    assert [one.text for one in find(text, own=["alice@exemple.test"])] == ["jeanne.petit@exemple.fr"]
    assert kinds("Un pseudonyme @agent n’est pas une adresse") == []


def test_iban() -> None:
    found = find(f"Virement sur {IBAN} sous huit jours.")
    assert [(one.kind, one.text) for one in found] == [(Kind.IBAN, IBAN)]
    assert kinds(IBAN.replace("189", "188")) == []
    assert kinds("Le formulaire FR76 sert encore ici pour les dossiers anciens") == []


@pytest.mark.parametrize(
    "written",
    [
        "L’assurée Mme Jeanne Petit attend depuis trois mois.",
        "Le dossier de M. Kowalski est perdu.",
        "Monsieur Bernard Léger, allocataire, n’a pas reçu le courrier.",
        "Madame Nguyen, née le 3 mai, a rappelé.",
    ],
)
def test_name_of_an_insured_person(written: str) -> None:
    assert kinds(written) == ["NAME"]


@pytest.mark.parametrize(
    "written",
    [
        "Madame la directrice a reçu les allocataires.",
        "Madame Nguyen anime l’atelier.",
        "M. X, allocataire, attend.",
        "Monsieur Tout-le-monde n’est pas assuré.",
        "Monsieur Kowalski a quitté le service. Les allocataires attendent.",
        "Monsieur Président, les assurés attendent.",
    ],
)
def test_names_that_tell_nothing_of_anyone(written: str) -> None:
    assert kinds(written) == []


def test_passages_show_the_words_around() -> None:
    (one,) = passages(
        [("Ma proposition", "Il faudrait " + "vraiment " * 20 + "appeler le 06 12 34 56 78 avant midi")]
    )
    assert (one.where, one.text, one.label) == ("Ma proposition", "06 12 34 56 78", "numéro de téléphone")
    assert one.before.startswith("…vraiment ")
    assert one.before.endswith("appeler le ")
    assert one.after == " avant midi"


def test_a_confirmation_holds_for_its_passages_only() -> None:
    one, two = (passages([("", text)]) for text in ("06 12 34 56 78", "06 12 34 56 78, ou a@exemple.fr"))
    assert fingerprint(one) != fingerprint(two)
    assert fingerprint(one + one) == fingerprint(one)
    assert fingerprint([]) == ""


def test_masked_text_keeps_the_rest() -> None:
    assert masked("Au 06 12 34 56 78 ou a@exemple.fr.") == f"Au {MASK} ou {MASK}."


@pytest.mark.parametrize("unit", ["Mme Mme ", "Mme Da. ", "a@b.fr ", f"{IBAN}, ", "06 12 34 56 78, ", "1-"])
def test_a_text_of_any_length_is_read_in_the_time_of_its_length(unit: str) -> None:
    """Whoever sends a form, on the anonymous door too, may send a million characters before any limit is told."""
    text = (unit * (400_000 // len(unit)))[:400_000]
    started = time.process_time()
    masked(text)
    assert time.process_time() - started < 5


def test_passages_of_a_text_too_long_for_any_field_are_not_all_shown() -> None:
    """Such a text is refused anyway: its page would be a hundred times as long as what was sent."""
    assert 10 < len(passages([("Titre", "a@b.fr, " * 100_000)])) < 5_000


def test_false_alarms_on_real_proposals(capsys: pytest.CaptureFixture[str]) -> None:
    """Real public proposals hold hardly any personal data: what is found there is mostly a false alarm."""
    folder = Path(os.environ.get("OZELI_REAL_DATA", ""))
    files = sorted(folder.glob("ideas_*.jsonl")) if os.environ.get("OZELI_REAL_DATA") else []
    if not files:
        pytest.skip("OZELI_REAL_DATA does not lead to the real proposals")
    texts = [
        f"{row.get('title', '')}\n{row.get('body', '')}"
        for file in files
        for row in map(json.loads, file.read_text("utf-8").strip().split("\n"))
    ]
    seen = [kinds(text) for text in texts]
    flagged = sum(bool(one) for one in seen)
    tally = {kind.name: sum(one.count(kind.name) for one in seen) for kind in Kind}
    with capsys.disabled():
        print(
            f"\nsensitive passages: {flagged} of {len(texts)} real texts ({flagged / len(texts):.2%}), {tally}"
        )
    assert len(texts) > 6000
    assert not any("NIR" in one for one in seen)
    assert flagged / len(texts) < 0.02
