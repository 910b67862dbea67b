"""Without a mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from . import keyboard
from .visitor import PASSWORD, Visitor

pytestmark = pytest.mark.e2e
Arrive = Callable[..., Visitor]


def test_deposit_by_keyboard_alone(visitor: Arrive) -> None:
    author = visitor()
    author.open("/connexion/")
    keyboard.type_into(author, "Adresse électronique", "bastien.charvet@demo.test")
    keyboard.type_into(author, "Mot de passe", PASSWORD)
    author.answer_to(lambda: author.page.keyboard.press("Enter"))

    keyboard.enter(author, "Déposer une idée")
    keyboard.type_into(
        author, "Quel problème voyez-vous", "Le stylo du guichet disparaît tous les matins, on attend."
    )
    keyboard.type_into(
        author, "Que proposez-vous", "Attacher le stylo par une ficelle assez longue pour écrire."
    )
    keyboard.type_into(author, "Domaine", "Accueil")
    expect(author.page.get_by_label("Domaine")).to_have_value("accueil")
    keyboard.enter(author, "Relire avant de déposer")
    keyboard.tab_to(author, "Titre")
    author.page.keyboard.press("Control+a")
    author.page.keyboard.type("Une ficelle au stylo du guichet")
    keyboard.enter(author, "Déposer mon idée")
    assert author.title() == "Une ficelle au stylo du guichet"
    keyboard.tab_to(author, "Voter pour cette idée")
    author.page.keyboard.press("Space")
    expect(author.page.get_by_role("button", name="dont le vôtre")).to_be_focused()


@pytest.mark.parametrize(
    "path", ["/", "/idees/", "/idees/deposer/", "/mes-idees/", "/recherche/?q=rendez-vous"]
)
@pytest.mark.parametrize("width", [1280, 320])
def test_tab_goes_through_page_and_out(visitor: Arrive, path: str, width: int) -> None:
    reader = visitor("agent", width=width)
    reader.open(path)
    seen = keyboard.stops(reader.page)
    assert seen[0] == "Aller au contenu"
    assert len(seen) > 10


def test_slash_reaches_search(visitor: Arrive) -> None:
    reader = visitor("agent")
    reader.open("/")
    reader.page.keyboard.press("/")
    expect(reader.page.get_by_role("searchbox")).to_be_focused()
    reader.open("/idees/")
    reader.answer_to(lambda: reader.page.keyboard.press("/"))
    assert reader.path().startswith("/recherche/")


def test_menu_closes_by_escape_and_behind_the_focus(visitor: Arrive) -> None:
    reader = visitor("agent")
    reader.open("/idees/")
    account = reader.page.get_by_role("link", name="Mon compte")
    keyboard.tab_to(reader, "Mon espace")
    reader.page.keyboard.press("Enter")
    expect(account).to_be_visible()
    reader.page.keyboard.press("Escape")
    expect(account).to_be_hidden()
    reader.page.keyboard.press("Enter")
    expect(account).to_be_visible()
    keyboard.tab_to(reader, "Déposer une idée")
    expect(account).to_be_hidden()
