"""The logbook: read by whoever reads the project, written by everyone around it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered
from ozeli.core.web import page_url

from .. import rules
from ..enums import EntryTone
from ..forms.logbook import LogFilterForm, PostForm
from ..models import LogEntry, Project
from ..selectors.logbook import posts
from ..services import logbook
from .loader import get_project


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def log(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Every post, and a new one."""
    found = get_project(request, short)
    if request.method != "POST":
        return _page(request, found, PostForm(initial=recovered(request) or {"tone": EntryTone.NEWS}))
    if not rules.writes_logbook(request.user, found):
        raise PermissionDenied
    form = PostForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        logbook.write(found, form.cleaned_data["body"], tone=form.said_tone, actor=request.user)
    except Refused as error:
        form.add_error("body", str(error))
        return _page(request, found, form, status=422)
    messages.success(request, "Votre billet est publié.")
    return HttpResponseRedirect(f"{found.get_absolute_url()}journal/")


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def post(request: PersonRequest, short: str, slug: str, key: UUID) -> HttpResponse:
    """Correct one's post, or take it out."""
    found = get_project(request, short)
    entry = _entry(found, key)
    if not logbook.may_remove(request.user, entry, found):
        raise PermissionDenied
    if request.method != "POST":
        initial = PostForm.initial_of(entry) | (recovered(request) or {})
        return _post_page(request, found, entry, PostForm(initial=initial))
    form = PostForm(request.POST)
    removes = request.POST.get("geste") == "retirer"
    if not removes and not form.is_valid():
        return _post_page(request, found, entry, form, status=422)
    try:
        messages.success(request, _do(request, entry, form, removes=removes))
    except Conflict as error:
        stands = _entry(found, key)
        data = request.POST.copy()
        data["version"] = str(stands.version)
        return _post_page(
            request, found, stands, PostForm(data), refusal=str(error), theirs=stands, status=409
        )
    except Refused as error:
        form.add_error(None, str(error))
        return _post_page(request, found, entry, form, status=422)
    return HttpResponseRedirect(f"{found.get_absolute_url()}journal/")


def _do(request: PersonRequest, entry: LogEntry, form: PostForm, *, removes: bool) -> str:
    if removes:
        logbook.remove(entry, actor=request.user)
        return "Le billet est retiré."
    said = form.cleaned_data
    logbook.correct(
        entry, said["body"], tone=form.said_tone, actor=request.user, version=said["version"] or 0
    )
    return "Le billet est corrigé."


def _entry(found: Project, key: UUID) -> LogEntry:
    entry = LogEntry.objects.filter(project=found, pk=key).select_related("author").first()
    if entry is None:
        raise Http404("no such post in this logbook")
    entry.project = found
    return entry


def _page(request: PersonRequest, found: Project, form: PostForm, *, status: int = 200) -> HttpResponse:
    filters = LogFilterForm(request.GET)
    tone = filters.wanted()
    page = posts(found, tone=tone, cursor=request.GET.get("page", ""))
    context = {
        "project": found,
        "form": form,
        "filters": filters,
        "tone": EntryTone(tone).label if tone else "",
        "page": page,
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "writes": rules.writes_logbook(request.user, found),
        "is_desk": rules.works_desk(request.user, found),
        "me": request.user.pk,
    }
    return render(request, "projects/life/log.html", context, status=status)


def _post_page(
    request: PersonRequest,
    found: Project,
    entry: LogEntry,
    form: PostForm,
    *,
    refusal: str = "",
    theirs: LogEntry | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "project": found,
        "entry": entry,
        "form": form if entry.author_id == request.user.pk else None,
        "refusal": refusal,
        "theirs": [("Billet", theirs.body)] if theirs else [],
    }
    return render(request, "projects/life/post.html", context, status=status)
