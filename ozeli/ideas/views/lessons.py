"""« Ce que nous avons appris »: the lessons of the cimetière, read by all, written by référents."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.exports import export_response
from ozeli.core.idempotency import idempotent
from ozeli.core.ids import ALPHABET, LENGTH
from ozeli.core.recovery import recovered
from ozeli.core.web import page_url, without

from .. import rules
from ..enums import State
from ..forms.second_looks import LessonFilterForm, LessonForm
from ..models import Decision, Lesson
from ..selectors import desk
from ..selectors import lessons as selectors
from ..selectors.places import domains
from ..services import lessons as services
from .desk_page import get_desk_idea


@require_GET
@brick("ideas")
def lesson_list(request: PersonRequest) -> HttpResponse:
    form = LessonFilterForm(request.GET)
    found = selectors.readable(request.user, *form.asked())
    page = selectors.page(found, request.GET.get("page", ""))
    query = without(request.GET, "page")
    context = {
        "form": form,
        "rows": page.rows,
        "applied": [(words, f"?{without(query, name).urlencode()}") for words, name in form.applied()],
        "can_write": services.may_write(request.user),
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{query.urlencode()}",
    }
    return render(request, "ideas/graveyard/lessons.html", context)


@require_GET
@brick("ideas")
def export(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file."""
    return export_response(request, "lessons")


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def write(request: PersonRequest) -> HttpResponse:
    """Write a lesson: of a reason, or (`idee`) of the answer given to one idea."""
    decision = _decision(request)
    if request.method != "POST":
        form = LessonForm(is_fixed=decision is not None, initial=recovered(request))
        return _form_page(request, form, decision)
    form = LessonForm(request.POST, is_fixed=decision is not None)
    if not form.is_valid():
        return _form_page(request, form, decision, status=422)
    said = form.cleaned_data
    try:
        if decision is not None:
            services.write(said["text"], actor=request.user, decision=decision)
        else:
            services.write(
                said["text"], actor=request.user, reason=said["reason"], domain=_domain(form.domain_id)
            )
    except Refused as error:
        form.add_error(None, str(error))
        return _form_page(request, form, decision, status=409 if isinstance(error, Conflict) else 422)
    messages.success(request, "La leçon est publiée\u00a0: le cimetière la montre en premier.")
    return redirect("ideas:lessons")


def _domain(pk: int | None) -> Any:

    return domains().get(pk) if pk is not None else None


def _decision(request: PersonRequest) -> Decision | None:
    """The published refusal of the idea named by `idee`, of this person's desk and not signed by them."""
    short = request.GET.get("idee", "")
    if not short:
        return None
    if len(short) != LENGTH or not set(short) <= set(ALPHABET):
        raise Http404("no such idea")
    idea = get_desk_idea(request, short)
    decision = desk.decision_of(idea)
    if idea.state != State.NOT_RETAINED or decision is None or not rules.decides(request.user, idea):
        raise Http404("no answer to learn from")
    decision.idea = idea
    return decision


def _form_page(
    request: PersonRequest,
    form: LessonForm,
    decision: Decision | None,
    lesson: Lesson | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "decision": decision, "lesson": lesson}
    return render(request, "ideas/graveyard/lesson_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def change(request: PersonRequest, pk: int) -> HttpResponse:
    """Rewrite a lesson, or take it away (`act=retirer`)."""
    lesson = _lesson(request, pk)
    if request.method != "POST":
        first = {"text": lesson.text, "version": lesson.version} | (recovered(request) or {})
        return _form_page(request, LessonForm(is_fixed=True, initial=first), lesson.decision, lesson)
    if request.POST.get("act") == "retirer":
        services.remove(lesson, actor=request.user)
        messages.success(request, "La leçon est retirée.")
        return redirect("ideas:lessons")
    form = LessonForm(request.POST, is_fixed=True)
    if not form.is_valid():
        return _form_page(request, form, lesson.decision, lesson, status=422)
    said = form.cleaned_data
    try:
        services.change(lesson, said["text"], actor=request.user, version=said["version"] or 0)
    except Refused as error:
        lesson = _lesson(request, pk)
        form = LessonForm({"text": said["text"], "version": lesson.version}, is_fixed=True)
        form.add_error(None, str(error))
        status = 409 if isinstance(error, Conflict) else 422
        return _form_page(request, form, lesson.decision, lesson, status=status)
    messages.success(request, "La leçon est modifiée.")
    return redirect("ideas:lessons")


def _lesson(request: PersonRequest, pk: int) -> Lesson:
    """A lesson that this person may change. Http404 for any other."""
    around = ("decision__idea__organisation", "domain")
    found = selectors.readable(request.user).select_related(*around)
    lesson = get_object_or_404(found.prefetch_related("decision__idea__authors"), pk=pk)
    if not services.may_change(request.user, lesson):
        raise Http404("this lesson is not theirs")
    return lesson
