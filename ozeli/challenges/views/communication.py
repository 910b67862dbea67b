"""The communication plan: week by week, kept by the team, taken away as a file."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.access import brick
from ozeli.core.errors import Refused
from ozeli.core.exports import table_response
from ozeli.core.french import long_date
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered

from ..enums import ChallengeState
from ..forms.animate import PlanForm
from ..models import Challenge, CommunicationStep
from ..services import communication
from .loader import get_worked, number_in

HEADER = ("le", "quoi", "par quel moyen", "à qui", "texte proposé", "fait le", "fait par")


@dataclass(slots=True)
class Week:
    """The steps of a week, under the words that name it."""

    monday: date
    label: str
    is_past: bool
    steps: list[CommunicationStep] = field(default_factory=list)


@require_http_methods(["GET", "POST"])
@brick("challenges")
@idempotent
def plan(request: PersonRequest, slug: str) -> HttpResponse:
    """The plan; the POST adds a step, marks one done, removes one, or proposes the plan again."""
    found = get_worked(request, slug)
    if request.method != "POST":
        return _page(request, found, PlanForm(initial=recovered(request)))
    gesture = request.POST.get("geste", "")
    form = PlanForm(request.POST) if gesture == "ajouter" else PlanForm()
    if found.state == ChallengeState.CANCELLED:
        return _page(
            request, found, form, refusal="Ce défi est annulé\u00a0: son plan ne change plus.", status=409
        )
    if gesture == "ajouter" and not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        place = _act(request, found, gesture, form)
    except Refused as error:
        return _page(request, found, form, refusal=str(error), status=422)
    return HttpResponseRedirect(f"{request.path}{place}")


@require_http_methods(["GET", "POST"])
@brick("challenges")
@idempotent
def step(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Change a step."""
    found = get_worked(request, slug)
    row = get_object_or_404(CommunicationStep, pk=pk, challenge=found)
    form = PlanForm(request.POST or None, initial=PlanForm.initial_of(row) | (recovered(request) or {}))
    if request.method == "POST" and form.is_valid():
        try:
            communication.write_step(found, form.cleaned_data, step=row)
            messages.success(request, "L’étape est enregistrée.")
            return HttpResponseRedirect(f"{found.get_absolute_url()}communication/#etape-{row.pk}")
        except Refused as error:
            form.add_error(None, str(error))
    context = {"challenge": found, "step": row, "form": form}
    return render(request, "challenges/team/step.html", context, status=422 if form.errors else 200)


@require_GET
@brick("challenges")
def plan_export(request: PersonRequest, slug: str) -> HttpResponseBase:
    """The plan as a file, whole."""
    found = get_worked(request, slug)
    rows = (
        [
            one.due_on.isoformat(),
            one.title,
            one.channel,
            one.readers,
            one.words,
            one.done_on.isoformat() if one.done_on else "",
            one.done_by.display_name if one.done_by else "",
        ]
        for one in found.communication.select_related("done_by")
    )
    return table_response(request, f"communication-{found.slug}", HEADER, rows)


def _act(request: PersonRequest, found: Challenge, gesture: str, form: PlanForm) -> str:
    """Do it; where the page goes back to."""
    if gesture == "ajouter":
        communication.write_step(found, form.cleaned_data)
        messages.success(request, "L’étape est ajoutée au plan.")
        return ""
    if gesture == "proposer":
        communication.propose(found)
        messages.success(
            request, "Le plan du format est proposé sur les dates du défi. Ce qui était fait est gardé."
        )
        return ""
    row = get_object_or_404(CommunicationStep, pk=number_in(request, "etape"), challenge=found)
    if gesture == "retirer":
        communication.remove(row)
        messages.success(request, "L’étape est retirée du plan.")
        return ""
    if gesture not in ("fait", "a-faire"):
        raise Http404("no such gesture on a plan")
    communication.mark_done(row, actor=request.user, done=gesture == "fait")
    return f"#etape-{row.pk}"


def _page(
    request: PersonRequest, found: Challenge, form: PlanForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    steps = list(found.communication.select_related("done_by"))
    context = {
        "challenge": found,
        "weeks": weeks(steps, clock.today()),
        "form": form,
        "left": sum(1 for one in steps if one.done_on is None),
        "late": [one.pk for one in steps if one.done_on is None and one.due_on < clock.today()],
        "total": len(steps),
        "is_closed": found.state == ChallengeState.CANCELLED,
        "is_draft": found.state == ChallengeState.DRAFT,
        "refusal": refusal,
    }
    return render(request, "challenges/team/plan.html", context, status=status)


def weeks(steps: list[CommunicationStep], today: date) -> list[Week]:
    """The steps by week, in order: « Cette semaine », « Semaine du 2 mars 2027 »."""
    found: dict[date, Week] = {}
    this = today - timedelta(days=today.weekday())
    for one in steps:
        monday = one.due_on - timedelta(days=one.due_on.weekday())
        label = "Cette semaine" if monday == this else f"Semaine du {long_date(monday)}"
        found.setdefault(monday, Week(monday, label, monday < this)).steps.append(one)
    return list(found.values())
