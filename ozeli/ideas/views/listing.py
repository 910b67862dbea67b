"""The list of ideas, its filters and its export."""

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.exports import export_response
from ozeli.core.french import capped, plural

from ..forms.filters import NAMES, FilterForm
from ..selectors import listing

SORT_WORDS = {"recentes": "les plus récentes", "soutenues": "les plus soutenues"}


@require_GET
@brick("ideas")
def idea_list(request: PersonRequest) -> HttpResponse:
    form = FilterForm(request.GET, request.user)
    wanted = form.wanted()
    ideas = listing.matching(request.user, wanted)
    page = listing.page(request.user, ideas, sort=wanted.sort, cursor=request.GET.get("page", ""))
    count = listing.count(request.user, ideas, wanted, page)
    query = _kept(request.GET)
    applied = [(words, _address(query, without=name)) for words, name in form.applied()]
    context = {
        "form": form,
        "rows": page.rows,
        "counted": plural(count, "idée")
        if count <= listing.COUNTED
        else f"{capped(count, listing.COUNTED)} idées",
        "applied": applied,
        "sorts": [
            (words, _address(query, tri=sort), sort == form.sort) for sort, words in SORT_WORDS.items()
        ],
        "next_url": _address(query, page=page.next) if page.next else "",
        "previous_url": _address(query, page=page.previous) if page.previous else "",
        "export_url": f"export.csv{_address(query)}",
        "export_label": _export_label(count),
        "save_url": _address({"liste": "ideas"} | query),
        "is_narrowed": bool(applied),
    }
    return render(request, "ideas/idea_list.html", context)


@require_GET
@brick("ideas")
def idea_export(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file, whole."""
    return export_response(request, "ideas")


@require_GET
@brick("ideas")
def my_export(request: PersonRequest) -> HttpResponseBase:
    """A list of « Mes idées » as a file."""
    return export_response(request, "my_ideas")


def _export_label(count: int) -> str:
    if count > listing.COUNTED:
        return "Exporter ces idées"
    return "Exporter cette idée" if count == 1 else f"Exporter les {plural(count, 'idée')}"


def _kept(query: QueryDict) -> dict[str, str]:
    """The filters and the order of the address, without empty ones."""
    return {name: str(query[name]) for name in (*NAMES, "tri") if query.get(name)}


def _address(query: dict[str, str], *, without: str = "", **changes: str) -> str:
    """The address of the list with one filter less, or with other parameters."""
    kept = {name: value for name, value in (query | changes).items() if name != without}
    if without == "domaine":
        kept.pop("rubrique", None)
    return f"?{urlencode(kept)}"
