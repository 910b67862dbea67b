"""A challenge from its guided creation to its results, with JavaScript and without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from . import gestures
from .gestures import Written
from .running import Portal
from .visitor import Visitor

pytestmark = pytest.mark.e2e
Arrive = Callable[..., Visitor]

WORDS = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.mark.parametrize("javascript", WORDS)
def test_challenge_goes_from_its_creation_to_its_results(
    visitor: Arrive, portal: Portal, javascript: bool
) -> None:
    name = f"L’innovathon {'vif' if javascript else 'simple'}"
    animator = visitor("admin", javascript=javascript)
    author = visitor("agent", javascript=javascript)
    reader = visitor("nadia.ferrand", javascript=javascript)

    page = _create(animator, name)
    slug = page.strip("/").split("/")[-1]
    expect(animator.page.get_by_role("heading", level=1)).to_have_text(name)

    portal.begin_phase(slug, "open")
    ideas = [Written(title=f"Idée {rank} de {name}") for rank in ("une", "deux")]
    sheets = [_deposit(author, page, idea) for idea in ideas]
    _vote_within_budget(reader, sheets)
    gestures.comment(reader, f"Nous l’essayons déjà à Lille ({name}).")

    portal.begin_phase(slug, "study")
    _votes_are_shut(reader, sheets[1])
    gestures.bring_to_study(animator, sheets[0])
    gestures.write_refusal(animator)
    gestures.prepare_and_publish(animator)

    portal.begin_phase(slug, "results")
    _read_results(reader, page, ideas)


def _create(animator: Visitor, name: str) -> str:
    """The six steps, from the shipped model of an innovathon with one vote each."""
    animator.open("/defis/nouveau/")
    animator.page.get_by_role("radio", name=re.compile("^Innovathon")).check()
    animator.press("Commencer")
    animator.page.get_by_label("Nom du défi").fill(name)
    animator.page.get_by_label("Question posée").fill("Que changer à l’accueil d’ici l’été ?")
    animator.press("Enregistrer et continuer")
    animator.page.get_by_role("radio", name=re.compile("^Tout le réseau")).check()
    animator.page.get_by_label("Votes par personne").fill("1")
    animator.press("Enregistrer et continuer")
    animator.press("Enregistrer et continuer")
    animator.press("Enregistrer et continuer")
    assert animator.title() == "Relire et publier" or name in animator.page.inner_text("main")
    animator.press("Publier le défi")
    return animator.path().split("?")[0]


def _deposit(author: Visitor, page: str, idea: Written) -> str:
    """From the page of the challenge: the idea is deposited in it."""

    author.open(page)
    author.answer_to(author.page.locator(".act .btn-1").click)
    author.page.get_by_label("Quel problème voyez-vous").fill(idea.problem)
    author.page.get_by_label("Que proposez-vous").fill(idea.proposal)
    return gestures.finish_deposit(author, idea)


def _vote_button(reader: Visitor) -> Locator:
    return reader.page.locator('.act form[action*="/vote/"] button')


def _vote_within_budget(reader: Visitor, sheets: list[str]) -> None:
    """One vote: given, not given twice, taken back, given elsewhere."""
    reader.open(sheets[0])
    _vote_button(reader).click()
    expect(_vote_button(reader)).to_contain_class("is-cast")
    reader.open(sheets[1])
    _vote_button(reader).click()
    expect(reader.page.get_by_role("main")).to_contain_text("Vous avez donné votre seul vote")
    reader.open(sheets[0])
    _vote_button(reader).click()
    expect(_vote_button(reader)).not_to_contain_class("is-cast")
    reader.open(sheets[1])
    _vote_button(reader).click()
    expect(_vote_button(reader)).to_contain_class("is-cast")


def _votes_are_shut(reader: Visitor, sheet: str) -> None:
    reader.open(sheet)
    expect(_vote_button(reader)).to_have_count(0)
    expect(reader.page.locator(".act")).to_contain_text("1 vote")


def _read_results(reader: Visitor, page: str, ideas: list[Written]) -> None:
    assert reader.open(f"{page}resultats/").status == 200
    main = reader.page.get_by_role("main")
    for idea in ideas:
        expect(main).to_contain_text(idea.title)
