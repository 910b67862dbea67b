"""The second factor: what Ozéli changes in allauth.mfa, and the light stage that asks for it at sign-in.

Nothing here loads what passkeys and drawings need (fido2, qrcode): the web processes stay light until a page asks.
"""

import base64
from typing import TYPE_CHECKING

from allauth.account.stages import LoginStage
from allauth.core.internal.httpkit import headed_redirect_response
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.internal.constants import LoginStageKey
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse
from django.utils.crypto import salted_hmac

from . import rules, selectors

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

MARK = "second_factor"


class CodeStage(LoginStage):
    """After the password or the single sign-on: ask for the second factor of those who have one."""

    key = LoginStageKey.MFA_AUTHENTICATE.value
    urlname = "mfa_authenticate"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if self.login.user is None or not selectors.has_second_factor(self.login.user):
            return None, True
        self.state["authentication_required"] = True
        return headed_redirect_response("mfa_authenticate"), True


class FactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": (
            "Vos droits d’administration demandent un second facteur\u00a0: "
            "ajoutez-en un autre avant de retirer celui-ci."
        ),
        "cannot_generate_recovery_codes": "Ajoutez d’abord une application ou une clé.",
        "incorrect_code": "Ce code n’est pas le bon, ou il a déjà changé. Attendez le suivant et recopiez-le.",
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """The drawing of an address, to stand in the page: one path, no colour of its own."""
        from qrcode.main import QRCode

        code = QRCode(border=4)
        code.add_data(url)
        rows = code.get_matrix()
        dots = "".join(
            f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
        )
        size = len(rows)
        return f'<svg viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path d="{dots}"/></svg>'

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Those who must have a second factor keep one."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=selectors.FACTORS)
        return (
            not rules.must_have_second_factor(authenticator.user)
            or others.exclude(pk=authenticator.pk).exists()
        )

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return f"Ma clé {number}"

    def _get_site_name(self) -> str:
        return "Ozéli"


def mark(session: SessionBase) -> None:
    """This session proved, or has just set up, a second factor: its pages are not asked about it again."""
    session[MARK] = True


def is_marked(session: SessionBase) -> bool:
    return bool(session.get(MARK))


def _cipher() -> "MultiFernet":
    """Secrets lie encrypted under the secret key; those of its predecessors are still read."""
    from cryptography.fernet import Fernet, MultiFernet

    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    drawn = [salted_hmac(__name__, "factor", secret=key, algorithm="sha256").digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in drawn])
