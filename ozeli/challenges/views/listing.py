"""The list of challenges."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick

from ..models import Challenge


@require_GET
@brick("challenges")
def challenge_list(request: PersonRequest) -> HttpResponse:
    challenges = Challenge.objects.visible_to(request.user).order_by("-opens_at", "-id")[:15]
    return render(request, "challenges/list.html", {"challenges": challenges})
