"""Real journeys: `ozeli serve` as its users run it, a real browser, a real SMTP server."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django import DjangoDbBlocker

from tests.plugins.database import cloned_database, server_environment

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "ozeli-demo"
CHROMIUM = os.environ.get("OZELI_CHROMIUM", "/usr/bin/chromium")
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], Any], *, seconds: float = 30, why: str = "") -> Any:
    """Poll until `ready()` is true and give its value; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := ready():
            return value
        time.sleep(0.05)
    pytest.fail(f"waited {seconds} s in vain: {why}")


@dataclass
class Mailbox:
    """The mails that the SMTP server received."""

    mails: list[EmailMessage] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def to(self, address: str, about: str = "") -> list[EmailMessage]:
        return [mail for mail in self.mails if address in mail["To"] and about in mail["Subject"]]


@dataclass
class Portal:
    """The running product."""

    url: str
    mailbox: Mailbox


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


@pytest.fixture(scope="session")
def portal(django_db_blocker: DjangoDbBlocker, mailbox: Mailbox) -> Iterator[Portal]:
    """The demonstration, served on loopback by the product's own command, on a database of its own."""
    with django_db_blocker.unblock(), cloned_database("e2e") as name:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        env = os.environ | server_environment(name)
        env |= {"SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}", "PORT": str(port), "OZELI_URL": url, "OZELI_DEMO": "1"}
        ozeli = [sys.executable, "-m", "ozeli.cli"]
        subprocess.run([*ozeli, "load_demo"], env=env, cwd=ROOT, check=True)
        subprocess.run([*ozeli, "collectstatic", "--noinput", "-v0"], env=env, cwd=ROOT, check=True)
        process = subprocess.Popen([*ozeli, "serve", "--port", str(port)], env=env, cwd=ROOT)
        try:
            wait_until(lambda: _answers(f"{url}/readyz"), why="the portal did not start")
            yield Portal(url, mailbox)
        finally:
            process.terminate()
            process.wait(30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"no browser at {CHROMIUM}")
        pytest.skip(f"no browser at {CHROMIUM}: apt install chromium")
    arguments = [*QUIET, *(["--no-sandbox"] if os.getuid() == 0 else [])]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


@dataclass
class Visitor:
    """Somebody at a browser: `open` a path, `page` to act on. Every console error is kept."""

    portal: Portal
    context: BrowserContext
    page: Page
    errors: list[str]

    def open(self, path: str) -> Page:
        self.page.goto(self.portal.url + path)
        return self.page

    def sign_in(self, name: str) -> "Visitor":
        self.open("/connexion/")
        self.page.fill("input[name=login]", f"{name}@demo.test")
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/connexion/" not in url)
        return self


@pytest.fixture
def visitor(portal: Portal, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """`visitor(javascript=True, width=1280, theme="light")`: somebody new, in a context of their own."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def arrive(*, javascript: bool = True, width: int = 1280, theme: str = "light") -> Visitor:
        context = browser.new_context(
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport={"width": width, "height": 900},
            color_scheme=theme,  # type: ignore[arg-type]
            java_script_enabled=javascript,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if _is_fault(message) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return Visitor(portal, context, page, errors)

    yield arrive
    for context in contexts:
        context.close()
    assert not errors, errors


def _is_fault(message: Any) -> bool:
    """Policy violations and script errors; the status of an answer that a journey expects is not one."""
    return message.type == "error" and "Failed to load resource" not in message.text
