"""One's own sessions: where each was opened, and how to close it."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ozeli.core.french import plural
from ozeli.core.idempotency import idempotent

from .. import selectors
from ..models import OpenSession
from ..requests import PersonRequest
from ..services import sessions as services


@require_GET
def sessions(request: PersonRequest) -> HttpResponse:
    rows = list(selectors.open_sessions_of(request.user))
    context = {
        "mine": next((row for row in rows if row.session_key == request.session.session_key), None),
        "others": [row for row in rows if row.session_key != request.session.session_key],
    }
    return render(request, "accounts/sessions.html", context)


@require_POST
@idempotent
def close(request: PersonRequest, pk: int) -> HttpResponse:
    """Close one of one's own other sessions; the present one is left by « Se déconnecter »."""
    others = OpenSession.objects.exclude(session_key=request.session.session_key)
    services.close_session(get_object_or_404(others, pk=pk, user=request.user))
    messages.success(request, "Cette session est fermée.")
    return HttpResponseRedirect(reverse("accounts:sessions"))


@require_POST
@idempotent
def close_others(request: PersonRequest) -> HttpResponse:
    count = services.close_others(request.user, keep=request.session.session_key)
    messages.success(
        request, f"{plural(count, 'session fermée', 'sessions fermées')}. Celle-ci reste ouverte."
    )
    return HttpResponseRedirect(reverse("accounts:sessions"))
