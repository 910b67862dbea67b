"""The second factor: an application's codes, keys and passkeys, recovery codes.

allauth does the proving; here are our words, one effect a form, and the journal. This module loads what passkeys and
drawings need: `lazily` in `urls.py` brings it at the first visit of one of its pages.
"""

from collections.abc import Callable
from typing import Any, cast

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.safestring import mark_safe
from django.views.generic.base import View

from ozeli.core.idempotency import idempotent

from .. import factor_forms as forms
from .. import rules, second_factor, selectors
from ..requests import PersonRequest
from ..services.accounts import note_factor
from ..services.sessions import close_others
from .signin import _RefusedForm

INDEX = reverse_lazy("mfa_index")


class _Own(_RefusedForm):
    """A change to one's own factors: journaled in its transaction, told once it holds."""

    request: PersonRequest
    verb, kind, said = "", "", ""

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)  # type: ignore[misc]
        note_factor(self.verb, self.request.user, self.kind)
        if self.verb == "factor.add":
            second_factor.mark(self.request.session)
        messages.success(self.request, f"{self.said}{_without_factor(self.request)}")
        return response


def _without_factor(request: PersonRequest) -> str:
    """Once the last factor is gone, no session passes for one that proved it: this one is unmarked, the others end."""
    if selectors.has_second_factor(request.user):
        return ""
    request.session.pop(second_factor.MARK, None)
    return (
        " Vos autres sessions sont fermées."
        if close_others(request.user, request.session.session_key)
        else ""
    )


class ActivateTotp(_Own, totp.ActivateTOTPView):
    form_class = forms.TotpForm
    verb, kind, said = "factor.add", "totp", "Votre application donne maintenant les codes de votre compte."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        return context | {
            # Inline: as an image of its own it would be a data: address, which our policy refuses.
            "drawing": mark_safe(context["totp_svg"]),
            "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        }


class DeactivateTotp(_Own, totp.DeactivateTOTPView):
    verb, kind, said = "factor.remove", "totp", "Votre application ne donne plus les codes de votre compte."


class AddKey(_Own, webauthn.AddWebAuthnView):
    form_class = forms.KeyForm
    verb, kind, said = "factor.add", "webauthn", "Votre clé est enregistrée."


class RenameKey(_RefusedForm, webauthn.EditWebAuthnView):
    form_class = forms.KeyNameForm
    success_url = INDEX


class RemoveKey(webauthn.RemoveWebAuthnView):
    success_url = INDEX

    def form_valid(self, form: Form) -> HttpResponse:
        key = self.get_object()
        adapter = second_factor.FactorAdapter()
        if not adapter.can_delete_authenticator(key):
            context = self.get_context_data() | {
                "refusal": adapter.error_messages["cannot_delete_authenticator"]
            }
            return render(self.request, self.template_name, context, status=422)
        response = super().form_valid(form)
        note_factor("factor.remove", self.request.user, "webauthn")
        messages.success(self.request, f"La clé est retirée.{_without_factor(self.request)}")
        return response


class NewCodes(_Own, codes.GenerateRecoveryCodesView):
    verb, kind = "factor.new_codes", "recovery_codes"
    said = "Voici vos nouveaux codes. Les précédents ne valent plus."


class Authenticate(base.AuthenticateView):
    form_class = forms.CodeForm
    webauthn_form_class = forms.UsedKeyForm

    def form_invalid(self, form: Form) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class Reauthenticate(_RefusedForm, base.ReauthenticateView):
    form_class = forms.ReauthenticateCodeForm


class ReauthenticateKey(webauthn.ReauthenticateWebAuthnView):
    form_class = forms.ReauthenticateKeyForm

    def form_invalid(self, form: Form) -> HttpResponse:
        response = self.render_to_response(self.get_context_data(form=form))
        response.status_code = 422
        return response


def index(request: PersonRequest) -> HttpResponse:
    """What protects this account besides its password, and what is still owed."""
    held = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    recovery = next((one for one in held if one.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "application": next((one for one in held if one.type == Authenticator.Type.TOTP), None),
        "keys": [(one, one.data["name"]) for one in held if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(recovery.wrap().get_unused_codes()) if recovery else None,
        "is_owed": rules.owes_second_factor(request.user),
        "has_password": request.user.has_usable_password(),
    }
    return render(request, "mfa/index.html", context)


def show_codes(request: PersonRequest) -> HttpResponse:
    """The codes left. allauth's own page would note, on a GET, that they were seen."""
    return render(request, "mfa/recovery_codes/index.html", {"unused_codes": _codes_left(request)})


def download_codes(request: PersonRequest) -> HttpResponse:
    context = {"unused_codes": _codes_left(request)}
    page = render(
        request, "mfa/recovery_codes/download.txt", context, content_type="text/plain; charset=utf-8"
    )
    page["Content-Disposition"] = 'attachment; filename="codes-de-secours.txt"'
    return page


def _codes_left(request: PersonRequest) -> list[str]:
    held = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    if held is None:
        raise Http404("no recovery codes")
    raise_if_reauthentication_required(request, app="allauth.mfa")
    return list(held.wrap().get_unused_codes())


def _own(view: type[View]) -> Callable[..., HttpResponse]:
    return idempotent(cast(Callable[..., HttpResponse], view.as_view()))


activate_totp = _own(ActivateTotp)
deactivate_totp = _own(DeactivateTotp)
add_key = _own(AddKey)
rename_key = _own(RenameKey)
remove_key = _own(RemoveKey)
new_codes = _own(NewCodes)
authenticate = Authenticate.as_view()
reauthenticate = Reauthenticate.as_view()
reauthenticate_key = ReauthenticateKey.as_view()
