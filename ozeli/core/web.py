"""Addresses: of the same list on another page, of the page where a person was."""

from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.utils.encoding import iri_to_uri
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme


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


def came_from(request: HttpRequest) -> str:
    """The path and query of the page of ours that sent this request; nothing when its Referer is not ours."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return ""
    page = urlsplit(referer)
    return escape_leading_slashes(iri_to_uri(page.path or "/")) + (f"?{page.query}" if page.query else "")
