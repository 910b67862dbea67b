"""Health of the process and of its database, for `ozeli doctor`, probes and proxies."""

import psycopg
from django.db import connection
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

STATEMENT_MILLISECONDS = 1500


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; the database is not asked."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers within two seconds; else 503."""
    if database_answers():
        return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
    return HttpResponse("base de données injoignable\n", status=503, content_type="text/plain; charset=utf-8")


def database_answers() -> bool:
    """Ask on a connection of its own: a busy pool is not an absent database."""
    try:
        parameters = connection.get_connection_params() | {"connect_timeout": 2, "autocommit": True}
        with psycopg.connect(**parameters) as probe:
            probe.execute(f"set statement_timeout = {STATEMENT_MILLISECONDS}")
            probe.execute("select 1")
    except (psycopg.Error, Error):
        return False
    return True
