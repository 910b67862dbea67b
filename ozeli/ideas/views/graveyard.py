"""The cimetière des idées: what was not retained, why, and how to ask for another look."""

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.exports import export_response
from ozeli.core.french import capped, plural
from ozeli.core.web import page_url, without

from ..forms.graveyard import GraveyardForm
from ..selectors import graveyard as selectors

SORT_WORDS = {"recentes": "réponses récentes", "soutenues": "les plus soutenues"}


@require_GET
@brick("ideas")
def graveyard(request: PersonRequest) -> HttpResponse:
    form = GraveyardForm(request.GET)
    ideas = selectors.matching(request.user, form.wanted())
    page = selectors.page(ideas, sort=form.sort, cursor=request.GET.get("page", ""))
    count = selectors.count(ideas, page)
    query, applied = without(request.GET, "page"), form.applied()
    context = {
        "form": form,
        "graves": page.rows,
        "lessons": [(one, f"?motif={one.code}") for one in selectors.lessons(request.user)],
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


def _sorted(query: QueryDict, sort: str) -> str:
    kept = query.copy()
    kept["tri"] = sort
    return f"?{kept.urlencode()}"
