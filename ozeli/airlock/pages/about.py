"""What the airlock protects from, and what it does not."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse

from ..forms.host import open_challenges
from .frame import NOT_TAKING, render


def about(request: Any) -> HttpResponse:
    asked = request.GET.get("defi", "")
    challenge = next((one for one in open_challenges().values() if one.slug == asked), None)
    context = {
        "challenge": challenge,
        "missed": NOT_TAKING if asked and challenge is None else "",
        "batch": settings.AIRLOCK_BATCH,
        "days": settings.AIRLOCK_DAYS,
        "alert_text": settings.ALERT_TEXT,
        "alert_url": settings.ALERT_URL,
    }
    return render("airlock/about.html", context)


def held(request: Any) -> HttpResponse:
    """How anonymity is held, and proven."""
    context = {"batch": settings.AIRLOCK_BATCH, "days": settings.AIRLOCK_DAYS}
    return render("airlock/held.html", context)
