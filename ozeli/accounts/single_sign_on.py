"""OpenID Connect through allauth: one provider, told by the environment.

`openid.py`, with the HTTP client it needs, is only loaded by those who press the button.
"""

from typing import TYPE_CHECKING, Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from ozeli.core.errors import Refused

from .services import sign_on

if TYPE_CHECKING:
    from .openid import Provider

# The words of the page: title, what happened, what to do; and its status.
REFUSALS = {
    "away": (
        "La connexion unique ne répond pas",
        "Le service qui vous identifie est absent pour le moment. Réessayez dans quelques minutes.",
        503,
    ),
    "cancelled": (
        "Connexion abandonnée",
        "Vous avez quitté la page du service qui vous identifie. Rien n’a changé.",
        401,
    ),
    "again": (
        "Cette connexion ne vaut plus",
        "Elle a déjà servi, ou elle a commencé dans un autre navigateur. Recommencez depuis la page de connexion.",
        400,
    ),
    "failed": (
        "Vous n’avez pas été reconnu",
        "Le service qui vous identifie a répondu autre chose que prévu. Recommencez depuis la page de connexion.",
        401,
    ),
    "unverified": (
        "Votre compte n’est pas ouvert",
        "Le service qui vous identifie ne garantit pas votre adresse électronique. Rien ne dit que c’est vous.",
        403,
    ),
    "unknown": (
        "Votre compte n’est pas ouvert",
        "Nous ne reconnaissons pas votre organisme parmi ceux du réseau, et personne ne vous a encore invité.",
        403,
    ),
    "other": (
        "Votre compte n’est pas ouvert",
        "Un compte porte votre adresse, mais dans un autre organisme que celui que le service indique.",
        403,
    ),
    "taken": (
        "Votre compte n’est pas ouvert",
        "Un compte porte votre adresse, mais il est déjà relié à une autre identité.",
        403,
    ),
}


def is_on() -> bool:
    return bool(settings.OIDC_URL and settings.OIDC_CLIENT and settings.OIDC_SECRET)


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """A page that says why nobody came in, and whom to write to."""
    title, text, status = REFUSALS[reason]
    context = {"title": title, "text": text, "contact": settings.CONTACT, "reason": reason}
    return render(request, "account/single_sign_on_refused.html", context, status=status)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> "Provider":
        """Ours, or none: the environment alone tells it, and no table is asked."""
        from .openid import Provider

        if not is_on() or provider != sign_on.PROVIDER:
            raise SocialApp.DoesNotExist
        app = SocialApp(
            provider="openid_connect",
            provider_id=sign_on.PROVIDER,
            name=settings.OIDC_NAME[:40],
            client_id=settings.OIDC_CLIENT,
            secret=settings.OIDC_SECRET,
            settings={
                "server_url": settings.OIDC_URL,
                "oauth_pkce_enabled": True,
                "scope": settings.OIDC_SCOPES,
            },
        )
        return Provider(request, app=app)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The provider has answered: find whose account this is, or say why nobody comes in."""
        if sociallogin.is_existing:
            return  # linked before; a closed account is stopped like any other
        identity = sign_on.Identity.read(sociallogin.claims)
        try:
            sociallogin.user = sign_on.welcome(identity)
        except sign_on.NotLet as refusal:
            if refusal.reason == "closed":
                raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_inactive"))) from None
            raise ImmediateHttpResponse(refused(request, refusal.reason)) from None
        except Refused:
            raise ImmediateHttpResponse(refused(request, "again")) from None

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        is_ours = "state" in (extra_context or {}) or "error" in request.GET
        raise ImmediateHttpResponse(refused(request, _reason(request, exception) if is_ours else "again"))


def _reason(request: HttpRequest, exception: Exception | None) -> str:
    if request.GET.get("error") == "access_denied":
        return "cancelled"
    from requests import RequestException

    return "away" if isinstance(exception, RequestException) else "failed"
