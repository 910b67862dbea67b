"""The sheet of an idea, one thread of its comments, and the same page when something typed there was refused."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from ozeli.accounts.models import User
from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.ids import ALPHABET, LENGTH, uuid_range
from ozeli.core.recovery import recovered
from ozeli.core.registry import knots_for, panels_for
from ozeli.engagement import selectors as engagement
from ozeli.engagement.models import Comment, Tag

from .. import attachments, resemblance, rules, standing
from ..enums import State
from ..forms.voices import CommentForm
from ..models import KIND, Idea
from ..selectors import merges, moderation, sheet
from ..selectors.challenge_sheet import in_challenge
from ..workflow import TRANSITIONS
from .loader import get_idea, is_htmx


@require_GET
@brick("ideas")
def idea(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    found = get_sheet_idea(request, short)
    kept = None if "lire" in request.GET else _kept(request.user, found)
    if kept is not None:
        return redirect(f"{kept.get_absolute_url()}?regroupee={found.short}")
    if slug != found.slug:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{found.get_absolute_url()}{'?' if query else ''}{query}")
    return sheet_page(request, found)


@require_GET
@brick("ideas")
def thread(request: PersonRequest, short: str, slug: str, comment: UUID) -> HttpResponse:
    """A thread with all its replies, and the form to add one; HTMX receives the form alone."""
    found = get_sheet_idea(request, short)
    if (kept := _kept(request.user, found)) is not None:
        return redirect(f"{kept.get_absolute_url()}commentaires/{comment}/")
    return thread_page(request, found, comment)


def _kept(user: User, idea: Idea) -> Idea | None:
    """Where the address of an absorbed idea leads."""
    return merges.leads_to(user, idea) if idea.state == State.MERGED else None


def get_sheet_idea(request: PersonRequest, short: str) -> Idea:
    """The idea with all that its sheet needs of it."""
    return sheet.complete(get_idea(request, short, sheet.readable()), request.user)


def sheet_page(
    request: PersonRequest,
    idea: Idea,
    *,
    form: CommentForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The sheet, with the comment being written and what was refused."""
    user, kin = request.user, merges.kin(request.user, idea)
    around = in_challenge(idea, user)
    story = sheet.story(idea, around, knots_for("idea", request, idea))
    context = {
        **_standing(idea),
        **_comments(request, idea, kin),
        "kin": kin,
        "absorbed": _absorbed(request, idea),
        "story": story,
        "challenge": around,
        "attachments": attachments.shown(user, idea),
        "tags": [(tag.name, _search(user, tag.name)) for tag in _tags(idea)],
        "form": form or CommentForm(initial=recovered(request)),
        "doors": _doors(user, idea, may_look_again=story.may_look_again),
        "asked_revival": idea.asked_revival,  # type: ignore[attr-defined]
        "second_look": idea.look_at.words(idea) if idea.look_at else "",  # type: ignore[attr-defined]
        "merged_into": _readable(user, idea.merged_into),
        "alike": resemblance.resembling(f"{idea.title}\n{idea.proposal}", user=user, exclude=[idea.pk]),
        "panels": panels_for("idea", request, idea),
        "hidden_because": moderation.why_hidden(idea) if idea.is_hidden else "",
        "refusal": refusal,
    }
    return render(request, "ideas/idea_detail.html", context, status=status)


def _readable(user: User, other: Idea | None) -> Idea | None:
    """Another idea that the sheet would name, if this person may read it."""
    return other if other is not None and rules.can_see(user, other) else None


def _standing(idea: Idea) -> dict[str, Any]:
    """Who and where: the words of the head and of the aside."""
    people = idea.signatories
    awaited, promised = standing.owed(idea)
    return {
        "idea": idea,
        "url": idea.get_absolute_url(),
        "people": people,
        "place": standing.place(idea),
        "lede": standing.lede(idea, people),
        "answerer": standing.answerer(idea),
        "owed": standing.is_owed(idea),
        "awaited": awaited,
        "promised": promised,
        "spent": standing.spent(idea),
        "amended": standing.day(idea, idea.amended_on) if idea.amended_on else "",  # type: ignore[attr-defined]
    }


