"""The page where an expert gives the opinion asked for, declines it, or writes privately to the desk."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered

from .. import rules, standing
from ..forms.dossier import DeclineForm, NoteForm, OpinionForm
from ..models import ExpertNote, Idea, IdeaExpert
from ..selectors import desk as selectors
from ..services import experts
from .loader import get_idea

GIVE = "avis"


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def opinion(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """The idea, who asks and until when, and what the expert answers. Http404 for those who were not asked."""
    expertise = _expertise(request, short)
    if request.method != "POST":
        return _page(request, expertise)
    name = request.POST.get("form", GIVE)
    if name not in _ACTS:
        raise Http404("no such form on an opinion")
    form = _FORMS[name](request.POST, auto_id=f"{name}_%s")
    if not form.is_valid():
        return _page(request, expertise, name, form, status=422)
    try:
        said, place = _ACTS[name](expertise, form.cleaned_data, request)
    except Refused as error:
        form.add_error(None, str(error))
        status = 409 if isinstance(error, Conflict) else 422
        return _page(request, _expertise(request, short), name, form, status=status)
    messages.success(request, said)
    return redirect(place)


def _give(expertise: IdeaExpert, said: dict[str, Any], request: PersonRequest) -> tuple[str, str]:
    experts.give_opinion(expertise, said["opinion"], actor=request.user)
    thanks = "Merci. Votre avis est remis aux référents qui préparent la réponse."
    return thanks, expertise.idea.get_absolute_url()


def _decline(expertise: IdeaExpert, said: dict[str, Any], request: PersonRequest) -> tuple[str, str]:
    experts.decline_opinion(expertise, said["reason"], actor=request.user)
    return "C’est noté, et transmis au bureau. Votre avis n’est plus attendu.", reverse("ideas:my_opinions")


def _note(expertise: IdeaExpert, said: dict[str, Any], request: PersonRequest) -> tuple[str, str]:
    experts.write_expert_note(expertise, said["note"], actor=request.user)
    return "Votre note est remise au bureau. Personne d’autre ne la lit.", f"{request.path}#notes"


_FORMS: dict[str, type[forms.Form]] = {GIVE: OpinionForm, "decliner": DeclineForm, "note": NoteForm}
_ACTS = {GIVE: _give, "decliner": _decline, "note": _note}


def _expertise(request: PersonRequest, short: str) -> IdeaExpert:
    idea = get_idea(request, short, selectors.with_desk_data(Idea.objects.all()))
    mine = (one for one in idea.experts.all() if one.user_id == request.user.pk and one.declined_on is None)
    asked = next(mine, None)
    if asked is None:
        raise Http404("no opinion was asked of this person")
    asked.idea = idea
    return asked


def _page(
    request: PersonRequest, expertise: IdeaExpert, name: str = "", form: Any = None, *, status: int = 200
) -> HttpResponse:
    idea, typed = expertise.idea, recovered(request) or {}
    blank = {
        GIVE: OpinionForm(initial={"opinion": expertise.opinion} | typed, auto_id=f"{GIVE}_%s"),
        "decliner": DeclineForm(initial=typed, auto_id="decliner_%s"),
        "note": NoteForm(initial=typed, auto_id="note_%s"),
    }
    # An expert who came to sign the idea reads no private note any more.
    reads = rules.can_read_notes(request.user, idea, expertise)
    notes = ExpertNote.objects.filter(expertise=expertise).select_related("author__organisation")
    context = {
        "idea": idea,
        "expertise": expertise,
        "who": standing.signature(idea, idea.signatories),
        "place": standing.place(idea),
        "forms": blank | ({name: form} if name else {}),
        "refused": form if name and form.errors else None,
        "is_open": rules.can_give_opinion(request.user, idea),
        "reads_notes": reads,
        "notes": list(notes) if reads else [],
        "today": clock.today(),
    }
    return render(request, "ideas/desk/opinion.html", context, status=status)
