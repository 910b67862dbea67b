"""The matrix of rights: one screen edits it, every check reads it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.core.access import Level, brick, bricks
from ozeli.core.errors import Refused
from ozeli.core.exports import table_response
from ozeli.core.french import plural
from ozeli.core.idempotency import idempotent

from .. import rules, selectors, services, wording
from ..matrix import CHANGE, Grid, as_query, posted, read_changes
from ..models import User
from ..requests import PersonRequest
from ..services import LevelsConflict
from .journal import readable


@require_http_methods(["GET", "POST"])
@brick("rights", Level.ADMIN)
@idempotent
def matrix(request: PersonRequest) -> HttpResponse:
    """Prepare changes (GET, in the address), then write them all or none (POST)."""
    _refuse_delegates(request)
    if request.method == "GET":
        return _page(request, request.GET)
    changes = read_changes(request.POST.getlist(CHANGE))
    try:
        count = services.set_levels(changes, actor=request.user)
    except LevelsConflict as conflict:
        return _page(
            request, as_query(changes), status=409, refusal=str(conflict), clashes=_clashes(conflict)
        )
    except Refused as refusal:
        return _page(request, as_query(changes), status=422, refusal=str(refusal))
    if count:
        said = plural(count, "droit modifié", "droits modifiés")
        messages.success(request, f"{said}. Cela vaut dès la prochaine page que chacun ouvre.")
    return HttpResponseRedirect(reverse("accounts:matrix") if _still_open(request) else "/")


@require_GET
@brick("rights", Level.ADMIN)
def matrix_export(request: PersonRequest) -> HttpResponseBase:
    _refuse_delegates(request)
    grid = Grid(QueryDict())
    header = ["brique", *(profile.name for profile in grid.profiles)]
    rows = [[row.brick.title, *(cell.level.label for cell in row.cells)] for row in grid.rows()]
    return table_response(request, "droits", header, rows)


def _page(request: PersonRequest, query: QueryDict, status: int = 200, **said: Any) -> HttpResponse:
    grid = Grid(query)
    changes = grid.changes()
    context = {
        "rows": grid.rows(),
        "profiles": grid.profiles,
        "levels": list(Level),
        "editing": grid.editing,
        "kept_fields": grid.kept_fields(),
        "changes": [posted(change) for change in changes],
        "title": plural(len(changes), "changement", "changements") + " à enregistrer",
        "effects": grid.effects() if changes else [],
        "lately": readable(selectors.last_changes_of_matrix(), request.user),
        "refusal": "",
        "clashes": [],
    }
    return render(request, "accounts/matrix.html", context | said, status=status)


def _clashes(conflict: LevelsConflict) -> list[dict[str, str]]:
    """Both values of each disputed cell, and who wrote the one that stands."""
    keys = {f"{clash.change.brick}.{clash.change.profile.code}" for clash in conflict.clashes}
    writers = selectors.last_writers_of_cells(keys)
    names = selectors.names_of(writers.values())
    return [
        {
            "cell": f"«\u202f{bricks[clash.change.brick].title}\u202f» pour {clash.change.profile.name}",
            "was": clash.change.was.label,
            "stands": clash.stands.label,
            "wanted": clash.change.level.label,
            "who": wording.who(writers.get(f"{clash.change.brick}.{clash.change.profile.code}"), names),
        }
        for clash in conflict.clashes
    ]


def _refuse_delegates(request: PersonRequest) -> None:
    if not rules.administers_rights(request.user):
        raise PermissionDenied


def _still_open(request: PersonRequest) -> bool:
    """Whether the person may still see this screen after their own change."""
    person = User.objects.get(pk=request.user.pk)
    return rules.administers_rights(person)