def _absorbed(request: PersonRequest, idea: Idea) -> Idea | None:
    """The idea whose address led here, told as « regroupee »; nothing when it leads elsewhere."""
    short = request.GET.get("regroupee", "")
    if len(short) != LENGTH or not set(short) <= set(ALPHABET):
        return None
    low, high = uuid_range(short)
    readable = Idea.objects.visible_to(request.user).filter(state=State.MERGED)
    found = readable.filter(pk__gte=low, pk__lte=high).first()
    return found if found is not None and merges.leads_to(request.user, found) == idea else None


def _comments(request: PersonRequest, idea: Idea, kin: list[merges.Kin]) -> dict[str, Any]:
    """A page of threads and the ways to the others."""
    page = engagement.threads(KIND, idea.pk, request.GET.get("suite", ""), _reader(request, idea))
    url = idea.get_absolute_url()
    sheet.sign_threads(idea, page.rows, request.user, merges.origins(kin))
    return {
        "threads": page.rows,
        "left": sheet.comments_left(idea, page.rows),
        "next_url": f"{url}{_suite(page.next)}#commentaires" if page.next else "",
        "previous_url": f"{url}{_suite(page.previous)}#commentaires" if page.previous else "",
        "can_comment": rules.can_comment(request.user, idea),
    }


def thread_page(
    request: PersonRequest, idea: Idea, comment: UUID, *, form: CommentForm | None = None, status: int = 200
) -> HttpResponse:
    """One thread of the comments. Http404 when it is not on this idea."""
    reader = _reader(request, idea)
    asked = Comment.objects.about(KIND, idea.pk).filter(reader.shown(), pk=comment, parent=None)
    first: Any = asked.select_related("author__organisation").first()
    if first is None:
        raise Http404("no such thread on this idea")
    initial = {**(recovered(request) or {}), "parent": first.pk}
    context = {
        "idea": idea,
        "url": idea.get_absolute_url(),
        "first": first,
        "form": form or CommentForm(initial=initial, auto_id=f"reponse_{first.pk}_%s"),
        "can_comment": rules.can_comment(request.user, idea) and not (first.is_hidden or first.is_removed),
    }
    if is_htmx(request) and status == 200:
        return render(request, "ideas/_reply_form.html", context)
    page = engagement.replies(first, request.GET.get("suite", ""), reader)
    first.thread_replies, first.earlier_replies = page.rows, 0
    sheet.sign_threads(idea, [first], request.user, merges.origins(merges.kin(request.user, idea)))
    context |= {"threads": [first], "next_url": _suite(page.next), "previous_url": _suite(page.previous)}
    return render(request, "ideas/thread.html", context, status=status)


def _reader(request: PersonRequest, idea: Idea) -> engagement.Reader:
    return engagement.Reader(request.user, rules.works_desk(request.user, idea))


def _suite(cursor: str) -> str:
    return f"?suite={cursor}" if cursor else ""


def _tags(idea: Idea) -> list[Tag]:
    return engagement.tags_of(KIND, [idea.pk]).get(idea.pk, [])


def _search(user: User, words: str) -> str:
    """The address of a search, nothing for people to whom the search is closed."""
    return "" if user.level("search") < Level.CONSULT else f"/recherche/?{urlencode({'q': words})}"


def _edit_page(idea: Idea) -> str:
    """Where the author rewrites: beside the questions when some are asked."""
    return "ideas:complete" if idea.state == State.TO_COMPLETE else "ideas:edit"


def _doors(user: User, idea: Idea, *, may_look_again: bool) -> dict[str, str]:
    """The addresses of what this person may do besides reading; empty when not."""
    place = [idea.short, idea.slug]
    mine = rules.is_author(user, idea)
    withdrawal = TRANSITIONS["withdraw"]
    return {
        "authors": reverse("ideas:authors", args=place) if mine else "",
        "edit": reverse(_edit_page(idea), args=place) if rules.can_edit(user, idea) else "",
        "withdraw": reverse("ideas:withdraw", args=place)
        if mine and idea.state in withdrawal.sources
        else "",
        "desk": reverse("ideas:desk_idea", args=[idea.short]) if rules.works_desk(user, idea) else "",
        "opinion": reverse("ideas:opinion", args=place) if rules.can_give_opinion(user, idea) else "",
        "report": reverse("ideas:report", args=place) if rules.can_report(user, idea) else "",
        "second_look": reverse("ideas:second_look", args=place)
        if mine and (may_look_again or idea.look_at)  # type: ignore[attr-defined]
        else "",
        "revive": reverse("ideas:revive", args=place) if rules.can_ask_revival(user, idea) else "",
    }
