"""The list of a challenge in a real browser: a button leads to the deposit, a spreadsheet comes and goes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.transfers.sheets import table_of, workbook

from . import gestures
from .gestures import Written
from .running import wait_until
from .visitor import Visitor

pytestmark = pytest.mark.e2e
Arrive = Callable[..., Visitor]
WORDS = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]
CHALLENGE = "/defis/boite-permanente/"


@pytest.mark.parametrize("javascript", WORDS)
def test_list_goes_to_a_spreadsheet_and_back(visitor: Arrive, javascript: bool) -> None:
    idea = Written(title=f"Une étagère de livres à l’accueil, {'vive' if javascript else 'simple'}")
    sheet = _deposit_by_the_button(visitor("agent", javascript=javascript), idea)
    animator = visitor("referente", javascript=javascript)

    rows = _take(animator)
    line = next(row for row in rows if row["titre (lecture seule)"] == idea.title)
    line |= {"état": "En débat", "mots-clés": "lecture, accueil", "votes (lecture seule)": 4000}
    _bring(animator, workbook(rows))
    expect(animator.page.get_by_role("main")).to_contain_text("Cette cellule est en lecture seule")
    assert animator.page.get_by_role("button", name="Écrire").count() == 0

    rows = _take(animator)
    line = next(row for row in rows if row["titre (lecture seule)"] == idea.title)
    line |= {"état": "En débat", "mots-clés": "lecture, accueil"}
    _bring(animator, workbook(rows))
    change = animator.page.get_by_role("row").filter(has_text=idea.title)
    expect(change.get_by_role("deletion").first).to_have_text("Déposée")
    expect(change.get_by_role("insertion").first).to_have_text("En débat")
    expect(change).to_contain_text("Prévient ses auteurs")
    animator.press("Écrire 1\u00a0ligne")
    _wait(animator, "L’import est terminé")
    animator.open(sheet)
    expect(animator.page.get_by_role("main")).to_contain_text("En débat")
    assert animator.faults == []


def _deposit_by_the_button(author: Visitor, idea: Written) -> str:
    """The link that an intranet shows, followed to the deposit: the challenge is chosen already."""
    author.open(f"{CHALLENGE}bouton/")
    copied = author.page.get_by_label("Le lien, à coller").input_value()
    assert copied.startswith('<a class="ozeli-bouton" href="')
    author.open(copied.split('"')[3])
    expect(author.page.get_by_label("Dans un défi")).to_have_value("boite-permanente")
    author.page.get_by_label("Quel problème voyez-vous").fill(idea.problem)
    author.page.get_by_label("Que proposez-vous").fill(idea.proposal)
    return gestures.finish_deposit(author, idea)


def _take(animator: Visitor) -> list[dict[str, Any]]:
    animator.open(CHALLENGE)
    animator.follow("Traiter la liste dans un tableur")
    with animator.page.expect_download() as taken:
        animator.page.get_by_role("link", name="Prendre la liste (Excel)").click()
    return table_of(Path(taken.value.path()).read_bytes())


def _bring(animator: Visitor, content: bytes) -> None:
    animator.open(f"{CHALLENGE}echange/")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file: Any = {"name": "liste.xlsx", "mimeType": kind, "buffer": content}
    animator.page.get_by_label("Le fichier").set_input_files(file)
    animator.press("Comparer avec le portail")
    _wait(animator, "Ligne par ligne")


def _wait(animator: Visitor, words: str) -> None:
    """The job works beside: the page shows it by itself, or when it is asked again."""

    def shown() -> bool:
        animator.open(animator.path())
        return animator.page.get_by_role("main").filter(has_text=words).count() > 0

    wait_until(shown, why=f"the page never says {words!r}")
