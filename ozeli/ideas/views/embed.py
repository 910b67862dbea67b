"""The page that makes a button for an intranet."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.challenges.enums import ChallengeState
from ozeli.challenges.models import Challenge
from ozeli.core.access import brick

from .. import embed
from ..forms.challenge_choice import ChallengeChoice


@require_GET
@brick("ideas")
def button(request: PersonRequest) -> HttpResponse:
    """A button to the deposit, to an open challenge or to a domain."""
    return _page(request, embed.ButtonForm(_asked(request), user=request.user))


@require_GET
@brick("ideas")
def challenge_button(request: PersonRequest, slug: str) -> HttpResponse:
    """A button to the deposit in this challenge; closed, it says so and shows those that are open."""
    shown = Challenge.objects.visible_to(request.user).exclude(state=ChallengeState.DRAFT)
    challenge = shown.filter(slug=slug).first()
    if challenge is None:
        raise Http404("no such challenge for this person")
    choice = ChallengeChoice(request.user, slug)
    context = {"challenge": challenge, "closed": choice.closed, "opened": choice.offered}
    return _page(request, embed.ButtonForm(_asked(request), user=request.user, slug=slug), context)


def _asked(request: PersonRequest) -> dict[str, str]:
    """What the address says, the rest as the form opens."""
    start = {"vers": "", "texte": embed.DEFAULT_TEXT, "allure": "clair"}
    return start | {name: request.GET[name] for name in start if name in request.GET}


def _page(
    request: PersonRequest, form: embed.ButtonForm, context: dict[str, Any] | None = None
) -> HttpResponse:
    made = form.button()
    shown: dict[str, Any] = {
        "challenge": None,
        "closed": "",
        "opened": [],
        "form": form,
        "button": made,
        "style": embed.STYLE,
    }
    return render(request, "ideas/embed.html", shown | (context or {}), status=422 if form.errors else 200)
