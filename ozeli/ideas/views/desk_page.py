"""The page of the desk, whatever stands at its right: nothing, an idea with its forms, a request for a revival."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ozeli.accounts.requests import PersonRequest
from ozeli.core.recovery import recovered
from ozeli.core.registry import panels_for
from ozeli.core.ui import Tab
from ozeli.core.web import page_url

from .. import answers, resemblance, rules, standing
from ..enums import State
from ..models import Idea
from ..selectors import desk as selectors
from ..selectors import overdue
from ..selectors.desk import Queue
from . import steps
from .loader import get_idea
from .steps import Step

NOBODY_CHOSEN: dict[str, Any] = {"idea": None, "revival": None, "conflict": "", "kept": [], "skip_url": ""}


def get_desk_idea(request: PersonRequest, short: str) -> Idea:
    """An idea of this person's desk. Http404 for an absent one and one of another desk alike."""
    return get_idea(request, short, selectors.with_desk_data(Idea.objects.in_scope_of(request.user)))


def queue_url(queue: str) -> str:
    return f"{reverse('ideas:desk')}?file={queue}"


def idea_url(short: str, queue: str) -> str:
    """The address of an idea at the desk, within its queue when it has one."""
    return f"{reverse('ideas:desk_idea', args=[short])}{f'?file={queue}' if queue else ''}"


def queue_context(request: PersonRequest, default: Queue | None = None) -> dict[str, Any]:
    """The left side: the counts, the rows of the queue asked for (else `default`, else the first that holds any)."""
    user, asked, cursor = request.user, request.GET.get("file", ""), request.GET.get("page", "")
    counted = selectors.counts(user)
    queue = Queue(asked) if asked in Queue.values else default or selectors.first_queue(counted)
    in_revivals = queue == Queue.REVIVALS
    page = selectors.revivals_page(user, cursor) if in_revivals else selectors.page(user, queue, cursor)
    return NOBODY_CHOSEN | {
        "ways": panels_for("desk_ways", request, None),
        "queue": queue,
        "waiting": sum(counted[one] for one in Queue if one != Queue.LATE),
        "late": counted[Queue.LATE],
        "prepared": counted["preparees"],
        "tabs": [Tab(one.label, queue_url(one), counted[one], one == queue) for one in Queue],
        "rows": [] if in_revivals else page.rows,
        "revivals": page.rows if in_revivals else [],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "soon": selectors.soon(user) if queue == Queue.LATE else [],
    }


def pane_context(
    request: PersonRequest, idea: Idea, step: Step | None = None, form: Any = None
) -> dict[str, Any]:
    """The right side: the idea, what helps to judge it, the forms of its state. `form` is that of `step`."""
    decision, main = selectors.decision_of(idea), steps.MAIN.get(State(idea.state))
    promised, promise_state = selectors.promise(idea)
    text = f"{idea.title}\n{idea.problem}\n{idea.proposal}"
    decides = rules.decides(request.user, idea)
    completion = selectors.completion_of(idea)
    expert_form = form if step is steps.EXPERT else steps.blank(steps.EXPERT, idea, None)
    if main is None or step is not main:
        form = main and steps.blank(main, idea, decision, recovered(request))
    if main is steps.ANSWER and form and decides:
        form.offer(steps.starters(request.user, idea))
    return {
        "idea": idea,
        "who": standing.signature(idea, idea.signatories),
        "place": standing.place(idea),
        "promised": promised,
        "promise_state": promise_state,
        "risen": overdue.risen_steps(idea),
        "alike": resemblance.resembling(text, user=request.user, exclude=[idea.pk]),
        "completion": completion,
        "questions": selectors.questions_of(completion),
        "opinions": selectors.opinions(idea),
        "notes": selectors.desk_notes(idea) if decides else [],
        "answerer": standing.answerer(idea),
        "decision": decision,
        "answer": answers.shown(decision, idea) if decision else None,
        "decides": decides,
        "step": main,
        "form": form,
        "expert_form": expert_form,
        "file": request.GET.get("file", ""),
        "panels": panels_for("idea_desk", request, idea) if idea.is_anonymous else [],
    }


def desk_page(
    request: PersonRequest,
    idea: Idea,
    step: Step | None = None,
    form: Any = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The desk with an idea chosen."""
    context = queue_context(request, selectors.queue_of(idea)) | pane_context(request, idea, step, form)
    following = selectors.after(request.user, context["queue"], idea)
    context["skip_url"] = idea_url(following, context["queue"]) if following else ""
    return render(request, "ideas/desk/desk.html", context | {"is_chosen": True} | more, status=status)


def clash(request: PersonRequest, short: str, step: Step, said: str) -> HttpResponse:
    """409: what won, and the person's own words, in the form when they can still be sent, else ready to be copied."""
    idea = get_desk_idea(request, short)
    decision, still_open = selectors.decision_of(idea), idea.state == step.state
    winner = None if decision and still_open else selectors.last_move(idea)
    form = steps.read_again(step, request.POST, idea, decision) if still_open else None
    kept = [] if still_open else steps.words(step, request.POST)
    return desk_page(request, idea, step, form, status=409, conflict=said, winner=winner, kept=kept)
