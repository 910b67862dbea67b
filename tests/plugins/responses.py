"""Every response of every test is looked at: strict headers, nothing inline, no address of a third party."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from ozeli.core.middleware import PERMISSIONS_POLICY

INLINE = (
    re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE),
    re.compile(r"<style\b", re.IGNORECASE),
    re.compile(r"<[^>]+\sstyle=", re.IGNORECASE),
    re.compile(r"<[^>]+\son[a-z]+=", re.IGNORECASE),
    re.compile(r"javascript:", re.IGNORECASE),
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
}


def is_mail_preview(response: Any) -> bool:
    """A mail shown in a frame of ours: its own styles, and a sandbox that lets nothing run, post or lead away."""
    policy = [part.strip() for part in response.headers.get("Content-Security-Policy", "").split(";")]
    closed = {
        "sandbox",
        "default-src 'none'",
        "frame-ancestors 'self'",
        "form-action 'none'",
        "base-uri 'none'",
    }
    return closed | {"style-src 'unsafe-inline'"} == set(policy)


def faults(response: Any) -> Iterator[str]:
    """What a response does against the house rules."""
    policy = response.headers.get("Content-Security-Policy", "")
    if is_mail_preview(response):
        return
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield f"weak Content-Security-Policy: {policy!r}"
    for name, value in HEADERS.items():
        if response.headers.get(name) != value:
            yield f"{name}: {response.headers.get(name)!r}"
    if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
        page = response.content.decode()
        for pattern in INLINE:
            if found := pattern.search(page):
                yield f"inline code: {found.group(0)!r}"


@pytest.fixture(autouse=True)
def every_response_is_strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check the answer of every request that a test makes."""
    request = Client.request

    def checked(client: Client, **environ: Any) -> Any:
        response = request(client, **environ)
        found = list(faults(response))
        assert not found, f"{environ.get('PATH_INFO')}: {found}"
        return response

    monkeypatch.setattr(Client, "request", checked)
