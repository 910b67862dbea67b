"""Lifecycles: explained to everybody, kept by the administrators of the network."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.french import capped, plural, quoted
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered
from ozeli.journal.changes import Stale

from .. import rules
from ..forms.lifecycles import CopyForm, LifecycleForm
from ..models import Lifecycle, LifecycleVersion
from ..selectors import courses
from ..selectors.composing import draft_of
from ..services import lifecycles as services


@require_GET
@brick("projects")
def lifecycle_list(request: PersonRequest) -> HttpResponse:
    """The ways to go from a question to a decision."""
    keeps = rules.keeps_lifecycles(request.user)
    shown = courses.shown_lifecycles(with_all=keeps)
    active = [one.lifecycle.pk for one in shown if one.lifecycle.is_active]
    context = {
        "shown": shown,
        "keeps": keeps,
        "first": active[0] if active else None,
        "last": active[-1] if active else None,
    }
    return render(request, "projects/lifecycles/list.html", context)


@require_GET
@brick("projects")
def lifecycle(request: PersonRequest, code: str, number: int | None = None) -> HttpResponse:
    """A lifecycle, stage by stage; a former version is read for the projects that still follow it."""
    found = _find(code)
    keeps = rules.keeps_lifecycles(request.user)
    versions = courses.versions_of(found)
    shown = versions[0] if versions and number is None else None
    shown = next((one for one in versions if one.number == number), shown)
    if shown is None:
        if number is None and keeps:
            return redirect("projects:lifecycle_compose", found.code)
        raise Http404("no such version of this lifecycle")
    followers = courses.followers_of(shown)
    context = {
        "lifecycle": found,
        "version": shown,
        "versions": versions,
        "is_last": shown == versions[0],
        "stages": courses.shown_stages(shown),
        "endings": courses.endings_of(shown),
        "followers": plural(followers, "projet")
        if followers <= courses.COUNTED
        else f"{capped(followers)} projets",
        "keeps": keeps,
        "draft": draft_of(found) if keeps else None,
    }
    return render(request, "projects/lifecycles/lifecycle.html", context)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.ADMIN)
@idempotent
def settings(request: PersonRequest, code: str) -> HttpResponse:
    """Its name and what is said of it; somebody else’s change made meanwhile is shown beside."""
    found = keep(request, code)
    form = LifecycleForm(request.POST or None, instance=found, initial=recovered(request))
    if request.method != "POST" or not form.is_valid():
        return _settings_page(request, form, found, status=422 if form.errors else 200)
    try:
        stands = services.change_lifecycle(
            _find(code), form.values(), actor=request.user, version=form.cleaned_data["version"] or 0
        )
    except Stale as stale:
        data = request.POST.copy()
        data["version"] = str(stale.row.version)
        again = LifecycleForm(data, instance=_find(code))
        return _settings_page(request, again, found, status=409, refusal=str(stale), theirs=_find(code))
    messages.success(request, f"C’est enregistré\u00a0: {quoted(stands.name)}.")
    return redirect(stands)


def _settings_page(
    request: PersonRequest,
    form: LifecycleForm,
    found: Lifecycle,
    *,
    status: int,
    refusal: str = "",
    theirs: Lifecycle | None = None,
) -> HttpResponse:
    context = {"form": form, "lifecycle": _find(found.code), "refusal": refusal, "theirs": theirs}
    return render(request, "projects/lifecycles/settings.html", context, status=status)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.ADMIN)
@idempotent
def copy(request: PersonRequest, code: str) -> HttpResponse:
    """A lifecycle of one’s own, made from another."""
    source = keep(request, code)
    if request.method != "POST":
        first: dict[str, Any] = {
            "name": f"{source.name}, copie",
            "summary": source.summary,
            "kind": source.kind,
        }
        form = CopyForm(initial=first | (recovered(request) or {}))
        return _copy_page(request, form, source)
    form = CopyForm(request.POST)
    if not form.is_valid():
        return _copy_page(request, form, source, status=422)
    made = services.copy_lifecycle(source, actor=request.user, **form.cleaned_data)
    messages.success(
        request, f"{quoted(made.name)} est prêt à composer. Personne ne le voit avant sa publication."
    )
    return redirect("projects:lifecycle_compose", made.code)


def _copy_page(request: PersonRequest, form: CopyForm, source: Lifecycle, status: int = 200) -> HttpResponse:
    context = {"form": form, "source": source}
    return render(request, "projects/lifecycles/copy.html", context, status=status)


@require_POST
@brick("projects", Level.ADMIN)
@idempotent
def archive(request: PersonRequest, code: str) -> HttpResponse:
    """Offer it no more (`want=0`), or again (`want=1`)."""
    found = keep(request, code)
    try:
        if request.POST.get("want") == "1":
            services.restore_lifecycle(found, actor=request.user)
            said = "est de nouveau proposé aux projets qui commencent."
        else:
            services.archive_lifecycle(found, actor=request.user)
            said = "n’est plus proposé. Les projets qui le suivent continuent."
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{quoted(found.name)} {said}")
    return redirect("projects:lifecycles")


@require_POST
@brick("projects", Level.ADMIN)
@idempotent
def move(request: PersonRequest, code: str) -> HttpResponse:
    """One place up or down among those offered."""
    found = keep(request, code)
    step = -1 if request.POST.get("step") == "-1" else 1
    try:
        services.move_lifecycle(found, step, actor=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(f"{reverse('projects:lifecycles')}#parcours-{found.code}")


@require_POST
@brick("projects", Level.ADMIN)
@idempotent
def prepare(request: PersonRequest, code: str) -> HttpResponse:
    """Begin a new version, or go on with the one that is there."""
    found = keep(request, code)
    services.prepare_version(found, actor=request.user)
    return redirect("projects:lifecycle_compose", found.code)


def keep(request: PersonRequest, code: str) -> Lifecycle:
    """The lifecycle, for those who keep those of the network."""
    if not rules.keeps_lifecycles(request.user):
        raise PermissionDenied
    return _find(code)


def kept_draft(request: PersonRequest, code: str) -> LifecycleVersion:
    """The version being composed. Http404 when there is none."""
    draft = draft_of(keep(request, code))
    if draft is None:
        raise Http404("no version of this lifecycle is being composed")
    return draft


def _find(code: str) -> Lifecycle:
    found = Lifecycle.objects.filter(code=code).first()
    if found is None:
        raise Http404("no such lifecycle")
    return found
