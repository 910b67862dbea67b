"""Pages of text: help, glossary, and what the footer promises. Open to everyone, signed in or not."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ozeli.core.personal_data import holdings, retentions

from .. import glossary as words
from .. import rgaa


def page(template: str) -> Callable[[HttpRequest], HttpResponse]:
    """The view of a page of text."""

    @login_not_required
    @require_GET
    def view(request: HttpRequest) -> HttpResponse:
        return render(request, f"portal/pages/{template}.html")

    return view


@login_not_required
@require_GET
def glossary(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/pages/glossary.html", {"terms": words.terms()})


@login_not_required
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(
        request, "portal/pages/accessibility.html", {"themes": rgaa.by_theme(), "summary": rgaa.summary()}
    )


@login_not_required
@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """What is kept, how long, and what the erasure makes of it: read from the tables that do it."""
    return render(request, "portal/pages/data.html", {"rules": list(retentions()), "told": list(holdings())})


@login_not_required
@require_GET
def anonymity(request: HttpRequest) -> HttpResponse:
    """How the airlock keeps its promise, and how that is proven."""
    context = {
        "airlock_url": settings.AIRLOCK_URL,
        "batch": settings.AIRLOCK_BATCH,
        "days": settings.AIRLOCK_DAYS,
    }
    return render(request, "portal/pages/anonymity.html", context)


@login_not_required
@require_GET
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/pages/contact.html", {"contact": settings.CONTACT})
