"""Challenges in one’s agenda: taken once, or subscribed to by a secret address."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.challenges import occasions
from ozeli.challenges.models import Challenge
from ozeli.core import calendars
from ozeli.core.access import brick
from ozeli.core.errors import Refused
from ozeli.core.french import quoted
from ozeli.core.idempotency import idempotent
from ozeli.core.listings import listings
from ozeli.ideas.listings_challenges import MINE, ONE

from ..models import Feed
from ..services import saved as services
from .saved import address_told


@require_GET
@brick("challenges")
def agenda(request: PersonRequest, slug: str) -> HttpResponse:
    """The phases of a challenge, to add once to an agenda."""
    challenge = _load(request, slug)
    response = HttpResponse(
        calendars.write(challenge.title, occasions.of([challenge])), content_type=calendars.CONTENT_TYPE
    )
    response["Content-Disposition"] = f'attachment; filename="{challenge.slug}.ics"'
    return response


@require_http_methods(["GET", "POST"])
@brick("challenges")
@idempotent
def subscribe(request: PersonRequest, slug: str) -> HttpResponse:
    """What following a challenge from elsewhere brings; the POST opens its secret addresses."""
    challenge, refusal = _load(request, slug), ""
    query = QueryDict(mutable=True)
    query["defi"] = slug
    if request.method == "POST":
        try:
            search, token = services.follow(
                request.user, listings[ONE], query, f"Défi {quoted(challenge.title)}"
            )
        except Refused as error:
            refusal = str(error)
        else:
            messages.success(request, address_told(token, search))
            return HttpResponseRedirect(reverse("people:feeds"))
    opened = Feed.objects.filter(
        user=request.user, search__listing=ONE, search__query=listings[ONE].kept(query)
    ).count()
    context = {"challenge": challenge, "refusal": refusal, "opened": opened}
    return render(request, "people/subscribe.html", context, status=409 if refusal else 200)


@require_POST
@brick("challenges")
@idempotent
def subscribe_to_mine(request: PersonRequest) -> HttpResponse:
    """One agenda for all the challenges that one takes part in, those to come too."""
    try:
        search, token = services.follow(request.user, listings[MINE], QueryDict(), "Mes défis")
    except Refused as error:
        messages.info(request, str(error))
    else:
        messages.success(request, address_told(token, search))
    return HttpResponseRedirect(reverse("people:feeds"))


def _load(request: PersonRequest, slug: str) -> Challenge:
    """The challenge, once published; Http404 for an absent, a forbidden and a draft one alike."""
    challenge = occasions.shown_to(request.user).filter(slug=slug).first()
    if challenge is None:
        raise Http404("no such challenge for this person")
    return challenge
