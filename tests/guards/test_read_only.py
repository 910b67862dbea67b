"""« GET writes nothing » has one exception, and here is the list."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def routes_that_write(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes_that_write(entry, route)
        elif isinstance(entry, URLPattern) and hasattr(entry.callback, "writes_on_get"):
            yield route


def test_only_the_return_of_single_sign_on_writes_on_get() -> None:
    assert list(routes_that_write()) == ["connexion/agent/retour/"]
