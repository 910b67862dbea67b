"""The cimetière des idées: what was not retained, why, and how to ask for another look."""

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.exports import export_response
from ozeli.core.french import capped, plural
from ozeli.core.registry import tabs_for
from ozeli.core.web import page_url, without

from ..forms.graveyard import GraveyardForm
from ..selectors import graveyard as selectors
from ..selectors import lessons

SORT_WORDS = {"recentes": "réponses récentes", "soutenues": "les plus soutenues"}


@require_GET
@brick("ideas")
def graveyard(request: PersonRequest) -> HttpResponse:
    form = GraveyardForm(request.GET)
    wanted = form.wanted()
    ideas = selectors.matching(request.user, wanted)
    page = selectors.page(ideas, sort=form.sort, cursor=request.GET.get("page", ""))
    count = selectors.count(ideas, page)
    query, applied = without(request.GET, "page"), form.applied()
    context = {
        "form": form,
        "tabs": tabs_for("graveyard", request),
        "graves": page.rows,
        "lessons": lessons.first(request.user, wanted.reason, wanted.domains),
        "facets": _facets(query, selectors.facets(ideas)),
        "counted": plural(count, "idée") if count <= selectors.COUNTED else f"{capped(count)} idées",
        "applied": [(words, f"?{without(query, name).urlencode()}") for words, name in applied],
        "sorts": [(words, _sorted(query, sort), sort == form.sort) for sort, words in SORT_WORDS.items()],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{query.urlencode()}",
        "save_url": f"?liste=graveyard&{query.urlencode()}",
    }
    return render(request, "ideas/graveyard/graveyard.html", context)


@require_GET
@brick("ideas")
def export(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file."""
    return export_response(request, "graveyard")


def _facets(query: QueryDict, found: selectors.Facets) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """(title, [(words, address, count)]) of each way to narrow the list further."""
    titles = ("Par motif", found.reasons), ("Par domaine", found.domains), ("Par organisme", found.bodies)
    return [
        (title, [(one.label, _with(query, one.name, one.value), one.count) for one in facets])
        for title, facets in titles
        if facets
    ]


def _with(query: QueryDict, name: str, value: str) -> str:
    kept = query.copy()
    kept[name] = value
    return f"?{kept.urlencode()}"


def _sorted(query: QueryDict, sort: str) -> str:
    return _with(query, "tri", sort)
