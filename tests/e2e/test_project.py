"""A project from its idea to the synthesis that tells of it: with a mouse, without JavaScript, on a phone."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from ozeli.core import clock

from . import keyboard
from .running import wait_until
from .visitor import Visitor

pytestmark = pytest.mark.e2e
Arrive = Callable[..., Visitor]

# Retained ideas of the demonstration, with one of their authors: each run takes its own.
RUNS = [
    pytest.param("braille-attestations", "vincent.jourdan", {}, id="with-javascript"),
    pytest.param("sortie-prison", "nathalie.schmitt", {"javascript": False}, id="without-javascript"),
    pytest.param("urgences-sociales", "agent", {"width": 320}, id="at-320-pixels"),
]
TITLES = {
    "braille-attestations": "Des attestations lisibles par les logiciels des personnes aveugles",
    "sortie-prison": "Préparer les droits un mois avant la sortie de prison",
    "urgences-sociales": "Garder chaque jour un créneau pour les urgences sociales",
}
LESSON = "Trois agents suffisent, à condition de bloquer le créneau dans l’agenda commun."


@pytest.mark.parametrize(("idea", "author", "window"), RUNS)
def test_project_goes_from_its_idea_to_the_synthesis(
    visitor: Arrive, idea: str, author: str, window: dict[str, object]
) -> None:
    owner = visitor(author, **window)
    decider = visitor("guillaume.perrin", **window)
    writer = visitor("contributrice", **window)

    sheet = _begin_from_idea(owner, TITLES[idea])
    _launch_and_tell(owner, sheet)
    _prepare_gate(owner, sheet)
    _freeze_and_resume(owner, sheet)
    _decide(decider, sheet)
    _end(owner, sheet)
    _is_in_the_synthesis(writer, TITLES[idea])


def _begin_from_idea(owner: Visitor, title: str) -> str:
    """From the sheet of a retained idea; the path of the project."""
    owner.open("/recherche/?q=" + title.replace(" ", "+"))
    owner.answer_to(owner.page.locator("main").get_by_role("link", name=title).first.click)
    owner.follow("Lancer un essai")
    owner.page.get_by_role("radio", name=re.compile("^Essai en trois étapes")).check()
    owner.press("Créer le projet")
    assert owner.title() == title
    expect(owner.page.get_by_role("region", name="Le fil")).to_contain_text("Idée")
    return owner.path().split("?")[0]


def _launch_and_tell(owner: Visitor, sheet: str) -> None:
    owner.open(f"{sheet}lancer/")
    owner.press("Lancer l’essai")
    owner.open(f"{sheet}etapes/1/bilan/")
    owner.page.get_by_label("Bonnes pratiques à reprendre").fill(LESSON)
    owner.press("Enregistrer le bilan")
    owner.open(f"{sheet}etapes/passer/")
    owner.page.get_by_role("radio", name=re.compile("Essayer")).check()
    owner.press("Passer")
    owner.open(sheet)
    expect(owner.page.get_by_role("main")).to_contain_text("2 étapes passées sur 3")
    owner.open(f"{sheet}point/")
    owner.page.get_by_role("radio", name="Éclaircies").check()
    owner.page.get_by_label("En une ligne").fill("Le créneau est pris chaque jour.")
    owner.press("Enregistrer le point")
    expect(owner.page.get_by_role("main")).to_contain_text("Le créneau est pris chaque jour.")


def _prepare_gate(owner: Visitor, sheet: str) -> None:
    owner.open(f"{sheet}jalons/3/")
    owner.page.get_by_label("Ce qui ferait dire NO GO").fill("Moins d’un créneau sur deux utilisé.")
    owner.press("Garder ces critères")
    owner.open(f"{sheet}jalons/3/")
    owner.page.get_by_label("Qui décide").fill("Guillaume Perrin")
    owner.page.get_by_label("Pour quel jour").fill((clock.today() + timedelta(days=10)).isoformat())
    owner.press("Enregistrer")
    expect(owner.page.get_by_role("main")).to_contain_text("Guillaume Perrin")


def _freeze_and_resume(owner: Visitor, sheet: str) -> None:
    owner.open(f"{sheet}geler/")
    owner.press("Geler le projet")
    expect(owner.page.get_by_role("main")).to_contain_text("Rien n’est encore changé")
    owner.page.get_by_label("La cause principale").select_option(label="Temps libéré insuffisant")
    owner.page.get_by_label("En quelques mots").fill("Deux agents sont appelés ailleurs jusqu’à lundi.")
    owner.press("Geler le projet")
    expect(owner.page.locator(".eyebrow")).to_contain_text("Gelé")
    owner.open(f"{sheet}reprendre/")
    owner.press("Reprendre")
    expect(owner.page.locator(".eyebrow")).to_contain_text("En cours")


def _decide(decider: Visitor, sheet: str) -> None:
    """The criteria written before are shown; a NO GO without its lesson is not taken, a GO is."""
    decider.open(f"{sheet}jalons/3/")
    expect(decider.page.get_by_role("main")).to_contain_text("Moins d’un créneau sur deux utilisé.")
    decider.page.get_by_role("radio", name=re.compile("^NO GO")).check()
    decider.page.get_by_label("Pourquoi").fill("Les créneaux sont utilisés neuf fois sur dix.")
    assert decider.press("Décider").status == 422
    decider.page.get_by_role("radio", name=re.compile("^GO")).check()
    assert decider.press("Décider").status == 200
    expect(decider.page.get_by_role("main")).to_contain_text("Les créneaux sont utilisés neuf fois sur dix.")


def _end(owner: Visitor, sheet: str) -> None:
    owner.open(f"{sheet}terminer/")
    owner.page.get_by_role("radio", name="Étendre").check()
    owner.press("Terminer le projet")
    expect(owner.page.locator(".eyebrow")).to_contain_text("Terminé")


def _is_in_the_synthesis(writer: Visitor, title: str) -> None:
    """Of the half-year under way: written from the data, published, downloaded."""
    writer.open("/projets/syntheses/nouvelle/")
    writer.page.get_by_role("group", name="Période").get_by_role("radio").first.check()
    writer.page.get_by_label("Signée par").fill("Éléonore Baudry, innovation")
    writer.press("Écrire la première version")
    expect(writer.page.get_by_role("main")).to_contain_text(title)
    writer.follow("Relire et publier")
    writer.press("Publier")
    page = writer.path()

    def published() -> bool:
        writer.open(page)
        return writer.page.get_by_role("link", name=re.compile("^PDF")).count() > 0

    wait_until(published, seconds=60, why="the synthesis is not published")
    link = writer.page.get_by_role("link", name=re.compile("^PDF")).get_attribute("href")
    assert link is not None
    answer = writer.context.request.get(writer.portal.url + link)
    assert answer.ok and answer.body().startswith(b"%PDF-")


def test_project_begins_and_goes_on_by_keyboard_alone(visitor: Arrive) -> None:
    owner = visitor("rachid.amrani")
    owner.open("/projets/nouveau/")
    keyboard.type_into(owner, "Titre", "Un bac pour les stylos du guichet")
    keyboard.enter(owner, "Créer le projet")
    assert owner.title() == "Un bac pour les stylos du guichet"
    sheet = owner.path().split("?")[0]
    owner.open(f"{sheet}lancer/")
    keyboard.enter(owner, "Lancer l’essai")
    owner.open(f"{sheet}etapes/1/bilan/")
    keyboard.type_into(owner, "Ce qui a été fait", "Un bac vissé, trois stylos, un mois.")
    keyboard.enter(owner, "Enregistrer le bilan")
    owner.open(f"{sheet}geler/")
    keyboard.type_into(owner, "La cause principale", "Budget")
    keyboard.type_into(owner, "En quelques mots", "Plus de vis avant le mois prochain.")
    keyboard.enter(owner, "Geler le projet")
    expect(owner.page.locator(".eyebrow")).to_contain_text("Gelé")
