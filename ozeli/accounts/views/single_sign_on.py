"""Single sign-on: the way out and back, and the bodies that it can tell."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.core import recovery
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.exports import table_response
from ozeli.core.idempotency import idempotent
from ozeli.core.middleware import writes_on_get
from ozeli.core.paging import keyset_page
from ozeli.core.web import page_url

from .. import rules, single_sign_on
from ..adapter import KEPT_WORDS
from ..forms import BodySignForm
from ..models import BodySign
from ..requests import PersonRequest
from ..services import sign_on

View = Callable[..., HttpResponse]


@login_not_required
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The page of the button (GET), then the way to the provider (POST).

    Not a redirect: browsers hold the answer of a form to `form-action`, through every redirect that follows, and a
    provider may send on to another. A page that leads away at once is no form any more.
    """
    _refuse_when_off()
    if request.method == "GET":
        context = {"name": settings.OIDC_NAME, "next": request.GET.get("next", "")}
        return render(request, "account/single_sign_on.html", context)
    from ..openid import start as towards_provider

    if packed := request.POST.get("reprise"):
        request.session[KEPT_WORDS] = packed
    answer = towards_provider(request)
    address = answer.headers.get("Location", "")
    if urlsplit(address).scheme not in ("http", "https"):
        return answer
    return render(
        request, "account/single_sign_on_leaving.html", {"name": settings.OIDC_NAME, "address": address}
    )


@writes_on_get
@login_not_required
@require_GET
def finish(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back from the provider, by GET: the listed exception, which opens a session."""
    _refuse_when_off()
    from ..openid import finish as from_provider

    return from_provider(request)


@require_http_methods(["GET", "POST"])
@brick("rights", Level.ADMIN)
@idempotent
def bodies(request: PersonRequest) -> HttpResponse:
    """What names a body when somebody comes by single sign-on; the POST adds one."""
    _refuse_delegates(request)
    form = BodySignForm(request.POST or None, initial=recovery.recovered(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            sign_on.add_sign(given["kind"], given["value"], given["organisation"], actor=request.user)
        except Refused as refusal:
            form.add_error("value", str(refusal))
        else:
            messages.success(request, f"{given['organisation']} sera reconnu à la prochaine connexion.")
            return HttpResponseRedirect(request.path)
    rows = BodySign.objects.select_related("organisation")
    page = keyset_page(rows, ("value", "id"), request.GET.get("page", ""), ascending=True)
    context = {
        "form": form,
        "signs": page.rows,
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "is_on": single_sign_on.is_on(),
        "claim": settings.OIDC_BODY_CLAIM,
    }
    return render(request, "accounts/single_sign_on.html", context, status=422 if form.errors else 200)


@require_GET
@brick("rights", Level.ADMIN)
def bodies_export(request: PersonRequest) -> HttpResponseBase:
    _refuse_delegates(request)
    rows = BodySign.objects.select_related("organisation").order_by("value", "pk").iterator(chunk_size=500)
    lines: Any = ([row.kind, row.value, row.organisation.code, row.organisation.name] for row in rows)
    return table_response(request, "connexion-unique", ["nature", "valeur", "code", "organisme"], lines)


@require_POST
@brick("rights", Level.ADMIN)
@idempotent
def remove_body(request: PersonRequest, pk: int) -> HttpResponse:
    _refuse_delegates(request)
    sign = get_object_or_404(BodySign.objects.select_related("organisation"), pk=pk)
    sign_on.remove_sign(sign, actor=request.user)
    messages.success(request, f"«\u202f{sign.value}\u202f» ne désigne plus {sign.organisation}.")
    return HttpResponseRedirect(reverse("accounts:single_sign_on"))


def _refuse_when_off() -> None:
    if not single_sign_on.is_on():
        raise Http404("no single sign-on here")


def _refuse_delegates(request: PersonRequest) -> None:
    if not rules.administers_rights(request.user):
        raise PermissionDenied
