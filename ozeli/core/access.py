"""Bricks, levels, and the door that every view of a brick stands behind.

The matrix itself (brick × profile → level) is data of `accounts`; here is only the vocabulary and the check.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from .registry import Registry


class Level(IntEnum):
    """What a profile may do with a brick; each level includes those under it."""

    NONE = 0
    CONSULT = 1
    CONTRIBUTE = 2
    ADMIN = 3

    @property
    def label(self) -> str:
        return ("Aucun", "Consulter", "Contribuer", "Administrer")[self]


@dataclass(frozen=True, slots=True)
class Brick:
    """A module of the portal, as the matrix names it. `path` is its page, shown in the menu when `in_menu`."""

    code: str
    title: str
    description: str
    path: str = ""
    position: int = 100
    in_menu: bool = False


# The modules that the installed apps bring.
bricks: Registry[Brick] = Registry()

View = Callable[..., HttpResponseBase]


def check_level(user: Any, code: str, level: Level) -> None:
    """Http404 when the brick does not exist for this person, PermissionDenied when more is needed."""
    held = user.level(code)
    if held < Level.CONSULT:
        raise Http404("brick closed to this profile")
    if held < level:
        raise PermissionDenied


def brick(code: str, level: Level = Level.CONSULT) -> Callable[[View], View]:
    """Open the view to people who hold `level` on the brick `code`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check_level(request.user, code, level)
            return view(request, *args, **kwargs)

        guarded.brick = (code, level)  # type: ignore[attr-defined]
        return guarded

    return decorate
