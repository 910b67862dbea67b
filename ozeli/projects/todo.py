"""What projects leave to do, as the home tells it."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.registry import TodoItem, todo_items

from .enums import Role, State
from .models import Project, ProjectMember
from .selectors.gates import awaiting

URL = "/projets/a-faire/"
# A point is asked every month.
SILENT_AFTER = timedelta(days=30)


def register() -> None:
    for item in (
        TodoItem(
            "project_updates_due",
            "projects",
            "point à faire sur votre projet",
            "points à faire sur vos projets",
            URL,
            updates_due,
            position=40,
        ),
        TodoItem(
            "gates_to_decide",
            "projects",
            "jalon à décider",
            "jalons à décider",
            f"{URL}#jalons",
            awaiting,
            due="due_on",
            position=41,
        ),
    ):
        todo_items.register(item)


def updates_due(user: User) -> QuerySet[Any]:
    """The projects under way that this person carries and of which nothing is said for a month, with `since`."""
    owned = ProjectMember.objects.filter(user=user, role=Role.OWNER).values("project")
    silent = Q(since__lte=clock.today() - SILENT_AFTER)
    return (
        Project.objects.filter(pk__in=owned, state=State.UNDER_WAY, is_withdrawn=False)
        .annotate(since=Coalesce("updated_on", "started_on", "created_on"))
        .filter(silent)
    )
