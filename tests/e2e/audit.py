"""What a machine can say of a page: accessibility, width, size, weight."""

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

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
