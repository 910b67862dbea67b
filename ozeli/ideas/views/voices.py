"""Votes, comments and follows: each works by HTMX in place, and by a plain form that comes back to the page."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.errors import Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.web import came_from
from ozeli.engagement.models import Comment
from ozeli.engagement.services import ANSWERED_IS_GONE

from ..forms.passages import watch
from ..forms.voices import CommentForm
from ..models import KIND, Idea, IdeaQuerySet
from ..selectors import sheet
from ..selectors.challenge_votes import voting
from ..selectors.challenges import of_idea
from ..services import voices
from .loader import get_idea, is_htmx
from .sheet import get_sheet_idea, sheet_page, thread_page


@require_POST
@brick("ideas")
def vote(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Bring the vote to the wanted state (`want`: 1 or 0); 409 with the reason once closed."""
    idea, wanted, refusal = get_idea(request, short, _without_texts()), _wanted(request), ""
    try:
        voices.vote(idea, voter=request.user, wanted=wanted)
    except Refused as error:
        refusal = str(error)
    if is_htmx(request):
        known = of_idea(idea)
        votes = voting(request.user, known) if known else None
        context = {
            "idea": idea,
            "vote_url": request.get_full_path(),
            # Only a change is refused: what was not wanted still holds.
            "own": wanted is not bool(refusal),
            "is_open": not refusal or (votes is not None and votes.is_open and idea.accepts_votes),
            "note": votes.line if votes else "",
            "left": votes if votes and votes.told else None,
            "is_wide": "large" in request.GET,
            "refusal": refusal,
        }
        return _fragment(request, "ideas/_vote.html", context, status=409 if refusal else 200)
    if refusal:
        return _sheet_again(request, short, refusal)
    return _back(request, idea, f"vote-{idea.short}")


@require_POST
@brick("ideas")
def follow(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Bring the follow to the wanted state."""
    idea, wanted = get_idea(request, short, _without_texts()), _wanted(request)
    voices.follow(idea, user=request.user, wanted=wanted)
    if not is_htmx(request):
        return _back(request, idea, "suivre")
    context = {"url": idea.get_absolute_url(), "is_followed": wanted, "followers": sheet.followers(idea)}
    return _fragment(request, "ideas/_follow.html", context)


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def comment(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Publish a comment or a reply; refused, the page comes back with the text. GET goes to the comments."""
    idea = get_idea(request, short)
    if request.method != "POST":
        return redirect(f"{idea.get_absolute_url()}#commentaires")
    form = CommentForm(request.POST)
    if form.is_valid():
        said = [("Votre commentaire", form.cleaned_data["body"])]
        form.watch = watch(said, writer=request.user, data=request.POST)
        if form.watch.stops:
            return _comment_again(request, short, form)
        try:
            parent = _parent(idea, form)
            written = voices.comment(idea, author=request.user, body=form.cleaned_data["body"], parent=parent)
            if written.mention_note:  # type: ignore[attr-defined]
                messages.warning(request, written.mention_note)  # type: ignore[attr-defined]
            return _back(request, idea, f"commentaire-{written.pk}")
        except Refused as error:
            form.add_error("body", str(error))
    return _comment_again(request, short, form)


def _wanted(request: PersonRequest) -> bool:
    """`want` is 1 or 0; anything else is no form of ours."""
    wanted = request.POST.get("want")
    if wanted not in ("0", "1"):
        raise SuspiciousOperation("want is 1 or 0")
    return wanted == "1"


def _without_texts() -> IdeaQuerySet:
    return Idea.objects.defer("problem", "beneficiaries", "proposal", "benefit")


def _fragment(
    request: PersonRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A piece of page for HTMX: nothing of what surrounds a page is computed."""
    return HttpResponse(
        render_to_string(template, context | {"csrf_token": get_token(request)}), status=status
    )


def _parent(idea: Idea, form: CommentForm) -> Comment | None:
    """The comment answered, when there is one. Raises Refused when it is not on this idea."""
    key = form.cleaned_data["parent"]
    parent = Comment.objects.about(KIND, idea.pk).filter(pk=key).first() if key else None
    if key and parent is None:
        raise Refused(ANSWERED_IS_GONE)
    return parent


def _sheet_again(request: PersonRequest, short: str, refusal: str) -> HttpResponse:
    return sheet_page(request, get_sheet_idea(request, short), refusal=refusal, status=409)


def _comment_again(request: PersonRequest, short: str, form: CommentForm) -> HttpResponse:
    """The page where the comment was being written, with it and what is wrong."""
    idea = get_sheet_idea(request, short)
    first = form.cleaned_data.get("parent")
    threads = Comment.objects.about(KIND, idea.pk).filter(parent=None, is_hidden=False, is_removed=False)
    if first and threads.filter(pk=first).exists():
        return thread_page(request, idea, first, form=form, status=422)
    return sheet_page(request, idea, form=form, status=422)


def _back(request: PersonRequest, idea: Idea, anchor: str) -> HttpResponseRedirect:
    """Back to the page of ours that held the button, at its place; else to the sheet."""
    return HttpResponseRedirect(f"{came_from(request) or idea.get_absolute_url()}#{anchor}")
