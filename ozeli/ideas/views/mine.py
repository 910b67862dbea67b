"""A person's own ideas: drafts, deposits, what they follow and support; rewriting and withdrawing one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.challenges.selectors import published
from ozeli.core import clock
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered
from ozeli.core.registry import panels_for
from ozeli.engagement.selectors import tags_of

from .. import rules
from ..enums import EDITABLE_STATES, State
from ..forms import deposit as forms
from ..forms.challenge_choice import ChallengeChoice
from ..forms.passages import watch
from ..models import KIND, Idea, IdeaQuerySet
from ..selectors import mine as selectors
from ..selectors.drafts import drafts_of
from ..services import circuit, deposits
from ..services.amendments import has_company
from ..services.challenges import NotMovedError, may_change_challenge, move_to_challenge
from ..services.deposits import TOO_LATE
from .loader import get_idea

TABS = {"": "Les miennes", "suivies": "Celles que je suis", "soutenues": "Celles que je soutiens"}


@require_GET
@brick("ideas")
def my_ideas(request: PersonRequest) -> HttpResponse:
    """One list at a time; drafts and opinions to give stand above one's own ideas."""
    chosen = request.GET.get("liste", "") if request.GET.get("liste") in TABS else ""
    page = selectors.page(request.user, chosen, request.GET.get("page", ""))
    head = f"?liste={chosen}&" if chosen else "?"
    context = {
        "chosen": chosen,
        "tabs": [(words, f"?liste={name}" if name else "?", name == chosen) for name, words in TABS.items()],
        "rows": page.rows,
        "next_url": f"{head}page={page.next}" if page.next else "",
        "previous_url": f"{head}page={page.previous}" if page.previous else "",
        "drafts": [] if chosen else drafts_of(request.user),
        "opinions": [] if chosen else selectors.opinions_to_give(request.user),
        "today": clock.today(),
        "ways": panels_for("mine_ways", request, None),
    }
    return render(request, "ideas/my_ideas.html", context)


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def edit(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Rewrite one's idea while it is not at study; where a complement is asked, its page has the questions."""
    idea = _own(request, short)
    if request.method != "POST":
        if idea.state == State.TO_COMPLETE:
            return redirect("ideas:complete", idea.short, idea.slug)
        if not rules.can_edit(request.user, idea):
            return _too_late(request, idea, TOO_LATE)
        return _edit_page(
            request, forms.EditForm(initial={**idea_words(idea), **(recovered(request) or {})}), idea
        )
    form, choice = forms.EditForm(request.POST), _choice(request, idea)
    if not form.is_valid():
        return _edit_page(request, form, idea, status=422)
    if choice is not None and choice.closed:
        return _edit_page(request, form, idea, status=409)
    form.watch = watch(forms.told(form), writer=request.user, data=request.POST)
    if form.watch.stops:
        return _edit_page(request, form, idea, status=422)
    return _rewritten(request, form, choice, idea)


def _rewritten(
    request: PersonRequest, form: forms.EditForm, choice: ChallengeChoice | None, idea: Idea
) -> HttpResponse:
    """Save a valid text, and where it stands; or the page with why not."""
    short = idea.short
    said = form.cleaned_data
    try:
        idea = deposits.edit_idea(
            idea,
            forms.written(form),
            actor=request.user,
            version=said["version"],
            reason=said["reason"],
        )
        if choice is not None:
            move_to_challenge(idea, choice.chosen.id if choice.chosen else None, actor=request.user)
    except NotMovedError as error:
        # Nothing of the text is saved either: it is in the form, beside the reason.
        return _edit_page(request, form, _own(request, short), refusal=str(error), status=409)
    except Conflict as error:
        return _edit_again(request, short, error)
    except Refused as error:
        form.add_error("reason", str(error))
        return _edit_page(request, form, _own(request, short), status=422)
    messages.success(request, "Votre texte est enregistré.")
    return redirect(idea)


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def withdraw(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Ask, then take the idea back."""
    idea = _own(request, short)
    context: dict[str, Any] = {
        "idea": idea,
        "note": request.POST.get("note", ""),
        "refusal": "",
        "is_open": idea.is_open,
    }
    if request.method != "POST":
        return render(request, "ideas/withdraw.html", context)
    try:
        circuit.withdraw(idea, actor=request.user, note=context["note"])
    except Refused as error:
        context |= {"refusal": str(error), "is_open": False}
        return render(request, "ideas/withdraw.html", context, status=409)
    messages.success(
        request, "Votre idée est retirée. Vous la retrouverez ici, vous seul et vos référents la voyez."
    )
    return redirect("ideas:mine")


def _own(request: PersonRequest, short: str) -> Idea:
    """An idea that this person signed; 403 on somebody else's."""
    among: IdeaQuerySet = Idea.objects.select_related("organisation", "domain", "objective").prefetch_related(
        "authors"
    )
    idea = get_idea(request, short, among)
    if not rules.is_author(request.user, idea):
        raise PermissionDenied
    return idea


def idea_words(idea: Idea) -> dict[str, Any]:
    """The text of an idea, as the form opens with it."""
    texts = {
        name: getattr(idea, name) for name in ("title", "problem", "beneficiaries", "proposal", "benefit")
    }
    tags = ", ".join(tag.name for tag in tags_of(KIND, [idea.pk]).get(idea.pk, []))
    objective = idea.objective.code if idea.objective else ""
    rest = {
        "domain": idea.domain.code,
        "audience": idea.audience,
        "objective": objective,
        "version": idea.version,
    }
    return {**texts, **rest, "tags": tags}


def _choice(request: PersonRequest, idea: Idea) -> ChallengeChoice | None:
    """In which challenge the idea stands; None when it may not change."""
    known = published().get(idea.challenge_id) if idea.challenge_id else None
    if not may_change_challenge(request.user, idea, known):
        return None
    asked = request.POST.get("challenge", known.slug if known else "")
    return ChallengeChoice(request.user, asked.replace("\0", "")[:60], is_typed=True)


def _edit_page(
    request: PersonRequest,
    form: forms.EditForm,
    idea: Idea,
    *,
    refusal: str = "",
    theirs: Any = None,
    status: int = 200,
) -> HttpResponse:
    needs_reason = idea.state in EDITABLE_STATES and has_company(idea)
    context = {
        "form": form,
        "choice": _choice(request, idea),
        "idea": idea,
        "refusal": refusal,
        "theirs": theirs,
        "needs_reason": needs_reason,
    }
    return render(request, "ideas/edit.html", context, status=status)


def _edit_again(request: PersonRequest, short: str, error: Refused) -> HttpResponse:
    """Both texts: the one that is stored, and the one just typed, ready to be saved over it with open eyes."""
    stored = _own(request, short)
    data = request.POST.copy()
    data["version"] = str(stored.version)
    theirs = idea_words(stored) if isinstance(error, Conflict) else None
    return _edit_page(request, forms.EditForm(data), stored, refusal=str(error), theirs=theirs, status=409)


def _too_late(request: PersonRequest, idea: Idea, words: str) -> HttpResponse:
    messages.warning(request, words)
    return redirect(idea)
