"""The guided preparation of a challenge: six steps, each with its address, each saved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered

from .. import rules, standing
from ..enums import ChallengeState, Format
from ..formats import models
from ..forms.animate import PersonForm
from ..forms.phases import CalendarForm
from ..forms.prepare import COPY, OriginForm, ParticipantsForm, PrizesForm, QuestionForm
from ..models import Challenge
from ..selectors import known_of, people
from ..services import drafts, publication, team
from .loader import get_draft, number_in

STEPS = {
    "question": "La question",
    "participants": "Qui, et comment",
    "calendrier": "Le calendrier",
    "equipe": "L’équipe et les prix",
    "relire": "Relire et publier",
}
NEXT = dict(zip(STEPS, list(STEPS)[1:], strict=False))
DRAFTS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A step of the preparation, as the page lists it."""

    number: int
    label: str
    url: str
    current: bool


@require_http_methods(["GET", "POST"])
@brick("challenges", Level.CONTRIBUTE)
@idempotent
def new(request: PersonRequest) -> HttpResponse:
    """Step 1: from what the challenge is made. The draft exists from there on."""
    if request.method != "POST":
        copied = people.by_slug(request.user, request.GET.get("copie", ""))
        initial = {"origin": COPY, "source": copied.title} if copied else {"origin": Format.CHALLENGE}
        form = OriginForm(user=request.user, initial=recovered(request) or initial)
        return _new_page(request, form)
    form = OriginForm(request.POST, user=request.user)
    if not form.is_valid():
        return _new_page(request, form, status=422)
    try:
        if form.cleaned_data["origin"] == COPY:
            draft = drafts.copy(form.cleaned_data["challenge"], actor=request.user)
            messages.success(
                request, "Tout est repris, un an plus tard. Relisez chaque étape, les dates d’abord."
            )
        else:
            draft = drafts.create(Format(form.cleaned_data["origin"]), actor=request.user)
    except Refused as error:
        return _new_page(request, form, refusal=str(error), status=422)
    return HttpResponseRedirect(_url("question", draft))


