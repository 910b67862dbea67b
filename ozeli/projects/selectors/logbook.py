"""The logbook of a project, page by page."""

from dataclasses import dataclass

from ozeli.core.paging import keyset_page

from ..models import LogEntry, Project
from .life import Post, post_of

KEYS = ("written_on", "written_at", "id")


@dataclass(frozen=True, slots=True)
class LogPage:
    posts: list[Post]
    next: str
    previous: str


def posts(project: Project, *, tone: str = "", cursor: str = "") -> LogPage:
    """Fifteen posts, the newest first: one query, one more on a page that is not the first."""
    rows = LogEntry.objects.filter(project=project).select_related("author")
    if tone:
        rows = rows.filter(tone=tone)
    page = keyset_page(rows, KEYS, cursor)
    return LogPage([post_of(one) for one in page.rows], page.next, page.previous)
