"""The theme that a person chose: a cookie, so that it costs no query and works before the sign-in."""

from django.http import HttpRequest, HttpResponseBase

COOKIE = "oz_theme"
THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


def chosen_theme(request: HttpRequest) -> str:
    """« light », « dark », or nothing when the system decides."""
    theme = request.COOKIES.get(COOKIE, "")
    return theme if theme in THEMES else ""


def remember_theme(response: HttpResponseBase, theme: str, *, secure: bool) -> None:
    """Keep the choice for a year; anything but a theme gives the choice back to the system."""
    if theme in THEMES:
        response.set_cookie(COOKIE, theme, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
