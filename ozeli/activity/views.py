"""The notifications of the signed-in person. Reading a page marks nothing: reads are posted (rule 9)."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.idempotency import idempotent

from . import selectors, services

ALL = "toutes"


@require_GET
def notifications(request: PersonRequest) -> HttpResponse:
    """Those to read first; `?vue=toutes` shows the read ones too."""
    show_all = request.GET.get("vue") == ALL
    page = selectors.notifications(request.user, unread_only=not show_all, cursor=request.GET.get("page", ""))
    context = {
        "rows": page.rows,
        "show_all": show_all,
        "unread_count": selectors.unread_count(request.user),
        "newest": max((row.pk for row in page.rows), default=0),
        "next_url": _address(show_all, page.next),
        "previous_url": _address(show_all, page.previous),
        "today": clock.today(),
    }
    return render(request, "activity/notifications.html", context)


def _address(show_all: bool, cursor: str) -> str:
    """The address of a page of the list; empty without cursor."""
    query = f"?vue={ALL}&page={cursor}" if show_all else f"?page={cursor}"
    return reverse("activity:notifications") + query if cursor else ""


@require_POST
@idempotent
def mark_read(request: PersonRequest) -> HttpResponse:
    """Mark one notification (`un`) as read, or all those up to the newest on the screen (`jusqua`)."""
    one, newest = request.POST.get("un", ""), request.POST.get("jusqua", "")
    if _is_key(one):
        services.mark_read(request.user, [int(one)])
    elif _is_key(newest):
        services.mark_read(request.user, "all", up_to=int(newest))
    back = f"?vue={ALL}" if request.POST.get("vue") == ALL else ""
    return HttpResponseRedirect(reverse("activity:notifications") + back)


def _is_key(text: str) -> bool:
    """Whether this can be a key of our tables: ASCII digits that fit in 64 bits."""
    return text.isascii() and text.isdigit() and len(text) <= 18
