"""Lend a profile while one is away, and take it back."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ozeli.core import clock, recovery
from ozeli.core.errors import Refused
from ozeli.core.idempotency import idempotent

from .. import selectors
from ..models import Membership
from ..person_forms import DelegationForm
from ..requests import PersonRequest
from ..services import delegations as services


@require_http_methods(["GET", "POST"])
@idempotent
def delegations(request: PersonRequest) -> HttpResponse:
    """What one lends, and the form to lend."""
    initial = {"starts_on": clock.today()} | (recovery.recovered(request) or {})
    form = DelegationForm(request.POST or None, user=request.user, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    wanted = form.cleaned_data
    try:
        services.delegate(
            wanted["membership"],
            wanted["to"],
            starts_on=wanted["starts_on"],
            ends_on=wanted["ends_on"],
            organisation=wanted["organisation"],
            actor=request.user,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, status=422)
    messages.success(
        request, f"C’est fait\u00a0: prévenez {wanted['to']}, qui le verra dans «\u202fMon compte\u202f»."
    )
    return HttpResponseRedirect(request.path)


@require_POST
@idempotent
def end(request: PersonRequest, pk: int) -> HttpResponse:
    """Take back what one lent."""
    lent = get_object_or_404(Membership, pk=pk, delegated_by=request.user)
    try:
        services.end_delegation(lent, actor=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "La délégation a pris fin.")
    return HttpResponseRedirect(reverse("accounts:delegations"))


def _page(request: PersonRequest, form: DelegationForm, *, status: int) -> HttpResponse:
    context = {
        "form": form,
        "can_lend": bool(selectors.delegable_by(request.user)),
        "lent": selectors.delegations_of(request.user),
        "today": clock.today(),
    }
    return render(request, "accounts/delegations.html", context, status=status)
