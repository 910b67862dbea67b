"""« Où en êtes-vous ? »: the point of the month, and those of the past."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.paging import keyset_page
from ozeli.core.recovery import recovered
from ozeli.core.web import page_url

from .. import rules
from ..forms.update import UpdateForm
from ..models import Project, ProjectUpdate
from ..services import updates
from .loader import get_edited, get_project


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def update(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Three minutes: weather, progress, one line, the next step, what is awaited."""
    found = get_edited(request, short)
    last = updates.last_update(found)
    if request.method != "POST":
        first = UpdateForm.initial_of(found, last.pk if last else None)
        form = UpdateForm(initial=first | (recovered(request) or {}))
        return _page(request, found, form, last)
    form = UpdateForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, last, status=422)
    try:
        updates.say(found, form.cleaned_data, actor=request.user, last=form.cleaned_data["last"])
    except Conflict as error:
        stands = updates.last_update(found)
        data = request.POST.copy()
        data["last"] = str(stands.pk) if stands else ""
        again, form = get_edited(request, short), UpdateForm(data)
        return _page(request, again, form, stands, refusal=str(error), theirs=stands, status=409)
    except Refused as error:
        return _page(request, found, form, last, refusal=str(error), status=409)
    messages.success(request, "C’est noté. Votre fiche est à jour, et ceux qui la suivent l’apprennent.")
    return redirect(found)


def _page(
    request: PersonRequest,
    found: Project,
    form: UpdateForm,
    last: ProjectUpdate | None,
    *,
    refusal: str = "",
    theirs: ProjectUpdate | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "project": found,
        "form": form,
        "last": last,
        "refusal": refusal,
        "theirs": theirs,
        "counted": updates.counted_progress(found),
        "ended": "" if found.is_live else updates.ENDED,
    }
    return render(request, "projects/sheet/update.html", context, status=status)


@require_GET
@brick("projects")
def past_updates(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """What was said each time, the latest first."""
    found = get_project(request, short)
    said = ProjectUpdate.objects.filter(project=found).select_related("author")
    page = keyset_page(said, ("id",), request.GET.get("page", ""))
    context = {
        "project": found,
        "updates": page.rows,
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "edits": rules.edits(request.user, found) and found.is_live,
    }
    return render(request, "projects/sheet/updates.html", context)
