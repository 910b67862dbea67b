"""A text typed by an administrator, as limited HTML: paragraphs, lists, headings, bold, italic, links.

A small part of Markdown, escaped first and cleaned last: whatever is typed, only these tags come out.
"""

import re
from functools import lru_cache
from itertools import groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

TAGS = {"p", "br", "strong", "em", "a", "ul", "li", "h3"}
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((https://[^\s()<>]+|mailto:[^\s()<>]+|/(?!/)[^\s()<>]*)\)")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_ITALIC = re.compile(r"(?<!\*)\*(?=[^\s*])([^*]+?)(?<=[^\s*])\*(?!\*)")
_BULLET = re.compile(r"[-*] +(.*)")
_HEADING = re.compile(r"#{1,6} +(.+)")


@lru_cache(maxsize=64)
def limited_html(text: str) -> SafeString:
    """The text as safe HTML."""
    import nh3

    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    made = "".join(_block(block.strip().split("\n")) for block in blocks if block.strip())
    cleaned = nh3.clean(
        made,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(cleaned)


def _block(lines: list[str]) -> str:
    """Lines that follow each other: a heading or a list needs no empty line around it."""
    return "".join(_run(kind, list(run)) for kind, run in groupby(lines, _kind))


def _kind(line: str) -> str:
    return "heading" if _HEADING.match(line) else "bullet" if _BULLET.match(line) else "text"


def _run(kind: str, lines: list[str]) -> str:
    if kind == "heading":
        return "".join(f"<h3>{_inline(line.lstrip('#').strip())}</h3>" for line in lines)
    if kind == "bullet":
        items = "".join(f"<li>{_inline(line[2:].strip())}</li>" for line in lines)
        return f"<ul>{items}</ul>"
    return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"


def _inline(text: str) -> str:
    safe = str(escape(text))
    safe = _LINK.sub(r'<a href="\2">\1</a>', safe)
    return _ITALIC.sub(r"<em>\1</em>", _BOLD.sub(r"<strong>\1</strong>", safe))
