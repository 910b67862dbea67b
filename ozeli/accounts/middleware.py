"""Who is asking, and the door of the portal."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from ozeli.core import recovery

from . import presence, rules, second_factor
from .backend import Backend
from .models import User


class PersonMiddleware(AuthenticationMiddleware):
    """Django's own, but for a session that is worth nothing any more: it is left there, since a GET writes nothing."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: person_of(request))  # type: ignore[assignment]

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if getattr(request, "is_at_work", False):
            presence.renew(request, response)
        return response


def person_of(request: HttpRequest) -> User | AnonymousUser:
    """Who this session belongs to, as long as it is used, the account open and the password the same."""
    key, proof = request.session.get(SESSION_KEY), request.session.get(HASH_SESSION_KEY, "")
    user = Backend().get_user(key) if key and not presence.is_over(request) else None
    if user is None or not constant_time_compare(proof, user.get_session_auth_hash()):
        return AnonymousUser()
    request.is_at_work = True  # type: ignore[attr-defined]
    return user


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page asks for a sign-in unless it says otherwise; what was typed in a lost session is kept."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:  # type: ignore[override]
        from .views.signin import sign_in_again

        htmx = bool(getattr(request, "htmx", False))
        if request.method == "POST" and recovery.typed_fields(request):
            response = sign_in_again(request)
            if htmx:
                # The whole sign-in page takes the place of the fragment's page: 401 alone would lose the words.
                response.status_code = 200
                response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML show:window:top"
            return response
        page = request.get_full_path() if request.method == "GET" and not htmx else recovery.page_of(request)
        address = f"{reverse('account_login')}?{urlencode({'next': page})}"
        if htmx:
            return HttpResponse(status=401, headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)


# What stays open to those who still owe a second factor: setting it up, proving who they are, leaving.
_OPEN_WITHOUT_FACTOR = {
    "account_logout",
    "account_reauthenticate",
    "account_change_password",
    "accounts:forget_kept_text",
    "core:theme",
}


class SecondFactorMiddleware:
    """Until administrators have a second factor, every page leads to the one that sets it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_REQUIRED or not getattr(view, "login_required", True):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if (
            name.startswith("mfa_")
            or name in _OPEN_WITHOUT_FACTOR
            or second_factor.is_marked(request.session)
        ):
            return None
        user = request.user
        if not isinstance(user, User) or not rules.owes_second_factor(user):
            return None
        if recovery.typed_fields(request):
            recovery.unpack_into_session(request, recovery.pack(request))
        if getattr(request, "htmx", False):
            return HttpResponse(status=401, headers={"HX-Redirect": reverse("mfa_index")})
        return HttpResponseRedirect(reverse("mfa_index"))
