"""The page of a chosen project in a synthesis: what it tries, where it stands, what the period taught."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ozeli.core.french import NARROW, NBSP, inner_quotes, long_date, number, quoted

from ..documents.text import borrowed
from ..enums import State
from ..models import Indicator, Project, ProjectMove, StageReport
from ..selectors.synthesis_facts import Rows
from ..selectors.synthesis_periods import Period
from ..synthesis_words import Draft, capital, cause_of, day, ending_of, euros, sentence

_SUMMARY = 900
_TOLD = {
    "successes": "Ce qui a marché",
    "difficulties": "Ce qui a été difficile",
    "failures": "Ce qui n’a pas marché",
    "practices": "Bonnes pratiques à reprendre",
}


def page(project: Project, period: Period) -> Draft:
    """Its section. One source, called once a list: the sheet itself, from which every sentence comes."""
    draft = Draft()
    call = draft.ref(project.title[:200], sheet(project))
    if project.summary.strip():
        draft.say(f"{borrowed(project.summary, _SUMMARY)}{call}")
    lines = list(_happened(project, period))
    draft.items(lines if project.summary.strip() else called(lines, call))
    _stands(draft, project, call)
    _taught(draft, project, period, call)
    if not draft.parts:
        draft.say(f"La fiche de ce projet ne dit encore que son titre{call}.")
    draft.figures = {"facts": _facts(project), "tables": list(_measures(project))}
    return draft


def called(lines: list[str], call: str) -> list[str]:
    """The first line of a list calls the sheet for all: a number on each would hide the words."""
    return [f"{line}{call}" if place == 0 else line for place, line in enumerate(lines)]


def sheet(project: Project) -> Rows:
    return Rows(1, [[str(project.pk), project.title, project.organisation.name, "sa fiche"]])


def _happened(project: Project, period: Period) -> Iterator[str]:
    """What happened to it in the period, in order: stages, gates, moves."""
    within = (period.first, period.last)
    found: list[tuple[Any, str]] = []
    for report in project.reports.filter(passed_on__range=within).select_related("stage"):
        words = f"Étape {report.stage.number} {quoted(report.stage.name)} passée le {day(report.passed_on)}."
        found.append((report.passed_on, words))
    for gate in project.gates.filter(decided_on__range=within).select_related("stage"):
        words = (
            f"Jalon {quoted(gate.stage.name)}, le {day(gate.decided_on)}{NBSP}: {gate.get_verdict_display()}."
            f" {sentence(gate.reason)}"
        )
        found.append((gate.decided_on, words))
    for move in project.moves.filter(made_on__range=within).select_related("ending"):
        found.append((move.made_on, _moved(move)))
    for _when, words in sorted(found, key=lambda pair: pair[0]):
        yield words


_MOVED = {
    "launch": "Lancé",
    "freeze": "Gelé",
    "resume": "Repris",
    "give_up": "Arrêté",
    "complete": "Terminé",
    "reopen": "Rouvert",
}


def _moved(move: ProjectMove) -> str:
    why = cause_of(move) or ending_of(move)
    words = f"{_MOVED.get(move.transition, State(move.target).label)} le {day(move.made_on)}"
    words += f" ({why[0].lower()}{why[1:]})." if why else "."
    return f"{words} {sentence(move.note)}" if move.note.strip() else words


def _stands(draft: Draft, project: Project, call: str) -> None:
    lines = [
        (words, text)
        for words, text in (
            ("Où il en est", project.weather_line),
            ("Prochain pas", project.next_step),
            ("Ce qui est attendu", project.needs),
        )
        if text.strip() and project.is_live
    ]
    if lines:
        draft.head("Où il en est")
        draft.items(called([f"{words}{NBSP}: {sentence(text)}" for words, text in lines], call))


def _taught(draft: Draft, project: Project, period: Period, call: str) -> None:
    within = (period.first, period.last)
    lines = [
        f"Leçon de l’arrêt{NBSP}: «{NARROW}{inner_quotes(borrowed(move.lesson))}{NARROW}»"
        for move in project.moves.filter(made_on__range=within, lesson__gt="")
    ]
    reports = project.reports.filter(is_told=True, written_on__range=within).select_related("stage")
    for report in reports.order_by("stage__number"):
        lines += _reported(report)
    if lines:
        draft.head("Ce qu’il a appris")
        draft.items(called(lines, call))


def _reported(report: StageReport) -> Iterator[str]:
    for name, words in _TOLD.items():
        text = getattr(report, name)
        if text.strip():
            yield f"{words} (étape {report.stage.number}){NBSP}: {sentence(text)}"


def _facts(project: Project) -> list[list[str]]:
    known: list[tuple[str, str]] = [
        ("Organisme", project.organisation.name),
        ("Domaine", project.domain.name if project.domain else ""),
        ("Statut", str(project.get_state_display())),
        ("Étapes passées", f"{project.stages_passed} sur {project.stage_count}"),
        ("Démarré le", long_date(project.started_on) if project.started_on else ""),
        ("Fini le", long_date(project.ended_on) if project.ended_on else ""),
        ("Suite", project.ending.name if project.ending else ""),
        (
            "Fin prévue le",
            long_date(project.expected_end_on) if project.expected_end_on and project.is_live else "",
        ),
        ("Avancement", f"{project.progress}{NBSP}%" if project.is_live else ""),
        ("Météo", str(project.get_weather_display()) if project.weather and project.is_live else ""),
        ("Budget", _budget(project)),
    ]
    return [[name, value] for name, value in known if value]


def _budget(project: Project) -> str:
    sums = (project.budget_planned, project.budget_committed, project.budget_spent)
    if not any(sums):
        return ""
    planned, committed, spent = map(euros, sums)
    return f"{planned} prévus, {committed} engagés, {spent} dépensés"


def _measures(project: Project) -> Iterator[dict[str, Any]]:
    rows = [_row(one) for one in project.indicators.prefetch_related("measures")]
    if rows:
        yield {
            "caption": "Ce que l’on mesure",
            "header": ["Indicateur", "Au départ", "Dernière mesure", "Cible"],
            "rows": rows,
            "words": True,
        }


def _row(indicator: Indicator) -> list[str]:
    measures = list(indicator.measures.all())
    last = max(measures, key=lambda one: (one.measured_on, one.pk)) if measures else None
    unit = f"{NBSP}{indicator.unit}" if indicator.unit else ""

    def amount(value: Decimal | None) -> str:
        return f"{number(value.normalize() + 0)}{unit}" if value is not None else "—"

    measured = f"{amount(last.value)}, le {long_date(last.measured_on)}" if last else "—"
    return [capital(indicator.name), amount(indicator.baseline), measured, amount(indicator.target)]
