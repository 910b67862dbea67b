"""The name, the logo and the colours of the portal: tried on this very page, checked, saved; and what pages load."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import condition, require_GET, require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.accounts.services import actor_key
from ozeli.core import memo, recovery, uploads
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.idempotency import idempotent
from ozeli.files import storage
from ozeli.journal import changes

from .. import logos, theming
from ..administration import check_network_admin, said_lately, undo_entry
from ..models import Theme
from ..setting_forms import LogoForm, ThemeForm

KIND = logos.LOOK
SENT = "Votre logo est reçu. Nous le vérifions\u00a0: il paraîtra sur toutes les pages dans la minute."
YEAR = 365 * 24 * 3600


def _mark(request: HttpRequest) -> str | None:
    mark = theming.current()[0].stylesheet.rpartition("=")[2]
    return f'"{mark}"' if mark else None


@login_not_required
@require_GET
@condition(etag_func=_mark)
def css(request: HttpRequest) -> HttpResponse:
    """The colours of the body; kept for good under their mark, asked again without it."""
    mark = theming.current()[0].stylesheet.rpartition("=")[2]
    response = HttpResponse(theming.current()[1], content_type="text/css; charset=utf-8")
    kept = mark and request.GET.get("v") == mark
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if kept else "no-cache"
    return response


def _logo(mark: str) -> logos.Logo | None:
    """The logo of this mark, if it is the one worn: by this process, or since less than half a minute."""
    known = theming.current()[0].logo
    if known is None or known.mark != mark:
        known = logos.logo_of(Theme.objects.first())
    return known if known is not None and known.mark == mark else None


def _logo_mark(request: HttpRequest, mark: str) -> str | None:
    return f'"{mark}"' if _logo(mark) else None


@login_not_required
@require_GET
@condition(etag_func=_logo_mark)
def logo(request: HttpRequest, mark: str) -> HttpResponseBase:
    """The logo, for anybody: the sign-in page wears it too. Its address changes with it."""
    found = _logo(mark)
    if found is None:
        raise Http404("not the logo")
    try:
        content = storage.opened(found.folder, found.file)
    except FileNotFoundError as error:
        raise Http404("bytes are gone") from error
    response = FileResponse(content, content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_GET
@brick("home", Level.ADMIN)
def trial_css(request: PersonRequest) -> HttpResponse:
    """The stylesheet of colours being tried."""
    check_network_admin(request.user, "home")
    form = ThemeForm(request.GET)
    action, accent = form.colours() if form.is_readable() else ("", "")
    made = theming.stylesheet(action or theming.ACTION, accent or theming.ACCENT)
    return HttpResponse(made, content_type="text/css; charset=utf-8")


@require_http_methods(["GET", "POST"])
@brick("home", Level.ADMIN)
@idempotent
def theme(request: PersonRequest) -> HttpResponse:
    """Try (GET, in the address) then save (POST)."""
    check_network_admin(request.user, "home")
    stands = Theme.objects.first() or Theme(pk=1, version=0)
    if request.method == "GET":
        tried = ThemeForm(request.GET) if "action" in request.GET else None
        initial = ThemeForm.initial_of(stands) | (recovery.recovered(request) or {})
        return _page(request, tried or ThemeForm(initial=initial), stands, is_trial=tried is not None)
    form = ThemeForm(request.POST)
    if not form.is_valid():
        return _page(request, form, stands, is_trial=True, status=422)
    try:
        _save(form, request)
    except changes.Stale as stale:
        stands = Theme.objects.first() or Theme(pk=1, version=0)
        data = request.POST.copy()
        data["version"] = str(stands.version)
        return _page(request, ThemeForm(data), stands, is_trial=True, status=409, refusal=str(stale))
    memo.forget_all()
    messages.success(request, "C’est enregistré. Chacun le verra dans la demi-minute.")
    return HttpResponseRedirect(request.path)


@require_POST
@brick("home", Level.ADMIN)
@idempotent
def send_logo(request: PersonRequest) -> HttpResponse:
    """Receive a logo; a job inspects it, then every page wears it."""
    check_network_admin(request.user, "home")
    form = LogoForm(request.POST, request.FILES, was_cut=uploads.was_cut(request))
    if form.is_valid():
        try:
            logos.send_logo(form.cleaned_data["file"], actor=request.user)
        except Refused as refusal:
            form.add_error("file", str(refusal))
    if not form.is_valid():
        return _as_it_stands(request, logo_form=form, status=422)
    messages.success(request, SENT)
    return HttpResponseRedirect(reverse("portal:theme"))


@require_POST
@brick("home", Level.ADMIN)
@idempotent
def remove_logo(request: PersonRequest) -> HttpResponse:
    check_network_admin(request.user, "home")
    version = request.POST.get("version", "")
    try:
        logos.remove_logo(
            actor=request.user, version=int(version) if version.isdecimal() and len(version) < 10 else 0
        )
    except changes.Stale as stale:
        return _as_it_stands(request, refusal=str(stale), status=409)
    memo.forget_all()
    messages.success(request, "Le logo est retiré. Vous pouvez l’annuler plus bas.")
    return HttpResponseRedirect(reverse("portal:theme"))


@require_POST
@brick("home", Level.ADMIN)
@idempotent
def undo(request: PersonRequest, entry: int) -> HttpResponse:
    check_network_admin(request.user, "home")
    undo_entry(request, entry, {KIND: Theme})
    return HttpResponseRedirect(reverse("portal:theme"))


@transaction.atomic
def _save(form: ThemeForm, request: PersonRequest) -> None:
    row, _created = Theme.objects.get_or_create(pk=1, defaults={"version": 0})
    version = form.cleaned_data["version"] or 0
    changes.change(row, form.values(), kind=KIND, actor=actor_key(request.user), version=version)


def _as_it_stands(request: PersonRequest, **more: Any) -> HttpResponse:
    stands = Theme.objects.first() or Theme(pk=1, version=0)
    return _page(request, ThemeForm(initial=ThemeForm.initial_of(stands)), stands, is_trial=False, **more)


def _page(
    request: PersonRequest,
    form: ThemeForm,
    stands: Theme,
    *,
    is_trial: bool,
    status: int = 200,
    refusal: str = "",
    logo_form: LogoForm | None = None,
) -> HttpResponse:
    tried = form.colours() if is_trial else (stands.action, stands.accent)
    action, accent = tried[0] or theming.ACTION, tried[1] or theming.ACCENT
    sheet = f"{reverse('portal:theme_trial')}?{urlencode({'action': action, 'accent': accent})}"
    context: dict[str, Any] = {
        "form": form,
        "checks": theming.checks(action, accent),
        # A refused colour would make this very page unreadable: the table alone shows it.
        "trial_url": sheet if is_trial and form.is_readable() else "",
        "refusal": refusal,
        "theirs": ThemeForm.initial_of(stands) if refusal else None,
        "lately": said_lately([KIND]),
        "logo": logos.logo_of(stands),
        "pending": logos.pending(),
        "logo_form": logo_form or LogoForm(),
        "stands": stands,
    }
    return render(request, "portal/settings/theme.html", context, status=status)
