"""The outbox, for those who administer the rights of the whole network: they already know people and addresses."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.accounts.rules import administers_rights
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict
from ozeli.core.exports import table_response
from ozeli.core.french import plural
from ozeli.core.idempotency import idempotent
from ozeli.core.paging import PAGE_SIZE, keyset_page
from ozeli.core.web import page_url, without

from .. import outbox as box
from ..forms import OutboxForm
from ..models import OutgoingMail
from ..tasks import defer_mails, fan_out

CHUNK = 500


@require_GET
@brick("rights", Level.ADMIN)
def outbox(request: PersonRequest) -> HttpResponse:
    return _page(request)


def _page(request: PersonRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    _check(request)
    form = OutboxForm(request.GET)
    wanted = form.wanted()
    page = keyset_page(box.mails(wanted), ("created_at", "id"), request.GET.get("page", ""))
    context = {
        "form": form,
        "rows": box.dressed(page.rows, request.user),
        "counts": box.counts(),
        "events": box.stopped_events(),
        "is_filtered": any(wanted.values()),
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "query": without(request.GET, "page").urlencode(),
        "refusal": refusal,
    }
    return render(request, "activity/outbox.html", context, status=status)


@require_GET
@brick("rights", Level.ADMIN)
def export(request: PersonRequest) -> HttpResponseBase:
    """The same mails in CSV, whole."""
    _check(request)
    found = box.mails(OutboxForm(request.GET).wanted()).order_by("-created_at", "-id")
    header = ["numéro", "écrit le", "personne", "adresse électronique", "sorte", "état", "parti le", "essais"]
    return table_response(request, "courriels", [*header, "objet", "explication"], _lines(found, request))


def _lines(found: QuerySet[OutgoingMail], request: PersonRequest) -> Iterator[list[Any]]:
    rows = found.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        for row in box.dressed(chunk, request.user):
            shown: Any = row
            written, left = _day(row.created_at), _day(row.sent_at) if row.sent_at else ""
            who = [row.user.display_name, row.user.email]
            state = [shown.sort, row.get_status_display(), left, row.attempts]
            yield [row.pk, written, *who, *state, shown.shown_subject, shown.explained]


def _day(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S")


@require_GET
@brick("rights", Level.ADMIN)
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def mail(request: PersonRequest, pk: int) -> HttpResponse:
    """One mail: what became of it and, for those who may read its object, its words."""
    found = _load(request, pk)
    (shown,) = box.dressed([found], request.user)
    context = {
        "mail": shown,
        "letter": box.letter(found, request.user),
        "may_retry": found.status in box.RETRIED,
    }
    return render(request, "activity/outbox_mail.html", context)


@require_GET
@brick("rights", Level.ADMIN)
@xframe_options_sameorigin
@csp(  # type: ignore[arg-type]
    {
        "default-src": [NONE],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        "sandbox": [""],
    }
)
def preview(request: PersonRequest, pk: int) -> HttpResponse:
    """The HTML part, for a frame that may do nothing: no script, no form, no link out."""
    letter = box.letter(_load(request, pk), request.user)
    if letter is None:
        raise Http404("not theirs to read")
    return HttpResponse(letter.html)


@require_POST
@brick("rights", Level.ADMIN)
@idempotent
def retry(request: PersonRequest) -> HttpResponse:
    """Send again the mails ticked (`un`), or all those refused among the filtered (`tous`)."""
    _check(request)
    ids = _ticked(request)
    if "tous" in request.POST:
        ids = box.refused(OutboxForm(QueryDict(request.POST.get("filtres", ""))).wanted())
    retried = box.retry(ids, actor=request.user)
    defer_mails(retried)
    if retried:
        messages.success(request, f"{plural(len(retried), 'courriel')} en route à nouveau.")
    else:
        messages.warning(request, "Aucun courriel refusé ou annulé n’était choisi.")
    return _back(request)


@require_POST
@brick("rights", Level.ADMIN)
@idempotent
def cancel(request: PersonRequest) -> HttpResponse:
    """Stop the waiting mails ticked (`un`)."""
    _check(request)
    stopped = box.cancel(_ticked(request), actor=request.user)
    if stopped:
        messages.success(request, f"{plural(stopped, 'courriel annulé', 'courriels annulés')}.")
    else:
        messages.warning(request, "Aucun courriel en attente n’était choisi.")
    return _back(request)


@require_POST
@brick("rights", Level.ADMIN)
@idempotent
def retry_event(request: PersonRequest, pk: int) -> HttpResponse:
    """Tell again an event that a fault has stopped."""
    _check(request)
    try:
        box.retry_event(pk, actor=request.user)
    except Conflict as refusal:
        return _page(request, refusal=str(refusal), status=409)
    fan_out.defer(event_id=pk)
    messages.success(request, "La nouvelle est transmise à nouveau.")
    return HttpResponseRedirect(reverse("activity:outbox"))


def _check(request: PersonRequest) -> None:
    if not administers_rights(request.user):
        raise PermissionDenied


def _load(request: PersonRequest, pk: int) -> OutgoingMail:
    _check(request)
    rows = OutgoingMail.objects.select_related("event", "user__organisation__branch")
    return get_object_or_404(rows, pk=pk)


def _ticked(request: PersonRequest) -> list[int]:
    keys = [key for key in request.POST.getlist("un") if key.isascii() and key.isdigit() and len(key) < 19]
    return [int(key) for key in keys[:PAGE_SIZE]]


def _back(request: PersonRequest) -> HttpResponseRedirect:
    """To the list as it was filtered."""
    query = QueryDict(request.POST.get("filtres", "")).urlencode()
    return HttpResponseRedirect(reverse("activity:outbox") + (f"?{query}" if query else ""))
