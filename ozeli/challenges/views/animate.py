"""What the team does once the challenge lives: its texts, its dates, its end, its people."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered

from .. import rules, standing
from ..enums import AnimatorRole, ChallengeState, PhaseKind
from ..forms.animate import MoveForm, PersonForm, ReasonForm
from ..forms.prepare import PrizesForm, TextsForm
from ..models import Challenge
from ..selectors import Known, known_of
from ..services import dates, drafts, publication
from ..services import team as teams
from .loader import get_challenge, get_led, get_worked, number_in


@require_http_methods(["GET", "POST"])
@brick("challenges")
@idempotent
def move(request: PersonRequest, slug: str) -> HttpResponse:
    """Prolong a phase, or bring its end forward."""
    found = _published(get_led(request, slug))
    known = known_of(found)
    movable = _movable(known)
    if request.method != "POST":
        initial = {"version": found.version, "phase": movable[0][0] if movable else ""}
        form = MoveForm(initial=initial | (recovered(request) or {}), phases=movable)
        return _move_page(request, found, form)
    form = MoveForm(request.POST, phases=movable)
    if not form.is_valid():
        return _move_page(request, found, form, status=422)
    said = form.cleaned_data
    try:
        dates.move_end(
            found,
            PhaseKind(said["phase"]),
            form.end,
            actor=request.user,
            reason=said["reason"],
            version=form.seen,
            shifts=said["shifts"],
        )
    except Conflict as error:
        stands = get_led(request, slug)
        form = MoveForm(_at_version(request, stands), phases=_movable(known_of(stands)))
        return _move_page(request, stands, form, status=409, refusal=str(error))
    except Refused as error:
        form.add_error(None, str(error))
        return _move_page(request, found, form, status=422)
    messages.success(
        request, "La date est changée. Ceux qui prennent part au défi l’apprennent, avec votre raison."
    )
    return HttpResponseRedirect(found.get_absolute_url())


@require_http_methods(["GET", "POST"])
@brick("challenges")
@idempotent
def cancel(request: PersonRequest, slug: str) -> HttpResponse:
    """Cancel, with a reason."""
    found = _published(get_led(request, slug))
    form = ReasonForm(request.POST or None, initial={"version": found.version} | (recovered(request) or {}))
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                publication.cancel(
                    found, actor=request.user, reason=form.cleaned_data["reason"], version=form.seen
                )
                messages.success(
                    request, "Le défi est annulé. Ses idées restent, et ses participants l’apprennent."
                )
                return HttpResponseRedirect(found.get_absolute_url())
            except Conflict as error:
                found, refusal, status = get_led(request, slug), str(error), 409
                form = ReasonForm(_at_version(request, found))
            except Refused as error:
                form.add_error("reason", str(error))
    context = {"challenge": found, "form": form, "refusal": refusal}
    return render(request, "challenges/team/cancel.html", context, status=status)


@require_http_methods(["GET", "POST"])
@brick("challenges")
@idempotent
def texts(request: PersonRequest, slug: str) -> HttpResponse:
    """Put right the texts and the prizes of a published challenge."""
    found = _published(get_worked(request, slug))
    if request.method != "POST":
        kept = recovered(request) or {}
        form = TextsForm(initial=TextsForm.initial_of(found) | kept)
        return _texts_page(request, found, form, PrizesForm(initial=PrizesForm.initial_of(found) | kept))
    form, prizes = TextsForm(request.POST), PrizesForm(request.POST)
    if not (form.is_valid() and prizes.is_valid()):
        return _texts_page(request, found, form, prizes, status=422)
    try:
        saved = drafts.save(found, form.values(), actor=request.user, version=form.seen)
        drafts.save_prizes(saved, prizes.prizes(), actor=request.user, version=form.seen + 1)
    except Conflict as error:
        stands = get_worked(request, slug)
        data = _at_version(request, stands)
        return _texts_page(
            request, stands, TextsForm(data), PrizesForm(data), status=409, refusal=str(error), theirs=stands
        )
    except Refused as error:
        form.add_error(None, str(error))
        return _texts_page(request, found, form, prizes, status=422)
    messages.success(request, "Les textes sont corrigés\u202f; le journal garde les deux versions.")
    return HttpResponseRedirect(found.get_absolute_url())


@require_http_methods(["GET", "POST"])
@brick("challenges")
@idempotent
def team(request: PersonRequest, slug: str) -> HttpResponse:
    """Who animates: add, remove, name the lead."""
    found = get_worked(request, slug)
    if request.method != "POST":
        return _team_page(request, found, PersonForm(initial=recovered(request)))
    gesture = request.POST.get("geste", "")
    form = PersonForm(request.POST) if gesture == "ajouter" else PersonForm()
    if gesture == "ajouter" and not form.is_valid():
        return _team_page(request, found, form, status=422)
    try:
        messages.success(request, _change_team(request, found, gesture, form))
    except Refused as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _team_page(request, get_worked(request, slug), form, refusal=str(error), status=status)
    if Challenge.objects.visible_to(request.user).filter(pk=found.pk).exists():
        again = get_challenge(request, slug)
        here = f"{found.get_absolute_url()}equipe/"
        return HttpResponseRedirect(
            here if rules.works_desk(request.user, again) else found.get_absolute_url()
        )
    return HttpResponseRedirect(reverse("challenges:list"))


def _change_team(request: PersonRequest, found: Challenge, gesture: str, form: PersonForm) -> str:
    if gesture == "ajouter":
        person = form.cleaned_data["person"]
        teams.add(found, person, actor=request.user)
        return f"{person.display_name} anime maintenant ce défi, et vient d’en être prévenu."
    if gesture == "retirer":
        person = teams.remove(found, number_in(request, "personne"), actor=request.user)
        return f"{person.display_name} n’anime plus ce défi."
    if gesture in ("nommer", "reprendre"):
        role = AnimatorRole.LEAD if gesture == "nommer" else AnimatorRole.ANIMATOR
        person = teams.set_role(found, number_in(request, "personne"), role, actor=request.user)
        return f"{person.display_name} est maintenant {role.label.lower()} de ce défi."
    raise Http404("no such gesture on a team")


# --- pages ------------------------------------------------------------------------------------------------------------


def _published(found: Challenge) -> Challenge:
    if found.state != ChallengeState.PUBLISHED:
        raise Http404("only a published challenge has this page")
    return found


def _at_version(request: PersonRequest, stands: Challenge) -> Any:
    """What was typed, as if it had been typed on what stands now."""
    data = request.POST.copy()
    data["version"] = str(stands.version)
    return data


def _movable(known: Known) -> list[tuple[str, str]]:
    """The phases whose end is still to come."""
    at = clock.now()
    return [
        (window.kind.value, str(window.kind.label))
        for window in known.windows
        if window.closes_at is None or window.closes_at > at
    ]


def _move_page(
    request: PersonRequest, found: Challenge, form: MoveForm, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    known = known_of(found)
    steps = standing.steps(known, clock.now())
    context = {
        "challenge": found,
        "form": form,
        "steps": steps,
        "hints": {window.kind.value: step.note for window, step in zip(known.windows, steps, strict=True)},
        "refusal": refusal,
    }
    return render(request, "challenges/team/move.html", context, status=status)


def _texts_page(
    request: PersonRequest,
    found: Challenge,
    form: TextsForm,
    prizes: PrizesForm,
    *,
    status: int = 200,
    refusal: str = "",
    theirs: Challenge | None = None,
) -> HttpResponse:
    context = {"challenge": found, "form": form, "prizes": prizes, "refusal": refusal, "theirs": theirs}
    return render(request, "challenges/team/texts.html", context, status=status)


def _team_page(
    request: PersonRequest, found: Challenge, form: PersonForm, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    if found.state == ChallengeState.CANCELLED and request.method == "POST" and not refusal:
        raise PermissionDenied
    context = {
        "challenge": found,
        "team": list(found.animators.select_related("user__organisation")),
        "form": form,
        "leads": rules.leads(request.user, found) and found.state != ChallengeState.CANCELLED,
        "me": request.user.pk,
        "refusal": refusal,
    }
    return render(request, "challenges/team/team.html", context, status=status)
