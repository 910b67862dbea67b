"""What the airlock protects from, and what it does not."""

from typing import Any

from django.http import HttpResponse

from .frame import render


def about(request: Any) -> HttpResponse:
    return render("airlock/about.html", {})
