"""How a page of the airlock is made: a template and what it is given, nothing of the request."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string


def render(template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    common = {"portal_url": settings.PUBLIC_URL, "airlock_url": settings.AIRLOCK_URL}
    return HttpResponse(render_to_string(template, common | dict(context)), status=status)
