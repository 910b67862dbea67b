"""The search page, and its results in CSV."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ozeli.core.access import Level, brick
from ozeli.core.exports import table_response
from ozeli.core.french import list_of, plural
from ozeli.core.registry import panels_for, searchables
from ozeli.core.ui import Tab
from ozeli.core.web import page_url, without

from . import selectors
from .cards import cards, shown_hits
from .query import LONGEST
from .results import SearchResults
from .visibility import open_kinds

EXPORTED = 1000
EXPORT_PAGE = 200


@require_GET
@brick("search")
def results(request: HttpRequest) -> HttpResponse:
    text, kinds = _asked(request)
    found = selectors.search(text, user=request.user, kinds=kinds, cursor=request.GET.get("page", ""))
    tabs = _tabs(request, found, kinds)
    context = {
        "text": text,
        "kind": kinds[0] if kinds else "",
        "found": found,
        "hits": shown_hits(found, request.user),
        "shows_count": len(tabs) < 3 or found.is_capped,
        "counted": _counted(found),
        "tabs": tabs,
        "next_url": page_url(request.GET, found.next),
        "previous_url": page_url(request.GET, found.previous),
        "export_url": f"export.csv?{without(request.GET, 'page').urlencode()}",
        "searched": list_of([one.label_plural for one in open_kinds(request.user)]),
        "panels": panels_for("search", request, text),
        **_ways_out(request.user),
    }
    return render(request, "search/results.html", context)


@require_GET
@brick("search")
def export(request: HttpRequest) -> HttpResponseBase:
    """The same results in CSV, the first thousand."""
    text, kinds = _asked(request)
    header = ["sorte", "titre", "précisions", "adresse"]
    return table_response(request, "recherche", header, _lines(request, text, kinds))


def _asked(request: HttpRequest) -> tuple[str, list[str] | None]:
    """What is searched, and the kind when one that exists is chosen."""
    text = request.GET.get("q", "").replace("\0", " ").strip()[:LONGEST]
    kind = request.GET.get("sorte", "")
    return text, [kind] if kind in searchables else None


def _counted(found: SearchResults) -> str:
    """« 17 résultats », or « plus de 500 résultats » when they were not counted to the end."""
    if not found.is_capped:
        return plural(found.total, "résultat")
    floor = min(found.total - found.total % 10, selectors.COUNTED)
    return f"plus de\u00a0{plural(floor, 'résultat')}" if floor else "plusieurs résultats"


def _tabs(request: HttpRequest, found: SearchResults, kinds: list[str] | None) -> list[Tab]:
    """Everything, then each kind that holds results (or is asked for)."""
    query = without(request.GET, "page", "sorte")

    def count(number: int) -> int | None:
        return None if found.is_capped else number

    tabs = [Tab("Tout", f"?{query.urlencode()}", count(sum(found.facets.values())), current=kinds is None)]
    for searchable in open_kinds(request.user):
        number = found.facets.get(searchable.kind, 0)
        if number or kinds == [searchable.kind]:
            query["sorte"] = searchable.kind
            label = searchable.label_plural.capitalize()
            tabs.append(
                Tab(label, f"?{query.urlencode()}", count(number), current=kinds == [searchable.kind])
            )
    return tabs


def _ways_out(user: Any) -> dict[str, str | bool]:
    """What to do when nothing is found: deposit the idea, or ask one's référents."""
    return {
        "offers_deposit": user.level("ideas") >= Level.CONSULT,
        "offers_body": user.level("directory") >= Level.CONSULT,
    }


def _lines(request: HttpRequest, text: str, kinds: list[str] | None) -> Iterator[list[str]]:
    cursor = ""
    for _ in range(EXPORTED // EXPORT_PAGE):
        found = selectors.search(text, user=request.user, kinds=kinds, limit=EXPORT_PAGE, cursor=cursor)
        for hit, card in cards(found.hits, request.user):
            address = request.build_absolute_uri(card.url)
            yield [searchables[hit.kind].label, card.title, ", ".join(card.notes), address]
        cursor = found.next
        if not cursor:
            return
