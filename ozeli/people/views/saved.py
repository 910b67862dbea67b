"""One's saved searches and feeds, and the feeds themselves."""

import hashlib
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.accounts.models import User
from ozeli.accounts.requests import PersonRequest
from ozeli.core import calendars
from ozeli.core.errors import Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.listings import Listing, listings
from ozeli.core.paging import keyset_page
from ozeli.core.web import page_url

from .. import feeds
from ..forms import ChangeSearchForm, SaveSearchForm
from ..models import Feed, SavedSearch
from ..services import saved as services


@require_GET
def searches(request: PersonRequest) -> HttpResponse:
    """What I kept, the last first."""
    return _searches_page(request)


@require_http_methods(["GET", "POST"])
@idempotent
def save(request: PersonRequest) -> HttpResponse:
    """Keep the search that the address holds (`liste`, then its filters)."""
    listing = services.listing_open_to(request.user, request.GET.get("liste", ""))
    if listing is None:
        raise Http404("no such list for this person")
    words = listing.describe(request.GET)
    form = SaveSearchForm(
        initial={"name": f"{listing.title}\u00a0: {words}"[:80] if words else listing.title}
    )
    if request.method == "POST":
        form = SaveSearchForm(request.POST)
        if form.is_valid():
            try:
                services.save_search(request.user, listing, request.GET, form.cleaned_data["name"])
            except Refused as refusal:
                form.add_error("name", str(refusal))
            else:
                messages.success(request, "Votre recherche est enregistrée.")
                return HttpResponseRedirect(reverse("people:searches"))
    context = {
        "form": form,
        "listing": listing,
        "words": words,
        "answers_url": f"?liste=answers&{listing.kept(request.GET)}" if listing.code == "ideas" else "",
    }
    return render(request, "people/save_search.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@idempotent
def change(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Rename a search, choose how often one is told."""
    search = get_object_or_404(SavedSearch, pk=pk, owner=request.user)
    form = ChangeSearchForm(initial={"name": search.name, "pace": search.pace})
    if request.method == "POST":
        form = ChangeSearchForm(request.POST)
        if form.is_valid():
            search.owner = request.user
            try:
                services.change_search(search, **form.cleaned_data)
            except Refused as refusal:
                form.add_error("name", str(refusal))
            else:
                messages.success(request, "C’est noté.")
                return HttpResponseRedirect(reverse("people:searches"))
    context = {"form": form, "search": search}
    return render(request, "people/change_search.html", context, status=422 if form.errors else 200)


@require_POST
@idempotent
def delete(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Forget a search, and its feeds with it."""
    SavedSearch.objects.filter(pk=pk, owner=request.user).delete()
    messages.success(request, "Cette recherche n’est plus gardée ; ses flux ne répondent plus.")
    return HttpResponseRedirect(reverse("people:searches"))


@require_POST
@idempotent
def open_feed(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Make a feed of a search. Its address is shown once, in the message that the next page bears."""
    search = get_object_or_404(SavedSearch.objects.select_related("owner"), pk=pk, owner=request.user)
    try:
        token = services.open_feed(search)
    except Refused as refusal:
        return _searches_page(request, status=409, refusal=str(refusal))
    messages.success(request, address_told(token, search))
    return HttpResponseRedirect(reverse("people:feeds"))


def address_told(token: str, search: SavedSearch) -> str:
    """The secret address, or both of what has dates too: shown this once."""
    address = settings.PUBLIC_URL + reverse("people:feed", args=[token])
    if not search.has_agenda:
        return f"Copiez l’adresse de ce flux, elle ne sera plus montrée\u00a0: {address}"
    agenda = settings.PUBLIC_URL + reverse("people:agenda_feed", args=[token])
    return (
        "Copiez maintenant ces adresses, elles ne seront plus montrées. "
        f"Pour votre agenda\u00a0: {agenda} Pour un lecteur de flux\u00a0: {address}"
    )


@require_GET
def own_feeds(request: PersonRequest) -> HttpResponse:
    """My feeds, and when each was last read."""
    rows = list(
        Feed.objects.filter(user=request.user).select_related("search").order_by("-created_on", "-pk")
    )
    context = {
        "feeds": [(one, services.last_used_on(one)) for one in rows],
        "offers_agenda": services.listing_open_to(request.user, "my_challenges") is not None
        and not any(one.search.listing == "my_challenges" for one in rows),
    }
    return render(request, "people/feeds.html", context)


@require_POST
@idempotent
def revoke(request: PersonRequest, pk: int) -> HttpResponse:
    """Shut a feed: its address answers nothing from now on."""
    try:
        services.revoke_feed(request.user, pk)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, "Ce flux ne répond plus.")
    return HttpResponseRedirect(reverse("people:feeds"))


@login_not_required
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed itself: what its owner may read now, and 404 for whatever may not be."""
    found = _read(token)
    if isinstance(found, HttpResponse):
        return found
    text, last = feeds.write(*found, settings.PUBLIC_URL + request.path)
    response = HttpResponse(text, content_type="application/atom+xml; charset=utf-8")
    response["Last-Modified"] = http_date(last.timestamp())
    return _fresh(request, response)


@login_not_required
@require_GET
def agenda_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The same, for an agenda: the dates of what it follows."""
    found = _read(token)
    if isinstance(found, HttpResponse):
        return found
    text = feeds.write_calendar(*found)
    if text is None:
        return HttpResponse(status=404, content_type="text/plain; charset=utf-8")
    return _fresh(request, HttpResponse(text, content_type=calendars.CONTENT_TYPE))


def _read(token: str) -> tuple[Feed, User] | HttpResponse:
    """The feed of a token and its owner, or why it is not read."""
    found = feeds.feed_of(token)
    if found is None:
        return HttpResponse(status=404, content_type="text/plain; charset=utf-8")
    if feeds.is_too_fast(found[0]):
        return HttpResponse(status=429, headers={"Retry-After": str(feeds.FRESH)}, content_type="text/plain")
    services.mark_used(found[0])
    return found


def _fresh(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Sent again only when it changed."""
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["Cache-Control"] = f"private, max-age={feeds.FRESH}"
    response["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _searches_page(request: PersonRequest, *, status: int = 200, refusal: str = "") -> HttpResponse:
    found = SavedSearch.objects.filter(owner=request.user)
    page = keyset_page(found, ("created_on", "id"), request.GET.get("page", ""))
    context = {
        "searches": [(one, listings.get(one.listing)) for one in page.rows],
        "lists": _lists(request),
        "refusal": refusal,
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
    }
    return render(request, "people/searches.html", context, status=status)


def _lists(request: PersonRequest) -> list[Listing]:
    return [one for one in listings if one.is_filtered and services.listing_open_to(request.user, one.code)]
