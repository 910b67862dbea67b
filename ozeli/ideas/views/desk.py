"""The référent's desk: the queues at the left, the chosen idea and what to do with it at the right."""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import idempotent

from ..forms.desk import POSTPONE
from ..models import Idea
from ..selectors import desk as selectors
from . import steps
from .desk_page import clash, desk_page, get_desk_idea, idea_url, pane_context, queue_context, queue_url
from .steps import Step

LONGEST_NAME = 160


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def desk(request: PersonRequest) -> HttpResponse:
    """The queue asked for, else the first that holds something, with its first idea open."""
    context = queue_context(request)
    if context["rows"]:
        idea = get_desk_idea(request, context["rows"][0].key)
        context |= pane_context(request, idea)
        following = selectors.after(request.user, context["queue"], idea)
        context["skip_url"] = idea_url(following, context["queue"]) if following else ""
    return render(request, "ideas/desk/desk.html", context | {"is_chosen": False})


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def desk_idea(request: PersonRequest, short: str) -> HttpResponse:
    """One idea at the desk; its forms are posted here."""
    idea = get_desk_idea(request, short)
    if request.method != "POST":
        return desk_page(request, idea)
    step = steps.STEPS.get(request.POST.get("form", ""))
    if step is None:
        raise Http404("no such form at the desk")
    if "inserer" in request.POST:
        return desk_page(request, idea, step, steps.with_starter_text(step, request.POST, request.user, idea))
    if idea.state != step.state:
        return clash(request, short, step, "Entre-temps, cette idée a changé d’état. Rien n’a été écrasé.")
    form = steps.filled(step, request.POST)
    if not form.is_valid():
        return desk_page(request, idea, step, form, status=422)
    following = selectors.after(request.user, request.GET.get("file", ""), idea)
    try:
        messages.success(request, step.act(idea, form.cleaned_data, request.user))
    except Conflict as error:
        return clash(request, short, step, str(error))
    except Refused as error:
        form.add_error(None, str(error))
        return desk_page(request, get_desk_idea(request, short), step, form, status=422)
    return redirect(_after(request, idea, step, following))


def _after(request: PersonRequest, idea: Idea, step: Step, following: str) -> str:
    """Where a step leads: the following idea, the preview of the decision, or the same idea."""
    queue = request.GET.get("file", "")
    if "suivant" in request.POST:
        return idea_url(following, queue) if following else queue_url(queue)
    if step is steps.ANSWER and request.POST.get("decision") != POSTPONE:
        return reverse("ideas:publish", args=[idea.short])
    return idea_url(idea.short, queue)


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def people(request: PersonRequest) -> HttpResponse:
    """Suggestions of the field that names an expert."""
    found = selectors.people_like(request.GET.get("q", "").replace("\0", "")[:LONGEST_NAME])
    results = [{"label": selectors.person_label(one), "note": one.job_family} for one in found]
    return JsonResponse({"results": results})
