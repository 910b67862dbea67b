"""The matrix of rights rules the very next page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .visitor import Visitor

pytestmark = pytest.mark.e2e
Arrive = Callable[..., Visitor]


def set_level(admin: Visitor, brick: str, profile: str, level: str) -> None:
    admin.open("/administration/matrice/")
    admin.answer_to(admin.page.get_by_role("link", name=f"Modifier les droits, {brick}").click)
    admin.page.get_by_label(f"{brick}, {profile}").select_option(label=level)
    admin.press("Terminer")
    admin.press("Enregistrer")
    expect(admin.page.get_by_role("main")).to_contain_text("1 droit modifié")


def test_flipped_cell_rules_next_page(visitor: Arrive) -> None:
    admin, agent = visitor("admin"), visitor("agent")
    ideas = agent.page.get_by_role("navigation", name="Principal").get_by_role("link", name="Idées")
    assert agent.open("/idees/").status == 200
    expect(ideas).to_be_visible()
    set_level(admin, "Idées", "Consultation", "Aucun")
    try:
        assert agent.open("/idees/").status == 404
        agent.open("/")
        expect(ideas).to_have_count(0)
        expect(agent.page.get_by_role("heading", name=re.compile("Idées à regarder"))).to_have_count(0)
    finally:
        set_level(admin, "Idées", "Consultation", "Consulter")
    assert agent.open("/idees/").status == 200
    expect(ideas).to_be_visible()
