"""A line about a project that stands: what differs, judged as the screens judge it."""

from collections.abc import Mapping, Sequence
from typing import Any

from ozeli.core.french import quoted
from ozeli.core.imports import Change, Record

from . import exports
from .enums import ENDED_STATES, BodyRole, State
from .import_lines import (
    BUDGET,
    NEVER_EMPTY,
    SHEET,
    UPDATE,
    Around,
    Reading,
    Wrong,
    check_days,
    column,
    ending_named,
    read_cell,
    read_cells,
)
from .marks import KEPT, MARK, digest, digests, meaning
from .models import Project
from .services import updates
from .services.circuit import NOTE_MIN_LENGTH, STOPS
from .workflow import TRANSITIONS

MOVES = {(source, one.target): one for one in TRANSITIONS for source in one.sources}
# Told by a new project alone; afterwards each has an act of its own on the sheet.
_ELSEWHERE = ("lifecycle", "stages_passed")
_STATE = ("state", "cause", "ending", "ended_on")
ROLES = {"sponsors": BodyRole.SPONSOR, "partners": BodyRole.PARTNER}
# The line of a budget that an import wrote alone, so that another one may write it again.
IMPORTED_BUDGET = "Budget importé"


def read_changes(record: Record, project: Project, cells: Mapping[str, object], around: Around) -> Reading:
    """What a line changes of its project, and why a cell may not."""
    reading = Reading(record)
    asked = reading.asked
    asked.id, asked.version = project.pk, project.version
    codes = _differing(reading, cells)
    read = [one for one in codes if one != "ending" and (one not in NEVER_EMPTY or record.get(one))]
    said = read_cells(reading, read, around)
    for code in NEVER_EMPTY.intersection(codes):
        if not record.get(code):
            reading.refuse(code, "Cette cellule ne se vide pas : remettez la valeur d’avant.")
    if reading.faults:
        return reading
    _state(reading, project, codes, said, around)
    _days(reading, project, said)
    if any(code in codes for code in UPDATE) and not project.is_live:
        first = next(code for code in codes if code in UPDATE)
        reading.refuse(first, updates.ENDED)
    _budget(reading, project, said, codes)
    asked.sheet = {column(code): said[code] for code in SHEET if code in said}
    asked.update = {code: said[code] for code in UPDATE if code in said}
    asked.bodies = {role.value: said[code] for code, role in ROLES.items() if code in said}
    reading.changes += [
        Change.of(exports.COLUMNS[code], str(cells[code]), record.get(code)) for code in codes
    ]
    return reading


def _differing(reading: Reading, cells: Mapping[str, object]) -> list[str]:
    """The codes of the cells that ask for something else than what stands; a conflict is a fault of the line."""
    record, found, kept = reading.record, [], 0
    given = digests(record.get(MARK))
    for code in KEPT:
        text, here = record.get(code), str(cells[code])
        if code not in record.read or meaning(code, text) == meaning(code, here):
            continue
        if not given:
            found += [code] if text else []
        elif digest(code, text) == given[code]:
            kept += 1
        elif digest(code, here) != given[code]:
            _conflict(reading, code, text, here)
        else:
            found.append(code)
    for code in _ELSEWHERE:
        text = record.get(code)
        if text and meaning(code, text) != meaning(code, str(cells[code])):
            reading.told.append(f"« {exports.COLUMNS[code].capitalize()} » ne change pas par un fichier.")
    if kept:
        reading.told.append("Modifié sur le portail depuis l’export : c’est gardé.")
    return found


def _conflict(reading: Reading, code: str, text: str, here: str) -> None:
    change = Change.of("", text, here)
    in_file = quoted(change.before[:120]) if text else "une cellule vide"
    on_portal = quoted(change.after[:120]) if here else "rien"
    reading.refuse(
        code,
        f"Le projet a changé depuis cet export : le fichier dit {in_file}, le portail {on_portal}. Reprenez un export.",
    )


