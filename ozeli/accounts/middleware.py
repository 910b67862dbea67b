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
