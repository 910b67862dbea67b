"""Every idea of a desk: filters kept in the address, counts by state, export, many entrusted at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.exports import export_response
from ozeli.core.french import list_of, plural, quoted
from ozeli.core.idempotency import idempotent
from ozeli.core.ids import ALPHABET, LENGTH
from ozeli.core.recovery import recovered
from ozeli.core.ui import Tab
from ozeli.core.web import page_url, without

from ..enums import State
from ..forms.desk_list import STATES, AssignForm, DeskFilterForm
from ..selectors import desk_list as selectors
from ..selectors.desk import person_label
from ..services.desk import AT_ONCE, Report, assign_many

LONGEST_NAME = 160


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def desk_list(request: PersonRequest) -> HttpResponse:
    """The list; the POST entrusts those that are ticked."""
    if request.method != "POST":
        return _page(request, AssignForm(initial=recovered(request)))
    form, ticked = AssignForm(request.POST), _ticked(request)
    if form.is_valid() and not ticked:
        form.add_error(None, "Cochez au moins une idée.")
    if not form.is_valid():
        return _page(request, form, ticked, status=422)
    said = form.cleaned_data
    try:
        ideas = selectors.chosen(request.user, ticked)
        report = assign_many(ideas, said["handler"], actor=request.user, note=said["note"])
    except Refused as error:
        form.add_error(None, str(error))
        return _page(request, form, ticked, status=422)
    if report.refused and not report.done:
        form.add_error(None, _left(report))
        return _page(request, form, ticked, status=422)
    _tell(request, report, said["handler"].display_name if said["handler"] else "")
    return redirect(request.get_full_path())


def _ticked(request: PersonRequest) -> list[str]:
    """The short ids that are ticked; what is not one is left out."""
    keys = dict.fromkeys(request.POST.getlist("idee")[: AT_ONCE + 1])
    return [key for key in keys if len(key) == LENGTH and set(key) <= set(ALPHABET)]


def _tell(request: PersonRequest, report: Report, name: str) -> None:
    count = plural(len(report.done), "idée confiée", "idées confiées") if name else ""
    freed = plural(len(report.done), "idée rendue", "idées rendues")
    messages.success(request, f"{count} à {name}." if name else f"{freed} à l’équipe d’animation.")
    if report.refused:
        messages.warning(request, _left(report))


def _left(report: Report) -> str:
    """Why some were left as they were."""
    reasons = dict.fromkeys(reason for _idea, reason in report.refused)
    titles = list_of([quoted(idea.title) for idea, _reason in report.refused[:3]])
    count = plural(len(report.refused), "idée laissée", "idées laissées")
    return f"{count} sans changement ({titles}). {' '.join(reasons)}"


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def export(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file."""
    return export_response(request, "desk_ideas")


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def handlers(request: PersonRequest) -> JsonResponse:
    """Suggestions of the field that says who answers: those who work a desk."""
    words = request.GET.get("q", "").replace("\0", "")[:LONGEST_NAME]
    found = selectors.handlers_like(request.user, words)
    return JsonResponse({"results": [{"label": person_label(one), "note": one.job_family} for one in found]})


def _page(
    request: PersonRequest, assign: AssignForm, ticked: list[str] | None = None, *, status: int = 200
) -> HttpResponse:
    form = DeskFilterForm(request.GET, request.user)
    wanted, query = form.wanted(), without(request.GET, "page")
    page = selectors.page(selectors.matching(request.user, wanted), request.GET.get("page", ""))
    context: dict[str, Any] = {
        "form": form,
        "assign": assign,
        "ticked": ticked or [],
        "rows": page.rows,
        "tabs": _tabs(request, wanted.state),
        "applied": [(words, f"?{without(query, name).urlencode()}") for words, name in form.applied()],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{query.urlencode()}",
        "list_url": request.get_full_path(),
    }
    return render(request, "ideas/desk/list.html", context, status=status)


def _tabs(request: PersonRequest, state: str) -> list[Tab]:
    """All, then each state that holds something or is chosen, with how many stand in it."""
    counted = selectors.counts(request.user)
    kept = without(request.GET, "page", "etat")
    tabs = [Tab("Toutes", f"?{kept.urlencode()}", sum(counted.values()), not state)]
    for one, word in STATES.items():
        if counted.get(one) or one == state:
            query = kept.copy()
            query["etat"] = word
            label = str(State(one).label)
            tabs.append(Tab(label, f"?{query.urlencode()}", counted.get(one, 0), one == state))
    return tabs
