"""What a project measures: its indicators, their measures, their file."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.challenges.views.loader import number_in
from ozeli.core import clock
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.exports import table_response
from ozeli.core.french import quoted
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered

from .. import rules
from ..forms.indicators import IndicatorForm, MeasureForm
from ..models import Indicator, Measure, Project
from ..selectors.charts import measured, valued
from ..services import indicators as services
from .loader import get_edited, get_project

HEADER = ("Indicateur", "Unité", "Au départ", "Cible", "Jour", "Valeur", "Remarque")


@require_GET
@brick("projects")
def indicators(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Every indicator, drawn and as a table."""
    found = get_project(request, short)
    rows = list(Indicator.objects.filter(project=found).order_by("position", "pk"))
    context = {
        "project": found,
        "indicators": measured(rows),
        "edits": rules.edits(request.user, found),
        "is_full": len(rows) >= services.MOST,
    }
    return render(request, "projects/life/indicators.html", context)


@require_GET
@brick("projects")
def export(request: PersonRequest, short: str, slug: str) -> HttpResponseBase:
    """Every measure of the project, as a file."""
    found = get_project(request, short)
    return table_response(request, f"mesures-{found.slug}", HEADER, _lines(found))


def _lines(found: Project) -> Iterator[tuple[Any, ...]]:
    rows = Measure.objects.filter(indicator__project=found).select_related("indicator")
    for row in rows.order_by("indicator__position", "indicator_id", "measured_on", "pk"):
        one = row.indicator
        goals = [None if value is None else float(value) for value in (one.baseline, one.target)]
        yield (one.name, one.unit, *goals, row.measured_on.isoformat(), float(row.value), row.note)


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def new(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Choose what to measure."""
    found = get_edited(request, short)
    form = IndicatorForm(request.POST or None, initial=recovered(request))
    if request.method != "POST":
        return _form_page(request, found, form)
    if form.is_valid():
        try:
            made = services.add(found, form.values(), actor=request.user)
            messages.success(request, "C’est noté. Relevez une première mesure quand vous l’avez.")
            return HttpResponseRedirect(_at(found, made))
        except Refused as error:
            form.add_error(None, str(error))
    return _form_page(request, found, form, status=422)


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def edit(request: PersonRequest, short: str, slug: str, number: int) -> HttpResponse:
    """Other words, another start, another target; or the indicator taken out."""
    found = get_edited(request, short)
    one = _indicator(found, number)
    if request.method != "POST":
        return _form_page(
            request,
            found,
            IndicatorForm(initial=IndicatorForm.initial_of(one) | (recovered(request) or {})),
            one,
        )
    form = IndicatorForm(request.POST)
    removes = request.POST.get("geste") == "retirer"
    if not removes and not form.is_valid():
        return _form_page(request, found, form, one, status=422)
    try:
        if removes:
            services.remove(one, actor=request.user)
            messages.success(request, f"{quoted(one.name)} n’est plus suivi.")
            return HttpResponseRedirect(f"{found.get_absolute_url()}mesures/")
        seen = form.cleaned_data["version"] or 0
        services.change(one, form.values(), actor=request.user, version=seen)
    except Conflict as error:
        stands = _indicator(found, number)
        data = request.POST.copy()
        data["version"] = str(stands.version)
        refused = IndicatorForm(data)
        return _form_page(
            request, found, refused, stands, refusal=str(error), theirs=_texts(stands), status=409
        )
    except Refused as error:
        form.add_error(None, str(error))
        return _form_page(request, found, form, one, status=422)
    messages.success(request, "L’indicateur est modifié.")
    return HttpResponseRedirect(_at(found, one))


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def indicator(request: PersonRequest, short: str, slug: str, number: int) -> HttpResponse:
    """One indicator: its chart, its measures, and a measure taken down, put right (`?mesure=`) or out."""
    found = get_project(request, short)
    one = _indicator(found, number)
    if request.method != "POST":
        asked = _asked(request, one)
        initial = MeasureForm.initial_of(asked) if asked else {"measured_on": clock.today()}
        return _page(
            request, found, one, MeasureForm(initial=initial | (recovered(request) or {}), unit=one.unit)
        )
    if not rules.edits(request.user, found):
        raise PermissionDenied
    if request.POST.get("geste") == "retirer":
        return _remove(request, found, one)
    form = MeasureForm(request.POST, unit=one.unit)
    if not form.is_valid():
        return _page(request, found, one, form, status=422)
    try:
        _take_down(request, one, form)
    except Refused as error:
        form.add_error("measured_on", str(error))
        return _page(request, found, one, form, status=409 if isinstance(error, Conflict) else 422)
    messages.success(request, "La mesure est relevée.")
    return HttpResponseRedirect(_at(found, one))


def _take_down(request: PersonRequest, one: Indicator, form: MeasureForm) -> None:
    said = form.cleaned_data
    old = None
    if said["instead_of"]:
        old = one.measures.filter(pk=said["instead_of"]).first()
        if old is None:
            raise Conflict("Cette mesure n’est plus là\u00a0: quelqu’un l’a retirée.")
    services.measure(
        one, said["value"], on=said["measured_on"], actor=request.user, remark=said["remark"], instead_of=old
    )


def _remove(request: PersonRequest, found: Project, one: Indicator) -> HttpResponse:
    row = one.measures.filter(pk=number_in(request, "mesure")).first()
    if row is None:
        raise Http404("no such measure of this indicator")
    row.indicator = one
    services.remove_measure(row, actor=request.user)
    messages.success(request, "La mesure est retirée.")
    return HttpResponseRedirect(_at(found, one))


# --- pages ------------------------------------------------------------------------------------------------------------


def _at(found: Project, one: Indicator) -> str:
    return f"{found.get_absolute_url()}mesures/{one.pk}/"


def _indicator(found: Project, number: int) -> Indicator:
    one = Indicator.objects.filter(project=found, pk=number).first()
    if one is None:
        raise Http404("no such indicator of this project")
    one.project = found
    return one


def _asked(request: PersonRequest, one: Indicator) -> Measure | None:
    """The measure that the address asks to put right."""
    key = request.GET.get("mesure", "")
    return (
        one.measures.filter(pk=int(key)).first()
        if key.isascii() and key.isdigit() and len(key) < 18
        else None
    )


def _texts(one: Indicator) -> list[tuple[str, str]]:
    goals = [("Au départ", one.baseline), ("Cible", one.target)]
    return [
        ("Ce que l’on mesure", one.name),
        ("Comment", one.method),
        *((label, valued(value, one.unit)) for label, value in goals if value is not None),
    ]


def _form_page(
    request: PersonRequest,
    found: Project,
    form: IndicatorForm,
    one: Indicator | None = None,
    *,
    refusal: str = "",
    theirs: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"project": found, "form": form, "indicator": one, "refusal": refusal, "theirs": theirs}
    return render(request, "projects/life/indicator_form.html", context, status=status)


def _page(
    request: PersonRequest, found: Project, one: Indicator, form: MeasureForm, *, status: int = 200
) -> HttpResponse:
    rows = list(one.measures.select_related("author").order_by("-measured_on", "-pk"))
    for row in rows:
        row.shown = valued(row.value, one.unit)  # type: ignore[attr-defined]
    context = {
        "project": found,
        "one": measured([one])[0],
        "rows": rows,
        "form": form,
        "corrects": form["instead_of"].value(),
        "edits": rules.edits(request.user, found),
    }
    return render(request, "projects/life/indicator.html", context, status=status)
