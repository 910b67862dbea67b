"""The course of a project: its stages, their reports, the act that passes them and its undoing."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import plural
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered
from ozeli.core.registry import panels_for

from .. import rules, standing
from ..enums import ENDED_STATES, State
from ..forms.stages import PassForm, ReportForm, TakeBackForm
from ..models import Method, Passage, Project, Stage, StageReport
from ..selectors import sheet
from ..selectors import stages as selectors
from ..selectors.gates import round_of, rounds_of
from ..services import gates as gate_services
from ..services import stages as services
from ..words_moves import MOVES, WORDS
from ..workflow import TRANSITIONS
from .loader import get_project


@require_GET
@brick("projects")
def stages(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Every stage: when, what it taught, who wrote it, what was decided."""
    found = get_staged(request, short)
    rows = selectors.journey(found)
    edits = rules.edits(request.user, found)
    here = next((row for row in rows if row.state == "now"), None)
    last = max((row.stage.number for row in rows if row.report and row.report.passage_id), default=0)
    context = {
        "project": found,
        "url": found.get_absolute_url(),
        "lede": _lede(found, here),
        "progress_words": standing.progress(found),
        "gate_waits": here is not None and here.stage.is_gate and not _has_go(here),
        "moves": _moves(request, found),
        "rows": rows,
        "here": here,
        "edits": edits,
        "can_pass": edits and here is not None and found.state in (State.TO_LAUNCH, State.UNDER_WAY),
        "can_take_back": edits and last and found.state == State.UNDER_WAY,
        "may_finish": found.state == State.UNDER_WAY and here is None and rules.owns(request.user, found),
    }
    return render(request, "projects/stages/stages.html", context)


def _has_go(here: selectors.StageRow) -> bool:
    return here.gate is not None and services.is_go(here.gate.gate)


def _lede(found: Project, here: selectors.StageRow | None) -> str:
    """Where the project stands, and what is to be done now."""
    if found.state == State.TO_LAUNCH:
        return "Le projet n’est pas encore lancé. Passer sa première étape le lance."
    if found.state == State.FROZEN:
        return "Le projet est gelé. Il garde sa place, et reprendra à cette étape."
    if found.state in ENDED_STATES:
        return (
            f"Le projet est {found.get_state_display().lower()}. Ses bilans restent, pour ceux qui viendront."
        )
    if here is None:
        return "Toutes les étapes sont passées. Il reste à dire la suite."
    return f"Le projet en est à l’étape {here.stage.number}, {here.stage.name}."


def _moves(request: PersonRequest, found: Project) -> list[tuple[str, str]]:
    """The changes of state that this person may make, and where."""
    url = found.get_absolute_url()
    return [
        (WORDS[row.name].title, f"{url}{MOVES[row.name]}/")
        for row in TRANSITIONS.open_to(request.user, found)
    ]


@require_GET
@brick("projects")
def stage(request: PersonRequest, short: str, slug: str, number: int) -> HttpResponse:
    """One stage: what it is for, what its team tells of it, its gate, and how others did."""
    found = get_staged(request, short)
    shown = stage_of(found, number)
    report = selectors.report_at(found, shown)
    facts, late = selectors.facts_of(found, shown, report, selectors.passed_with(report))
    course = list(found.lifecycle.stages.all())
    context = {
        "project": found,
        "url": found.get_absolute_url(),
        "stage": shown,
        "state": selectors.state_of(found, shown),
        "facts": facts,
        "late": late,
        "told": selectors.told(report),
        "rounds": rounds_of(found, shown) if shown.is_gate else [],
        "waiting": _waiting(found, shown),
        "before": course[number - 2] if number > 1 else None,
        "after": course[number] if number < len(course) else None,
        "edits": rules.edits(request.user, found),
        "panels": panels_for("stage", request, report),
    }
    return render(request, "projects/stages/stage.html", context)


def _waiting(found: Project, shown: Stage) -> Any:
    """The gate of that stage as it waits, or nothing."""
    if not shown.is_gate or not found.is_live or shown.number <= found.stages_passed:
        return None
    gate = gate_services.of(found, shown.number)
    return None if gate.verdict else round_of(gate, found)


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def report(request: PersonRequest, short: str, slug: str, number: int) -> HttpResponse:
    """Write what a stage taught: one field is enough."""
    found = _edited(request, short)
    shown = stage_of(found, number)
    stored = selectors.report_at(found, shown)
    if request.method != "POST":
        form = _report_form(found, shown, initial=ReportForm.initial_of(stored) | (recovered(request) or {}))
        return _report_page(request, found, shown, form)
    form = _report_form(found, shown, request.POST)
    if not form.is_valid():
        return _report_page(request, found, shown, form, status=422)
    try:
        services.save_report(
            found,
            number,
            form.values,
            actor=request.user,
            version=form.cleaned_data["version"],
            methods=form.chosen,
        )
    except Conflict as error:
        stands = selectors.report_at(found, shown)
        data = request.POST.copy()
        data["version"] = str(stands.version)
        again = _report_form(found, shown, data)
        return _report_page(request, found, shown, again, refusal=str(error), theirs=stands, status=409)
    except Refused as error:
        form.add_error(None, str(error))
        return _report_page(request, found, shown, form, status=422)
    messages.success(request, "Votre bilan est enregistré. Ceux qui feront cette étape le trouveront.")
    return redirect("projects:stage", found.short, found.slug, number)


