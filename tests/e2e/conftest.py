"""Real journeys: `ozeli serve` as its users run it, a real browser, a real SMTP server."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright
from pytest_django import DjangoDbBlocker

from .running import Mailbox, Portal, receiving_mail, serving
from .visitor import Visitor

CHROMIUM = os.environ.get("OZELI_CHROMIUM", "/usr/bin/chromium")
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
Arrive = Callable[..., Visitor]
FAILED = pytest.StashKey[bool]()
PATIENCE = 30_000  # ms: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    with receiving_mail() as box:
        yield box


@pytest.fixture(scope="session")
def portal(django_db_blocker: DjangoDbBlocker, mailbox: Mailbox) -> Iterator[Portal]:
    """The demonstration, served on loopback by the product's own command, on a database of its own."""
    with django_db_blocker.unblock(), serving(mailbox) as running:
        yield running


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


@pytest.fixture(scope="session")
def session_of(portal: Portal, browser: Browser) -> Callable[[str], Any]:
    """`session_of("agent")`: the cookies of that account, signed in once for all the tests."""
    known: dict[str, Any] = {}

    def sign_in(name: str) -> Any:
        if name not in known:
            context = open_context(browser)
            Visitor(portal, context, context.new_page()).sign_in(name)
            known[name] = context.storage_state()
            context.close()
        return known[name]

    return sign_in


def open_context(
    browser: Browser, *, javascript: bool = True, width: int = 1280, theme: str = "light", cookies: Any = None
) -> BrowserContext:
    """A window of its own, in French, at Paris time."""
    context = browser.new_context(
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport={"width": width, "height": 900 if width > 700 else 720},
        color_scheme=theme,  # type: ignore[arg-type]
        java_script_enabled=javascript,
        reduced_motion="reduce",
        storage_state=cookies,
    )
    context.set_default_timeout(PATIENCE)
    return context


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report: Any = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def visitor(
    portal: Portal, browser: Browser, session_of: Callable[[str], Any], request: pytest.FixtureRequest
) -> Iterator[Arrive]:
    """`visitor("agent", javascript=True, width=1280, theme="light")`: an account in a window of its own; nobody
    without a name. `own_session=True` signs in by the page: the session may then be lost without harm to others."""
    arrived: list[Visitor] = []

    def arrive(name: str = "", *, own_session: bool = False, **window: Any) -> Visitor:
        cookies = session_of(name) if name and not own_session else None
        context = open_context(browser, cookies=cookies, **window)
        one = Visitor(portal, context, context.new_page()).watch()
        arrived.append(one)
        return one.sign_in(name) if own_session else one

    yield arrive
    for rank, one in enumerate(arrived):
        if request.node.stash.get(FAILED, False):
            one.take_evidence(f"{request.node.name}-{rank}")
        one.context.close()
    assert not [fault for one in arrived for fault in one.faults]
