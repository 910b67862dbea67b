"""The door of the airlock: what a request may bring in, and what an answer may take out.

A request enters as a short list of what we need, anything else is left outside: cookies, sign-on headers, addresses,
browsers. Whatever happens within, the answer is a page of ours without a word of what was sent, and nothing is written
down anywhere.
"""

import io
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings

from .fixed import FIXED, PAGE, REASONS

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

MOST_BODY = 12_000_000
LONGEST_PATH = 200
LONGEST_QUERY = 200
METHODS = ("GET", "HEAD", "POST")
# All that is let in. Neither cookie, nor authorization, nor forwarded address, nor name of the browser, nor referer.
KEPT = frozenset({
    "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "CONTENT_TYPE",
    "HTTP_HOST", "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_ACCEPT_ENCODING", "wsgi.version",
    "wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once",
})  # fmt: skip
QUERY = ("defi",)
PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Headers = [
    ("Content-Security-Policy", POLICY),
    # « no-referrer » would make browsers send « Origin: null » with our own forms.
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("X-Robots-Tag", "noindex, nofollow"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", PERMISSIONS),
]
DROPPED = frozenset({"set-cookie", "server", "etag", "last-modified", "x-powered-by", *(
    name.lower() for name, _value in HEADERS
)})  # fmt: skip


class Stopped(Exception):  # noqa: N818
    """A request that goes no further than the door."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Nowhere(io.TextIOBase):
    """Where a server would write errors."""

    def write(self, text: str) -> int:
        return len(text)


def guarded(inner: Application) -> Application:
    """`inner` behind the door: it only ever sees what is kept, and its answer goes out whole and undressed."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            status, headers, body = _served(inner, _stripped(environ))
        except Stopped as stop:
            status, headers, body = page(stop.status)
        except BaseException:  # nothing may be said of it, not even to the server
            status, headers, body = page(500)
        if environ.get("REQUEST_METHOD") == "HEAD":
            body = b""
        start_response(f"{status} {REASONS.get(status, '')}".strip(), headers)
        return [body]

    return application


def page(status: int) -> tuple[int, Headers, bytes]:
    """One of the fixed pages: made of constants, so that it comes whatever is broken."""
    title, text = FIXED.get(status, FIXED[500])
    body = PAGE.format(title=title, text=text).encode()
    return status, dressed([("Content-Type", "text/html; charset=utf-8")], len(body)), body


def dressed(headers: Iterable[tuple[str, str]], length: int, *, is_static: bool = False) -> Headers:
    """The headers that go out: never a cookie, never anything to keep, unless it is the same file for everyone."""
    kept = [(name, value) for name, value in headers if name.lower() not in DROPPED]
    if not is_static:
        kept = [(name, value) for name, value in kept if name.lower() != "cache-control"]
        kept.append(("Cache-Control", "no-store"))
    kept = [(name, value) for name, value in kept if name.lower() != "content-length"]
    return [*kept, ("Content-Length", str(length)), *HEADERS]


def _stripped(environ: Environ) -> Environ:
    """What the pages see of a request. Raises Stopped."""
    method = environ.get("REQUEST_METHOD", "")
    if method not in METHODS:
        raise Stopped(405)
    if (
        len(environ.get("PATH_INFO", "")) > LONGEST_PATH
        or len(environ.get("QUERY_STRING", "")) > LONGEST_QUERY
    ):
        raise Stopped(414)
    _check_host(environ.get("HTTP_HOST", ""))
    body = _body(environ) if method == "POST" else b""
    kept = {name: value for name, value in environ.items() if name in KEPT}
    return kept | {
        "SCRIPT_NAME": "",
        "QUERY_STRING": _query(environ.get("QUERY_STRING", "")),
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": _Nowhere(),
        "wsgi.url_scheme": urlsplit(settings.AIRLOCK_URL).scheme,
    }


def _check_host(host: str) -> None:
    """Its own name only: on the portal's, the browser would send the cookies of the portal along."""
    if host.lower() != urlsplit(settings.AIRLOCK_URL).netloc.lower():
        raise Stopped(421)


def _query(given: str) -> str:
    """Only the challenge that one came from."""
    try:
        asked = parse_qs(given, max_num_fields=10)
    except ValueError:
        raise Stopped(400) from None
    return urlencode({name: asked[name][0] for name in QUERY if name in asked})


def _body(environ: Environ) -> bytes:
    """The whole body, of the announced length. Raises Stopped."""
    announced = environ.get("CONTENT_LENGTH") or ""
    if not announced:
        raise Stopped(411)
    if not announced.isdigit() or len(announced) > 12:
        raise Stopped(400)
    size = int(announced)
    if size > MOST_BODY:
        raise Stopped(413)
    body: bytes = environ["wsgi.input"].read(size) if size else b""
    if len(body) != size:
        raise Stopped(400)
    return body


def _served(inner: Application, environ: Environ) -> tuple[int, Headers, bytes]:
    started: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers, exc_info: Any = None) -> None:
        started.append((status, headers))

    answer = inner(environ, start)
    try:
        body = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    status, headers = started[-1]
    is_static = environ["PATH_INFO"].startswith(settings.STATIC_URL) and status.startswith(("200", "304"))
    return int(status.split(" ", 1)[0]), dressed(headers, len(body), is_static=is_static), body
