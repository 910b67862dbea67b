"""Ask for a long export, wait for it, fetch it."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.exports import LONG, XLSX, Export, exports
from ozeli.core.idempotency import idempotent
from ozeli.core.paging import keyset_page
from ozeli.core.web import page_url

from .. import selectors, storage
from ..models import EXPORT_FILE_DAYS, ExportRun
from ..services import exports as services


@require_GET
def export_list(request: PersonRequest) -> HttpResponse:
    """The exports that this person asked for."""
    found = selectors.exports_of(request.user)
    page = keyset_page(found, ("created_at", "id"), request.GET.get("page", ""))
    context = {
        "runs": [(run, _title(run)) for run in page.rows],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
    }
    return render(request, "transfers/export_list.html", context)


@require_http_methods(["GET", "POST"])
@idempotent
def ask_export(request: PersonRequest) -> HttpResponse:
    """Say that the file is long, and prepare it when asked."""
    sent = request.POST if request.method == "POST" else request.GET
    export, fmt, query = _asked(request, sent)
    refusal = ""
    if request.method == "POST":
        try:
            run = services.ask(export, query, fmt, owner=request.user)
            return HttpResponseRedirect(run.get_absolute_url())
        except Refused as error:
            refusal = str(error)
    context = {
        "export": export,
        "format": fmt,
        "query": query,
        "long": LONG,
        "days": EXPORT_FILE_DAYS,
        "refusal": refusal,
    }
    return render(request, "transfers/ask_export.html", context, status=422 if refusal else 200)


def _asked(request: PersonRequest, sent: QueryDict) -> tuple[Export, str, str]:
    export, fmt = exports.get(sent.get("contenu", "")), sent.get("format", "")
    if export is None or fmt not in services.FORMATS or not export.is_open_to(request.user):
        raise Http404("no such export for this person")
    return export, fmt, sent.get("filtres", "").replace("\0", "")


@require_GET
def export_run(request: PersonRequest, pk: UUID) -> HttpResponse:
    run = _load(request, pk)
    return render(request, "transfers/export.html", {"run": run, "title": _title(run), "until": run.until})


@require_GET
def download(request: PersonRequest, pk: UUID) -> HttpResponseBase:
    """The file, to the one who asked, as long as the list is open to them as it was when it was made."""
    run = _load(request, pk)
    export, path = exports.get(run.export), storage.path_of("exports", run.pk)
    if export is None or run.state != ExportRun.State.READY or clock.now() > run.until or not path.is_file():
        raise Http404("no file any more")
    if run.rights != services.rights_of(request.user, export, run.query):
        raise Http404("made under other rights")
    kind = XLSX if run.format == "xlsx" else "text/csv; charset=utf-8"
    name = f"{export.name}.{run.format}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind)


def _load(request: PersonRequest, pk: UUID) -> ExportRun:
    run = selectors.exports_of(request.user).filter(pk=pk).first()
    export = exports.get(run.export) if run else None
    if run is None or export is None or not export.is_open_to(request.user):
        raise Http404("no such export for this person")
    return run


def _title(run: ExportRun) -> str:
    export = exports.get(run.export)
    return export.title if export else run.export
