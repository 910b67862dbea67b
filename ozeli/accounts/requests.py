"""The type of a request behind the sign-in door."""

from django.http import HttpRequest

from .models import User


class PersonRequest(HttpRequest):
    """A request whose person is known: every view that is not marked `login_not_required` gets one."""

    user: User  # type: ignore[assignment]
