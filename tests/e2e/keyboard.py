"""Somebody without a mouse: Tab, Enter, Space and letters only, and each step must show where one is."""

from playwright.sync_api import Page

from .visitor import Visitor

# What holds the focus: its name, whether that is seen (outline or halo), inside the window, and not covered.
WHERE = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const style = getComputedStyle(here), box = here.getBoundingClientRect();
  const name = here.getAttribute("aria-label") || (here.labels && here.labels[0]?.textContent) || here.textContent
    || here.name || here.tagName;
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const seen = (from, to, size) => Math.min(to, size) - Math.max(from, 0) >= Math.min(to - from, 44) - 1;
  const inside = box.width > 0 && box.height > 0
    && seen(box.left, box.right, innerWidth) && seen(box.top, box.bottom, innerHeight);
  const line = here.getClientRects()[0] || box;
  const middle = (from, to, size) => (Math.max(from, 0) + Math.min(to, size - 1)) / 2;
  const x = middle(line.left, line.right, innerWidth), y = middle(line.top, line.bottom, innerHeight);
  const top = document.elementFromPoint(x, y);
  const covered = top !== null && !here.contains(top) && !top.contains(here)
    && !(here.labels && [...here.labels].some((label) => label.contains(top)));
  return {name: name.replace(/\\s+/g, " ").trim(), tag: here.tagName, outlined, inside, covered,
    box: [box.left, box.top, box.right, box.bottom].map(Math.round)};
}"""

# The same for every focusable of the page, in document order, without pressing Tab each time.
ALL = (
    """() => { const where = """
    + WHERE
    + """;
  const reachable = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((one) => !one.disabled && one.checkVisibility({visibilityProperty: true}));
  const unfold = (fold) => { if (fold && !fold.open) fold.open = true; };
  const visit = (one) => {
    unfold(one.closest("details"));
    one.focus();
    return document.activeElement === one ? where() : null;
  };
  return reachable.map(visit).filter(Boolean);
}"""
)


def complaint(at: dict) -> str:
    """What is wrong with the place of the focus; nothing when all is well."""
    faults = [
        *(["no visible focus"] if not at["outlined"] else []),
        *(["outside the window"] if not at["inside"] else []),
        *(["covered"] if at["covered"] else []),
    ]
    return f"{at['tag']} « {at['name'][:50]} » {at['box']}: {', '.join(faults)}" if faults else ""


def complaints(page: Page) -> list[str]:
    """Of every focusable of the page, the keyboard being in use."""
    page.keyboard.press("Tab")
    found = page.evaluate(ALL)
    assert found, "nothing to focus"
    return [said for said in map(complaint, found) if said]


def tab_to(visitor: Visitor, name: str, *, most: int = 80) -> None:
    """Press Tab until the focus is on what has this name; each stop on the way must be seen."""
    for _ in range(most):
        visitor.page.keyboard.press("Tab")
        at = visitor.page.evaluate(WHERE)
        if at is None:
            continue
        assert not complaint(at), complaint(at)
        if name in at["name"]:
            return
    raise AssertionError(f"Tab does not reach {name!r}")


def stops(page: Page, *, most: int = 300) -> list[str]:
    """The names of the places that Tab goes through, until it leaves the page. Fails when it never does."""
    seen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(WHERE)
        if at is None:
            return seen
        assert not complaint(at), complaint(at)
        seen.append(at["name"])
    raise AssertionError(f"Tab never leaves the page: {seen[-5:]}")


def type_into(visitor: Visitor, name: str, words: str) -> None:
    tab_to(visitor, name)
    visitor.page.keyboard.type(words)


def enter(visitor: Visitor, name: str) -> None:
    """Reach a button or a link, and press Enter: it leads to a page."""
    tab_to(visitor, name)
    visitor.answer_to(lambda: visitor.page.keyboard.press("Enter"))
