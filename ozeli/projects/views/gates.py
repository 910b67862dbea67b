"""The gate of a stage: who decides, on what criteria, the decision, the rounds before."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import long_date
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered

from .. import rules
from ..enums import State, Verdict
from ..forms.gates import CriteriaForm, DeciderForm, DecisionForm
from ..models import Gate, Project
from ..selectors import stages as selectors
from ..selectors.gates import round_of, rounds_of
from ..services import gates as services
from ..services.stages import last_gates
from .stages import get_staged, stage_of


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def gate(request: PersonRequest, short: str, slug: str, number: int) -> HttpResponse:
    """A gate and its forms, which are posted here."""
    found = get_staged(request, short)
    if not stage_of(found, number).is_gate:
        raise Http404("no decision is made at this stage")
    if request.method != "POST":
        return _page(request, found, number)
    act = request.POST.get("geste", "")
    if act not in _FORMS:
        raise Http404("no such form at a gate")
    waiting = services.of(found, number)
    _check_right(request, found, waiting, act)
    form = _FORMS[act](request.POST)
    if not form.is_valid():
        return _page(request, found, number, act, form, status=422)
    try:
        said = _ACTS[act](request, found, waiting, form)
    except services.Decided as error:
        return _page(request, get_staged(request, short), number, act, form, status=409, refusal=str(error))
    except Conflict as error:
        data = request.POST.copy()
        data["version"] = str(services.of(found, number).version)
        again = _FORMS[act](data)
        return _page(request, get_staged(request, short), number, act, again, status=409, refusal=str(error))
    except Refused as error:
        form.add_error(None, str(error))
        return _page(request, found, number, act, form, status=422)
    messages.success(request, said)
    return redirect("projects:gate", found.short, found.slug, number)


_FORMS: dict[str, Any] = {"nommer": DeciderForm, "criteres": CriteriaForm, "decider": DecisionForm}


def _check_right(request: PersonRequest, found: Project, waiting: Gate, act: str) -> None:
    """Who reads may not write: 403. A decision already made is a matter for the service, which says by whom."""
    allowed = (
        rules.decides(request.user, waiting, found) if act == "decider" else rules.edits(request.user, found)
    )
    if not allowed:
        raise PermissionDenied


def _name(request: PersonRequest, found: Project, waiting: Gate, form: DeciderForm) -> str:
    said = form.cleaned_data
    services.name_decider(
        found,
        waiting.stage.number,
        said["decider"],
        actor=request.user,
        due_on=said["due_on"],
        version=said["version"],
    )
    if said["decider"] is None:
        return f"L’animation de {found.organisation.name} décidera."
    return f"{said['decider'].display_name} décide ce jalon, et vient d’en être prévenu."


def _write(request: PersonRequest, found: Project, waiting: Gate, form: CriteriaForm) -> str:
    said = form.cleaned_data
    services.write_criteria(
        found, waiting.stage.number, said["criteria"], actor=request.user, version=said["version"]
    )
    return "Les critères sont gardés. Ils seront sous les yeux de qui décide."


def _decide(request: PersonRequest, found: Project, waiting: Gate, form: DecisionForm) -> str:
    said = form.cleaned_data
    read = Gate(project=found, stage=waiting.stage, round=said["round"])
    outcome = services.decide(
        read,
        said["verdict"],
        actor=request.user,
        reason=said["reason"],
        lesson=said["lesson"],
        cause=said["cause"],
        next_due_on=said["next_due_on"],
        version=said["version"],
    )
    if said["verdict"] == Verdict.NO_GO:
        return "NO GO. Le projet s’arrête ici, et ce qu’il a appris reste à tous."
    if outcome.following is not None and outcome.following.due_on:
        return f"L’équipe continue. Vous redécidez le {long_date(outcome.following.due_on)}."
    if outcome.passage is not None:
        return "GO. L’étape est passée, l’équipe est prévenue."
    return "GO. L’équipe passera cette étape quand elle y sera."


_ACTS: dict[str, Any] = {"nommer": _name, "criteres": _write, "decider": _decide}


def _page(
    request: PersonRequest,
    found: Project,
    number: int,
    act: str = "",
    form: Any = None,
    *,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    shown, known = stage_of(found, number), last_gates(found)
    waiting, coming = services.of(found, number, known), services.coming(found, known)
    is_next = coming is not None and coming.stage.number == number
    is_open = not waiting.verdict and found.is_live
    runs = found.state in (State.TO_LAUNCH, State.UNDER_WAY)
    context = {
        "project": found,
        "url": found.get_absolute_url(),
        "stage": shown,
        "gate": waiting,
        "round": round_of(waiting, found) if is_open else None,
        "lede": _lede(found, waiting, is_open=is_open, is_next=is_next),
        "rounds": rounds_of(found, shown),
        "told": selectors.told(selectors.report_at(found, shown)),
        "is_next": is_next,
        "decides": is_open and runs and is_next and rules.decides(request.user, waiting, found),
        "prepares": is_open and rules.edits(request.user, found),
        "forms": _blank(request, waiting) | ({act: form} if act else {}),
        "refused": form if form is not None and form.errors else None,
        "refusal": refusal,
        # What somebody was writing when another decided: given back, to be copied.
        "kept": form.data.get("reason", "") if act == "decider" and refusal and not is_open else "",
    }
    return render(request, "projects/stages/gate.html", context, status=status)


def _lede(found: Project, waiting: Gate, *, is_open: bool, is_next: bool) -> str:
    """What is awaited here, of whom."""
    if waiting.verdict and waiting.decided_on:
        return f"{Verdict(waiting.verdict).label}, le {long_date(waiting.decided_on)}."
    if not is_open:
        return "Le projet est fini\u00a0: ce jalon ne se décide plus."
    if found.state == State.FROZEN:
        return "Le projet est gelé\u00a0: le jalon se décidera une fois qu’il sera repris."
    who = waiting.decider.display_name if waiting.decider else f"L’animation de {found.organisation.name}"
    if not is_next:
        return f"Un autre jalon se décide avant. {who} décidera celui-ci."
    return f"{who} décide, avec une raison. L’équipe prépare, et ne décide jamais elle-même."


def _blank(request: PersonRequest, waiting: Gate) -> dict[str, Any]:
    typed = recovered(request) or {}
    read = {"version": waiting.version, "round": waiting.round}
    criteria = {"version": waiting.version, "criteria": waiting.criteria}
    return {
        "nommer": DeciderForm(initial=DeciderForm.initial_of(waiting) | typed, auto_id="nommer_%s"),
        "criteres": CriteriaForm(initial=criteria | typed, auto_id="criteres_%s"),
        "decider": DecisionForm(initial=read | typed),
    }
