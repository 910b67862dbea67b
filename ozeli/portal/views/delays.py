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
from ozeli.network.selectors import AnswerSteps

from ..administration import check_network_admin, said_lately, undo_entry
from ..setting_forms import DelayForm, StepsForm

SHOWN = 200


@require_http_methods(["GET", "POST"])
@brick("directory", Level.ADMIN)
@idempotent
def delays(request: PersonRequest) -> HttpResponse:
    check_network_admin(request.user, "directory")
    form = _form(request)
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
def steps(request: PersonRequest) -> HttpResponse:
    """When the desk is reminded and when a late answer goes up."""
    check_network_admin(request.user, "directory")
    form = StepsForm(request.POST)
    if not form.is_valid():
        return _page(request, _form(), steps=form, status=422)
    kept = dict(form.cleaned_data)
    version = kept.pop("version") or 0
    try:
        services.set_answer_steps(AnswerSteps(**kept), version=version, actor=actor_key(request.user))
    except Stale as stale:
        form = StepsForm({**kept, "version": stale.row.version})
        form.add_error(None, f"{stale} L’enregistrer mettra vos valeurs à la place des siennes.")
        return _page(request, _form(), steps=form, status=409)
    memo.forget_all()
    messages.success(request, "Les rappels et les remontées suivront ces jours dès demain matin.")
    return HttpResponseRedirect(reverse("portal:delays"))


@require_POST
@brick("directory", Level.ADMIN)
@idempotent
def undo(request: PersonRequest, entry: int) -> HttpResponse:
    check_network_admin(request.user, "directory")
    undo_entry(request, entry, {services.DELAY: NetworkSettings})
    return HttpResponseRedirect(reverse("portal:delays"))


def _form(request: PersonRequest | None = None) -> DelayForm:
    stands = services.current_settings()
    initial = {"days": stands.answer_delay_days, "version": stands.version}
    typed = (recovery.recovered(request) or {}) if request else {}
    return DelayForm((request.POST or None) if request else None, initial=initial | typed)


def _steps_form() -> StepsForm:
    stands = services.current_settings()
    days = {name: getattr(stands, f"{name}_days") for name in AnswerSteps._fields}
    return StepsForm(initial=days | {"version": stands.version})


def _page(
    request: PersonRequest,
    form: DelayForm,
    *,
    status: int,
    steps: StepsForm | None = None,
    refusal: str = "",
    theirs: NetworkSettings | None = None,
) -> HttpResponse:
    own = Organisation.objects.filter(answer_delay_days__isnull=False).order_by("sort_name", "pk")
    context: dict[str, Any] = {
        "form": form,
        "steps": steps or _steps_form(),
        "own": list(own[:SHOWN]),
        "refusal": refusal,
        "theirs": theirs,
        "lately": said_lately([services.DELAY]),
    }
    return render(request, "portal/settings/delays.html", context, status=status)
