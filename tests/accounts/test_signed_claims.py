"""A provider that signs what it says of people, as ProConnect does."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import RequestFactory

from ozeli.accounts.openid import Adapter
from ozeli.accounts.services.sign_on import PROVIDER, Identity

pytestmark = pytest.mark.infra
CLAIMS = {"sub": "agent-1", "email": "claire@caf59.test", "email_verified": True, "siret": "12345678900012"}


class SigningProvider:
    """Says who is who in a token signed by `key`; `published` is the key that it tells the world."""

    def __init__(self) -> None:
        self.key = self.published = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = dict(CLAIMS)
        self.audience = "ozeli"
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, body = provider.answer(self.path)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str) -> tuple[str, str]:
        if path.endswith("openid-configuration"):
            told = {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/who",
            }
            return "application/json", json.dumps(told)
        if path == "/keys":
            public = jwt.algorithms.RSAAlgorithm.to_jwk(self.published.public_key(), as_dict=True)
            return "application/json", json.dumps({"keys": [{**public, "kid": "1", "alg": "RS256"}]})
        claims = self.claims | {
            "iss": self.url,
            "aud": self.audience,
            "exp": time.time() + 60,
            "iat": time.time(),
        }
        return "application/jwt; charset=utf-8", jwt.encode(claims, self.key, "RS256", {"kid": "1"})


@pytest.fixture
def provider(settings: Any) -> Iterator[SigningProvider]:
    provider = SigningProvider()
    thread = threading.Thread(target=provider.server.serve_forever, daemon=True)
    thread.start()
    settings.OIDC_URL, settings.OIDC_CLIENT, settings.OIDC_SECRET = provider.url, "ozeli", "secret"
    yield provider
    provider.server.shutdown()
    provider.server.server_close()
    thread.join(5)


def said() -> dict[str, Any]:
    adapter = Adapter(RequestFactory().get("/connexion/agent/retour/"), PROVIDER)
    return adapter._fetch_user_info("un jeton")


def test_signed_claims_are_read(provider: SigningProvider, db: None) -> None:
    identity = Identity.read(said())

    assert (identity.email, identity.is_verified, identity.body) == (
        "claire@caf59.test",
        True,
        "12345678900012",
    )


def test_claims_signed_by_somebody_else_are_refused(provider: SigningProvider, db: None) -> None:
    provider.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    with pytest.raises(OAuth2Error):
        said()


def test_claims_meant_for_another_portal_are_refused(provider: SigningProvider, db: None) -> None:
    provider.audience = "un-autre-portail"

    with pytest.raises(OAuth2Error):
        said()
