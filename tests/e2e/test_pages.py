"""Every page, in both themes and both widths: accessible, light, in its window, and calm in the console."""

from collections.abc import Callable, Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from . import audit, keyboard
from .running import Portal
from .screens import BUDGETS, NOT_PAGES, SCREENS, Screen
from .visitor import Visitor

pytestmark = pytest.mark.e2e
Arrive = Callable[..., Visitor]

COLD_BYTES, COLD_REQUESTS, WARM_BYTES = 150_000, 12, 30_000
SCRIPT_BYTES, STYLE_BYTES = 40_000, 30_000


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_screen(visitor: Arrive, screen: Screen) -> None:
    reader = visitor(screen.who, own_session=_loses_session(screen))
    scale = audit.Scale(reader.page)
    assert screen.open(reader) == screen.status
    found = [*audit.looks(reader.page), *_size(reader, screen)]
    if screen.act is None and screen.sort != "admin":
        found += _weight(reader, scale)
    assert not found, "\n".join(found)


def _size(reader: Visitor, screen: Screen) -> Iterator[str]:
    count, budget = audit.count_elements(reader.page), BUDGETS[screen.sort]
    if budget is not None and count > budget:
        yield f"{count} elements, {budget} at most"


def _weight(reader: Visitor, scale: audit.Scale) -> Iterator[str]:
    """The page came cold: its context was new. Then once more, warm."""
    limits = {
        "bytes cold": (scale.total, COLD_BYTES),
        "requests": (scale.requests, COLD_REQUESTS),
        "bytes of scripts": (scale.of("Script"), SCRIPT_BYTES),
        "bytes of styles": (scale.of("Stylesheet"), STYLE_BYTES),
    }
    assert scale.total > 5_000, "nothing was weighed"
    scale.reset()
    reader.open(reader.path())
    limits["bytes warm"] = (scale.total, WARM_BYTES)
    yield from (f"{value} {name}, {most} at most" for name, (value, most) in limits.items() if value > most)


def _loses_session(screen: Screen) -> bool:
    return (
        bool(screen.who) and screen.act is not None and screen.act.__name__ in ("expired", "kept_elsewhere")
    )


def test_page_of_lost_database(visitor: Arrive, portal: Portal) -> None:
    reader = visitor("agent")
    reader.open("/idees/deposer/")
    reader.page.get_by_label("Que proposez-vous").fill("Un texte qui ne doit pas se perdre.")
    with portal.without_database():
        assert reader.press("Relire avant de déposer").status == 503
        found = list(audit.looks(reader.page))
    assert not found, "\n".join(found)


def test_every_page_is_among_screens() -> None:
    known = {screen.view for screen in SCREENS} | NOT_PAGES
    assert len(SCREENS) > 80
    missing = {name for name in _views(get_resolver()) if not name.endswith("export") and name not in known}
    assert not missing


def _views(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield space + str(one.name)
        else:
            yield from _views(one, f"{one.namespace}:" if one.namespace else space)


def test_audit_finds_what_is_planted(visitor: Arrive) -> None:
    """The guards above have teeth: each planted fault is found."""
    reader = visitor("agent")
    page = reader.page
    reader.open("/")
    assert not audit.axe(page)
    page.evaluate(
        """() => {
        const main = document.querySelector("main");
        main.insertAdjacentHTML("beforeend", `<img src="/static/x.png"><a href="/"></a><p id="pale">Pâle</p>
          <button id="tiny">x</button><button>y</button><div id="wide">Large</div>`);
        pale.style.color = "#ddd"; wide.style.width = "5000px";
        for (const one of [tiny, tiny.nextElementSibling]) one.style.cssText = "all: unset; width: 8px; height: 8px";
        }"""
    )
    found = "\n".join(audit.axe(page))
    assert [
        rule for rule in ("image-alt", "link-name", "color-contrast", "target-size") if rule not in found
    ] == []
    assert any("color-contrast" in said for said in audit.axe(page, only=audit.COLOURS))
    assert "wide" in audit.overflow(page).lower() or "Large" in audit.overflow(page)
    assert any("no visible focus" in said for said in keyboard.complaints(page))


def test_watch_finds_what_page_may_not_do(visitor: Arrive) -> None:
    reader = visitor("agent")
    reader.open("/")
    reader.page.evaluate("""async () => {
        document.body.insertAdjacentHTML("beforeend", '<p style="color: red">x</p>');
        await fetch("http://ailleurs.test/").catch(() => null);
    }""")
    assert any("Content Security Policy" in said for said in reader.faults)
    assert any(said.startswith("http://ailleurs.test/") for said in reader.faults) or any(
        "ailleurs.test" in said for said in reader.faults
    )
    reader.faults.clear()
