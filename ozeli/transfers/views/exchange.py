"""The list of a challenge, taken to a spreadsheet and brought back."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.challenges.models import Challenge
from ozeli.core.access import brick
from ozeli.core.errors import Refused
from ozeli.core.exports import export_response
from ozeli.core.idempotency import idempotent
from ozeli.core.imports import importers
from ozeli.core.paging import keyset_page
from ozeli.core.web import page_url
from ozeli.ideas.exchange import exports, sheet
from ozeli.ideas.exchange.importer import CODE, ideas_of
from ozeli.ideas.rules import may_exchange

from .. import selectors
from ..forms import UploadForm
from ..models import ImportRun
from ..services import imports as services


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def exchange(request: PersonRequest, slug: str) -> HttpResponse:
    """Take the list, and bring it back changed."""
    challenge = _load(request, slug)
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["fichier"]
        try:
            run = services.receive(
                importers[CODE], file.name, file.size, file.chunks(), owner=request.user, subject=slug
            )
        except Refused as refusal:
            form.add_error("fichier", str(refusal))
        else:
            _compare_at_once(run)
            return HttpResponseRedirect(run.get_absolute_url())
    return _page(request, challenge, form, 422 if request.method == "POST" else 200)


def _form(request: PersonRequest) -> UploadForm:
    """The file alone: what it holds is known."""
    importer = importers[CODE]
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None:
        data["contenu"] = importer.code
    form = UploadForm(data, request.FILES or None, offered=[importer], request=request)
    form.fields[
        "fichier"
    ].help_text = "Le classeur .xlsx que vous avez pris ici, ou son CSV\u202f; 20\u00a0Mo au plus."
    return form


def _compare_at_once(run: ImportRun) -> None:
    """A file whose columns are all those of the export needs no question."""
    if set(run.mapping) == {column.code for column in importers[CODE].columns} and len(run.sheets) <= 2:
        services.ask_check(run, run.mapping, {})


def _page(request: PersonRequest, challenge: Challenge, form: UploadForm, status: int) -> HttpResponse:
    seen = selectors.own_imports(request.user, CODE, challenge.slug)
    page = keyset_page(seen, ("created_at", "id"), request.GET.get("page", ""))
    context = {
        "challenge": challenge,
        "form": form,
        "count": ideas_of(request.user, challenge).count(),
        "edited": [title for code, title in sheet.EDITED.items()],
        "shown": list(sheet.SHOWN.values()),
        "rules": importers[CODE].rules,
        "runs": page.rows,
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
    }
    return render(request, "transfers/exchange.html", context, status=status)


@require_GET
@brick("ideas")
def export(request: PersonRequest, slug: str) -> HttpResponseBase:
    """The list as a file: .xlsx to be changed, CSV for other tools."""
    _load(request, slug)
    asked = request.GET.copy()
    asked["defi"] = slug
    request.GET = asked  # type: ignore[assignment]
    return export_response(request, exports.CODE)


def _load(request: PersonRequest, slug: str) -> Challenge:
    challenge = get_object_or_404(Challenge.objects.visible_to(request.user), slug=slug)
    if not may_exchange(request.user, challenge):
        raise PermissionDenied
    return challenge
