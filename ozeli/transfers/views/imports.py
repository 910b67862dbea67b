"""Bring a file, say how to read it, see what it changes, write it, read the report."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.challenges.models import Challenge
from ozeli.core.errors import Conflict, Refused
from ozeli.core.exports import csv_response
from ozeli.core.idempotency import idempotent
from ozeli.core.imports import Outcome, importers
from ozeli.core.paging import keyset_page
from ozeli.core.web import page_url
from ozeli.ideas.exchange.importer import CODE as CHALLENGE_LIST

from .. import selectors
from ..forms import ALL, PARTIAL, MappingForm, UploadForm, WriteForm
from ..models import ImportRun
from ..services import imports as services


@require_http_methods(["GET", "POST"])
@idempotent
def import_list(request: PersonRequest) -> HttpResponse:
    """The imports made so far, and the form to bring a file."""
    offered = selectors.importers_of(request.user)
    if not offered:
        raise Http404("nothing to import")
    form = UploadForm(request.POST or None, request.FILES or None, offered=offered, request=request)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["fichier"]
        importer = importers[form.cleaned_data["contenu"]]
        try:
            run = services.receive(importer, file.name, file.size, file.chunks(), owner=request.user)
        except Refused as refusal:
            form.add_error("fichier", str(refusal))
        else:
            return HttpResponseRedirect(run.get_absolute_url())
    return _list_page(request, form, 422 if request.method == "POST" else 200)


def _list_page(request: PersonRequest, form: UploadForm, status: int) -> HttpResponse:
    seen = selectors.imports_seen_by(request.user).select_related("owner")
    page = keyset_page(seen, ("created_at", "id"), request.GET.get("page", ""))
    context = {
        "form": form,
        "runs": [(run, importers[run.importer].title) for run in page.rows],
        "offered": selectors.importers_of(request.user),
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
    }
    return render(request, "transfers/import_list.html", context, status=status)


@require_GET
def import_run(request: PersonRequest, pk: UUID, slug: str = "") -> HttpResponse:
    return _run_page(request, _load(request, pk, slug))


@require_POST
@idempotent
def choose_sheet(request: PersonRequest, pk: UUID, slug: str = "") -> HttpResponse:
    run = _load(request, pk, slug)
    try:
        if run.state != ImportRun.State.RECEIVED:
            raise Conflict("Cet import est déjà comparé : reprenez-en un autre pour lire une autre feuille.")
        services.choose_sheet(run, request.POST.get("feuille", ""))
    except Refused as refusal:
        return _refusal(request, run, refusal)
    return HttpResponseRedirect(run.get_absolute_url())


@require_POST
@idempotent
def check(request: PersonRequest, pk: UUID, slug: str = "") -> HttpResponse:
    """Keep the columns chosen, and have the file compared."""
    run = _load(request, pk, slug)
    form = MappingForm(request.POST, run=run, importer=importers[run.importer])
    if not form.is_valid():
        return _run_page(request, run, form=form, status=422)
    try:
        services.ask_check(run, form.mapping(), form.options())
    except Refused as refusal:
        return _refusal(request, run, refusal)
    return HttpResponseRedirect(run.get_absolute_url())


@require_POST
@idempotent
def write(request: PersonRequest, pk: UUID, slug: str = "") -> HttpResponse:
    run = _load(request, pk, slug)
    try:
        services.ask_write(run, partial=WriteForm(request.POST).is_partial())
    except Refused as refusal:
        return _refusal(request, run, refusal)
    return HttpResponseRedirect(run.get_absolute_url())


@require_POST
@idempotent
def cancel(request: PersonRequest, pk: UUID, slug: str = "") -> HttpResponse:
    run = _load(request, pk, slug)
    try:
        services.cancel(run, actor=request.user)
    except Refused as refusal:
        return _refusal(request, run, refusal)
    messages.success(request, "L’import est annulé." if run.is_over else "L’annulation est demandée.")
    return HttpResponseRedirect(_list_of(run) if run.is_over else run.get_absolute_url())


@require_GET
def refused_lines(request: PersonRequest, pk: UUID, slug: str = "") -> HttpResponseBase:
    """The refused lines as they came, with the reason of each: to be mended, then brought again."""
    run = _load(request, pk, slug)
    lines = selectors.lines_of(run, Outcome.REFUSED).order_by("number").iterator(chunk_size=500)
    rows = ([*(line.cells.get(title, "") for title in run.header), line.number, line.why] for line in lines)
    return csv_response("lignes-refusees", [*run.header, "ligne refusée", "motif du refus"], rows)


def _load(request: PersonRequest, pk: UUID, slug: str) -> ImportRun:
    """An import that this person may see: 404 when there is none, or when nothing may be imported.

    `slug` is that of the challenge into whose list it goes: then one's own alone.
    """
    seen = (
        selectors.own_imports(request.user, CHALLENGE_LIST, slug)
        if slug
        else selectors.imports_seen_by(request.user)
    )
    run = seen.select_related("owner").filter(pk=pk).first()
    if run is None:
        raise Http404("no such import for this person")
    if not importers[run.importer].is_open_to(request.user, run.subject):
        raise PermissionDenied
    return run


def _list_of(run: ImportRun) -> str:
    """Where another file is brought."""
    return reverse("transfers:exchange", args=[run.subject]) if run.subject else reverse("transfers:imports")


def _refusal(request: PersonRequest, run: ImportRun, refusal: Refused) -> HttpResponse:
    run.refresh_from_db()
    status = 409 if isinstance(refusal, Conflict) else 422
    return _run_page(request, run, refusal=str(refusal), status=status)


def _run_page(
    request: PersonRequest, run: ImportRun, *, form: Any = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    importer = importers[run.importer]
    outcome = request.GET.get("resultat", "")
    page = keyset_page(
        selectors.lines_of(run, outcome), ("number", "id"), request.GET.get("page", ""), ascending=True
    )
    context = {
        "run": run,
        "list_url": _list_of(run),
        "challenge": Challenge.objects.filter(slug=run.subject).first() if run.subject else None,
        "importer": importer,
        "form": form or MappingForm(run=run, importer=importer),
        "hints": {
            ALL: "Rien n’est écrit tant qu’une ligne est refusée.",
            PARTIAL: "Les autres lignes sont écrites.",
        },
        "write_form": WriteForm(initial={"mode": ALL}),
        "refusal": refusal,
        "lines": page.rows,
        "tabs": selectors.outcome_tabs(run, outcome) if run.counts else [],
        "refused": run.counts.get(Outcome.REFUSED, 0),
        "changed": run.counts.get(Outcome.CREATE, 0) + run.counts.get(Outcome.UPDATE, 0),
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
    }
    return render(request, "transfers/import.html", context, status=status)