def _report_form(found: Project, shown: Stage, *args: Any, **kwargs: Any) -> ReportForm:
    is_passed = shown.number <= found.stages_passed
    methods = list(Method.objects.filter(is_active=True) | _kept_methods(found, shown))
    return ReportForm(*args, stage=shown, is_passed=is_passed, methods=methods, **kwargs)


def _kept_methods(found: Project, shown: Stage) -> Any:
    """Those already told, though out of service since."""
    reports = StageReport.objects.filter(project=found, stage=shown)
    return Method.objects.filter(pk__in=reports.values("methods"))


def _report_page(
    request: PersonRequest,
    found: Project,
    shown: Stage,
    form: ReportForm,
    *,
    refusal: str = "",
    theirs: StageReport | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "project": found,
        "url": found.get_absolute_url(),
        "stage": shown,
        "form": form,
        "refusal": refusal,
        "theirs": selectors.told(theirs) if theirs else None,
    }
    return render(request, "projects/stages/report.html", context, status=status)


# --- passages ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def pass_stages(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Pass the current stage, or several at once."""
    found = _edited(request, short)
    group = _group(found)
    if request.method != "POST":
        form = PassForm(initial=PassForm.first(found) | (recovered(request) or {}), group=group)
        return _pass_page(request, found, group, form)
    form = PassForm(request.POST, group=group)
    if request.POST.get("current") != str(found.stage_number):
        again = PassForm(initial=PassForm.first(found), group=group)
        refusal = "Le projet n’en est plus à cette étape\u00a0: quelqu’un vient de la passer, ou d’y revenir."
        return _pass_page(request, found, group, again, refusal=refusal, status=409)
    if not form.is_valid():
        return _pass_page(request, found, group, form, status=422)
    said = form.cleaned_data
    try:
        services.pass_stages(
            found, form.numbers, actor=request.user, note=said["note"], passed_on=said["passed_on"]
        )
    except Refused as error:
        found = _edited(request, short)
        status = 409 if isinstance(error, Conflict) else 422
        return _pass_page(request, found, _group(found), form, refusal=str(error), status=status)
    messages.success(request, _passed(found, len(form.numbers)))
    return redirect("projects:stages", found.short, found.slug)


def _group(found: Project) -> list[Stage]:
    if found.state not in (State.TO_LAUNCH, State.UNDER_WAY):
        return []
    return services.next_group(found, services.last_gates(found))


def _passed(found: Project, count: int) -> str:
    said = f"{plural(count, 'étape passée', 'étapes passées')}."
    if found.stage_number is None:
        return f"{said} C’était la dernière\u00a0: il reste à dire la suite."
    return f"{said} Votre projet en est à l’étape {found.stage_number}."


def _pass_page(
    request: PersonRequest,
    found: Project,
    group: list[Stage],
    form: PassForm,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    here = next((one for one in found.lifecycle.stages.all() if one.number == found.stage_number), None)
    context = {
        "project": found,
        "url": found.get_absolute_url(),
        "form": form,
        "group": group,
        "here": here,
        "is_live": found.state in (State.TO_LAUNCH, State.UNDER_WAY),
        "waiting": _waiting(found, here) if here else None,
        "report": selectors.report_at(found, here) if here else None,
        "refusal": refusal,
    }
    return render(request, "projects/stages/pass.html", context, status=status)


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def take_back(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Undo the last passage."""
    found = _edited(request, short)
    last = selectors.last_passage(found)
    if last is None:
        return _take_back_page(request, found, None, None, status=200 if request.method == "GET" else 409)
    if request.method != "POST":
        form = TakeBackForm(initial={"passage": last.pk} | (recovered(request) or {}), made_on=last.made_on)
        return _take_back_page(request, found, last, form)
    form = TakeBackForm(request.POST, made_on=last.made_on)
    if not form.is_valid():
        return _take_back_page(request, found, last, form, status=422)
    said = form.cleaned_data
    try:
        services.take_back(found, actor=request.user, reason=said["reason"], passage=said["passage"])
    except Refused as error:
        status = 409 if isinstance(error, Conflict) else 422
        last = selectors.last_passage(found)
        data = request.POST.copy()
        data["passage"] = str(last.pk) if last else ""
        form = TakeBackForm(data, made_on=last.made_on if last else clock.today())
        return _take_back_page(request, found, last, form, refusal=str(error), status=status)
    messages.success(request, "Ce passage est repris. Ce que les bilans racontent est resté.")
    return redirect("projects:stages", found.short, found.slug)


def _take_back_page(
    request: PersonRequest,
    found: Project,
    last: Passage | None,
    form: TakeBackForm | None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    reports = sorted(last.reports.all(), key=lambda one: one.stage.number) if last else []
    context = {
        "project": found,
        "url": found.get_absolute_url(),
        "last": last,
        "names": [one.stage.name for one in reports],
        "is_today": last is not None and last.made_on == clock.today(),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "projects/stages/take_back.html", context, status=status)


# --- loading ----------------------------------------------------------------------------------------------------------


def get_staged(request: PersonRequest, short: str) -> Project:
    """The project with its people, its names and its stages, from memory as far as they are known."""
    return sheet.complete(get_project(request, short, sheet.readable()))


def _edited(request: PersonRequest, short: str) -> Project:
    found = get_staged(request, short)
    if not rules.edits(request.user, found):
        raise PermissionDenied
    return found


def stage_of(found: Project, number: int) -> Stage:
    shown = next((one for one in found.lifecycle.stages.all() if one.number == number), None)
    if shown is None:
        raise Http404("no such stage in this lifecycle")
    return shown
