"""How a page of the airlock is made: a template and what it is given, nothing of the request."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

STALE = (
    "Ce formulaire était ouvert depuis plus de deux heures, ou il ne vient pas de cette page. Relisez-le, puis"
    " envoyez-le de nouveau."
)
BUSY = "Beaucoup de monde en ce moment. Rien n’est encore déposé\u00a0: recommencez dans une minute."
FULL = "Le sas est plein jusqu’à son prochain départ. Rien n’est encore déposé\u00a0: revenez demain."
TOO_MANY = (
    "Le sas a reçu trop d’envois depuis une heure. Rien n’est encore déposé\u00a0: revenez un peu plus tard."
)
NOT_TAKING = (
    "Le défi d’où vous venez ne reçoit pas d’idée en ce moment. Si vous n’en choisissez pas un autre, la vôtre sera"
    " une idée spontanée."
)


def render(template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    return HttpResponse(render_to_string(template, {"here": "", **context}), status=status)
