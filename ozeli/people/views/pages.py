"""The page of a person, and what they show of themselves."""

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core import recovery
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.web import page_url
from ozeli.ideas.selectors import listing

from ..forms import LetterForm, PageForm
from ..models import PersonPage
from ..selectors import directory
from ..selectors.pages import load_page, page_of, signed_ideas
from ..services import pages as services


@require_GET
@brick("directory")
def person(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """What a person chose to show; 404 when they did not open their page."""
    page = load_page(short)
    shows_ideas = page.shows_ideas and request.user.level("ideas") >= Level.CONSULT
    ideas = (
        listing.page(request.user, signed_ideas(page.user, request.user), cursor=request.GET.get("page", ""))
        if shows_ideas
        else None
    )
    context = {
        "page": page,
        "person": page.user,
        "roles": [directory.line(one) for one in directory.roles_of(page.user)] if page.shows_roles else [],
        "ideas": ideas.rows if ideas else [],
        "shows_ideas": shows_ideas,
        "next_url": page_url(request.GET, ideas.next) if ideas else "",
        "previous_url": page_url(request.GET, ideas.previous) if ideas else "",
        "is_own": page.user_id == request.user.pk,
    }
    return render(request, "people/person.html", context)


@require_http_methods(["GET", "POST"])
@brick("directory")
@idempotent
def write(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Write to somebody through the portal."""
    page = load_page(short)
    form = LetterForm(request.POST or None, initial=recovery.recovered(request))
    if request.method == "POST":
        form = LetterForm(request.POST)
        if form.is_valid():
            try:
                services.write_to(page, form.cleaned_data["words"], actor=request.user)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"Votre message part vers {page.user.display_name}.")
                return HttpResponseRedirect(page.get_absolute_url())
    context = {"page": page, "form": form}
    return render(request, "people/write.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@idempotent
def own_page(request: PersonRequest) -> HttpResponse:
    """What I show of myself."""
    page = page_of(request.user)
    form = PageForm(initial=_choices(page) | (recovery.recovered(request) or {}))
    if request.method == "POST":
        form = PageForm(request.POST)
        if form.is_valid():
            saved = services.save_page(request.user, form.cleaned_data)
            messages.success(
                request, "Votre page est ouverte." if saved.is_open else "Votre page est fermée."
            )
            return HttpResponseRedirect(reverse("people:own_page"))
    context = {"page": page, "form": form}
    return render(request, "people/own_page.html", context, status=422 if form.errors else 200)


def _choices(page: PersonPage) -> dict[str, object]:
    return model_to_dict(page, fields=services.CHOICES)
