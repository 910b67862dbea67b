"""Where an author answers what the desk asked: each question stands beside the text it is about."""

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

from .. import rules
from ..enums import State
from ..forms.completion import CompletionForm
from ..forms.deposit import told, written
from ..forms.passages import watch
from ..models import CompletionRequest, Idea
from ..selectors import desk as selectors
from ..services.completions import answer_completion
from ..wording import COMPLETION_FIELDS
from .loader import get_idea
from .mine import idea_words

NOT_AWAITED = "Aucun complément n’est attendu sur cette idée\u00a0: elle a déjà repris son chemin."


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def complete(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """The questions and the texts; the POST rewrites the idea and redeposits it."""
    idea = _own(request, short)
    if request.method != "POST":
        if idea.state != State.TO_COMPLETE:
            messages.info(request, NOT_AWAITED)
            return redirect(idea)
        initial = {**idea_words(idea), **(recovered(request) or {})}
        return _page(request, CompletionForm(initial=initial), idea)
    form = CompletionForm(request.POST)
    if not form.is_valid():
        return _page(request, form, idea, status=422)
    if idea.state != State.TO_COMPLETE:
        return _page(request, form, idea, refusal=NOT_AWAITED, status=409)
    form.watch = watch(told(form), writer=request.user, data=request.POST)
    if form.watch.stops:
        return _page(request, form, idea, status=422)
    said = form.cleaned_data
    reply, version = said.pop("reply"), said["version"]
    try:
        idea = answer_completion(idea, written(form), actor=request.user, version=version, reply=reply)
    except Refused as error:
        return _again(request, short, error)
    messages.success(request, "Merci. Votre idée est redéposée, et la réponse à nouveau promise.")
    return redirect(idea)


def _own(request: PersonRequest, short: str) -> Idea:
    """An idea that this person signed; 403 on somebody else's."""
    among = Idea.objects.select_related("organisation", "domain", "objective").prefetch_related("authors")
    idea = get_idea(request, short, among)
    if not rules.is_author(request.user, idea):
        raise PermissionDenied
    return idea


def _again(request: PersonRequest, short: str, error: Refused) -> HttpResponse:
    """The text stored and the one just typed, ready to be saved over it with open eyes."""
    stored = _own(request, short)
    data = request.POST.copy()
    data["version"] = str(stored.version)
    theirs = idea_words(stored) if isinstance(error, Conflict) else None
    return _page(request, CompletionForm(data), stored, refusal=str(error), theirs=theirs, status=409)


def _page(
    request: PersonRequest,
    form: CompletionForm,
    idea: Idea,
    *,
    refusal: str = "",
    theirs: Any = None,
    status: int = 200,
) -> HttpResponse:
    asked: CompletionRequest | None = selectors.completion_of(idea)
    questions = asked.questions if asked else {}
    context = {
        "form": form,
        "idea": idea,
        "asked": asked,
        "general": questions.get("general", ""),
        "parts": [(form[name], questions.get(name, "")) for name in COMPLETION_FIELDS],
        "is_awaited": idea.state == State.TO_COMPLETE,
        "refusal": refusal,
        "theirs": theirs,
    }
    return render(request, "ideas/completion.html", context, status=status)
