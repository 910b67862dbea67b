"""The people whom a comment on an idea may name: those who may read it."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.engagement import mentions

from ..models import Idea
from ..notifications import readers
from .loader import get_idea


@require_GET
@brick("ideas")
def people_named(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """What the « @ » of a comment offers."""
    idea = get_idea(request, short, Idea.objects.select_related("organisation", "branch"))
    found = mentions.suggest(request.GET.get("q", ""), lambda ids: readers(idea, ids))
    return JsonResponse({"results": found})
