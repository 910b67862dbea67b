"""A version of a lifecycle, composed aside: its stages, its endings, then its publication. No script is needed."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import quoted
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered

from ..forms.lifecycles import EndingForm, PublishForm, StageForm
from ..models import Ending, LifecycleVersion, Stage
from ..selectors import courses
from ..selectors.composing import as_told, differences, published_before
from ..services import lifecycles as services
from .lifecycles import kept_draft


@require_GET
@brick("projects", Level.ADMIN)
def compose(request: PersonRequest, code: str) -> HttpResponse:
    """The version being composed: its stages in order, its endings, what it lacks."""
    draft = kept_draft(request, code)
    stages = courses.shown_stages(draft)
    context = {
        "draft": draft,
        "lifecycle": draft.lifecycle,
        "stages": stages,
        "last": len(stages),
        "endings": courses.endings_of(draft),
        "lacks": services.what_lacks(draft),
        "before": published_before(draft),
    }
    return render(request, "projects/lifecycles/compose.html", context)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.ADMIN)
@idempotent
def add_stage(request: PersonRequest, code: str) -> HttpResponse:
    draft = kept_draft(request, code)
    if request.method != "POST":
        initial = StageForm.first_values(None) | (recovered(request) or {})
        return _stage_page(request, StageForm(initial=initial), draft)
    form = StageForm(request.POST)
    if not form.is_valid():
        return _stage_page(request, form, draft, status=422)
    try:
        stage = services.add_stage(draft, form.words(), actor=request.user)
    except Refused as refusal:
        form.add_error("name", str(refusal))
        return _stage_page(request, form, draft, status=422)
    return _to_stage(draft, stage)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.ADMIN)
@idempotent
def change_stage(request: PersonRequest, code: str, pk: int) -> HttpResponse:
    """The words of a stage; those that somebody else wrote meanwhile are shown beside."""
    draft = kept_draft(request, code)
    stage = _stage(draft, pk)
    if request.method != "POST":
        initial = StageForm.first_values(stage) | (recovered(request) or {})
        return _stage_page(request, StageForm(initial=initial), draft, stage)
    form = StageForm(request.POST)
    if not form.is_valid():
        return _stage_page(request, form, draft, stage, status=422)
    try:
        services.change_stage(stage, form.words(), actor=request.user, seen=form.cleaned_data["seen"])
    except Conflict as conflict:
        data = request.POST.copy()
        data["seen"] = as_told(stage)
        return _stage_page(request, StageForm(data), draft, stage, status=409, refusal=str(conflict))
    except Refused as refusal:
        form.add_error("name", str(refusal))
        return _stage_page(request, form, draft, stage, status=422)
    return _to_stage(draft, stage)


@require_POST
@brick("projects", Level.ADMIN)
@idempotent
def move_stage(request: PersonRequest, code: str, pk: int) -> HttpResponse:
    """One place up (`step=-1`) or down (`step=1`)."""
    draft = kept_draft(request, code)
    stage = _stage(draft, pk)
    try:
        services.move_stage(stage, -1 if request.POST.get("step") == "-1" else 1, actor=request.user)
    except Refused as refusal:
        return _too_late(request, draft, refusal)
    return _to_stage(draft, stage)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.ADMIN)
@idempotent
def remove_stage(request: PersonRequest, code: str, pk: int) -> HttpResponse:
    """Ask, then take the stage out of this version: the former ones keep it."""
    draft = kept_draft(request, code)
    stage = _stage(draft, pk)
    if request.method != "POST":
        context = {"draft": draft, "lifecycle": draft.lifecycle, "what": "étape", "name": stage.name}
        return render(request, "projects/lifecycles/remove.html", context)
    try:
        services.remove_stage(stage, actor=request.user)
    except Refused as refusal:
        return _too_late(request, draft, refusal)
    messages.success(request, f"L’étape {quoted(stage.name)} est retirée de cette version.")
    return redirect("projects:lifecycle_compose", code)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.ADMIN)
@idempotent
def write_ending(request: PersonRequest, code: str, pk: int | None = None) -> HttpResponse:
    """How a project may end."""
    draft = kept_draft(request, code)
    ending = _ending(draft, pk) if pk is not None else None
    if request.method != "POST":
        stored = {"name": ending.name, "state": ending.state} if ending else {}
        form = EndingForm(initial={"state": "completed"} | stored | (recovered(request) or {}))
        return _ending_page(request, form, draft, ending)
    form = EndingForm(request.POST)
    if not form.is_valid():
        return _ending_page(request, form, draft, ending, status=422)
    try:
        services.write_ending(draft, **form.cleaned_data, actor=request.user, ending=ending)
    except Refused as refusal:
        form.add_error("name", str(refusal))
        return _ending_page(request, form, draft, ending, status=422)
    return HttpResponseRedirect(f"{reverse('projects:lifecycle_compose', args=[code])}#suites")


@require_http_methods(["GET", "POST"])
@brick("projects", Level.ADMIN)
@idempotent
def remove_ending(request: PersonRequest, code: str, pk: int) -> HttpResponse:
    draft = kept_draft(request, code)
    ending = _ending(draft, pk)
    if request.method != "POST":
        context = {"draft": draft, "lifecycle": draft.lifecycle, "what": "suite", "name": ending.name}
        return render(request, "projects/lifecycles/remove.html", context)
    try:
        services.remove_ending(ending, actor=request.user)
    except Refused as refusal:
        return _too_late(request, draft, refusal)
    messages.success(request, f"La suite {quoted(ending.name)} est retirée de cette version.")
    return HttpResponseRedirect(f"{reverse('projects:lifecycle_compose', args=[code])}#suites")


@require_http_methods(["GET", "POST"])
@brick("projects", Level.ADMIN)
@idempotent
def publish(request: PersonRequest, code: str) -> HttpResponse:
    """Read again what changes, then publish: projects that start from now on follow this version."""
    draft = kept_draft(request, code)
    if request.method != "POST":
        form = PublishForm(
            initial={"note": draft.note, "version": draft.version} | (recovered(request) or {})
        )
        return _publish_page(request, form, draft)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _publish_page(request, form, draft, status=422)
    try:
        services.publish_version(draft, **form.cleaned_data, actor=request.user)
    except Conflict as conflict:
        data = request.POST.copy()
        data["version"] = str(draft.version)
        return _publish_page(request, PublishForm(data), draft, status=409, refusal=str(conflict))
    except Refused as refusal:
        return _publish_page(request, form, draft, status=422, refusal=str(refusal))
    messages.success(
        request, "Cette version est publiée. Les projets en cours gardent celle qu’ils ont commencée."
    )
    return redirect(draft.lifecycle)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.ADMIN)
@idempotent
def discard(request: PersonRequest, code: str) -> HttpResponse:
    """Ask, then drop what is composed."""
    draft = kept_draft(request, code)
    if request.method != "POST":
        context = {"draft": draft, "lifecycle": draft.lifecycle, "before": published_before(draft)}
        return render(request, "projects/lifecycles/discard.html", context)
    try:
        remains = services.discard_version(draft, actor=request.user)
    except Refused as refusal:
        return _too_late(request, draft, refusal)
    messages.success(request, "La version en préparation est abandonnée.")
    return redirect("projects:lifecycle", code) if remains else redirect("projects:lifecycles")


def _stage(draft: LifecycleVersion, pk: int) -> Stage:
    found = draft.stages.select_related("version__lifecycle").filter(pk=pk).first()
    if found is None:
        raise Http404("no such stage in this version")
    return found


def _ending(draft: LifecycleVersion, pk: int) -> Ending:
    found = draft.endings.select_related("version__lifecycle").filter(pk=pk).first()
    if found is None:
        raise Http404("no such ending in this version")
    return found


def _too_late(request: PersonRequest, draft: LifecycleVersion, refusal: Refused) -> HttpResponse:
    """Somebody published or dropped the version meanwhile: say so where it can be seen."""
    messages.error(request, str(refusal))
    return redirect("projects:lifecycle", draft.lifecycle.code)


def _to_stage(draft: LifecycleVersion, stage: Stage) -> HttpResponse:
    page = reverse("projects:lifecycle_compose", args=[draft.lifecycle.code])
    return HttpResponseRedirect(f"{page}#etape-{stage.pk}")


def _stage_page(
    request: PersonRequest,
    form: StageForm,
    draft: LifecycleVersion,
    stage: Stage | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "draft": draft,
        "lifecycle": draft.lifecycle,
        "stage": stage,
        "refusal": refusal,
        "theirs": StageForm.as_facts(stage) if refusal and stage else [],
    }
    return render(request, "projects/lifecycles/stage.html", context, status=status)


def _ending_page(
    request: PersonRequest,
    form: EndingForm,
    draft: LifecycleVersion,
    ending: Ending | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "draft": draft, "lifecycle": draft.lifecycle, "ending": ending}
    return render(request, "projects/lifecycles/ending.html", context, status=status)


def _publish_page(
    request: PersonRequest,
    form: PublishForm,
    draft: LifecycleVersion,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    before = published_before(draft)
    context = {
        "form": form,
        "draft": draft,
        "lifecycle": draft.lifecycle,
        "lacks": services.what_lacks(draft),
        "before": before,
        "changes": differences(draft),
        "stages": courses.shown_stages(draft),
        "followers": courses.followers_of(before) if before else 0,
        "refusal": refusal,
    }
    return render(request, "projects/lifecycles/publish.html", context, status=status)
