"""What Ozéli changes in allauth."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from ozeli.core import recovery


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from the administrators, not from a form."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        if packed := request.POST.get("reprise"):
            recovery.unpack_into_session(request, packed)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No « vous êtes connecté » : the page itself shows it."""
