"""The notifications of the signed-in person. Reading a page marks nothing: reads are posted (rule 9)."""

from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.idempotency import idempotent
from ozeli.core.web import page_url

from .. import selectors, services
from ..forms import NotificationsForm

ALL = "toutes"


@require_GET
def notifications(request: PersonRequest) -> HttpResponse:
    """Those to read first; `?vue=toutes` shows the read ones too."""
    show_all = request.GET.get("vue") == ALL
    form = NotificationsForm(request.GET)
    code = form.wanted()
    cursor = request.GET.get("page", "")
    page = selectors.notifications(request.user, unread_only=not show_all, code=code, cursor=cursor)
    context = {
        "rows": page.rows,
        "form": form,
        "code": code,
        "show_all": show_all,
        "unread_count": selectors.unread_count(request.user),
        "newest": max((row.pk for row in page.rows), default=0),
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "today": clock.today(),
    }
    return render(request, "activity/notifications.html", context)


@require_POST
@idempotent
def mark_read(request: PersonRequest) -> HttpResponse:
    """Mark a notification (`un`) as read, or all those up to the newest on screen (`jusqua`), of a type at will."""
    form = NotificationsForm(request.POST)
    one, newest = request.POST.get("un", ""), request.POST.get("jusqua", "")
    if _is_key(one):
        services.mark_read(request.user, [int(one)])
    elif _is_key(newest):
        services.mark_read(request.user, "all", up_to=int(newest), code=form.wanted())
    kept = {"vue": ALL} if request.POST.get("vue") == ALL else {}
    if form.wanted():
        kept["sorte"] = form.wanted()
    query = f"?{urlencode(kept)}" if kept else ""
    return HttpResponseRedirect(reverse("activity:notifications") + query)


def _is_key(text: str) -> bool:
    """Whether this can be a key of our tables: ASCII digits that fit in 64 bits."""
    return text.isascii() and text.isdigit() and len(text) <= 18
