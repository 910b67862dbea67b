"""The bricks of the home: add, order, title, set, hide, remove, look at them as a profile would, undo."""

from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.accounts.models import Profile
from ozeli.accounts.requests import PersonRequest
from ozeli.accounts.services import actor_key
from ozeli.core import recovery
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.registry import HomeBrickKind, home_bricks
from ozeli.journal import changes

from .. import home
from ..administration import check_network_admin, said_lately, undo_entry
from ..models import HomeBrick
from ..preview import as_profile
from ..setting_forms import BrickForm

KIND = "home"
MOST = 12
TOO_MANY = "Douze briques au plus\u00a0: retirez-en une, l’accueil doit rester court."


@require_GET
@brick("home", Level.ADMIN)
def bricks(request: PersonRequest) -> HttpResponse:
    return _page(request)


@require_POST
@brick("home", Level.ADMIN)
@idempotent
def add(request: PersonRequest) -> HttpResponse:
    """Put a brick of a kind at the end, then open its settings."""
    check_network_admin(request.user, "home")
    kind = home_bricks.get(request.POST.get("kind", ""))
    if kind is None:
        return _page(request, refusal="Choisissez ce que la brique doit montrer.", status=422)
    if _bricks().count() >= MOST:
        return _page(request, refusal=TOO_MANY, status=422)
    last = HomeBrick.objects.aggregate(last=Max("position"))["last"] or 0
    row = HomeBrick(kind=kind.code, position=last + changes.STEP)
    changes.add(row, kind=KIND, actor=actor_key(request.user))
    messages.success(request, "La brique est ajoutée à la fin de l’accueil. Réglez-la ici.")
    return HttpResponseRedirect(reverse("portal:home_brick", args=[row.pk]))


@require_http_methods(["GET", "POST"])
@brick("home", Level.ADMIN)
@idempotent
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """The title and the settings of a brick; published as soon as they are saved."""
    row, kind = _load(request, pk)
    initial = BrickForm.initial_of(row) | (recovery.recovered(request) or {})
    form = BrickForm(request.POST or None, kind=kind, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, row, kind, form, status=422 if form.errors else 200)
    version = form.cleaned_data["version"] or 0
    try:
        changes.change(row, form.values(), kind=KIND, actor=actor_key(request.user), version=version)
    except changes.Stale as stale:
        row = get_object_or_404(HomeBrick, pk=pk)
        data = request.POST.copy()
        data["version"] = str(row.version)
        again = BrickForm(data, kind=kind)
        return _form_page(
            request, row, kind, again, status=409, refusal=str(stale), theirs=BrickForm.initial_of(row)
        )
    messages.success(request, "La brique est enregistrée, et l’accueil le montre déjà.")
    return HttpResponseRedirect(reverse("portal:home_bricks"))


@require_POST
@brick("home", Level.ADMIN)
@idempotent
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """Show (`want=1`) or hide (`want=0`)."""
    row, _kind = _load(request, pk)
    shown = request.POST.get("want") == "1"
    changes.change(row, {"is_shown": shown}, kind=KIND, actor=actor_key(request.user))
    messages.success(request, f"La brique est {'affichée' if shown else 'masquée'}.")
    return _back(pk)


@require_POST
@brick("home", Level.ADMIN)
@idempotent
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    row, _kind = _load(request, pk)
    changes.archive(row, kind=KIND, actor=actor_key(request.user))
    messages.success(
        request, "La brique est retirée. «\u202fAnnuler\u202f», plus bas, la remet avec ses réglages."
    )
    return HttpResponseRedirect(reverse("portal:home_bricks"))


@require_POST
@brick("home", Level.ADMIN)
@idempotent
def move(request: PersonRequest, pk: int) -> HttpResponse:
    row, _kind = _load(request, pk)
    step = -1 if request.POST.get("step") == "-1" else 1
    try:
        changes.move(row, _bricks(), step, kind=KIND, actor=actor_key(request.user))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return _back(pk)


@require_POST
@brick("home", Level.ADMIN)
@idempotent
def undo(request: PersonRequest, entry: int) -> HttpResponse:
    check_network_admin(request.user, "home")
    undo_entry(request, entry, {KIND: HomeBrick})
    return HttpResponseRedirect(reverse("portal:home_bricks"))


@require_GET
@brick("home", Level.ADMIN)
def preview(request: PersonRequest) -> HttpResponse:
    """The home as a profile would see it."""
    check_network_admin(request.user, "home")
    profiles = list(Profile.objects.all())
    wanted = request.GET.get("profil", "")
    profile = next((one for one in profiles if one.code == wanted), profiles[0])
    context = home.context(as_profile(request, profile)) | {"profile": profile, "profiles": profiles}
    return render(request, "portal/settings/preview.html", context)


def _bricks() -> Any:
    return HomeBrick.objects.filter(is_active=True)


def _load(request: PersonRequest, pk: int) -> tuple[HomeBrick, HomeBrickKind]:
    check_network_admin(request.user, "home")
    row = get_object_or_404(HomeBrick, pk=pk, is_active=True)
    if (kind := home_bricks.get(row.kind)) is None:
        raise Http404("a kind of an app that is gone")
    return row, kind


def _back(pk: int) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('portal:home_bricks')}#brique-{pk}")


def _page(request: PersonRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    check_network_admin(request.user, "home")
    context = {
        "rows": [(row, kind) for row in _bricks() if (kind := home_bricks.get(row.kind))],
        "kinds": list(home_bricks),
        "profiles": list(Profile.objects.all()),
        "refusal": refusal,
        "lately": said_lately([KIND]),
    }
    return render(request, "portal/settings/home_bricks.html", context, status=status)


def _form_page(
    request: PersonRequest,
    row: HomeBrick,
    kind: HomeBrickKind,
    form: BrickForm,
    *,
    status: int,
    refusal: str = "",
    theirs: dict[str, Any] | None = None,
) -> HttpResponse:
    names = [name for name in ("title", *kind.options) if name in form.fields]
    context = {
        "row": row,
        "kind": kind,
        "name": row.title or kind.title or kind.description,
        "form": form,
        "fields": [form[name] for name in names],
        "refusal": refusal,
        "theirs": [(form.fields[name].label, theirs[name]) for name in names] if theirs else [],
    }
    return render(request, "portal/settings/home_brick.html", context, status=status)
