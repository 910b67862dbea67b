"""Errors that services raise and views show, and the pages of the HTTP errors."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from .french import typographic
from .middleware import DATABASE_AWAY, database_away
from .recovery import given_back


class Refused(Exception):  # noqa: N818 (the field’s word: a rule refuses)
    """A rule says no. The message is French, meant for the person, and says what to do."""

    def __init__(self, message: str = "") -> None:
        super().__init__(typographic(message))


class Conflict(Refused):
    """Somebody else came first. The view answers 409 and shows what won."""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere: give the typed words back."""
    return render(request, "403_csrf.html", given_back(request), status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing of the request may be trusted, not even its host: no context processor here. 413 when it is too big."""
    is_too_big = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent))
    page = render_to_string("400.html", {"is_too_big": is_too_big})
    return HttpResponse(page, status=413 if is_too_big else 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """No context processor here: the page must come whatever is broken. 503 when it is the database."""
    if isinstance(sys.exception(), DATABASE_AWAY):
        return database_away(request)
    return HttpResponse(render_to_string("500.html", given_back(request)), status=500)