def _days(reading: Reading, project: Project, said: Mapping[str, Any]) -> None:
    if not {"started_on", "expected_end_on", "ended_on"}.isdisjoint(said):
        check_days(
            reading,
            said.get("started_on", project.started_on),
            said.get("expected_end_on", project.expected_end_on),
            said.get("ended_on", project.ended_on),
        )


# --- the state --------------------------------------------------------------------------------------------------------


def _state(
    reading: Reading, project: Project, codes: Sequence[str], said: Mapping[str, Any], around: Around
) -> None:
    """A change of state is a move of the table, with what it asks; its cells do not change without it."""
    asked, record = reading.asked, reading.record
    if "state" not in said:
        for code in [one for one in codes if one in _STATE]:
            reading.refuse(
                code, "Cela change avec le statut, ou depuis la fiche : remettez la valeur d’avant."
            )
        return
    source, target = State(project.state), State(said["state"])
    found = MOVES.get((source, target))
    if found is None:
        ways = [quoted(str(State(end).label)) for start, end in MOVES if start == source]
        reading.refuse(
            "state",
            f"De {quoted(str(source.label))} on ne passe pas à {quoted(str(target.label))} :"
            f" écrivez {' ou '.join(ways)}.",
        )
        return
    asked.move, asked.cause, asked.ended_on = found.name, said.get("cause", ""), said.get("ended_on")
    for code in ("note", "lesson"):
        try:
            setattr(asked, code, read_cell(code, record.get(code), around))
        except Wrong as wrong:
            reading.refuse(code, str(wrong))
    if record.get("ending") and target in ENDED_STATES:
        _ending(reading, project, target)
    for code, reason in _missing(reading, project, found.name).items():
        reading.refuse(code, reason)


def _ending(reading: Reading, project: Project, target: State) -> None:
    try:
        reading.asked.ending = ending_named(reading.record.get("ending"), project.lifecycle)
    except Wrong as wrong:
        reading.refuse("ending", str(wrong))
        return
    if reading.asked.ending.state != target:
        reading.refuse("ending", "Cette suite va avec un autre statut : accordez les deux cellules.")


def _missing(reading: Reading, project: Project, name: str) -> dict[str, str]:
    """What a move asks and the line does not say, by code."""
    asked, wrong = reading.asked, dict[str, str]()
    if name in STOPS and not asked.cause:
        wrong["cause"] = "Geler ou abandonner demande sa cause : choisissez-la dans la liste."
    if name in (*STOPS, "reopen") and len(asked.note) < NOTE_MIN_LENGTH:
        wrong["note"] = (
            "Ce changement de statut demande sa raison, en une phrase : remplissez la colonne « raison »."
        )
    if name == "give_up" and len(asked.lesson) < NOTE_MIN_LENGTH:
        wrong["lesson"] = (
            "Abandonner demande ce que d’autres peuvent en apprendre : remplissez la colonne « leçon »."
        )
    if name == "complete" and asked.ending is None and project.lifecycle.endings.all():
        wrong["ending"] = "Terminer demande la suite donnée au projet : écrivez-la."
    return wrong


# --- the budget -------------------------------------------------------------------------------------------------------


def _budget(reading: Reading, project: Project, said: Mapping[str, Any], codes: Sequence[str]) -> None:
    """Sums are those of lines: a file changes them only where one line stands, that a file wrote, or none."""
    changed = [code for code in BUDGET if code in said]
    if not changed:
        return
    lines = list(project.budget.all())
    is_free = not lines and not any(getattr(project, code) for code in BUDGET)
    if not is_free and [one.label for one in lines] != [IMPORTED_BUDGET]:
        for code in changed:
            reading.refuse(
                code, "Le budget de ce projet est tenu ligne à ligne sur sa fiche : changez-le là."
            )
        return
    reading.asked.budget = {code: said.get(code, getattr(project, code)) for code in BUDGET}
