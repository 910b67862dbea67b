"""One's data: see them, take them away, have them erased."""

from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.accounts import rules as rights
from ozeli.accounts.holdings import is_erased
from ozeli.accounts.models import User
from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.french import long_date
from ozeli.core.idempotency import idempotent
from ozeli.core.personal_data import holdings

from ..forms import ConfirmErasureForm
from ..models import DataExport, ErasureRequest
from ..services import erasure, exports


@require_GET
def data(request: PersonRequest) -> HttpResponse:
    return _page(request)


@require_POST
@idempotent
def ask_copy(request: PersonRequest) -> HttpResponse:
    """Ask for the copy of one's data."""
    try:
        exports.ask_export(request.user)
    except Refused as refusal:
        return _page(request, status=409, refusal=str(refusal))
    messages.success(request, "Votre copie se prépare. Revenez sur cette page dans un instant.")
    return HttpResponseRedirect(reverse("people:data"))


@require_GET
def copy(request: PersonRequest, pk: UUID) -> HttpResponseBase:
    """The file, for its owner alone."""
    export = get_object_or_404(DataExport, pk=pk, user=request.user)
    path = exports.file_of(export)
    if not export.is_ready or not path.exists():
        raise Http404("no file")
    return FileResponse(path.open("rb"), as_attachment=True, filename="mes-donnees-ozeli.zip")


@require_POST
def ask_erasure(request: PersonRequest) -> HttpResponse:
    """Have one's account erased, in seven days. The password is asked again, a few times a minute at most.

    A try is counted before the transaction of the form: a refusal would roll its count back.
    """
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        return _page(request, status=429, refusal="Trop d’essais. Attendez une minute, puis recommencez.")
    return _ask_erasure(request)


@idempotent
def _ask_erasure(request: PersonRequest) -> HttpResponse:
    form = ConfirmErasureForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            asked = erasure.ask_erasure(request.user, actor=request.user)
        except Refused as refusal:
            return _page(request, status=409, refusal=str(refusal))
        messages.success(
            request, f"Votre compte sera effacé le {long_date(asked.due_on)}. Un courriel le confirme."
        )
        return HttpResponseRedirect(reverse("people:data"))
    return _page(request, form, status=422)


@require_POST
@idempotent
def keep(request: PersonRequest) -> HttpResponse:
    """Change one's mind."""
    try:
        erasure.keep_account(request.user, actor=request.user)
    except Refused as refusal:
        return _page(request, status=409, refusal=str(refusal))
    messages.success(request, "Votre compte est gardé.")
    return HttpResponseRedirect(reverse("people:data"))


@require_http_methods(["GET", "POST"])
@brick("rights", Level.ADMIN)
@idempotent
def administer(request: PersonRequest, pk: int) -> HttpResponse:
    """The erasure of an account, asked or called off by an administrator."""
    person = User.objects.select_related("organisation").filter(pk=pk).first()
    if person is None or not rights.sees_person(request.user, person) or is_erased(person):
        raise Http404("nobody here")
    refusal = ""
    if request.method == "POST":
        act = erasure.keep_account if request.POST.get("renoncer") else erasure.ask_erasure
        try:
            act(person, actor=request.user)
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, "C’est noté. La personne en est prévenue par courriel.")
            return HttpResponseRedirect(request.path)
    context = {
        "person": person,
        "asked": ErasureRequest.objects.filter(user=person).first(),
        "told": list(holdings()),
        "refusal": refusal,
    }
    return render(request, "people/administer_erasure.html", context, status=409 if refusal else 200)


def _page(
    request: PersonRequest, form: ConfirmErasureForm | None = None, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    context = {
        "exports": list(DataExport.objects.filter(user=request.user)[:5]),
        "asked": ErasureRequest.objects.filter(user=request.user).first(),
        "form": form or ConfirmErasureForm(user=request.user),
        "told": list(holdings()),
        "refusal": refusal,
    }
    return render(request, "people/data.html", context, status=status)
