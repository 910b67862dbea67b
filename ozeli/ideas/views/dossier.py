"""The file of an idea at the desk: who answers, the experts, the notes that the desk keeps for itself."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import plural
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered

from .. import rules, standing
from ..enums import State
from ..forms.dossier import ExpertsForm, HandlerForm, NoteForm
from ..models import Idea
from ..selectors import desk as selectors
from ..services import desk as services
from ..services import experts
from .desk_page import get_desk_idea


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def dossier(request: PersonRequest, short: str) -> HttpResponse:
    """The file; its forms are posted here."""
    idea = _load(request, short)
    if request.method != "POST":
        return _page(request, idea)
    name = request.POST.get("form", "")
    if name == "retirer-note":
        return _remove_note(request, idea)
    if name not in _ACTS:
        raise Http404("no such form on this file")
    form = _form(name, idea, request.POST)
    if not form.is_valid():
        return _page(request, idea, name, form, status=422)
    try:
        said = _ACTS[name](idea, form, request)
    except Refused as error:
        form.add_error(None, str(error))
        status = 409 if isinstance(error, Conflict) else 422
        return _page(request, _load(request, short), name, form, status=status)
    messages.success(request, said)
    return redirect(request.path)


def _load(request: PersonRequest, short: str) -> Idea:
    """An idea of this desk. Http404 for those who signed it: its notes are not theirs to read."""
    idea = get_desk_idea(request, short)
    if rules.is_author(request.user, idea):
        raise Http404("the file of an idea is closed to those who signed it")
    return idea


def _form(name: str, idea: Idea, data: Any = None, initial: dict[str, Any] | None = None) -> Any:
    auto_id = f"{name}_%s"
    if name == "confier":
        people = selectors.people_by_ids(services.may_answer(idea))
        shown = {"handler": str(idea.handler_id or ""), "read": str(idea.handler_id or "")}
        return HandlerForm(data, people=people, auto_id=auto_id, initial=shown | (initial or {}))
    form = {"experts": ExpertsForm, "note": NoteForm}[name]
    return form(data, auto_id=auto_id, initial=initial)


def _assign(idea: Idea, form: Any, request: PersonRequest) -> str:
    chosen = form.chosen
    services.assign_handler(idea, chosen, actor=request.user, note=form.cleaned_data["note"], read=form.was)
    if chosen is None:
        return "L’idée est rendue à l’équipe d’animation."
    return f"{chosen.display_name} répond maintenant à cette idée."


def _ask(idea: Idea, form: Any, request: PersonRequest) -> str:
    said = form.cleaned_data
    asked = experts.ask_experts(idea, said["asked"], actor=request.user, message=said["message"])
    return f"{plural(len(asked), 'avis demandé', 'avis demandés')}."


def _write(idea: Idea, form: Any, request: PersonRequest) -> str:
    services.write_desk_note(idea, form.cleaned_data["note"], actor=request.user)
    return "Votre note est gardée. Seul le bureau la lit."


_ACTS = {"confier": _assign, "experts": _ask, "note": _write}


def _remove_note(request: PersonRequest, idea: Idea) -> HttpResponse:
    key = request.POST.get("note", "")
    note = (
        idea.desk_notes.filter(pk=key).first() if key.isascii() and key.isdigit() and len(key) < 12 else None
    )
    if note is None:
        raise Http404("no such note on this file")
    try:
        services.remove_desk_note(note, actor=request.user)
    except Refused as error:
        form = _form("note", idea)
        return _page(request, idea, "note", form, refusal=str(error), status=422)
    messages.success(request, "Votre note est retirée.")
    return redirect(request.path)


def _page(
    request: PersonRequest,
    idea: Idea,
    name: str = "",
    form: Any = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    typed = recovered(request)
    blank = {one: _form(one, idea, initial=typed) for one in _ACTS if one != name}
    context = {
        "idea": idea,
        "who": standing.signature(idea, idea.signatories),
        "place": standing.place(idea),
        "answerer": standing.answerer(idea),
        "experts": selectors.opinions(idea),
        "notes": selectors.desk_notes(idea),
        "forms": blank | ({name: form} if name else {}),
        "refused": form if name and form.errors else None,
        "refusal": refusal,
        "is_studied": idea.state == State.UNDER_STUDY,
        "can_assign": idea.is_open,
        "people_url": reverse("ideas:desk_people"),
    }
    return render(request, "ideas/desk/dossier.html", context, status=status)
