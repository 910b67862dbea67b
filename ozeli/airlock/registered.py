"""Where anonymous deposits show themselves on the pages of the portal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from ozeli.accounts.models import User
from ozeli.core.access import Level
from ozeli.core.exports import LONG, Export, exports
from ozeli.core.registry import Panel, TodoItem, panels, todo_items
from ozeli.files.owners import Owner, owners

from . import notifications, rules, selectors
from .enums import DepositState
from .forms.desk import FilterForm
from .models import KIND, Deposit


def register() -> None:
    notifications.register()
    owners.register(Owner(KIND, visible=_readable, existing=_existing))
    panels.register(
        Panel("airlock_thread", "idea_desk", "ideas", "airlock/desk/_panel.html", _thread, position=10)
    )
    panels.register(
        Panel("airlock_desk", "desk_ways", "ideas", "airlock/desk/_way.html", _desk_way, position=10)
    )
    panels.register(
        Panel(
            "airlock_sign",
            "mine_ways",
            "ideas",
            "airlock/_sign_way.html",
            lambda request, of: {},
            position=10,
        )
    )
    todo_items.register(
        TodoItem(
            code="airlock_held",
            brick="ideas",
            one="dépôt anonyme à relire",
            many="dépôts anonymes à relire",
            url="/animation/sas/",
            rows=_held,
            level=Level.CONTRIBUTE,
            position=35,
        )
    )
    exports.register(
        Export(
            "airlock",
            "Dépôts anonymes",
            "depots-anonymes",
            "ideas",
            selectors.HEADER,
            lambda user, query: selectors.export_lines(_wanted(user, query)),
            lambda user, query: _wanted(user, query).order_by()[: LONG + 1].count(),
            level=Level.CONTRIBUTE,
            allowed=rules.reads_held,
        )
    )


def _wanted(user: User, query: QueryDict) -> QuerySet[Deposit]:
    return selectors.deposits_for(user, FilterForm(query).state)


def _readable(user: User, ids: Sequence[UUID]) -> Iterable[UUID]:
    return Deposit.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)


def _existing(ids: Sequence[UUID]) -> Iterable[UUID]:
    return Deposit.objects.filter(pk__in=ids).values_list("pk", flat=True)


def _held(user: User) -> QuerySet[Deposit] | None:
    if not rules.reads_held(user):
        return None
    return Deposit.objects.filter(state=DepositState.HELD)


def _thread(request: Any, idea: Any) -> Mapping[str, Any] | None:
    """The thread with the author of an anonymous idea, for those who work its desk."""
    if not idea.is_anonymous:
        return None
    deposit = Deposit.objects.filter(idea=idea).first()
    if deposit is None or not rules.talks(request.user, deposit):
        return None
    words = list(deposit.messages.order_by("-position")[:1])
    last = words[0] if words else None
    return {"deposit": deposit, "last": last, "awaits": last is not None and last.is_from_author}


def _desk_way(request: Any, of: Any) -> Mapping[str, Any] | None:
    return {} if rules.reads_held(request.user) else None
