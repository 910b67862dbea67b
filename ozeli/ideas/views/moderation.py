"""The desk of moderation: the cases of one's bodies, one case and the decision on it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.exports import export_response
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered
from ozeli.core.web import page_url, without
from ozeli.engagement.enums import CaseState

from .. import standing
from ..forms.moderation import CaseFilterForm, DecisionForm, RestoreForm
from ..selectors import moderation as selectors
from ..selectors.moderation import CaseFile
from ..services.moderation import moderate

DONE = {
    CaseState.HIDDEN: "Le contenu est masqué. Son auteur et ceux qui l’ont signalé sont prévenus.",
    CaseState.WARNED: "L’auteur est averti. Ceux qui ont signalé le contenu sont prévenus.",
    CaseState.DISMISSED: "Le dossier est classé. Ceux qui ont signalé le contenu sont prévenus.",
    CaseState.RESTORED: "Le contenu est de nouveau affiché. Son auteur est prévenu.",
}


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def desk(request: PersonRequest) -> HttpResponse:
    form = CaseFilterForm(request.GET)
    wanted = form.wanted()
    cases = selectors.matching(request.user, wanted)
    page = selectors.page(cases, wanted, request.GET.get("page", ""))
    context = {
        "form": form,
        "rows": page.rows,
        "is_queue": wanted.state == CaseState.OPEN,
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{without(request.GET, 'page').urlencode()}",
    }
    return render(request, "ideas/moderation/desk.html", context)


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def export(request: PersonRequest) -> HttpResponseBase:
    """The same cases as a file: neither who reported, nor the texts."""
    return export_response(request, "moderation")


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def case(request: PersonRequest, pk: int) -> HttpResponse:
    """A case, and its decision; 409 with the winner's when somebody decided first."""
    found = _file(request, pk)
    if request.method != "POST":
        return _page(request, found, _blank(found, recovered(request)))
    form = RestoreForm(request.POST) if "retablir" in request.POST else DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    said = form.cleaned_data
    state = said.get("act", CaseState.RESTORED)
    try:
        moderate(
            found.case,
            state,
            actor=request.user,
            reason=said["reason"],
            message=said["message"],
            version=said["version"],
        )
    except Conflict as error:
        return _clash(request, pk, form, error)
    except Refused as error:
        form.add_error(None, str(error))
        return _page(request, found, form, status=422)
    messages.success(request, DONE[CaseState(state)])
    return redirect("ideas:moderation")


def _file(request: PersonRequest, pk: int) -> CaseFile:
    found = selectors.file_of(request.user, pk)
    if found is None:
        raise Http404("no such case at this desk")
    return found


def _blank(found: CaseFile, words: dict[str, Any] | None = None) -> DecisionForm | RestoreForm | None:
    """The form of the state: none once the case is closed for good."""
    initial = {"version": found.case.version, **(words or {})}
    if found.case.is_open:
        return DecisionForm(initial=initial)
    return RestoreForm(initial=initial) if found.case.state == CaseState.HIDDEN else None


def _clash(
    request: PersonRequest, pk: int, form: DecisionForm | RestoreForm, error: Conflict
) -> HttpResponse:
    """What won is shown in the history, and the own words are kept ready to be copied."""
    now = _file(request, pk)
    kept = [
        (str(form.fields[name].label), form.cleaned_data[name])
        for name in ("message", "reason")
        if form.cleaned_data.get(name)
    ]
    return _page(request, now, _blank(now), status=409, refusal=str(error), kept=kept)


def _page(
    request: PersonRequest,
    found: CaseFile,
    form: DecisionForm | RestoreForm | None,
    *,
    status: int = 200,
    refusal: str = "",
    kept: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    context = {
        "file": found,
        "case": found.case,
        "idea": found.idea,
        "comment": found.comment,
        "who": standing.signature(found.idea, found.idea.signatories),
        "place": standing.place(found.idea),
        "look": selectors.LOOKS[CaseState(found.case.state)],
        "form": form,
        "restores": isinstance(form, RestoreForm),
        "refusal": refusal,
        "kept": kept or [],
    }
    return render(request, "ideas/moderation/case.html", context, status=status)
