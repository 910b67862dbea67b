"""Health of the process and of the database."""

from django.db import connection
from django.http import HttpRequest, HttpResponse


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Exception:
        return HttpResponse("database away", status=503, content_type="text/plain")
    finally:
        connection.close()
    return HttpResponse("ok", content_type="text/plain")
