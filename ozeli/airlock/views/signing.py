"""« Signer une idée déposée anonymement » : on the portal, by the person, for good."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import idempotent

from .. import receipts
from ..forms.signing import SignForm
from ..services.signing import sign

TOO_MANY = "Vous avez essayé beaucoup de codes. Revenez dans une heure, avec votre reçu sous les yeux."
BUSY = "Beaucoup de monde en ce moment. Rien n’est encore signé\u00a0: recommencez dans une minute."


@require_http_methods(["GET", "POST"])
@brick("ideas")
def signing(request: PersonRequest) -> HttpResponse:
    """A try is counted before the transaction of the form: a refusal would roll its count back."""
    if request.method == "POST":
        is_free = ratelimit.consume(request, action="airlock_sign", user=request.user)
        if not is_free:
            return _page(request, SignForm(request.POST), refusal=TOO_MANY, status=429)
    return _signing(request)


@idempotent
def _signing(request: PersonRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, SignForm())
    form = SignForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        idea = sign(form.cleaned_data["receipt_password"], person=request.user)
    except receipts.Busy:
        return _page(request, form, refusal=BUSY, status=503)
    except Conflict as error:
        return _page(request, form, refusal=str(error), status=409)
    except Refused as error:
        form.add_error("receipt_password", str(error))
        return _page(request, form, status=422)
    messages.success(request, "Cette idée porte maintenant votre nom. Son code de suivi ne sert plus.")
    return redirect(idea.get_absolute_url())


def _page(request: PersonRequest, form: SignForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {"form": form, "refusal": refusal, "airlock_url": settings.AIRLOCK_URL}
    return render(request, "airlock/sign.html", context, status=status)
