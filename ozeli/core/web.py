"""Addresses of lists: the same filters, another page."""

from django.http import QueryDict


def without(query: QueryDict, *names: str) -> QueryDict:
    """The query string less some of its names."""
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    return kept


def page_url(query: QueryDict, cursor: str) -> str:
    """The address of the page that starts at `cursor`, with the same filters; nothing without a cursor."""
    if not cursor:
        return ""
    kept = without(query, "page")
    kept["page"] = cursor
    return f"?{kept.urlencode()}"
