"""Who is asking, and the door of the portal."""

from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from ozeli.core import recovery

from .backend import Backend
from .models import User


class PersonMiddleware(AuthenticationMiddleware):
    """Django's own, but for a session that is worth nothing any more: it is left there, since a GET writes nothing."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: person_of(request))  # type: ignore[assignment]


def person_of(request: HttpRequest) -> User | AnonymousUser:
    """Who this session belongs to, as long as the account is open and the password the same."""
    key, proof = request.session.get(SESSION_KEY), request.session.get(HASH_SESSION_KEY, "")
    user = Backend().get_user(key) if key else None
    if user is None or not constant_time_compare(proof, user.get_session_auth_hash()):
        return AnonymousUser()
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
