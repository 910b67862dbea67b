"""An idea deposited by nobody, followed by its receipt, then signed: without JavaScript, from the two hosts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .gestures import Written
from .running import Portal
from .visitor import Visitor

pytestmark = pytest.mark.e2e
Arrive = Callable[..., Visitor]
IDEA = Written(title="Ouvrir le guichet une heure plus tôt", domain="Accueil et guichets")
WORD = "Merci. Quel jour de la semaine gênerait le moins les équipes ?"
REPLY = "Le mardi : c’est le jour où il vient le moins de monde."


def test_idea_deposited_by_nobody_is_followed_then_signed(visitor: Arrive, portal: Portal) -> None:
    author = visitor("agent", javascript=False)
    moderator = visitor("contributrice", javascript=False)

    code = _deposit(author, portal)
    assert [cookie["domain"] for cookie in author.context.cookies() if cookie["domain"] == "localhost"] == []
    _follow(author, portal, code)
    expect(author.page.locator("main")).to_contain_text("Dans l’urne")

    portal.release_deposits()
    sheet = _publish(moderator)
    _follow(author, portal, code)
    expect(author.page.locator("main")).to_contain_text(WORD)
    author.page.get_by_label("Votre message").fill(REPLY)
    author.press("Envoyer")

    portal.release_deposits()
    moderator.open("/animation/sas/?etat=tous")
    moderator.answer_to(moderator.page.get_by_role("link", name=IDEA.title).click)
    expect(moderator.page.locator("#echange")).to_contain_text(REPLY)
    reader = visitor("nadia.ferrand", javascript=False)
    reader.open(sheet)
    expect(reader.page.locator("main")).to_contain_text("Anonyme")
    expect(reader.page.locator("main")).not_to_contain_text(REPLY)

    _sign(author, code)
    reader.open(sheet)
    expect(reader.page.locator("main")).not_to_contain_text("Anonyme")


def _deposit(author: Visitor, portal: Portal) -> str:
    """From the link at the top of the deposit page to the receipt; the code it shows."""
    author.open("/idees/deposer/")
    link = author.page.locator(f'main a[href^="{portal.airlock}"]').first
    assert link.get_attribute("rel") == "noreferrer"
    author.answer_to(link.click)
    author.answer_to(author.page.locator("main .btn-1").first.click)
    author.page.get_by_label("Quel problème voyez-vous").fill(IDEA.problem)
    author.page.get_by_label("Que proposez-vous").fill(IDEA.proposal)
    author.page.get_by_label("Domaine").select_option(label=IDEA.domain)
    author.press("Relire avant de déposer")
    author.page.get_by_label("Titre").fill(IDEA.title)
    author.press("Déposer sans être reconnu")
    code = author.page.locator(".sas-code").inner_text()
    author.page.get_by_label("Recopiez les cinq derniers caractères").fill(code[-5:])
    author.press("J’ai noté mon code")
    assert author.title() == "C’est noté. Vous pouvez fermer cette page."
    return code


def _follow(author: Visitor, portal: Portal, code: str) -> None:
    author.open(f"{portal.airlock}/suivre/")
    author.page.get_by_label("Votre code de suivi").fill(code)
    author.press("Ouvrir mon dépôt")


def _publish(moderator: Visitor) -> str:
    """At the desk of anonymous deposits: read, publish, write to the author; the path of the sheet."""
    moderator.open("/animation/sas/")
    moderator.answer_to(moderator.page.get_by_role("link", name=IDEA.title).click)
    moderator.page.get_by_role("radio", name=re.compile("^Publier")).check()
    moderator.press("Enregistrer la décision")
    moderator.open("/animation/sas/?etat=tous")
    moderator.answer_to(moderator.page.get_by_role("link", name=IDEA.title).click)
    moderator.page.get_by_label("Votre message").fill(WORD)
    moderator.press("Écrire à l’auteur")
    moderator.answer_to(moderator.page.get_by_role("link", name="Ouvrir la fiche").click)
    return moderator.path()


def _sign(author: Visitor, code: str) -> None:
    """On the portal, by the receipt: what becomes known is said, and confirmed."""
    author.open("/mes-idees/signer/")
    author.page.get_by_label("Le code de votre reçu").fill(code)
    author.page.get_by_role("checkbox").check()
    author.press("Signer cette idée")
    expect(author.page.get_by_role("heading", level=1)).to_have_text(IDEA.title)
