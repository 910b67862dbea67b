"""What Ozéli changes in allauth."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from ozeli.core import recovery

logger = logging.getLogger(__name__)


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

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        if packed := request.POST.get("reprise"):
            recovery.unpack_into_session(request, packed)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server away must not tell which addresses exist: the page stays the same, the log says it."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            logger.exception("a mail of sign-in could not leave")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No « vous êtes connecté » : the page itself shows it."""
