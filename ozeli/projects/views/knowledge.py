"""What stages taught, the catalogue of methods, and the stopped projects of the cimetière."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from ozeli.accounts.models import User
from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.exports import export_response
from ozeli.core.french import capped, plural
from ozeli.core.registry import admin_pages, tabs_for
from ozeli.core.web import page_url, without

from ..forms.knowledge import MethodForm, ReportForm, StoppedForm
from ..models import Method
from ..selectors import knowledge, methods, stopped
from ..selectors.vocabulary import courses

METHOD_REPORTS = 5


@require_GET
@brick("projects")
def reports(request: PersonRequest) -> HttpResponse:
    """« Comment les autres ont fait l’étape 3 »: the reports told, the last first."""
    form = ReportForm(request.GET)
    wanted = form.wanted()
    found = knowledge.matching(request.user, wanted)
    page = knowledge.page(found, says=wanted.says, cursor=request.GET.get("page", ""))
    counted = knowledge.count(request.user, found, wanted, page)
    context = _list_context(request, form, page) | {
        "rows": page.rows,
        "step": wanted.steps[0] if wanted.steps else None,
        "courses": courses(),
        "facets": _facets(request.GET, knowledge.facets(found)),
        "counted": plural(counted, "bilan") if counted <= knowledge.COUNTED else f"{capped(counted)} bilans",
        "save_url": f"?liste=stage_reports&{without(request.GET, 'page').urlencode()}",
    }
    return render(request, "projects/knowledge/reports.html", context)


@require_GET
@brick("projects")
def export_reports(request: PersonRequest) -> HttpResponseBase:
    return export_response(request, "stage_reports")


@require_GET
@brick("projects")
def method_list(request: PersonRequest) -> HttpResponse:
    """The catalogue of methods, short enough for one page."""
    form = MethodForm(request.GET)
    query = without(request.GET, "page")
    shown = methods.found(form.kept("mots"), form.steps)
    context = {
        "form": form,
        "methods": [(one, methods.where_it_helps(one)) for one in shown],
        "counted": plural(len(shown), "méthode"),
        "applied": [(words, f"?{without(query, name).urlencode()}") for words, name in form.applied()],
        "export_url": f"export.csv?{query.urlencode()}",
        "kept_at": _kept_at(request.user),
    }
    return render(request, "projects/knowledge/methods.html", context)


@require_GET
@brick("projects")
def export_methods(request: PersonRequest) -> HttpResponseBase:
    return export_response(request, "methods")


@require_GET
@brick("projects")
def method(request: PersonRequest, code: str) -> HttpResponse:
    """A method explained, and the reports of those who used it."""
    found = Method.objects.filter(code=code).first()
    if found is None:
        raise Http404("no such method")
    page = knowledge.page(knowledge.using(request.user, found), size=METHOD_REPORTS)
    context = {
        "method": found,
        "helps": methods.where_it_helps(found),
        "rows": page.rows,
        "has_more": bool(page.next),
        "kept_at": _kept_at(request.user),
    }
    return render(request, "projects/knowledge/method.html", context)


@require_GET
@brick("projects")
def stopped_list(request: PersonRequest) -> HttpResponse:
    """The stopped projects, a page of the cimetière."""
    form = StoppedForm(request.GET)
    found = stopped.matching(request.user, form.wanted())
    page = stopped.page(found, request.GET.get("page", ""))
    counted = stopped.count(found, page)
    context = _list_context(request, form, page) | {
        "rows": page.rows,
        "tabs": tabs_for("graveyard", request),
        "facets": _facets(request.GET, stopped.facets(found)),
        "counted": plural(counted, "essai") if counted <= stopped.COUNTED else f"{capped(counted)} essais",
        "save_url": f"?liste=stopped_projects&{without(request.GET, 'page').urlencode()}",
    }
    return render(request, "projects/knowledge/stopped.html", context)


@require_GET
@brick("projects")
def export_stopped(request: PersonRequest) -> HttpResponseBase:
    return export_response(request, "stopped_projects")


def _kept_at(user: User) -> str:
    """Where the catalogue is kept, for who keeps it."""
    page = admin_pages.get("methodes")
    return reverse(page.url_name, args=page.url_args) if page is not None and page.is_open_to(user) else ""


def _list_context(request: PersonRequest, form: Any, page: Any) -> dict[str, Any]:
    """What surrounds a list: filters in force, pages, file."""
    query = without(request.GET, "page")
    return {
        "form": form,
        "applied": [(words, f"?{without(query, name).urlencode()}") for words, name in form.applied()],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{query.urlencode()}",
    }


def _facets(
    query: QueryDict, found: list[tuple[str, list[knowledge.Facet]]]
) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """(title, [(words, address, count)]) of each way to narrow the list further."""
    return [
        (title, [(one.label, _with(query, one.name, one.value), one.count) for one in links])
        for title, links in found
    ]


def _with(query: QueryDict, name: str, value: str) -> str:
    kept = without(query, "page")
    kept[name] = value
    return f"?{kept.urlencode()}"
