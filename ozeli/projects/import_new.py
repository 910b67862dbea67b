"""A line that makes a new project: where it stands, how it came there, who carries it."""

from collections.abc import Mapping
from typing import Any

from ozeli.core import clock
from ozeli.core.french import quoted
from ozeli.core.imports import Record, title_key

from .enums import ENDED_STATES, BodyRole, State
from .import_lines import (
    BUDGET,
    SHEET,
    UPDATE,
    Around,
    Reading,
    Wrong,
    check_days,
    column,
    ending_named,
    read_cells,
)
from .selectors.lifecycles import DEFAULT

_FOR_NEW = (*SHEET, *UPDATE, *BUDGET, "sponsors", "partners", "state", "cause", "note", "lesson", "ended_on",
            "stages_passed", "lifecycle", "owner_mail")  # fmt: skip


def read_new(record: Record, key: tuple[str, ...], around: Around, options: Mapping[str, str]) -> Reading:
    reading = Reading(record)
    asked = reading.asked
    asked.source, asked.external_id = key
    said = read_cells(reading, [code for code in _FOR_NEW if record.get(code)], around)
    if not record.get("title"):
        reading.refuse("title", "Le titre manque : écrivez-en un, ou retirez la ligne.")
    version = said.pop("lifecycle", None) or around.lifecycles.get(
        title_key(options.get("lifecycle") or DEFAULT)
    )
    if version is None:
        reading.refuse("lifecycle", "Aucun parcours en service ne convient : nommez-en un.")
        return reading
    asked.lifecycle = version
    _place(reading, said, around, options)
    _state(reading, said)
    _stages(reading, said)
    check_days(reading, said.get("started_on"), said.get("expected_end_on"), asked.ended_on)
    asked.owner = said.get("owner_mail")
    asked.sheet = {column(code): said[code] for code in SHEET if code in said}
    asked.update = {code: said[code] for code in UPDATE if said.get(code) not in (None, "")}
    asked.budget = {code: said[code] for code in BUDGET if said.get(code)}
    asked.bodies = {
        role.value: said[code]
        for code, role in (("sponsors", BodyRole.SPONSOR), ("partners", BodyRole.PARTNER))
        if said.get(code)
    }
    return reading


def _place(reading: Reading, said: dict[str, Any], around: Around, options: Mapping[str, str]) -> None:
    """The body that carries it: that of the line, of the whole file, or of whoever brings it."""
    if "organisation" in said or reading.record.get("organisation"):
        return
    if told := options.get("organisation", ""):
        said["organisation"] = around.body(told)
    elif around.actor is not None:
        said["organisation"] = around.actor.organisation
        reading.told.append(f"Sans organisme : porté par {around.actor.organisation.name}.")
    else:
        reading.refuse("organisation", "L’organisme manque : écrivez son nom ou son code.")


def _state(reading: Reading, said: Mapping[str, Any]) -> None:
    """Where it stands, how and why it ended: these cells must agree."""
    asked, record = reading.asked, reading.record
    begun = said.get("started_on") is not None and said["started_on"] <= clock.today()
    asked.state = said.get("state") or (State.UNDER_WAY if begun else State.TO_LAUNCH)
    asked.note, asked.lesson = said.get("note", ""), said.get("lesson", "")
    if record.get("ending") and asked.lifecycle is not None:
        try:
            asked.ending = ending_named(record.get("ending"), asked.lifecycle)
        except Wrong as wrong:
            reading.refuse("ending", str(wrong))
    if asked.ending is not None and not record.get("state"):
        asked.state = asked.ending.state
    if asked.ending is not None and asked.ending.state != asked.state:
        known = quoted(str(State(asked.ending.state).label))
        reading.refuse("ending", f"Cette suite va avec le statut {known} : accordez les deux cellules.")
    asked.cause, asked.ended_on = said.get("cause", ""), said.get("ended_on")
    if asked.cause and asked.state not in (State.FROZEN, State.ABANDONED):
        reading.refuse("cause", "Une cause va avec un projet gelé ou abandonné : videz la cellule.")
    if asked.ended_on and asked.state not in ENDED_STATES:
        reading.refuse("ended_on", "Ce projet n’a pas fini : videz cette date, ou changez le statut.")
    if asked.state in (State.FROZEN, State.ABANDONED) and not asked.cause:
        reading.told.append("Sans cause dite.")


def _stages(reading: Reading, said: Mapping[str, Any]) -> None:
    asked, passed = reading.asked, said.get("stages_passed", 0)
    assert asked.lifecycle is not None
    most = len(asked.lifecycle.stages.all())
    if passed > most:
        reading.refuse("stages_passed", f"Ce parcours a {most} étapes : écrivez un nombre de 0 à {most}.")
    asked.stages_passed = passed
