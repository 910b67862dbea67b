"""Passkeys in a real browser, under the strict policy: added, used at the second step, renamed, removed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, expect

from . import audit
from .running import Portal
from .visitor import PASSWORD, Visitor

pytestmark = pytest.mark.e2e
Arrive = Callable[..., Visitor]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def device_of(visitor: Visitor, **more: Any) -> tuple[CDPSession, str]:
    """A device that answers at once, without a person."""
    wire = visitor.context.new_cdp_session(visitor.page)
    wire.send("WebAuthn.enable")
    made = wire.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | more})
    return wire, made["authenticatorId"]


def fill_password(visitor: Visitor, button: str) -> None:
    visitor.page.get_by_label("Mot de passe").fill(PASSWORD)
    visitor.press(button)


def calm(visitor: Visitor) -> list[str]:
    """Look at this page in a window beside, whose size and theme change; then ask the device for a new answer."""
    beside = visitor.context.new_page()
    beside.goto(visitor.page.url)
    found = list(audit.looks(beside))
    beside.close()
    visitor.page.reload()
    return found


@pytest.fixture
def home(portal: Portal) -> str:
    """Passkeys belong to a name, never to an address: the same portal, by its other name."""
    return portal.url.replace("127.0.0.1", "localhost")


def test_passkey_from_its_first_day_to_its_last(
    visitor: Arrive, portal: Portal, home: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(portal, "url", home)
    gwen = visitor()
    device_of(gwen)
    gwen.sign_in("gwenaelle.rio")

    gwen.open("/moi/securite/cles/ajouter/")
    fill_password(gwen, "Confirmer")
    found = calm(gwen)
    gwen.page.get_by_label("Nom de cette clé").fill("Téléphone")
    gwen.answer_to(gwen.page.get_by_role("button", name="Ajouter cette clé").click)
    expect(gwen.page.get_by_role("heading", level=1)).to_have_text("Codes de secours")

    gwen.open("/deconnexion/")
    gwen.press("Se déconnecter")
    gwen.page.get_by_label("Adresse électronique").fill("gwenaelle.rio@demo.test")
    fill_password(gwen, "Se connecter")
    expect(gwen.page.get_by_role("heading", level=1)).to_have_text("Votre second facteur")
    found += calm(gwen)
    gwen.answer_to(gwen.page.get_by_role("button", name="Utiliser ma clé").click)
    assert gwen.path() == "/"

    gwen.open("/moi/confirmer/cle/?next=/moi/securite/")
    found += calm(gwen)
    gwen.answer_to(gwen.page.get_by_role("button", name="Utiliser ma clé").click)
    assert gwen.path() == "/moi/securite/"
    gwen.answer_to(gwen.page.get_by_role("link", name=re.compile("^Renommer")).click)
    found += calm(gwen)
    gwen.page.get_by_label("Nom de cette clé").fill("Clé du bureau")
    gwen.press("Enregistrer")
    gwen.answer_to(gwen.page.get_by_role("link", name=re.compile("^Retirer Clé du bureau")).click)
    found += calm(gwen)
    gwen.press("Retirer cette clé")
    expect(gwen.page.get_by_text("La clé est retirée.")).to_be_visible()
    assert not found, "\n".join(found)


def test_device_that_refuses_is_said_in_french(
    visitor: Arrive, portal: Portal, home: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(portal, "url", home)
    somebody = visitor()
    somebody.sign_in("sylvie.dubrulle")
    somebody.open("/moi/securite/cles/ajouter/")
    fill_password(somebody, "Confirmer")
    somebody.page.evaluate(
        "() => { navigator.credentials.create = () => Promise.reject(new Error('refused')) }"
    )

    somebody.page.get_by_role("button", name="Ajouter cette clé").click()

    expect(somebody.page.get_by_text("La clé n’a pas répondu.")).to_be_visible()