@require_http_methods(["GET", "POST"])
@brick("challenges")
@idempotent
def question(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Step 2: the question, and why it is asked."""

    def save(draft: Challenge, form: Any) -> None:
        drafts.save(draft, form.values(), actor=request.user, version=form.seen)

    return _step(request, get_draft(request, pk), "question", QuestionForm, QuestionForm.initial_of, save)


@require_http_methods(["GET", "POST"])
@brick("challenges")
@idempotent
def participants(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Step 3: in whose name, who takes part, how one votes, what is promised."""

    def make(*args: Any, **kwargs: Any) -> ParticipantsForm:
        return ParticipantsForm(*args, user=request.user, **kwargs)

    def save(draft: Challenge, form: Any) -> None:
        drafts.save(draft, form.values(), actor=request.user, version=form.seen, bodies=form.invited)

    return _step(request, get_draft(request, pk), "participants", make, ParticipantsForm.initial_of, save)


@require_http_methods(["GET", "POST"])
@brick("challenges")
@idempotent
def calendar(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Step 4: the phases and their days."""

    def save(draft: Challenge, form: Any) -> None:
        drafts.save_phases(draft, form.planned(), actor=request.user, version=form.seen)

    return _step(request, get_draft(request, pk), "calendrier", CalendarForm, CalendarForm.initial_of, save)


@require_http_methods(["GET", "POST"])
@brick("challenges")
@idempotent
def crew(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Step 5: the prizes; people are added and removed on the spot."""
    draft, gesture = get_draft(request, pk), request.POST.get("geste", "")
    if request.method == "POST" and gesture in ("ajouter", "retirer"):
        return _change_team(request, draft, gesture)

    def save(found: Challenge, form: Any) -> None:
        drafts.save_prizes(found, form.prizes(), actor=request.user, version=form.seen)

    return _step(request, draft, "equipe", PrizesForm, PrizesForm.initial_of, save)


@require_http_methods(["GET", "POST"])
@brick("challenges")
@idempotent
def review(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Step 6: read everything again, then publish."""
    draft = get_draft(request, pk)
    if request.method != "POST":
        return _review_page(request, draft)
    try:
        found = publication.publish(draft, actor=request.user, version=_version(request))
    except Refused as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _review_page(request, get_draft(request, pk), refusal=str(error), status=status)
    messages.success(
        request, "Le défi est publié. Ceux qui y prennent part l’apprendront dans leur prochain résumé."
    )
    return HttpResponseRedirect(found.get_absolute_url())


@require_POST
@brick("challenges")
@idempotent
def drop(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Drop the draft."""
    draft = get_draft(request, pk)
    try:
        drafts.delete(draft, actor=request.user)
    except Refused as error:
        return _review_page(request, draft, refusal=str(error), status=409)
    messages.success(request, "La préparation est supprimée.")
    return redirect("challenges:new")


@require_GET
@brick("challenges")
def start(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The bare address of a draft leads to its first step."""
    return HttpResponseRedirect(_url("question", get_draft(request, pk)))


# --- pages ------------------------------------------------------------------------------------------------------------


def _step(
    request: PersonRequest,
    draft: Challenge,
    name: str,
    make: Callable[..., Any],
    initial_of: Callable[[Challenge], dict[str, Any]],
    save: Callable[[Challenge, Any], None],
) -> HttpResponse:
    """Show a step, or save it and go on; refused, everything typed stays. Two windows: 409, with both."""
    if request.method != "POST":
        form = make(initial=initial_of(draft) | (recovered(request) or {}))
        return _step_page(request, draft, name, form)
    form = make(request.POST)
    if not form.is_valid():
        return _step_page(request, draft, name, form, status=422)
    try:
        save(draft, form)
    except Conflict as error:
        return _both(request, name, make, initial_of, get_draft(request, draft.pk), str(error))
    except Refused as error:
        form.add_error(None, str(error))
        return _step_page(request, draft, name, form, status=422)
    if request.POST.get("geste") == "plus-tard":
        messages.success(
            request, "La préparation est enregistrée. Vous la retrouverez dans «\u202fÀ animer\u202f»."
        )
        return HttpResponseRedirect(f"{reverse('challenges:list')}?moment=a-animer")
    return HttpResponseRedirect(_url(NEXT[name], draft))


def _both(
    request: PersonRequest,
    name: str,
    make: Callable[..., Any],
    initial_of: Callable[[Challenge], dict[str, Any]],
    stands: Challenge,
    refusal: str,
) -> HttpResponse:
    """Somebody saved this step meanwhile: what they wrote beside what was typed, ready to be sent again."""
    data = request.POST.copy()
    data["version"] = str(stands.version)
    form, theirs = make(data), initial_of(stands)
    shown = [
        (str(form[field].label), _said(form.fields[field], theirs.get(field)))
        for field in form.fields
        if field != "version"
        and _said(form.fields[field], theirs.get(field)) != str(request.POST.get(field, ""))
    ]
    return _step_page(request, stands, name, form, status=409, refusal=refusal, theirs=shown)


def _said(field: forms.Field, value: Any) -> str:
    """A stored value as the form would post it."""
    if value in (None, ""):
        return ""
    return (
        str(field.widget.format_value(value) or "") if hasattr(field.widget, "format_value") else str(value)
    )


def _step_page(
    request: PersonRequest,
    draft: Challenge,
    name: str,
    form: Any,
    *,
    status: int = 200,
    refusal: str = "",
    theirs: list[tuple[str, str]] | None = None,
    person: PersonForm | None = None,
) -> HttpResponse:
    names = list(STEPS)
    place = names.index(name)
    context = {
        "draft": draft,
        "form": form,
        "places": _places(name, draft),
        "number": place + 2,
        "label": STEPS[name],
        "back_url": _url(names[place - 1], draft) if place else "",
        "refusal": refusal,
        "theirs": theirs or [],
        "person": person or PersonForm(),
        "team": list(draft.animators.select_related("user__organisation")) if name == "equipe" else [],
        "me": request.user.pk,
        "plan_count": draft.communication.count() if name == "equipe" else 0,
        "may_open_beyond": rules.may_open_beyond(request.user),
    }
    return render(request, f"challenges/prepare/{name}.html", context, status=status)


def _new_page(
    request: PersonRequest, form: OriginForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    mine = Challenge.objects.visible_to(request.user).filter(state=ChallengeState.DRAFT)
    hints = {str(kind): f"{model.summary} {model.lasts}." for kind, model in models().items()}
    hints[COPY] = "Textes, prix, phases et plan de communication, un an plus tard."
    context = {
        "form": form,
        "hints": hints,
        "places": _places("nouveau", None),
        "drafts": list(mine.select_related("organisation").order_by("-created_on", "-pk")[:DRAFTS_SHOWN]),
        "refusal": refusal,
    }
    return render(request, "challenges/prepare/new.html", context, status=status)


def _review_page(
    request: PersonRequest, draft: Challenge, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    known = known_of(draft)
    lacks = [(lack.message, _url(lack.step, draft)) for lack in publication.lacks(draft)]
    context = {
        "draft": draft,
        "places": _places("relire", draft),
        "number": len(STEPS) + 1,
        "label": STEPS["relire"],
        "back_url": _url("equipe", draft),
        "lacks": lacks,
        "refusal": refusal,
        "steps": standing.steps(known, clock.now()),
        "scope": standing.scope(draft),
        "vote": standing.how_to_vote(draft),
        "locked": standing.when_locked(known),
        "promise": standing.promised(draft),
        "prizes": list(draft.prizes.all()),
        "team": list(draft.animators.select_related("user__organisation")),
        "plan_count": draft.communication.count(),
        "leads": rules.leads(request.user, draft),
    }
    return render(request, "challenges/prepare/review.html", context, status=status)


def _change_team(request: PersonRequest, draft: Challenge, gesture: str) -> HttpResponse:
    person = PersonForm(request.POST) if gesture == "ajouter" else PersonForm()
    prizes = PrizesForm(initial=PrizesForm.initial_of(draft))
    if gesture == "ajouter" and not person.is_valid():
        return _step_page(request, draft, "equipe", prizes, status=422, person=person)
    try:
        if gesture == "ajouter":
            team.add(draft, person.cleaned_data["person"], actor=request.user)
        else:
            team.remove(draft, number_in(request, "personne"), actor=request.user)
    except Refused as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _step_page(request, draft, "equipe", prizes, status=status, refusal=str(error), person=person)
    if not Challenge.objects.visible_to(request.user).filter(pk=draft.pk).exists():
        return redirect("challenges:new")
    return HttpResponseRedirect(f"{_url('equipe', draft)}#equipe")


def _places(name: str, draft: Challenge | None) -> list[Place]:
    first = Place(1, "Le point de départ", "", name == "nouveau")
    others = [
        Place(number, label, _url(step, draft) if draft else "", step == name)
        for number, (step, label) in enumerate(STEPS.items(), start=2)
    ]
    return [first, *others]


def _url(step: str, draft: Challenge) -> str:
    return reverse(f"challenges:{URL_NAMES[step]}", args=[draft.pk])


def _version(request: PersonRequest) -> int:
    return number_in(request, "version")


URL_NAMES = {
    "question": "question",
    "participants": "participants",
    "calendrier": "calendar",
    "equipe": "crew",
    "relire": "review",
}
