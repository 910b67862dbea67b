"""The home, the neighbouring tools and the key figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick

from .. import home as bricks_of_home
from .. import selectors
from ..forms import WordsForm


@require_GET
def home(request: PersonRequest) -> HttpResponse:
    """Bricks as rows, each obeying the matrix."""
    return render(request, "portal/home.html", bricks_of_home.context(request))


@require_GET
@brick("tools")
def tools(request: HttpRequest) -> HttpResponse:
    """The neighbouring tools, each link carrying the words searched over."""
    form = WordsForm(request.GET)
    words = form.words()
    return render(
        request, "portal/tools.html", {"form": form, "words": words, "tools": selectors.tools(words)}
    )
