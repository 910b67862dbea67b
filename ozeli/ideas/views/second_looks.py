"""The right to a second look: asked by an author, given at the desk by somebody else; the list of them."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.exports import export_response
from ozeli.core.french import long_date
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered
from ozeli.core.ui import Tab
from ozeli.core.web import page_url, without

from .. import answers, rules, standing
from ..enums import ANSWER_MIN_LENGTH
from ..forms.second_looks import AskForm, LookForm
from ..models import Idea, LookState
from ..selectors import desk
from ..selectors import second_looks as selectors
from ..services import second_looks as services
from .desk_page import get_desk_idea
from .loader import get_idea


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def ask(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """An author asks, once; the page then says where it stands. Http404 for everybody else."""
    idea = get_idea(request, short, Idea.objects.select_related("organisation", "branch"))
    if not rules.is_author(request.user, idea):
        raise Http404("a second look is asked by the authors of an idea")
    if request.method != "POST":
        return _ask_page(request, idea, AskForm(initial=recovered(request)))
    form = AskForm(request.POST)
    if not form.is_valid():
        return _ask_page(request, idea, form, status=422)
    try:
        look = services.ask(idea, actor=request.user, words=form.cleaned_data["words"])
    except Refused as error:
        form.add_error(None, str(error))
        return _ask_page(request, idea, form, status=409 if isinstance(error, Conflict) else 422)
    messages.success(
        request, f"Votre demande est transmise. La réponse est promise le {long_date(look.due_on)}."
    )
    return redirect(idea.get_absolute_url())


def _ask_page(request: PersonRequest, idea: Idea, form: AskForm, *, status: int = 200) -> HttpResponse:
    decision, look = desk.decision_of(idea), selectors.of_idea(idea)
    can_ask = selectors.may_ask(idea, look, decision)
    context = {
        "idea": idea,
        "form": form,
        "look": look,
        "can_ask": can_ask,
        "until": services.ask_until(decision, idea) if decision and can_ask else None,
        "answer": answers.shown(decision, idea) if decision and decision.is_published else None,
    }
    return render(request, "ideas/graveyard/second_look.html", context, status=status)


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def answer(request: PersonRequest, short: str) -> HttpResponse:
    """A second look at the desk, and its outcome. The first decider reads it, and decides nothing."""
    idea = get_desk_idea(request, short)
    if request.method != "POST":
        return _answer_page(request, idea, LookForm(initial=recovered(request)))
    look, form = _look(idea), LookForm(request.POST)
    if not form.is_valid():
        return _answer_page(request, idea, form, status=422)
    said = form.cleaned_data
    try:
        services.decide(
            look,
            actor=request.user,
            is_reopened=said["outcome"] == LookState.REOPENED,
            answer=said["answer"],
        )
    except Refused as error:
        form.add_error(None, str(error))
        status = 409 if isinstance(error, Conflict) else 422
        return _answer_page(request, get_desk_idea(request, short), form, status=status)
    messages.success(request, "Votre second regard est donné. L’auteur est prévenu.")
    return redirect("ideas:second_looks")


def _look(idea: Idea) -> selectors.SecondLook:
    look = selectors.of_idea(idea)
    if look is None:
        raise Http404("no second look was asked on this idea")
    look.idea = idea
    return look


def _answer_page(request: PersonRequest, idea: Idea, form: LookForm, *, status: int = 200) -> HttpResponse:
    look = _look(idea)
    context = {
        "idea": idea,
        "row": selectors.row(request.user, look),
        "place": standing.place(idea),
        "answer": answers.shown(look.decision, idea),
        "is_first": look.first_decider_id == request.user.pk,
        "form": form,
        "at_least": ANSWER_MIN_LENGTH,
    }
    return render(request, "ideas/graveyard/second_look_answer.html", context, status=status)


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def second_looks(request: PersonRequest) -> HttpResponse:
    """Those of this desk, the first promised first."""
    state = request.GET.get("etat", "")
    state = state if state in selectors.STATES else next(iter(selectors.STATES))
    looks = selectors.of_desk(request.user, state)
    page = selectors.page(request.user, looks, request.GET.get("page", ""))
    query, here = without(request.GET, "page"), reverse("ideas:second_looks")
    context = {
        "state": state,
        "rows": page.rows,
        "tabs": [
            Tab(words, f"{here}?etat={one}", None, one == state) for one, words in selectors.STATES.items()
        ],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{query.urlencode()}",
    }
    return render(request, "ideas/graveyard/second_looks.html", context)


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def export(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file."""
    return export_response(request, "second_looks")
