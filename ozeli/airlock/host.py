"""The pages of the airlock as one WSGI application, and the static files beside them."""

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections, connection
from django.http import Http404, HttpResponse
from django.urls import Resolver404, resolve, set_urlconf
from whitenoise import WhiteNoise

from ozeli.core.middleware import DATABASE_AWAY

from . import urls_host
from .entry import Application, Environ, StartResponse, Stopped

URLCONF = (
    urls_host.__name__
)  # imported at once: a fault in a page is told at the start, not at the first visit
HASHED = re.compile(r"\.[0-9a-f]{12}\.[a-z0-9]+$")


def pages(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """One page. Raises Stopped where a fixed page is the answer."""
    set_urlconf(URLCONF)
    try:
        response = _response(WSGIRequest(environ))
    finally:
        if not connection.in_atomic_block:  # never under somebody's transaction
            close_old_connections()
        set_urlconf(None)
    headers = list(response.items())
    start_response(f"{response.status_code} -", headers)
    return [response.content]


def _response(request: Any) -> HttpResponse:
    try:
        match = resolve(request.path_info, URLCONF)
        return match.func(request, *match.args, **match.kwargs)
    except (Resolver404, Http404):
        raise Stopped(404) from None
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
        raise Stopped(413) from None
    except DATABASE_AWAY:
        raise Stopped(503) from None


def with_static_files(inner: Application) -> Application:
    """Hashed files for ever, with the usual headers; nothing else is kept by a browser."""
    return WhiteNoise(
        inner,
        root=str(settings.STATIC_ROOT),
        prefix=settings.STATIC_URL,
        max_age=3600,
        allow_all_origins=False,
        immutable_file_test=lambda path, url: bool(HASHED.search(url)),
    )
