"""Report an idea or a comment; what one has reported; correct or take back one's own comment."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered
from ozeli.core.web import page_url
from ozeli.engagement.models import Comment
from ozeli.engagement.services import is_editable

from .. import rules
from ..forms.moderation import OwnCommentForm, ReportForm
from ..forms.passages import watch
from ..models import KIND, Idea
from ..selectors import moderation as selectors
from ..services import moderation, voices
from .loader import get_idea

THANKS = (
    "Votre signalement est transmis aux modérateurs. Votre nom n’est montré à personne\u202f;"
    " vous saurez ce qu’il devient."
)


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def report(request: PersonRequest, short: str, slug: str, comment: UUID | None = None) -> HttpResponse:
    """The reason, a few words, and it is sent; once for a person."""
    idea = get_idea(request, short, Idea.objects.prefetch_related("authors"))
    said = _comment(idea, comment) if comment else None
    if request.method != "POST":
        return _report_page(request, idea, said, ReportForm(initial=recovered(request)))
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _report_page(request, idea, said, form, status=422)
    try:
        moderation.report(idea, said, reporter=request.user, **form.cleaned_data)
    except Refused as error:
        form.add_error(None, str(error))
        return _report_page(request, idea, said, form, status=409 if isinstance(error, Conflict) else 422)
    messages.success(request, THANKS)
    return redirect(f"{idea.get_absolute_url()}#commentaires" if said else idea)


@require_GET
@brick("ideas")
def my_reports(request: PersonRequest) -> HttpResponse:
    """What became of one's reports."""
    page = selectors.reports_of(request.user, request.GET.get("page", ""))
    context = {
        "rows": page.rows,
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
    }
    return render(request, "ideas/moderation/my_reports.html", context)


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def edit_comment(request: PersonRequest, short: str, slug: str, comment: UUID) -> HttpResponse:
    """Correct one's comment within a quarter of an hour."""
    idea, said = _own_comment(request, short, comment)
    if request.method != "POST":
        return _edit_page(
            request, idea, said, OwnCommentForm(initial={"body": said.body, **(recovered(request) or {})})
        )
    form = OwnCommentForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, idea, said, form, status=422)
    words = [("Votre commentaire", form.cleaned_data["body"])]
    form.watch = watch(words, writer=request.user, data=request.POST)
    if form.watch.stops:
        return _edit_page(request, idea, said, form, status=422)
    try:
        voices.edit_comment(idea, said, actor=request.user, body=form.cleaned_data["body"])
    except Refused as error:
        form.add_error("body", str(error))
        status = 409 if isinstance(error, Conflict) else 422
        return _edit_page(request, idea, said, form, status=status)
    messages.success(request, "Votre commentaire est corrigé.")
    return redirect(f"{idea.get_absolute_url()}#commentaire-{said.pk}")


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def remove_comment(request: PersonRequest, short: str, slug: str, comment: UUID) -> HttpResponse:
    """Ask, then take one's comment back for good."""
    idea, said = _own_comment(request, short, comment)
    if request.method != "POST":
        return render(request, "ideas/moderation/comment_remove.html", {"idea": idea, "comment": said})
    voices.remove_comment(idea, said, actor=request.user)
    messages.success(request, "Votre commentaire est retiré.")
    return redirect(f"{idea.get_absolute_url()}#commentaires")


def _comment(idea: Idea, key: UUID) -> Comment:
    """A comment of this idea that is shown."""
    found = Comment.objects.about(KIND, idea.pk).filter(pk=key, is_hidden=False, is_removed=False)
    comment = found.exclude(parent__is_hidden=True).select_related("author").first()
    if comment is None:
        raise Http404("no such comment on this idea")
    return comment


def _own_comment(request: PersonRequest, short: str, key: UUID) -> tuple[Idea, Comment]:
    """One's own comment that still has words; 403 on somebody else's."""
    idea = get_idea(request, short)
    comment = Comment.objects.about(KIND, idea.pk).filter(pk=key, is_removed=False).first()
    if comment is None or (comment.is_hidden and comment.author_id != request.user.pk):
        raise Http404("no such comment on this idea")
    if comment.author_id != request.user.pk:
        raise PermissionDenied
    return idea, comment


def _report_page(
    request: PersonRequest, idea: Idea, comment: Comment | None, form: ReportForm, *, status: int = 200
) -> HttpResponse:
    about = moderation.about(idea, comment)
    context = {
        "idea": idea,
        "comment": comment,
        "form": form,
        "already": selectors.reported(request.user, about.kind, about.object_id),
        "can_report": rules.can_report(request.user, idea, comment),
    }
    return render(request, "ideas/moderation/report.html", context, status=status)


def _edit_page(
    request: PersonRequest, idea: Idea, comment: Comment, form: OwnCommentForm, *, status: int = 200
) -> HttpResponse:
    context = {"idea": idea, "comment": comment, "form": form, "is_open": is_editable(comment, request.user)}
    return render(request, "ideas/moderation/comment_edit.html", context, status=status)
