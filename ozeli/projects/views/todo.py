"""What projects ask of a person: the points to make, the gates to decide."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.access import brick
from ozeli.core.french import long_date
from ozeli.core.paging import PAGE_SIZE, keyset_page
from ozeli.core.web import page_url

from ..models import Gate
from ..selectors.gates import awaiting
from ..todo import updates_due


@require_GET
@brick("projects")
def page(request: PersonRequest) -> HttpResponse:
    """One's own projects of which nothing is said for a month, then the gates that wait for one's decision."""
    silent = updates_due(request.user).select_related("organisation").order_by("since", "pk")
    shown = keyset_page(
        awaiting(request.user).select_related("project__organisation", "stage"),
        ("id",),
        request.GET.get("page", ""),
        ascending=True,
    )
    context = {
        "projects": silent[:PAGE_SIZE],
        "gates": [(gate, *_when(gate)) for gate in shown.rows],
        "next_url": page_url(request.GET, shown.next),
        "previous_url": page_url(request.GET, shown.previous),
    }
    return render(request, "projects/consolidation/todo.html", context)


def _when(gate: Gate) -> tuple[str, str]:
    """« Décision attendue le 3 décembre 2026 », and its state for `{% promise %}`."""
    if gate.due_on is None:
        return "Décision attendue", "wait"
    is_late = gate.due_on < clock.today()
    said = "Décision attendue depuis le" if is_late else "Décision attendue le"
    return f"{said} {long_date(gate.due_on)}", "late" if is_late else "wait"
