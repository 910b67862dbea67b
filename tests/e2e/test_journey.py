"""The main job of the product, from the deposit to the answer and beyond, with JavaScript and without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from . import gestures
from .gestures import LONG_ANSWER, Written
from .running import Mailbox, wait_until
from .visitor import Visitor

pytestmark = pytest.mark.e2e
Arrive = Callable[..., Visitor]

WORDS = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]
DEMO_LOOK_ALIKE = "Rappeler le rendez-vous par SMS la veille"


@pytest.mark.parametrize("javascript", WORDS)
def test_idea_gets_reasoned_answer_then_second_chance(
    visitor: Arrive, mailbox: Mailbox, javascript: bool
) -> None:
    idea = Written(title=f"Un rappel la veille pour chaque guichet, {'vif' if javascript else 'simple'}")
    author = visitor("agent", javascript=javascript)
    reader = visitor("nadia.ferrand", javascript=javascript)
    referent = visitor("referente", javascript=javascript)

    sheet = _deposit(author, idea, javascript=javascript)
    gestures.find(reader, idea)
    gestures.vote(reader)
    gestures.comment(reader, f"À Lille, même constat le lundi ({javascript}).")
    _decline(referent, sheet)
    _author_learns_it(author, mailbox, idea)
    _second_chance(reader, referent, idea, sheet)


def _deposit(author: Visitor, idea: Written, *, javascript: bool) -> str:
    """The draft saves itself, or by its button; the look-alikes come while typing, and again at the end."""
    gestures.describe(author, idea)
    page = author.page
    if javascript:
        expect(page.get_by_role("status").filter(has_text="Brouillon enregistré")).to_be_visible()
        expect(gestures.look_alikes(page)).to_contain_text(DEMO_LOOK_ALIKE)
    else:
        author.press("Garder en brouillon")
    author.open("/mes-idees/")
    author.answer_to(page.get_by_role("link", name=idea.proposal[:70]).first.click)
    expect(page.get_by_label("Que proposez-vous")).to_have_value(idea.proposal)
    expect(gestures.look_alikes(page)).to_contain_text(DEMO_LOOK_ALIKE)
    return gestures.finish_deposit(author, idea)


def _decline(referent: Visitor, sheet: str) -> None:
    """Too short an answer is refused, the text kept; a reasoned one is prepared, read again, published."""
    gestures.bring_to_study(referent, sheet)
    gestures.write_refusal(referent, answer="Non merci, cela existe déjà.")
    assert referent.press("Enregistrer").status == 422
    expect(referent.page.get_by_role("alert")).to_contain_text("il en faut 80 au moins")
    expect(gestures.answer_field(referent)).to_have_value("Non merci, cela existe déjà.")
    gestures.write_refusal(referent)
    gestures.prepare_and_publish(referent)
    expect(referent.page.get_by_role("main")).to_contain_text("personne ne l’avait fait")


def _author_learns_it(author: Visitor, mailbox: Mailbox, idea: Written) -> None:
    """In the portal, and by a mail of two parts whose link leads to the answer."""
    said = re.compile(f"Votre idée.*{idea.title}.*n’est pas retenue")

    def told() -> bool:
        author.open("/notifications/")
        return author.page.get_by_role("link", name=said).count() == 1

    wait_until(told, why="the author was not told in the portal")
    mail = mailbox.wait_for("agent@demo.test", "Réponse à votre idée", idea.title)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and html is not None
    assert "personne ne l’avait fait" in plain.get_content()
    assert "personne ne l’avait fait" in html.get_content()
    link = re.search(r"http\S+/idees/\S+", plain.get_content())
    assert link is not None and link.group() in html.get_content()
    assert author.open(link.group()).status == 200
    expect(author.page.get_by_role("heading", name="Non retenue")).to_be_visible()


def _second_chance(reader: Visitor, referent: Visitor, idea: Written, sheet: str) -> None:
    """From the cimetière, a request; accepted, the idea starts a new round with new votes."""
    reader.open("/cimetiere/")
    grave = reader.page.get_by_role("listitem").filter(has_text=idea.title)
    expect(grave).to_contain_text("personne ne l’avait fait")
    reader.answer_to(grave.get_by_role("link", name="Demander une relance").click)
    reader.page.get_by_label("Ce qui a changé").fill("L’outil de SMS est ouvert à toutes les caisses.")
    reader.page.get_by_label("Un outil").check()
    reader.press("Envoyer ma demande")

    referent.open("/animation/?file=relances")
    referent.answer_to(referent.page.get_by_role("link", name=idea.title).click)
    referent.page.get_by_role("radio", name="Relancer l’idée").check()
    referent.press("Envoyer ma réponse")

    reader.open(sheet)
    vote = reader.page.get_by_role("button", name="Voter pour cette idée")
    expect(vote).to_contain_text("0 vote")
    expect(reader.page.get_by_role("main")).to_contain_text(LONG_ANSWER[:40])
    gestures.vote(reader)
