"""The key figures, with their definitions and their detail by branch."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.exports import table_response
from ozeli.ideas.selectors import answered, figures


@require_GET
@brick("figures")
def key_figures(request: PersonRequest) -> HttpResponse:
    context = {
        "found": figures.key_figures().open_to(request.user),
        "answers": answered.lines() if request.user.level("ideas") >= Level.CONSULT else None,
        "exports": [
            ("Exporter ce tableau (CSV)", reverse("portal:figures_export")),
            ("Excel (.xlsx)", reverse("portal:figures_export") + "?format=xlsx"),
        ],
    }
    return render(request, "portal/figures.html", context)


@require_GET
@brick("figures")
def key_figures_export(request: HttpRequest) -> HttpResponseBase:
    found = figures.key_figures()
    header = ["branche", "idées déposées", "avec réponse publiée", "sans réponse"]
    rows = [[line.branch, line.deposited, line.answered, line.waiting] for line in found.branches]
    return table_response(request, "donnees-cles", header, rows)
