"""What projects show on the pages of ideas and bodies, and in the thread of an idea."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse

from ozeli.accounts.models import User
from ozeli.core.french import month, plural
from ozeli.core.registry import Panel, ThreadPart, panels, thread_parts
from ozeli.core.ui import Link, ThreadNode
from ozeli.ideas.enums import State as IdeaState
from ozeli.ideas.models import Idea
from ozeli.network.models import Organisation

from . import rules, standing
from .enums import State
from .forms.filters import STATE_WORDS
from .models import Project
from .selectors import sheet

SHOWN = 3
# An idea that nobody retained has no project: nothing is asked of the database.
TRIED = frozenset({IdeaState.RETAINED, IdeaState.EXPERIMENTING, IdeaState.ACHIEVED, IdeaState.SPREAD})
_WORDS = {
    State.TO_LAUNCH: ("à lancer", "à lancer"),
    State.UNDER_WAY: ("en cours", "en cours"),
    State.FROZEN: ("gelé", "gelés"),
    State.ABANDONED: ("abandonné", "abandonnés"),
    State.COMPLETED: ("terminé", "terminés"),
}


def _tries(request: HttpRequest, idea: Idea) -> list[Project]:
    if idea.state not in TRIED or not isinstance(request.user, User):
        return []
    return sheet.tries_of(idea, request.user)


def knots_of_idea(request: HttpRequest, idea: Idea) -> list[ThreadNode]:
    """The projects that try the idea, the one that lives first."""
    found = sorted(_tries(request, idea), key=lambda one: not one.is_live)
    nodes = [
        ThreadNode("project", sheet.cut(one.title), _told(one), url=one.get_absolute_url())
        for one in found[: SHOWN - 1]
    ]
    if (others := len(found) - len(nodes)) > 0:
        last = nodes[-1]
        more = Link(f"et {plural(others, 'autre essai', 'autres essais')}", "#essais")
        nodes[-1] = ThreadNode("project", last.name, last.when, url=last.url, more=more)
    return nodes


def _told(project: Project) -> str:
    said = standing.place_in_course(project)
    return f"{said}, {month(project.ended_on)}" if project.ended_on else said


def of_idea(request: HttpRequest, idea: Idea) -> Mapping[str, Any] | None:
    """The projects that try the idea, and the way to begin one for whoever may."""
    found = _tries(request, idea)
    may_begin = (
        idea.state in TRIED and isinstance(request.user, User) and rules.may_create_from(request.user, idea)
    )
    if not found and not may_begin:
        return None
    new_url = f"{reverse('projects:new')}?{urlencode({'idee': idea.short})}" if may_begin else ""
    return {"projects": found, "new_url": new_url, "aside": False}


def of_organisation(request: HttpRequest, body: Organisation) -> Mapping[str, Any] | None:
    """How many projects the body carries, by state, and the latest."""
    if not isinstance(request.user, User):
        return None
    seen = Project.objects.visible_to(request.user).filter(organisation=body, is_withdrawn=False)
    counted = dict(seen.order_by().values_list("state").annotate(Count("pk")))
    if not counted:
        return None
    where = urlencode({"organisme": body.name})
    counts = [
        {
            "words": plural(counted[state], *_WORDS[state]),
            "url": f"/projets/?{where}&statut={STATE_WORDS[state]}",
        }
        for state in State
        if state in counted
    ]
    latest = list(seen.order_by("-touched_on", "-id")[:SHOWN])
    return {"counts": counts, "projects": latest, "all_url": f"/projets/?{where}", "aside": False}


def register() -> None:
    thread_parts.register(ThreadPart("idea_projects", "idea", "project", "projects", knots_of_idea))
    panels.register(
        Panel("idea_projects", "idea", "projects", "projects/panels/_idea.html", of_idea, position=20)
    )
    panels.register(
        Panel(
            "organisation_projects",
            "organisation",
            "projects",
            "projects/panels/_organisation.html",
            of_organisation,
            position=12,
        )
    )
