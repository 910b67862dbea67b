"""The list of jobs, and what one does to them."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.exports import table_response
from ozeli.core.idempotency import idempotent
from ozeli.core.paging import keyset_page
from ozeli.core.web import page_url, without

from .. import jobs as machinery
from ..operations import JOB_SAID, JOB_STATUSES


@require_GET
@brick("operations")
def jobs(request: PersonRequest) -> HttpResponse:
    """The jobs, newest first, narrowed by state and by task."""
    status, task = _wanted(request)
    page = keyset_page(machinery.jobs(status, task), ("id",), request.GET.get("page", ""))
    context = {
        "rows": machinery.shown(page.rows),
        "status": status,
        "task": task,
        "statuses": JOB_SAID,
        "tasks": machinery.task_names(),
        "periodic": machinery.periodic(),
        "may_act": request.user.level("operations") >= Level.CONTRIBUTE,
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{without(request.GET, 'page').urlencode()}",
    }
    return render(request, "portal/jobs.html", context)


@require_GET
@brick("operations")
def jobs_export(request: PersonRequest) -> HttpResponseBase:
    header = ["numéro", "tâche", "nom technique", "état", "essais", "dernier événement"]
    return table_response(request, "taches", header, machinery.lines(machinery.jobs(*_wanted(request))))


@require_POST
@brick("operations", Level.CONTRIBUTE)
@idempotent
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a waiting job out of its queue."""
    try:
        machinery.cancel_job(pk, actor=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"La tâche {pk} est annulée\u00a0: elle ne sera pas faite.")
    return HttpResponseRedirect(reverse("portal:jobs"))


def _wanted(request: PersonRequest) -> tuple[str, str]:
    status, task = request.GET.get("etat", ""), request.GET.get("tache", "").replace("\0", "")[:128]
    return status if status in JOB_STATUSES else "", task
