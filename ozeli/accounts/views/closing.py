"""What an administrator does to an account: close it, open it again, end its sessions, take a lost factor away."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import plural
from ozeli.core.idempotency import idempotent

from .. import rules, selectors
from ..models import User
from ..requests import PersonRequest
from ..services import accounts, sessions
from .people import load_person


@require_GET
@brick("rights", Level.ADMIN)
def account(request: PersonRequest, pk: int) -> HttpResponse:
    """The account of a person: open or closed, its sessions, its second factor."""
    return _page(request, load_person(request, pk))


@require_POST
@brick("rights", Level.ADMIN)
@idempotent
def close(request: PersonRequest, pk: int) -> HttpResponse:
    return _act(request, pk, accounts.close_account, "Le compte de {} est fermé. Ses contributions restent.")


@require_POST
@brick("rights", Level.ADMIN)
@idempotent
def reopen(request: PersonRequest, pk: int) -> HttpResponse:
    return _act(request, pk, accounts.reopen_account, "Le compte de {} est rouvert.")


@require_POST
@brick("rights", Level.ADMIN)
@idempotent
def close_sessions(request: PersonRequest, pk: int) -> HttpResponse:
    return _act(request, pk, sessions.close_all, "Les sessions de {} sont fermées.")


@require_POST
@brick("rights", Level.ADMIN)
@idempotent
def take_factors_away(request: PersonRequest, pk: int) -> HttpResponse:
    return _act(
        request, pk, accounts.take_factors_away, "{} n’a plus de second facteur, ni de session ouverte."
    )


def _act(request: PersonRequest, pk: int, service: Callable[..., object], said: str) -> HttpResponse:
    person = load_person(request, pk)
    try:
        service(person, actor=request.user)
    except Refused as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return _page(request, person, str(refusal), status)
    messages.success(request, said.format(person))
    return HttpResponseRedirect(reverse("accounts:account", args=[pk]))


def _page(request: PersonRequest, person: User, refusal: str = "", status: int = 200) -> HttpResponse:
    open_sessions = selectors.open_sessions_of(person).count()
    context = {
        "person": person,
        "refusal": refusal,
        "is_oneself": person.pk == request.user.pk,
        "may_act": rules.may_close(request.user, person),
        "session_count": plural(open_sessions, "session ouverte", "sessions ouvertes")
        if open_sessions
        else "",
        "has_factor": selectors.has_second_factor(person),
        "owes_factor": rules.must_have_second_factor(person),
        "is_linked": selectors.is_linked(person),
    }
    return render(request, "accounts/account.html", context, status=status)
