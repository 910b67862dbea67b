"""Middleware without any knowledge of the apps."""

from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.template.loader import render_to_string
from django.urls import resolve
from psycopg_pool import PoolTimeout

from . import health
from .recovery import given_back

GetResponse = Callable[[HttpRequest], HttpResponse]
SAFE = {"GET", "HEAD", "OPTIONS"}
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)

# What a page may ask of the browser: nothing but the passkeys of this very site.
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(),"
    " midi=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self), usb=()"
)


class SecurityHeadersMiddleware(SecurityMiddleware):
    """Django's own headers, and the one it does not know."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return super().process_response(request, response)


class HealthMiddleware:
    """Answer /healthz and /readyz before any session, host or database business."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return health.healthz(request)
        if request.path == "/readyz":
            return health.readyz(request)
        return self.get_response(request)


class PersonalPagesMiddleware:
    """Pages are made for one person: nothing keeps them, not even the browser of a shared PC after the sign-out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class DatabaseAwayMiddleware:
    """Turn a database lost in a view into a French 503 that gives the typed words back, and say when to come again.

    Lost before the view (the session, the person), it comes to `errors.server_error`: Django turns an exception of a
    middleware into an answer before the next one sees it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return database_away(request) if isinstance(exception, DATABASE_AWAY) else None


def database_away(request: HttpRequest) -> HttpResponse:
    """The 503 page: needs neither database nor session."""
    page = render_to_string("503.html", given_back(request))
    response = HttpResponse(page, status=503)
    response["Retry-After"] = "10"
    return response


def writes_on_get(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The listed exception to rule 9: the return of a single sign-on comes by GET, and opens a session.

    A guard holds the list (`tests/guards/test_read_only.py`).
    """
    view.writes_on_get = True  # type: ignore[attr-defined]
    return view


def _may_write(request: HttpRequest) -> bool:
    try:
        return hasattr(resolve(request.path_info).func, "writes_on_get")
    except Http404:
        return False


class ReadOnlyGetMiddleware:
    """Where the guard is on, serve each GET in a read-only transaction: PostgreSQL refuses any write (rule 9)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.READ_ONLY_GET or request.method not in SAFE or _may_write(request):
            return self.get_response(request)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("set transaction read only")
            return self.get_response(request)
