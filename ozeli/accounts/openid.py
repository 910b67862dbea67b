"""The provider of single sign-on, for allauth. Loads an HTTP client and a cryptographic library: import it late."""

from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from .services.sign_on import PROVIDER
from .single_sign_on import refused


def nonce_of(verifier: str) -> str:
    """What ties the provider's answer to this sign-in: drawn from the proof key, which only our session holds."""
    return salted_hmac(__name__, verifier, algorithm="sha256").hexdigest()


class Adapter(OpenIDConnectOAuth2Adapter):
    _verifier = ""

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: Any = None
    ) -> Any:
        self._verifier = pkce_code_verifier or ""
        return super().get_access_token_data(request, app, client, pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        """The claims serve once, to find the account: none of them is stored."""
        login = super().complete_login(request, app, token, **kwargs)
        held = login.account.extra_data
        token_says, user_says = held.get("id_token", {}), held.get("userinfo", {})
        if not constant_time_compare(str(token_says.get("nonce")), nonce_of(self._verifier)):
            raise OAuth2Error("the provider answers another sign-in")
        if user_says and token_says.get("sub") != user_says.get("sub"):
            raise OAuth2Error("the two answers of the provider are about two people")
        login.claims = {**token_says, **user_says}
        login.account.extra_data = {}
        return login

    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        """As JSON or, like ProConnect, as a signed token."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.profile_url, headers={"Authorization": f"Bearer {access_token}"})
            answer.raise_for_status()
        if not answer.headers.get("Content-Type", "").startswith("application/jwt"):
            return dict(answer.json())
        return jwtkit.verify_and_decode(
            credential=answer.text,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=self.get_provider().app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )


class Provider(OpenIDConnectProvider):
    oauth2_adapter_class = Adapter

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Where to go next is all that the form may choose: neither the scope, nor what the answer is for."""
        asked = super().get_redirect_from_request_kwargs(request)
        wanted: dict[str, Any] = {"process": AuthProcess.LOGIN}
        return wanted | {name: asked[name] for name in ("next_url",) if name in asked}

    def get_pkce_params(self) -> dict[str, str]:
        """With the nonce: some providers do not look at the proof key, and a stolen code would pass."""
        params = super().get_pkce_params()
        return params | {"nonce": nonce_of(params["code_verifier"])}


def start(request: HttpRequest) -> HttpResponseBase:
    """Towards the provider: a redirect to its page."""
    return _guarded(request, OAuth2LoginView)


def finish(request: HttpRequest) -> HttpResponseBase:
    """Back from the provider: the session opens, or a page says why not."""
    return _guarded(request, OAuth2CallbackView)


def _guarded(request: HttpRequest, view: Any) -> HttpResponseBase:
    """allauth asks for the provider's addresses outside of its own nets."""
    try:
        return view.adapter_view(Adapter(request, PROVIDER))(request)
    except requests.RequestException:
        return refused(request, "away")
    except (KeyError, ValueError, TypeError):
        return refused(request, "failed")
