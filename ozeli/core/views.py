"""The gallery of components and the choice of the theme."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from .gallery import context as samples
from .theme import remember_theme


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme in a cookie and go back to the page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    remember_theme(response, request.POST.get("theme", ""), secure=request.is_secure())
    return response


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in its states, with invented contents."""
    return render(request, "core/gallery/page.html", samples())
