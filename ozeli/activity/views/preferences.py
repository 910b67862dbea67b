"""What a person wants to be told by mail, and how soon."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core import recovery
from ozeli.core.idempotency import idempotent

from .. import delivery, services, unsubscribe
from ..forms import PacesForm


@require_http_methods(["GET", "POST"])
@idempotent
def preferences(request: PersonRequest) -> HttpResponse:
    """One form for everything; it works without JavaScript."""
    form = PacesForm(request.user, request.POST or None, initial=recovery.recovered(request))
    if request.method == "POST" and form.is_valid():
        services.set_paces(request.user, form.chosen())
        messages.success(request, "Vos choix sont gardés. Ils valent dès la prochaine nouvelle.")
        return HttpResponseRedirect(request.path)
    context = {
        "form": form,
        "families": list(form.families()),
        "most": delivery.a_day(is_first=True),
    }
    return render(request, "activity/preferences.html", context, status=422 if form.errors else 200)


@require_POST
@idempotent
def reset(request: PersonRequest) -> HttpResponse:
    """Back to the paces that everybody has at first."""
    services.reset_paces(request.user)
    messages.success(request, "Les rythmes d’origine sont revenus.")
    return HttpResponseRedirect(reverse("activity:preferences"))


@require_POST
@idempotent
def revoke_links(request: PersonRequest) -> HttpResponse:
    """Make the unsubscribing links of every mail sent so far worthless."""
    unsubscribe.revoke(request.user)
    messages.success(request, "Les liens de désinscription de vos anciens courriels ne valent plus rien.")
    return HttpResponseRedirect(reverse("activity:preferences"))
