"""Prepared decisions: read as the network will read them, then published."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import plural
from ozeli.core.idempotency import idempotent
from ozeli.core.paging import keyset_page
from ozeli.core.web import page_url

from .. import answers, notifications, rules, standing
from ..enums import Verdict
from ..forms.desk import PublishForm
from ..models import Decision, Idea
from ..selectors import desk as selectors
from ..selectors.answer_templates import says_nothing_personal
from ..services.decisions import publish_decision
from .desk_page import get_desk_idea

PAGE = 20
EVENTS = {Verdict.RETAINED: "idea.retain", Verdict.NOT_RETAINED: "idea.decline"}


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def prepared(request: PersonRequest) -> HttpResponse:
    """The decisions that wait to be published, the oldest first."""
    waiting = selectors.prepared_decisions(request.user)
    page = keyset_page(waiting, ("prepared_on", "id"), request.GET.get("page", ""), size=PAGE, ascending=True)
    context = {
        "decisions": [
            (one, one.idea, answers.shown(one, one.idea), rules.decides(request.user, one.idea))
            for one in page.rows
        ],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
    }
    return render(request, "ideas/desk/prepared.html", context)


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def publish(request: PersonRequest, short: str) -> HttpResponse:
    """The preview of a decision, and its publication."""
    idea = get_desk_idea(request, short)
    decision = selectors.decision_of(idea)
    if decision is None:
        raise Http404("no decision on this round")
    if request.method != "POST":
        return _preview(request, idea, decision)
    form = PublishForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        publish_decision(decision, actor=request.user, version=version)
    except Refused as error:
        return _refused(request, short, error)
    messages.success(request, "La réponse est publiée. Les personnes concernées sont prévenues.")
    return redirect(idea.get_absolute_url())


def _refused(request: PersonRequest, short: str, error: Refused) -> HttpResponse:
    """What stands now, with the reason: 409 when somebody came first."""
    idea = get_desk_idea(request, short)
    decision = selectors.decision_of(idea)
    status = 409 if isinstance(error, Conflict) else 422
    return _preview(request, idea, decision, refusal=str(error), status=status)


def _preview(
    request: PersonRequest, idea: Idea, decision: Decision | None, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    waits, told = decision is not None and not decision.is_published, 0
    if decision is not None and waits:
        told = notifications.people_told(idea, EVENTS[Verdict(decision.verdict)], actor=request.user)
    context = {
        "idea": idea,
        "who": standing.signature(idea, idea.signatories),
        "place": standing.place(idea),
        "decision": decision,
        "answer": answers.shown(decision, idea) if decision else None,
        "can_publish": waits and idea.state in selectors.DESK_STATES and rules.decides(request.user, idea),
        "told": plural(told, "personne sera prévenue", "personnes seront prévenues"),
        "impersonal": waits
        and decision is not None
        and says_nothing_personal(request.user, idea, decision.answer),
        "edit_url": reverse("ideas:desk_idea", args=[idea.short]),
        "refusal": refusal,
    }
    return render(request, "ideas/desk/publish.html", context, status=status)
