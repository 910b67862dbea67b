"""Sign-in, passwords, and what happens when a session is lost or too many attempts are made.

allauth does the work; here are our forms, the typed words that travel through the sign-in, and honest status codes.
"""

from collections.abc import Callable
from typing import Any

from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django.views.generic.base import View

from ozeli.core import recovery

from .. import forms, single_sign_on
from ..services import sessions

TOO_MANY = "Trop d’essais en peu de temps. Attendez une minute, puis réessayez\u00a0: rien de votre saisie n’est perdu."


class _RefusedForm:
    """An invalid form answers 422, so that the browser, HTMX and the tests agree that it was refused."""

    def form_invalid(self, form: Form) -> HttpResponse:
        response = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response


class SignIn(_RefusedForm, allauth_views.LoginView):
    form_class = forms.SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | _sign_in_context(self.request.POST.get("reprise", ""))


class PasswordChange(_RefusedForm, allauth_views.PasswordChangeView):
    """The other sessions of this person end with the former password; this one goes on under another key."""

    form_class = forms.PasswordChangeForm
    success_url = "/moi/"

    def form_valid(self, form: Form) -> HttpResponse:
        before = self.request.session.session_key
        response = super().form_valid(form)
        sessions.follow_key(before, self.request.session.session_key)
        sessions.close_others(self.request.user, keep=self.request.session.session_key)
        return response


class PasswordReset(_RefusedForm, allauth_views.PasswordResetView):
    form_class = forms.PasswordResetForm


class PasswordResetFromKey(_RefusedForm, allauth_views.PasswordResetFromKeyView):
    form_class = forms.PasswordResetKeyForm


class Reauthenticate(_RefusedForm, allauth_views.ReauthenticateView):
    form_class = forms.ReauthenticateForm


def _view(form_view: type[View]) -> Callable[..., HttpResponseBase]:
    """GET and POST only: some of allauth's views answer before they look at the method."""
    return require_http_methods(["GET", "HEAD", "POST"])(form_view.as_view())


sign_in = _view(SignIn)
password_change = _view(PasswordChange)
password_reset = _view(PasswordReset)
password_reset_from_key = _view(PasswordResetFromKey)
reauthenticate = _view(Reauthenticate)


def _sign_in_context(reprise: str) -> dict[str, Any]:
    """What the sign-in page shows besides its form: the words kept, and the accounts of the demonstration."""
    return {
        "reprise": reprise,
        "demo_accounts": _demo_accounts(),
        "demo_password": _demo_password(),
        "too_many": "",
        "sign_on_name": settings.OIDC_NAME if single_sign_on.is_on() else "",
    }


def _demo_accounts() -> list[tuple[str, str]]:
    if not settings.DEMO:
        return []
    from ozeli.demo_accounts import DEMO_ACCOUNTS

    return [(f"{name}@demo.test", role) for name, role in DEMO_ACCOUNTS.items()]


def _demo_password() -> str:
    if not settings.DEMO:
        return ""
    from ozeli.demo_accounts import DEMO_PASSWORD

    return DEMO_PASSWORD


def sign_in_again(request: HttpRequest) -> HttpResponse:
    """The session was lost while a form was being sent: sign in here, and find the fields again."""
    context = _sign_in_context(recovery.pack(request)) | {
        "form": forms.SignInForm(request=request),
        "redirect_field_name": "next",
        "redirect_field_value": recovery.page_of(request),
    }
    return render(request, "account/login.html", context, status=401)


@login_not_required
def too_many_attempts(request: HttpRequest) -> HttpResponse:
    """The 429 of allauth's rate limits: on the sign-in page, the form stays and so do the words kept."""
    if request.path != reverse("account_login"):
        return render(request, "429.html", status=429)
    context = _sign_in_context(request.POST.get("reprise", "")) | {
        "form": forms.SignInForm(request=request, initial={"login": request.POST.get("login", "")}),
        "redirect_field_name": "next",
        "redirect_field_value": request.POST.get("next", ""),
        "too_many": TOO_MANY,
    }
    return render(request, "account/login.html", context, status=429)
