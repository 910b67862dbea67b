"""The budget of a project: its bar, its lines, their file."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.exports import table_response
from ozeli.core.french import NBSP, quoted
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered

from .. import rules
from ..forms.budget import LineForm
from ..models import BudgetLine, Project
from ..selectors.charts import euros, said_of, spending_of
from ..services import budget as services
from .loader import get_edited, get_project

HEADER = ("Objet", "Prévu (€)", "Engagé (€)", "Dépensé (€)")


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def budget(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Every line, and a new one."""
    found = get_project(request, short)
    if request.method != "POST":
        return _page(request, found, LineForm(initial=recovered(request)))
    if not rules.edits(request.user, found):
        raise PermissionDenied
    form = LineForm(request.POST)
    if form.is_valid():
        try:
            made = services.add(found, form.cleaned_data["label"], form.amounts(), actor=request.user)
            return _saved(request, found, "La ligne est ajoutée.", made)
        except Refused as error:
            form.add_error(None, str(error))
    return _page(request, found, form, status=422)


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def line(request: PersonRequest, short: str, slug: str, number: int) -> HttpResponse:
    """One line: other amounts, or taken out."""
    found = get_edited(request, short)
    one = _line(found, number)
    if request.method != "POST":
        initial = LineForm.initial_of(one) | (recovered(request) or {})
        return _line_page(request, found, one, LineForm(initial=initial))
    form = LineForm(request.POST)
    removes = request.POST.get("geste") == "retirer"
    if not removes and not form.is_valid():
        return _line_page(request, found, one, form, status=422)
    try:
        if removes:
            services.remove(one, actor=request.user)
            return _saved(request, found, "La ligne est retirée.")
        said = form.cleaned_data
        made = services.change(
            one, said["label"], form.amounts(), actor=request.user, version=said["version"] or 0
        )
    except Conflict as error:
        stands = _line(found, number)
        data = request.POST.copy()
        data["version"] = str(stands.version)
        refused = LineForm(data)
        return _line_page(
            request, found, stands, refused, refusal=str(error), theirs=_texts(stands), status=409
        )
    except Refused as error:
        form.add_error(None, str(error))
        return _line_page(request, found, one, form, status=422)
    return _saved(request, found, "La ligne est modifiée.", made)


@require_GET
@brick("projects")
def export(request: PersonRequest, short: str, slug: str) -> HttpResponseBase:
    """The lines, as a file."""
    found = get_project(request, short)
    rows = (
        (one.label, float(one.planned), float(one.committed), float(one.spent))
        for one in BudgetLine.objects.filter(project=found).order_by("position", "pk")
    )
    return table_response(request, f"budget-{found.slug}", HEADER, rows)


# --- pages ------------------------------------------------------------------------------------------------------------


def _saved(request: PersonRequest, found: Project, words: str, one: BudgetLine | None = None) -> HttpResponse:
    """Back to the lines; what is odd in this one is said, never refused."""
    messages.success(request, words)
    if one is not None:
        for odd in said_of(one.planned, one.committed, one.spent):
            messages.warning(request, f"{quoted(one.label)}{NBSP}: {odd[0].lower()}{odd[1:]}")
    return HttpResponseRedirect(f"{found.get_absolute_url()}budget/")


def _line(found: Project, number: int) -> BudgetLine:
    one = BudgetLine.objects.filter(project=found, pk=number).first()
    if one is None:
        raise Http404("no such line of this budget")
    one.project = found
    return one


def _texts(one: BudgetLine) -> list[tuple[str, str]]:
    amounts = (("Prévu", one.planned), ("Engagé", one.committed), ("Dépensé", one.spent))
    return [("Objet", one.label), *((words, euros(amount)) for words, amount in amounts)]


def _page(request: PersonRequest, found: Project, form: LineForm, *, status: int = 200) -> HttpResponse:
    lines: list[Any] = list(BudgetLine.objects.filter(project=found).order_by("position", "pk"))
    for one in lines:
        one.shown = [euros(one.planned), euros(one.committed), euros(one.spent)]
        one.is_odd = bool(said_of(one.planned, one.committed, one.spent))
    spending = spending_of(found)
    context = {
        "project": found,
        "lines": lines,
        "spending": spending,
        "totals": [euros(spending.planned), euros(spending.committed), euros(spending.spent)],
        "form": form,
        "edits": rules.edits(request.user, found),
    }
    return render(request, "projects/life/budget.html", context, status=status)


def _line_page(
    request: PersonRequest,
    found: Project,
    one: BudgetLine,
    form: LineForm,
    *,
    refusal: str = "",
    theirs: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"project": found, "line": one, "form": form, "refusal": refusal, "theirs": theirs}
    return render(request, "projects/life/budget_line.html", context, status=status)
