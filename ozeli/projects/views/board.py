"""The board: projects under their stage, or under their status."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.french import capped

from ..forms.filters import BY_STATE, STATE_WORDS, BoardForm
from ..selectors import board, listing
from ..selectors.columns import USUAL
from .listing import address


@require_GET
@brick("projects")
def project_board(request: PersonRequest) -> HttpResponse:
    form = BoardForm(request.GET)
    projects = listing.matching(request.user, form.wanted())
    course = None if form.is_by_state else form.course
    piles = board.by_stage(projects, course, STATE_WORDS) if course else board.by_state(projects, STATE_WORDS)
    board.fill(piles)
    kept, way = form.kept(), {} if course else {"par": BY_STATE}
    # The lifecycle shown is a choice of the board, not a filter to take away.
    narrowed = {name: value for name, value in kept.items() if name != "parcours" or not course}
    here, listed = reverse("projects:board"), reverse("projects:list")
    context = {
        "form": form,
        "course": course,
        "piles": [
            (pile, capped(pile.count, board.COUNTED), f"{listed}{address(narrowed | pile.kept)}")
            for pile in piles
        ],
        "applied": [
            (words, address(kept | way, without=name)) for words, name in form.applied() if name in narrowed
        ],
        "ways": [
            ("par étape", f"{here}{address(kept)}", bool(course)),
            ("par statut", f"{here}{address(narrowed | {'par': BY_STATE})}", not course),
        ],
        "views": [
            ("Liste", f"{listed}{address(narrowed)}", False),
            ("Tableau", f"{listed}{address({'colonnes': ','.join(USUAL)} | narrowed)}", False),
            ("Par étape", address(kept | way), True),
        ],
        "hidden": [
            (name, value) for name, value in (kept | way).items() if name not in (*form.quick, "rubrique")
        ],
    }
    return render(request, "projects/list/board.html", context)
