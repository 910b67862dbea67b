"""Somebody at a browser, with the gestures that the journeys share."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from playwright.sync_api import BrowserContext, Locator, Page, Response

from .running import Portal

PASSWORD = "ozeli-demo"
EVIDENCE = settings.HOME / "e2e"


@dataclass
class Visitor:
    """`open` a path, then act on `page`. Console errors and requests to other hosts are kept in `faults`."""

    portal: Portal
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    def watch(self) -> "Visitor":
        """Note what no page may do: break the policy, fail in a script, ask another host for anything."""
        page, here = self.page, (self.portal.url, self.portal.airlock, "data:")
        page.on(
            "console",
            lambda said: self.faults.append(f"{page.url}: {said.text}") if _is_fault(said) else None,
        )
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(here) else self.faults.append(asked.url),
        )
        return self

    def open(self, path: str) -> Response:
        answer = self.page.goto(path if path.startswith("http") else self.portal.url + path)
        assert answer is not None
        return answer

    def sign_in(self, name: str) -> "Visitor":
        self.open("/connexion/")
        return self.fill_sign_in(name)

    def fill_sign_in(self, name: str) -> "Visitor":
        """On the sign-in page, wherever it came from."""
        self.page.get_by_label("Adresse électronique").fill(f"{name}@demo.test")
        self.page.get_by_label("Mot de passe").fill(PASSWORD)
        with self.page.expect_navigation(url=lambda url: "/connexion/" not in url):
            self.page.get_by_role("button", name="Se connecter").click()
        return self

    def press(self, name: str, *, within: Locator | None = None) -> Response:
        """Press a button that leads to a page, and wait for that page."""
        button = (within or self.page.locator("main")).get_by_role("button", name=name, exact=True)
        return self.answer_to(button.click)

    def answer_to(self, gesture: Callable[[], Any]) -> Response:
        """The page that a gesture leads to (after its redirects)."""
        with self.page.expect_navigation() as led:
            gesture()
        answer = led.value
        assert answer is not None
        return answer

    def follow(self, name: str) -> Response:
        return self.answer_to(self.page.locator("main").get_by_role("link", name=name, exact=True).click)

    def title(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    def path(self) -> str:
        return self.page.url.removeprefix(self.portal.url)

    def expire_session(self) -> None:
        """What a fortnight away does."""
        self.context.clear_cookies(name="ozeli_session")

    def take_evidence(self, name: str) -> None:
        """A picture of the page for whoever reads a failed run, and its words in the report."""
        picture = EVIDENCE / f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=picture, full_page=True)
        print(f"--- {self.page.url} ({picture})\n{self.page.inner_text('body')[:3000]}")


def _is_fault(message: Any) -> bool:
    """Policy violations and script errors; the status of an answer that a journey expects is not one."""
    return message.type == "error" and "Failed to load resource" not in message.text
