"""Who is asking, and the door of the portal."""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from ozeli.core import recovery


class PersonMiddleware(AuthenticationMiddleware):
    """Django's own, under our name: the person comes with their body (see `accounts.backend`)."""


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page asks for a sign-in unless it says otherwise; what was typed in a lost session is kept."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:
        from .views import sign_in_again

        if request.method == "POST" and recovery.typed_fields(request) and not request.htmx:
            return sign_in_again(request)
        page = recovery.page_of(request) if request.method == "POST" else request.get_full_path()
        address = f"{reverse('account_login')}?{urlencode({'next': page})}"
        if getattr(request, "htmx", False):
            return HttpResponse(status=401, headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)
