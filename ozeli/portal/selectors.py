"""Reads of the portal's own rows."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from ozeli.core.memo import kept_for

from .models import ToolLink

PLACE = "{q}"


@dataclass(frozen=True, slots=True)
class Tool:
    """A neighbouring tool, its address made with the words searched."""

    name: str
    url: str
    description: str
    host: str
    carries: bool


def tools(words: str) -> list[Tool]:
    """The neighbouring tools, carrying `words` over. Only https addresses are ever shown."""
    return [_with_words(link, words) for link in _links()]


@kept_for(30)
def _links() -> tuple[ToolLink, ...]:
    return tuple(ToolLink.objects.filter(is_active=True, url__startswith="https://"))


def _with_words(link: ToolLink, words: str) -> Tool:
    url = link.url.replace(PLACE, quote(words.strip(), safe=""))
    return Tool(link.name, url, link.description, urlsplit(url).hostname or "", PLACE in link.url)
