"""Where experiments stand: at a glance, then by year, branch, body and domain; each table as a file."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.access import brick
from ozeli.core.charts import Bar, Fill, Part, Spread
from ozeli.core.exports import table_response
from ozeli.core.paging import PAGE_SIZE
from ozeli.core.ui import Tab

from ..consolidation import breakdowns, stages, standing
from ..consolidation.frame import Consolidation, Table, consolidated, courses_of
from ..enums import Cause, State
from ..forms.consolidation import ScopeForm
from ..forms.filters import CAUSE_WORDS
from ..looks import LOOKS
from ..selectors.consolidation import figures

FILLS: dict[State, Fill] = {
    State.TO_LAUNCH: "c3",
    State.UNDER_WAY: "c1",
    State.FROZEN: "dots",
    State.ABANDONED: "c-rest",
    State.COMPLETED: "c-done",
}
TABLES = {
    "statuts": standing.states,
    "etapes-passees": standing.stages_passed,
    "causes": standing.causes,
    "etapes": stages.steps,
    "suites": stages.endings,
    "budget": breakdowns.budget,
}
ALL, STAGES, BUDGET = "tableaux", "etapes", "budget"
CHARTED = 10


@require_GET
@brick("projects")
def overview(request: PersonRequest) -> HttpResponse:
    form = ScopeForm(request.GET)
    found = _found(request, form)
    tail = _address(form)
    context = _frame(form, "") | {
        "found": found,
        "today": clock.today(),
        "tables_url": reverse("projects:consolidation_tables") + tail,
        "stages_url": reverse("projects:consolidation_stages") + tail,
    }
    if found.total:
        context |= _standing(found) | _time(found)
    return render(request, "projects/consolidation/overview.html", context)


@require_GET
@brick("projects")
def tables(request: PersonRequest) -> HttpResponse:
    """What the charts of the first page draw, and more columns."""
    form = ScopeForm(request.GET)
    found = _found(request, form)
    shown = [make(found) for make in (standing.states, standing.stages_passed, standing.causes)]
    context = _frame(form, ALL) | {
        "found": found,
        "tables": [(table, _exports(form, table)) for table in shown if table.rows],
    }
    return render(request, "projects/consolidation/tables.html", context)


@require_GET
@brick("projects")
def stage_figures(request: PersonRequest) -> HttpResponse:
    """The stages of one lifecycle: who ever came there, what followed, how long it took."""
    form = ScopeForm(request.GET)
    found = _found(request, form)
    context = _frame(form, STAGES) | {"found": found}
    if found.total:
        context |= _steps(found, form) | _time(found)
    return render(request, "projects/consolidation/stages.html", context)


@require_GET
@brick("projects")
def budget(request: PersonRequest) -> HttpResponse:
    """What is planned, committed and spent."""
    form = ScopeForm(request.GET)
    found = _found(request, form)
    table = breakdowns.budget(found)
    context = _frame(form, BUDGET) | {
        "found": found,
        "bars": _budget_bars(table),
        "table": table,
        "exports": _exports(form, table),
    }
    return render(request, "projects/consolidation/budget.html", context)


@require_GET
@brick("projects")
def breakdown(request: PersonRequest, code: str) -> HttpResponse:
    """One table, by pages when it is long: always the sum of all its lines last."""
    if (by := breakdowns.BREAKDOWNS.get(code)) is None:
        raise Http404("no such breakdown")
    form = ScopeForm(request.GET)
    found = _found(request, form)
    lines = by.lines(found)
    shown, following, previous = _page(lines, request.GET.get("page", ""))
    table = breakdowns.table(found, by, [*shown, breakdowns.whole(lines)] if lines else [])
    context = _frame(form, code) | {
        "found": found,
        "by": by,
        "table": table,
        "bars": _bars(breakdowns.table(found, by, _charted(by.code, lines))),
        "is_cut": len(lines) > CHARTED and by.code != "annees",
        "exports": _exports(form, table),
        "next_url": _address(form, page=following) if following else "",
        "previous_url": _address(form, page=previous) if previous is not None else "",
    }
    return render(request, "projects/consolidation/breakdown.html", context)


@require_GET
@brick("projects")
def export(request: PersonRequest, code: str) -> HttpResponseBase:
    """One of the tables as a file, whole."""
    found = _found(request, ScopeForm(request.GET))
    if code in breakdowns.BREAKDOWNS:
        table = breakdowns.table(found, breakdowns.BREAKDOWNS[code])
    elif code in TABLES:
        table = TABLES[code](found)
    else:
        raise Http404("no such table")
    return table_response(request, f"experimentations-{table.code}", table.head, table.lines())


def _found(request: PersonRequest, form: ScopeForm) -> Consolidation:
    scope = form.scope()
    return consolidated(figures(request.user, scope), scope, request.GET.get("parcours", ""))


# --- what every page of the consolidation shows -----------------------------------------------------------------------


def _frame(form: ScopeForm, code: str) -> dict[str, Any]:
    """The filters, and the pages side by side under them."""
    tail = _address(form)
    pages = [
        ("Vue d’ensemble", reverse("projects:consolidation"), ""),
        ("Tableaux", reverse("projects:consolidation_tables"), ALL),
        ("Étapes et suites", reverse("projects:consolidation_stages"), STAGES),
        ("Budget", reverse("projects:consolidation_budget"), BUDGET),
        *(
            (one.title, reverse("projects:consolidation_by", args=[one.code]), one.code)
            for one in breakdowns.BREAKDOWNS.values()
        ),
    ]
    return {
        "form": form,
        "tabs": [Tab(title, url + tail, current=code == here) for title, url, here in pages],
        "applied": [(words, _address(form, without=name)) for words, name in form.applied()],
        "narrowed": form.narrowed_to(),
    }


def _address(form: ScopeForm, *, without: str = "", **more: str) -> str:
    """This page with one filter less, or with other parameters."""
    kept = {name: value for name, value in (form.kept() | more).items() if name != without}
    if without == "domaine":
        kept.pop("rubrique", None)
    return f"?{urlencode(kept)}" if kept or without else ""


def _exports(form: ScopeForm, table: Table, **more: str) -> list[tuple[str, str]]:
    """The files of a table, filters kept: (words, address)."""
    url, asked = reverse("projects:consolidation_export", args=[table.code]), form.kept() | more
    return [
        ("Tableau (CSV)", f"{url}?{urlencode(asked)}"),
        ("Excel (.xlsx)", f"{url}?{urlencode(asked | {'format': 'xlsx'})}"),
    ]


def _page(lines: list[breakdowns.Line], first: str) -> tuple[list[breakdowns.Line], str, str | None]:
    """The lines from the one named `first`, then the names of those that begin the next page and the one before."""
    start = next((place for place, line in enumerate(lines) if line.name == first), 0)
    end = start + PAGE_SIZE
    before = None if start == 0 else lines[max(start - PAGE_SIZE, 0)].name
    return lines[start:end], lines[end].name if end < len(lines) else "", before


# --- charts -----------------------------------------------------------------------------------------------------------


def _standing(found: Consolidation) -> dict[str, Any]:
    states, causes = standing.states(found), found.figures.cause.n
    rows = list(zip(State, states.rows, strict=True))
    return {
        "states": [(LOOKS[state], row[1], row[2].text) for state, row in rows],
        "parts": [Part(str(state.label), int(row[1].value), FILLS[state]) for state, row in rows],
        "passed": _bars(standing.stages_passed(found)),
        "under_way": found.in_state(State.UNDER_WAY),
        "causes": _bars(standing.causes(found)),
        "stopped": sum(causes.values()),
        "said_no": sum(n for (_state, cause), n in causes.items() if cause == Cause.ANSWERED_NO),
        "said_no_url": f"{reverse('projects:stopped')}?{urlencode({'cause': CAUSE_WORDS[Cause.ANSWERED_NO]})}",
    }


def _steps(found: Consolidation, form: ScopeForm) -> dict[str, Any]:
    """What the stages of one lifecycle say, and the other lifecycles that may be shown instead."""
    steps, endings = stages.steps(found), stages.endings(found)
    told = {"parcours": found.course.code} if found.course else {}
    return {
        "courses": [
            Tab(course.name, _address(form, parcours=course.code), count=n, current=course == found.course)
            for course, n in courses_of(found.figures)
        ],
        "ever": _bars(steps),
        "endings": [replace(bar, fill="c-done") for bar in _bars(endings)],
        "steps": (steps, _exports(form, steps, **told)),
        "endings_exports": _exports(form, endings, **told),
        "still_there": stages.still_there(found),
    }


def _time(found: Consolidation) -> dict[str, Any]:
    """How long each stage takes."""
    spells = stages.spells(found.figures, found.course) if found.course else []
    return {"spreads": [_spread(one) for one in spells if one.measured]}


def _spread(spell: stages.Spell) -> Spread:
    low, middle, high = (round(day) for day in stages.quartiles(spell.days))
    return Spread(f"{spell.step.number}. {spell.step.name}", low, middle, high)


def _bars(table: Table) -> list[Bar]:
    """The first number of each row of a table; what is nothing opens nothing."""
    return [Bar(row[0].text, int(row[1].value), row[1].url if row[1].value else "") for row in table.rows]


def _charted(code: str, lines: list[breakdowns.Line]) -> list[breakdowns.Line]:
    """Years in order of time; of the others, those that have the most."""
    if code == "annees":
        return [line for line in reversed(lines) if line.name != breakdowns.NOT_STARTED][-CHARTED:]
    return sorted(lines, key=lambda line: -line.total)[:CHARTED]


def _budget_bars(table: Table) -> list[Bar]:
    """All projects together."""
    fills: tuple[Fill, ...] = ("c3", "hatch", "c1")
    return [
        Bar(name, float(cell.value), shown=cell.text, fill=fill)
        for name, cell, fill in zip(breakdowns.MONEY, table.rows[-1][2:], fills, strict=True)
    ]
