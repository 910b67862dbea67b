"""The list of projects, in sentences or as a table, its advanced search and its file."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.exports import export_response
from ozeli.core.french import capped, plural

from .. import rules
from ..forms.filters import QUICK, FilterForm
from ..forms.search import ColumnsForm, SearchForm
from ..selectors import columns, listing, rows

# What an address says of the look of the list, rather than of what it holds.
SHOWN = ("colonnes", "tri")
SORT_WORDS = {
    "recentes": "dernières nouvelles",
    "echeance": "fin prévue",
    "avancement": "avancement",
    "creation": "création",
}


@require_GET
@brick("projects")
def project_list(request: PersonRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    wanted, shown = form.wanted(), columns.chosen(request.GET.get("colonnes", ""))
    projects = listing.matching(request.user, wanted)
    read = columns.readable(projects, shown) if shown else rows.readable(projects)
    page = listing.page(read, sort=wanted.sort, cursor=request.GET.get("page", ""))
    count = listing.count(request.user, projects, wanted, page)
    query = form.kept()
    if shown:
        query["colonnes"] = ",".join(column.code for column in shown)
    if form.sort_is_chosen:
        query["tri"] = form.sort
    context = {
        "form": form,
        "rows": rows.rows_of(page.rows) if not shown else [],
        "table": columns.table_rows(page.rows, shown) if shown else [],
        "columns": shown,
        "counted": _counted(count),
        "export_label": _export_label(count),
        "next_url": address(query, page=page.next) if page.next else "",
        "previous_url": address(query, page=page.previous) if page.previous else "",
        "may_create": rules.may_create(request.user),
        **_ways(form, query),
    }
    return render(request, "projects/list/list.html", context)


@require_GET
@brick("projects")
def project_search(request: PersonRequest) -> HttpResponse:
    """Every criterion; once they are understood, the list that they narrow."""
    form, is_asked = SearchForm(request.GET), "chercher" in request.GET
    hidden = {name: request.GET[name] for name in SHOWN if request.GET.get(name)}
    found = f"{reverse('projects:list')}{address(form.asked() | hidden)}"
    if is_asked and form.is_valid():
        return redirect(found)
    context = {"form": form, "is_asked": is_asked, "hidden": hidden.items(), "back_url": found}
    return render(request, "projects/list/search.html", context, status=422 if is_asked else 200)


@require_GET
@brick("projects")
def project_columns(request: PersonRequest) -> HttpResponse:
    """The columns of the table; the rest of the address of the list is kept."""
    form, kept = ColumnsForm(request.GET), FilterForm(request.GET)
    query = kept.kept() | ({"tri": kept.sort} if kept.sort_is_chosen else {})
    chosen = ",".join(form.cleaned_data.get("colonnes") or [])
    found = f"{reverse('projects:list')}{address(query | ({'colonnes': chosen} if chosen else {}))}"
    if "choisir" in request.GET:
        return redirect(found)
    return render(
        request, "projects/list/columns.html", {"form": form, "hidden": query.items(), "back_url": found}
    )


@require_GET
@brick("projects")
def project_export(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file, whole, with the columns of its import."""
    return export_response(request, "projects")


def _ways(form: FilterForm, query: dict[str, str]) -> dict[str, Any]:
    """The other lists that this one leads to: a filter less, another order, a table, the board, a file."""
    usual = ",".join(columns.USUAL)
    as_list, as_table = address(query, without="colonnes"), address({"colonnes": usual} | query)
    narrowed = {name: value for name, value in query.items() if name not in SHOWN}
    return {
        "applied": [(words, address(query, without=name)) for words, name in form.applied()],
        "clear_url": address({name: query[name] for name in SHOWN if name in query}),
        "hidden": [(name, value) for name, value in query.items() if name not in (*QUICK, "rubrique")],
        "sorts": [(words, address(query, tri=sort), sort == form.sort) for sort, words in SORT_WORDS.items()],
        "views": [
            ("Liste", as_list, "colonnes" not in query),
            ("Tableau", as_table, "colonnes" in query),
            ("Par étape", f"{reverse('projects:board')}{address(narrowed)}", False),
        ],
        "search_url": f"{reverse('projects:search')}{address(query)}",
        "columns_url": f"{reverse('projects:columns')}{address(query)}",
        "export_url": f"export.csv{address(query, without='colonnes')}",
        "save_url": address({"liste": "projects"} | query),
    }


def _counted(count: int) -> str:
    if count <= listing.COUNTED:
        return plural(count, "projet")
    return f"{capped(count, listing.COUNTED)} projets"


def _export_label(count: int) -> str:
    if count > listing.COUNTED:
        return "Exporter ces projets"
    return "Exporter ce projet" if count == 1 else f"Exporter les {plural(count, 'projet')}"


def address(query: dict[str, str], *, without: str = "", **changes: str) -> str:
    """The address of the list with one filter less, or with other parameters."""
    kept = {name: value for name, value in (query | changes).items() if name != without}
    if without == "domaine":
        kept.pop("rubrique", None)
    return f"?{urlencode(kept, safe=',')}"
