"""A real OpenID Connect provider, in a process of its own, and a person who signs in there."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


class Provider:
    """`url` is its address; the people it knows are told by `knows`."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def knows(self, subject: str, **claims: Any) -> None:
        """This person exists from now on, with these claims."""
        body = json.dumps({"sub": subject, **claims}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(
            f"{self.url}/users/{subject}", data=body, headers=headers, method="PUT"
        )
        urllib.request.urlopen(request, timeout=5).close()

    def sign_in(self, authorize_url: str, subject: str) -> str:
        """What a person does on the provider's page; the path and query by which they come back."""
        return self._post(authorize_url, {"sub": subject})

    def deny(self, authorize_url: str) -> str:
        return self._post(authorize_url, {"action": "deny"})

    def _post(self, url: str, fields: dict[str, str]) -> str:
        opener = urllib.request.build_opener(_StayHere)
        try:
            opener.open(url, data=urlencode(fields).encode(), timeout=5)
        except urllib.error.HTTPError as answer:
            back = urlsplit(answer.headers["Location"])
            return f"{back.path}?{back.query}"
        raise AssertionError("the provider did not send anybody back")


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@contextmanager
def running() -> Iterator[Provider]:
    """Start the provider, wait until it answers, stop it."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "oidc-provider-mock"), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        provider, end = Provider(port), time.monotonic() + 20
        while True:
            try:
                urllib.request.urlopen(f"{provider.url}/.well-known/openid-configuration", timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                if process.poll() is not None or time.monotonic() > end:
                    raise AssertionError("the provider does not start") from None
                time.sleep(0.05)
        yield provider
    finally:
        process.terminate()
        process.wait(timeout=10)
