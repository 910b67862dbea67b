"""The page of a challenge."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick

from ..models import Challenge


@require_GET
@brick("challenges")
def challenge(request: PersonRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Challenge.objects.visible_to(request.user), slug=slug)
    return render(request, "challenges/challenge.html", {"challenge": found})
