"""A form posted twice has one effect (rule 4).

The key of the form is inserted first, in the transaction of the whole view: a twin waits for the first to commit,
then receives the same redirect. Success is always a redirect; any other answer rolls everything back, key included.
"""

import hashlib
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render

from . import recovery
from .models import IdempotencyKey

FIELD = "idempotency_key"
View = Callable[..., HttpResponse]


def _digest(request: HttpRequest) -> str:
    ours = ("csrfmiddlewaretoken", FIELD)
    fields = sorted((name, values) for name, values in request.POST.lists() if name not in ours)
    return hashlib.sha256(repr(fields).encode()).hexdigest()


def _actor(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    if not request.session.session_key:
        request.session.create()
    return f"session:{request.session.session_key}"


def idempotent(view: View) -> View:
    """Give the POST of a view its single effect; the form carries `{% idempotency_key %}`."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            key = uuid.UUID(request.POST.get(FIELD, ""))
        except ValueError:
            return HttpResponseBadRequest("Ce formulaire est incomplet : rechargez la page.")
        actor, digest = _actor(request), _digest(request)
        with transaction.atomic():
            if not IdempotencyKey.objects.claim(actor, key, request.path, digest):
                return _replay(request, actor, key, digest)
            response = view(request, *args, **kwargs)
            if isinstance(response, HttpResponseRedirect):
                IdempotencyKey.objects.filter(actor=actor, key=key).update(location=response.url)
            else:
                transaction.set_rollback(True)
        if isinstance(response, HttpResponseRedirect) and recovery.SESSION_KEY in request.session:
            recovery.forget(request)
        return response

    guarded.idempotent = True  # type: ignore[attr-defined]
    return guarded


def _replay(request: HttpRequest, actor: str, key: uuid.UUID, digest: str) -> HttpResponse:
    first = IdempotencyKey.objects.get(actor=actor, key=key)
    if first.action == request.path and first.digest == digest and first.location:
        return HttpResponseRedirect(first.location)
    return render(request, "409.html", recovery.given_back(request), status=409)
