"""Health, jobs, mails, versions and log of the portal."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.idempotency import idempotent

from .. import operations as machinery


@require_GET
@brick("operations")
def operations(request: PersonRequest) -> HttpResponse:
    return _page(request)


@require_POST
@brick("operations", Level.CONTRIBUTE)
@idempotent
def retry_job(request: PersonRequest, pk: int) -> HttpResponse:
    """Put a job in failure back in its queue."""
    try:
        machinery.retry_job(pk, actor=request.user)
    except Refused as refusal:
        return _page(request, refusal=str(refusal), status=409)
    messages.success(request, f"La tâche {pk} est relancée.")
    return HttpResponseRedirect(reverse("portal:operations"))


def _page(request: PersonRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {
        "checks": machinery.checks(),
        "jobs": machinery.jobs_by_status(),
        "failed": machinery.failed_jobs(),
        "mails": machinery.mails_by_status(),
        "versions": machinery.versions(),
        "lines": machinery.log_lines(),
        "may_retry": request.user.level("operations") >= Level.CONTRIBUTE,
        "refusal": refusal,
    }
    return render(request, "portal/operations.html", context, status=status)
