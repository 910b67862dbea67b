"""What a machine can say of a page: accessibility, width, size, weight."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

from . import keyboard

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """([only, tags]) => axe.run(document, {
  runOnly: only.length ? {type: "rule", values: only} : {type: "tag", values: tags},
  rules: only.length ? {} : {"target-size": {enabled: true}},
}).then((found) => ({
  examined: found.passes.length + found.violations.length,
  violations: found.violations.map((one) => `${one.id} (${one.impact}): ${one.help}: `
    + one.nodes.slice(0, 4).map((node) => `${node.target.join(" ")} ${node.html.slice(0, 160)}`).join(" | ")),
}))"""
# What another theme may change. Everything else is the same page.
COLOURS = ["color-contrast", "link-in-text-block"]

WIDTHS = {1280: 900, 320: 720}

# How far the page goes past its window, and the first things that do.
OVERFLOW = """() => {
  const root = document.documentElement, past = root.scrollWidth - root.clientWidth;
  if (past <= 0) return "";
  const guilty = [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1 && !one.closest(".scroll, svg"))
    .slice(0, 3).map((one) => `${one.tagName}.${one.className} « ${one.textContent.trim().slice(0, 40)} »`);
  return `${past} px: ${guilty.join(", ")}`;
}"""


def axe(page: Page, *, only: list[str] | None = None) -> list[str]:
    """The violations, in words. Fails when nothing was examined."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found = page.evaluate(RUN, [only or [], TAGS])
    assert found["examined"], "axe examined nothing"
    return list(found["violations"])


def overflow(page: Page) -> str:
    """How the page scrolls sideways; nothing when it does not."""
    return str(page.evaluate(OVERFLOW))


def set_text_size(page: Page, pixels: int) -> None:
    """The size of texts, as a reader's own setting of the browser does (16 is the usual one)."""
    wire = page.context.new_cdp_session(page)
    wire.send("Page.setFontSizes", {"fontSizes": {"standard": pixels, "fixed": pixels}})
    wire.detach()


def count_elements(page: Page) -> int:
    return int(page.evaluate("document.querySelectorAll('*').length"))


class Scale:
    """What a page costs on the wire, from now on: requests, bytes as they travel, by kind."""

    def __init__(self, page: Page) -> None:
        self.kinds: dict[str, str] = {}
        self.bytes: dict[str, int] = {}
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.responseReceived", self._on_response)
        wire.on("Network.loadingFinished", self._on_end)

    def _on_response(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"]

    def _on_end(self, event: dict[str, Any]) -> None:
        self.bytes[event["requestId"]] = int(event["encodedDataLength"])

    def reset(self) -> None:
        self.kinds.clear()
        self.bytes.clear()

    @property
    def total(self) -> int:
        return sum(self.bytes.values())

    @property
    def requests(self) -> int:
        return sum(1 for size in self.bytes.values() if size)

    def of(self, kind: str) -> int:
        return sum(size for key, size in self.bytes.items() if self.kinds.get(key) == kind)


def looks(page: Page) -> Iterator[str]:
    """Everything wrong with a page as it stands: both themes, both widths, large texts, the keyboard."""
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            only = COLOURS if theme == "dark" else None
            yield from (f"{width} {theme}: {said}" for said in axe(page, only=only))
        yield from (f"{width}: focus: {said}" for said in keyboard.complaints(page))
        if wide := overflow(page):
            yield f"{width}: scrolls sideways, {wide}"
    page.set_viewport_size({"width": 1280, "height": 900})
    set_text_size(page, 32)
    if wide := overflow(page):
        yield f"text at 200 %: scrolls sideways, {wide}"
    set_text_size(page, 16)
