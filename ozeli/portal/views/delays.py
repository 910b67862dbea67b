"""The delays in which answers are promised: the network’s, and those of bodies that promise otherwise."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.accounts.services import actor_key
from ozeli.core import memo, recovery
from ozeli.core.access import Level, brick
from ozeli.core.french import plural
from ozeli.core.idempotency import idempotent
from ozeli.journal.changes import Stale
from ozeli.network import services
from ozeli.network.models import NetworkSettings, Organisation

from ..administration import check_network_admin, said_lately, undo_entry
from ..setting_forms import DelayForm

SHOWN = 200


@require_http_methods(["GET", "POST"])
@brick("directory", Level.ADMIN)
@idempotent
def delays(request: PersonRequest) -> HttpResponse:
    check_network_admin(request.user, "directory")
    stands = services.current_settings()
    initial = {"days": stands.answer_delay_days, "version": stands.version}
    form = DelayForm(request.POST or None, initial=initial | (recovery.recovered(request) or {}))
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    days, version = form.cleaned_data["days"], form.cleaned_data["version"] or 0
    try:
        services.set_default_answer_delay(days, version=version, actor=actor_key(request.user))
    except Stale as stale:
        stands = services.current_settings()
        again = DelayForm({"days": days, "version": stands.version})
        return _page(request, again, status=409, refusal=str(stale), theirs=stands)
    memo.forget_all()
    messages.success(
        request,
        f"Les réponses seront promises en {plural(days, 'jour')}. Les promesses déjà faites ne changent pas.",
    )
    return HttpResponseRedirect(request.path)


@require_POST
@brick("directory", Level.ADMIN)
@idempotent
def undo(request: PersonRequest, entry: int) -> HttpResponse:
    check_network_admin(request.user, "directory")
    undo_entry(request, entry, {services.DELAY: NetworkSettings})
    return HttpResponseRedirect(reverse("portal:delays"))


def _page(
    request: PersonRequest,
    form: DelayForm,
    *,
    status: int,
    refusal: str = "",
    theirs: NetworkSettings | None = None,
) -> HttpResponse:
    own = Organisation.objects.filter(answer_delay_days__isnull=False).order_by("sort_name", "pk")
    context: dict[str, Any] = {
        "form": form,
        "own": list(own[:SHOWN]),
        "refusal": refusal,
        "theirs": theirs,
        "lately": said_lately([services.DELAY]),
    }
    return render(request, "portal/settings/delays.html", context, status=status)
