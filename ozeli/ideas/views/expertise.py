"""The opinions that a desk asked for: as a list, and one by one with the private notes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.exports import export_response
from ozeli.core.french import long_date, of_name
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered
from ozeli.core.web import page_url, without

from .. import rules, standing
from ..forms.dossier import DueDayForm, NoteForm, ReassignForm
from ..models import IdeaExpert
from ..selectors import experts as selectors
from ..services import experts
from .desk_page import get_desk_idea
from .my_opinions import state_links


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def opinions(request: PersonRequest) -> HttpResponse:
    """The opinions that this desk asked for, the most pressing first, those late marked."""
    state = selectors.state_asked(request.GET.get("etat", ""))
    words = selectors.words_asked(request.GET.get("qui", ""))
    page = selectors.page(
        selectors.opinions_for_desk(request.user, state, words), request.GET.get("page", "")
    )
    context = {
        "state": state,
        "words": words,
        "tabs": state_links(request, state),
        "rows": [
            (one, selectors.standing_of(one), standing.signature(one.idea, one.idea.signatories))
            for one in page.rows
        ],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{without(request.GET, 'page').urlencode()}",
    }
    return render(request, "ideas/desk/opinions.html", context)


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def export(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file: opinions, never the private notes."""
    return export_response(request, "desk_opinions")


# --- one opinion ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def expertise(request: PersonRequest, short: str, pk: int) -> HttpResponse:
    """A request for an opinion: its notes, another day, somebody else instead, or taken back."""
    asked = _load(request, short, pk)
    if request.method != "POST":
        return _page(request, asked)
    name = request.POST.get("form", "")
    if name not in _ACTS:
        raise Http404("no such form on an opinion")
    form = _FORMS[name](request.POST, prefix=None, auto_id=f"{name}_%s")
    if not form.is_valid():
        return _page(request, asked, name, form, status=422)
    try:
        said, place = _ACTS[name](asked, form.cleaned_data, request)
    except Refused as error:
        form.add_error(None, str(error))
        gone = not IdeaExpert.objects.filter(pk=pk).exists()
        status = 409 if isinstance(error, Conflict) else 422
        return _page(request, asked if gone else _load(request, short, pk), name, form, status=status)
    messages.success(request, said)
    return redirect(place)


def _load(request: PersonRequest, short: str, pk: int) -> IdeaExpert:
    """A request on an idea of this desk. Http404 for an absent one, and for those who signed the idea."""
    idea = get_desk_idea(request, short)
    asked = selectors.expertise_for_desk(request.user, idea, pk)
    if asked is None or rules.is_author(request.user, idea):
        raise Http404("no such opinion for this desk")
    return asked


def _note(asked: IdeaExpert, said: dict[str, Any], request: PersonRequest) -> tuple[str, str]:
    experts.write_expert_note(asked, said["note"], actor=request.user)
    return f"Votre note est remise à {asked.user.display_name}.", f"{request.path}#notes"


def _day(asked: IdeaExpert, said: dict[str, Any], request: PersonRequest) -> tuple[str, str]:
    experts.change_due_day(asked, said["due_on"], actor=request.user)
    return f"L’avis est maintenant attendu le {long_date(said['due_on'])}.", request.path


def _reassign(asked: IdeaExpert, said: dict[str, Any], request: PersonRequest) -> tuple[str, str]:
    experts.reassign_expert(asked, said["expert"], actor=request.user, due_on=said["due_on"])
    return f"L’avis est maintenant demandé à {said['expert'].display_name}.", _file(asked)


def _remove(asked: IdeaExpert, said: dict[str, Any], request: PersonRequest) -> tuple[str, str]:
    experts.remove_expert(asked, actor=request.user)
    return f"L’avis {of_name(asked.user.display_name)} n’est plus demandé.", _file(asked)


def _file(asked: IdeaExpert) -> str:
    return reverse("ideas:file", args=[asked.idea.short])


_FORMS: dict[str, type[forms.Form]] = {
    "note": NoteForm,
    "date": DueDayForm,
    "remplacer": ReassignForm,
    "retirer": forms.Form,
}
_ACTS = {"note": _note, "date": _day, "remplacer": _reassign, "retirer": _remove}


def _page(
    request: PersonRequest, asked: IdeaExpert, name: str = "", form: Any = None, *, status: int = 200
) -> HttpResponse:
    idea = asked.idea
    is_open = idea.state == "under_study" and asked.is_awaited
    typed = recovered(request)
    blank = {
        "note": NoteForm(auto_id="note_%s", initial=typed),
        "date": DueDayForm(auto_id="date_%s", initial={"due_on": asked.due_on}),
        "remplacer": ReassignForm(auto_id="remplacer_%s", initial={"due_on": asked.due_on}),
        "retirer": forms.Form(),
    }
    context = {
        "idea": idea,
        "who": standing.signature(idea, idea.signatories),
        "place": standing.place(idea),
        "asked": asked,
        "stands": selectors.standing_of(asked),
        "is_open": is_open,
        "can_write": idea.state == "under_study" and asked.declined_on is None,
        "can_replace": idea.state == "under_study" and asked.given_on is None,
        "forms": blank | ({name: form} if name else {}),
        "refused": form if name and form.errors else None,
        "people_url": reverse("ideas:desk_people"),
    }
    return render(request, "ideas/desk/expertise.html", context, status=status)
