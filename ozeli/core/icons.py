"""The sprite: our own glyphs (kinds, states, levels) and general icons taken from the lucide package.

No drawing of a third party is committed: lucide's are read from its package when the static files are built.
"""

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

GLYPHS_FILE = Path(__file__).parent / "glyphs.svg"
SVG = "{http://www.w3.org/2000/svg}"

# Our name → lucide's name, when they differ; the others bear the same name in both.
_RENAMED = {
    "warn": "triangle-alert",
    "talk": "message-square",
    "ext": "external-link",
    "down": "download",
    "up": "arrow-big-up",
    "arrow": "arrow-right",
    "back": "arrow-left",
    "print": "printer",
    "doc": "file-text",
    "storm": "cloud-lightning",
    "building": "building-2",
    "trash": "trash-2",
    "undo": "undo-2",
    "filters": "sliders-horizontal",
    "key": "key-round",
    "health": "heart-pulse",
    "idea": "lightbulb",
    "chevron": "chevron-down",
}
_SAME = (
    "bell bell-off calendar check clock cloud cloud-sun copy database eye flag history image inbox info link"
    " list-checks lock log-out mail menu monitor moon network paperclip pencil plus rss save search send"
    " settings shield star sun tag user users wrench x"
)
LUCIDE: dict[str, str] = {name: name for name in _SAME.split()} | _RENAMED


@cache
def _glyphs() -> dict[str, str]:
    """Our own symbols by name, as markup."""
    text = GLYPHS_FILE.read_text(encoding="utf-8")
    return {found[1]: found[0] for found in re.finditer(r'<symbol id="([^"]+)".*?</symbol>', text, re.DOTALL)}


@cache
def names() -> frozenset[str]:
    """Every name that `{% icon %}` accepts."""
    return frozenset(_glyphs()) | frozenset(LUCIDE)


def _lucide_symbol(name: str, markup: str) -> str:
    """One icon of the package as a symbol whose line is as thick as our glyphs' (24 units against 20)."""
    shapes = []
    for shape in ElementTree.fromstring(markup):  # noqa: S314 (a file of a locked package)
        attributes = "".join(f' {key}="{value}"' for key, value in shape.attrib.items())
        shapes.append(f"<{shape.tag.removeprefix(SVG)}{attributes}/>")
    return f'<symbol id="{name}" viewBox="0 0 24 24"><g stroke-width="1.9">{"".join(shapes)}</g></symbol>'


def sprite() -> str:
    """The whole sprite. Raises KeyError when the package no longer holds an icon that we name."""
    import lucide

    with ZipFile(Path(lucide.__file__).parent / "lucide.zip") as package:
        borrowed = [
            _lucide_symbol(ours, package.read(f"{theirs}.svg").decode())
            for ours, theirs in sorted(LUCIDE.items())
        ]
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join([*_glyphs().values(), *borrowed])}</svg>\n'
