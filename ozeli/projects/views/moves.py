"""Launch, freeze, resume, give up, complete, reopen: one page for each change of state."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered

from ..forms.moves import FORMS, MoveForm
from ..models import Project
from ..services import circuit
from ..words_moves import WORDS
from ..workflow import TRANSITIONS
from .stages import get_staged


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def move(request: PersonRequest, short: str, slug: str, name: str) -> HttpResponse:
    """The page of a move of the table, for those who may make it. 409 when the project has moved meanwhile."""
    found = _movable(request, short, name)
    asked = FORMS[name]
    if request.method != "POST":
        form = asked(initial=asked.first(found) | (recovered(request) or {}), project=found)
        return _page(request, found, name, form)
    form = asked(request.POST, project=found)
    if not form.is_valid():
        return _page(request, found, name, form, status=422)
    try:
        circuit.move(found, name, actor=request.user, **form.said)
    except Conflict as error:
        stands = _movable(request, short, name)
        data = request.POST.copy()
        data["seen"] = stands.state
        return _page(request, stands, name, asked(data, project=stands), refusal=str(error), status=409)
    except Refused as error:
        form.add_error(None, str(error))
        return _page(request, found, name, form, status=422)
    messages.success(request, WORDS[name].done)
    return redirect(found)


def _movable(request: PersonRequest, short: str, name: str) -> Project:
    found = get_staged(request, short)
    if not TRANSITIONS[name].allows(request.user, found):
        raise PermissionDenied
    return found


def _page(
    request: PersonRequest,
    found: Project,
    name: str,
    form: MoveForm,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "project": found,
        "url": found.get_absolute_url(),
        "words": WORDS[name],
        "name": name,
        "form": form,
        "refusal": refusal,
        "is_possible": found.state in TRANSITIONS[name].sources,
        "stops_early": name == "complete" and circuit.stops_early(found),
        "left": found.stage_count - found.stages_passed,
        "fields": [bound for bound in form.visible_fields() if bound.name != "made_on"],
        "day": form["made_on"] if "made_on" in form.fields else None,
    }
    return render(request, "projects/stages/move.html", context, status=status)
