"""Asking that a non retenue be looked at again, and answering such a request."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered

from .. import answers, rules
from ..forms.desk import RevivalAnswerForm, RevivalForm
from ..models import Idea, RevivalRequest
from ..selectors import desk as selectors
from ..selectors.desk import Queue
from ..services.revivals import answer_revival, ask_revival, support_revival
from .desk_page import queue_context, queue_url
from .loader import get_idea


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def ask(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Ask for a revival, once a round."""
    idea = get_idea(request, short, Idea.objects.select_related("organisation", "branch"))
    if request.method != "POST":
        return _ask_page(request, idea, RevivalForm(initial=recovered(request)))
    form = RevivalForm(request.POST)
    if not form.is_valid():
        return _ask_page(request, idea, form, status=422)
    try:
        said = form.cleaned_data
        ask_revival(idea, actor=request.user, novelty=said["novelty"], message=said["message"])
    except Refused as error:
        form.add_error(None, str(error))
        return _ask_page(request, idea, form, status=409 if isinstance(error, Conflict) else 422)
    messages.success(request, "Votre demande est transmise. Vous suivez maintenant cette idée.")
    return redirect(idea.get_absolute_url())


def _ask_page(request: PersonRequest, idea: Idea, form: RevivalForm, *, status: int = 200) -> HttpResponse:
    decision = selectors.decision_of(idea)
    earlier = selectors.requests_on(idea, request.user)
    asked = next((one for one in earlier if one.user_id == request.user.pk and one.round == idea.round), None)
    context = {
        "earlier": [one for one in earlier if one is not asked],
        "idea": idea,
        "form": form,
        "answer": answers.shown(decision, idea) if decision and decision.is_published else None,
        "asked": asked,
        "can_ask": asked is None and rules.can_ask_revival(request.user, idea),
    }
    return render(request, "ideas/graveyard/revival.html", context, status=status)


@require_POST
@brick("ideas")
@idempotent
def support(request: PersonRequest, short: str, slug: str, pk: int) -> HttpResponse:
    """« Moi aussi » on a request that waits, or no more (`want`: 1 or 0)."""
    idea = get_idea(request, short, Idea.objects.select_related("organisation", "branch"))
    revival = get_object_or_404(RevivalRequest, pk=pk, idea=idea)
    wanted = request.POST.get("want") == "1"
    try:
        support_revival(revival, actor=request.user, wanted=wanted)
    except Refused as error:
        messages.error(request, str(error))
    else:
        said = (
            "Vous appuyez cette demande, et suivez l’idée."
            if wanted
            else "Vous n’appuyez plus cette demande."
        )
        messages.success(request, said)
    return redirect("ideas:revive", idea.short, idea.slug)


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def answer(request: PersonRequest, pk: int) -> HttpResponse:
    """A request at the desk, and its answer."""
    revival = _revival(request, pk)
    if request.method != "POST":
        return _desk_page(request, revival, RevivalAnswerForm(initial=recovered(request)))
    form = RevivalAnswerForm(request.POST)
    if not form.is_valid():
        return _desk_page(request, revival, form, status=422)
    said = form.cleaned_data
    try:
        answer_revival(revival, actor=request.user, accepted=said["accepted"] == "1", answer=said["answer"])
    except Refused as error:
        form.add_error(None, str(error))
        return _desk_page(
            request, _revival(request, pk), form, status=409 if isinstance(error, Conflict) else 422
        )
    messages.success(request, "Votre réponse est partie.")
    return redirect(queue_url(Queue.REVIVALS))


def _revival(request: PersonRequest, pk: int) -> RevivalRequest:
    """A request on an idea of this person's desk. Http404 for an absent one and one of another desk alike."""
    people = ("idea__organisation", "idea__branch", "user__organisation", "answered_by__organisation")
    mine = RevivalRequest.objects.filter(idea__in=Idea.objects.in_scope_of(request.user)).select_related(
        *people
    )
    return get_object_or_404(mine, pk=pk)


def _desk_page(
    request: PersonRequest, revival: RevivalRequest, form: RevivalAnswerForm, *, status: int = 200
) -> HttpResponse:
    idea = revival.idea
    decision = idea.decisions.filter(round=revival.round).select_related("published_by__organisation").first()
    context = queue_context(request, Queue.REVIVALS) | {
        "revival": revival,
        "answer": answers.shown(decision, idea) if decision else None,
        "form": form,
        "is_chosen": True,
    }
    return render(request, "ideas/desk/desk.html", context, status=status)
