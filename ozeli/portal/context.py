"""What every page shows around its content."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from ozeli.accounts.models import User
from ozeli.activity.selectors import unread_count
from ozeli.core import recovery
from ozeli.core.access import Level, bricks
from ozeli.core.registry import admin_pages
from ozeli.core.theme import chosen_theme

from . import theming

Item = tuple[str, str, bool]

FOOTER = [
    ("/aide/", "Aide"),
    ("/glossaire/", "Glossaire"),
    ("/accessibilite/", "Accessibilité\u00a0: non évaluée"),
    ("/vos-donnees/", "Vos données"),
    ("/anonymat/", "Anonymat"),
    ("/contact/", "Écrire à l’équipe"),
]
IN_FOOTER = ("figures", "tools")
# What belongs to a place of the menu under another address.
WITHIN = {
    "/idees/": ("/cimetiere/",),
    "/organismes/": ("/annuaire/", "/personnes/"),
    "/animation/": ("/moderation/",),
}


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The frame of `base.html`. One query at most, the count of notifications, and only where it is shown."""
    common = {
        "theme": chosen_theme(request),
        "portal_look": theming.current()[0],
        "footer_items": FOOTER,
        "kept_text": recovery.leftover(request),
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return common | {
            "person_name": "",
            "nav_items": [],
            "account_items": [],
            "unread_count": 0,
            "can_deposit": False,
            "can_search": False,
        }
    return common | {
        "person_name": user.display_name,
        "nav_items": _menu(user, request.path),
        "account_items": _account(user, request.path),
        "unread_count": SimpleLazyObject(lambda: unread_count(user)),
        "can_deposit": user.level("ideas") >= Level.CONSULT,
        "can_search": user.level("search") >= Level.CONSULT,
        "footer_items": _footer(user),
    }


def _footer(user: User) -> list[tuple[str, str]]:
    """The bricks that have neither a place in the menu nor a desk, then what is open to everyone."""
    shown = [
        (bricks[code].path, bricks[code].title) for code in IN_FOOTER if user.level(code) >= Level.CONSULT
    ]
    return [*shown, *FOOTER]


def _menu(user: User, path: str) -> list[Item]:
    """The bricks of the menu, and the desk for those who work it."""
    shown = [
        (brick.path, brick.title)
        for brick in bricks
        if brick.in_menu and user.level(brick.code) >= Level.CONSULT
    ]
    if user.level("ideas") >= Level.CONTRIBUTE:
        shown.append(("/animation/", "Animation"))
    return [(url, label, path.startswith((url, *WITHIN.get(url, ())))) for url, label in shown]


def _account(user: User, path: str) -> list[Item]:
    """What is one's own: ideas, notifications, account, administration, operations."""
    items = [
        (user.level("ideas") >= Level.CONSULT, "/mes-idees/", "Mes idées"),
        (user.level("ideas") >= Level.CONSULT, "/mes-avis/", "Mes avis"),
        (user.is_manager and user.level("ideas") >= Level.CONSULT, "/mon-equipe/", "Mon équipe"),
        (True, "/notifications/", "Notifications"),
        (True, "/moi/", "Mon compte"),
        (any(page.is_open_to(user) for page in admin_pages), "/administration/", "Administration"),
        (user.level("operations") >= Level.CONSULT, "/exploitation/", "Exploitation"),
    ]
    return [(url, label, path.startswith(url)) for shown, url, label in items if shown]
