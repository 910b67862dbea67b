"""What Ozéli changes in allauth."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from ozeli.core import clock, recovery

from .tasks import send_password_reset, send_security_notice
from .wording import SECURITY_CHANGES

KEPT_WORDS = "reprise"
CONFIRMATIONS = {
    "reauthenticate": "Mon mot de passe",
    "mfa_reauthenticate": "Un code de mon application, ou un code de secours",
    "mfa_reauthenticate:webauthn": "Ma clé ou mon appareil",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "Ce compte est fermé.",
        "email_password_mismatch": "Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez les deux.",
        "too_many_login_attempts": (
            "Trop d’essais pour cette adresse. Attendez cinq minutes, ou choisissez un nouveau mot de passe."
        ),
        "enter_current_password": "Ce n’est pas votre mot de passe actuel.",
        "incorrect_password": "Ce n’est pas votre mot de passe.",
        "invalid_password_reset": "Ce lien ne vaut plus. Demandez-en un autre.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from the administrators, not from a form."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """A second factor may be asked before the session opens: the words kept wait in the session meanwhile."""
        if packed := request.POST.get("reprise"):
            request.session[KEPT_WORDS] = packed
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: Any) -> None:
        packed = request.session.pop(KEPT_WORDS, "")
        super().login(request, user)
        if packed:
            recovery.unpack_into_session(request, packed)

    def get_login_stages(self) -> list[str]:
        return ["ozeli.accounts.second_factor.CodeStage"]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": CONFIRMATIONS[method["id"]]} for method in methods]

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """By a job: the page takes no longer for an address that exists, and the mail waits for an absent server."""
        send_password_reset.defer(user_id=user.pk)

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """A change that a thief would make is told to the owner, by a job."""
        if template_prefix in SECURITY_CHANGES:
            send_security_notice.defer(user_id=user.pk, change=template_prefix, at=clock.now().isoformat())

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No « vous êtes connecté » : the page itself shows it."""
