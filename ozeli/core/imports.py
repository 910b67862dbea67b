"""Importers: how a table becomes rows of an app, told before it is done.

An app registers an `Importer` in `AppConfig.ready`. `plan` compares lines with what stands and writes nothing: it gives
each line an outcome, and the differences field by field. `apply` writes the lines that change something.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction

from .errors import Refused
from .french import fold, number, plural
from .registry import Registry
from .tables import CONTROL, FORMULA, MERGED, Table

BATCH = 500
SUBJECT = "subject"
# What is said of a cell that is not what it seems, where such cells are refused.
ODD_CELLS = {
    FORMULA: "Cette cellule contient une formule : remplacez-la par sa valeur (collage spécial, valeurs).",
    CONTROL: "Cette cellule contient des caractères invisibles : tapez-la à nouveau.",
    MERGED: "Cette cellule est fusionnée avec une autre : défusionnez-les, puis écrivez chaque valeur dans sa cellule.",
}
# What our own exports put before a text that a spreadsheet would run.
_NEUTRALISED = re.compile(r"^'(?=[=+\-@＝＋－＠])")


class Outcome(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    MERGED = "merged"
    LEFT_OUT = "left_out"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Outcome.CREATE: "Créée",
    Outcome.UPDATE: "Modifiée",
    Outcome.UNCHANGED: "Inchangée",
    Outcome.MERGED: "Doublon fusionné",
    Outcome.LEFT_OUT: "Laissée de côté",
    Outcome.REFUSED: "Refusée",
}
WRITTEN = (Outcome.CREATE, Outcome.UPDATE)


@dataclass(frozen=True, slots=True)
class Column:
    """What an importer reads. `aliases` are other titles that files give it."""

    code: str
    label: str
    aliases: Sequence[str] = ()
    required: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice made once for a file. `default(file name)` proposes a value."""

    code: str
    label: str
    help: str = ""
    required: bool = False
    default: Callable[[str], str] = lambda name: ""


@dataclass(frozen=True, slots=True)
class Record:
    """A line under the columns of the importer: `number` is its line in the file.

    `values` holds what is not empty, `read` the columns that the file has; `odd` the cells that hold a formula or what
    cannot be seen (`core.tables.FORMULA`, `CONTROL`, `MERGED`).
    """

    number: int
    values: Mapping[str, str]
    fault: str = ""
    read: frozenset[str] = frozenset()
    odd: Mapping[str, str] = field(default_factory=dict)

    def get(self, code: str) -> str:
        return self.values.get(code, "")


@dataclass(frozen=True, slots=True)
class Change:
    """What an update changes, in words."""

    label: str
    before: str
    after: str

    @classmethod
    def of(cls, label: str, before: str, after: str) -> "Change":
        """Of two long texts, the part where they begin to differ."""
        return cls(label, *_around_difference(before, after))


def _around_difference(before: str, after: str, shown: int = 240, kept: int = 60) -> tuple[str, str]:
    if max(len(before), len(after)) <= shown:
        return before, after
    same = next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
        min(len(before), len(after)),
    )
    start = max(0, same - kept)

    def piece(text: str) -> str:
        head, tail = "…" if start else "", "…" if len(text) > start + shown else ""
        return f"{head}{text[start : start + shown]}{tail}"

    return piece(before), piece(after)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line is refused, where, and what to do."""

    reason: str
    column: str = ""
    value: str = ""


@dataclass(slots=True)
class Line:
    """What becomes of a line. `payload` is the importer's own, for `apply`; `note` tells a rule that was followed.

    `others` are the faults of a refused line after the first. `apply` may refuse a line that another person overtook.
    """

    number: int
    outcome: Outcome
    title: str = ""
    changes: Sequence[Change] = ()
    fault: Fault | None = None
    note: str = ""
    payload: Any = None
    others: Sequence[Fault] = ()

    @property
    def faults(self) -> list[Fault]:
        return [self.fault, *self.others] if self.fault else []


def refused(record: Record, reason: str, *, column: str = "", title: str = "") -> Line:
    value = record.get(column)[:200] if column else ""
    return Line(record.number, Outcome.REFUSED, title, fault=Fault(reason, column, value))


@dataclass(frozen=True, slots=True)
class Importer:
    """A kind of rows that can be imported.

    `noun` names one of them. `brick` and level ADMIN, on the whole network, open it. `rules` are the sentences shown
    to people: what is done with odd lines. `plan(records, options)` yields a line for each record, in order, and writes
    nothing; `apply(lines, actor=…, options=…)` writes some of them in the caller's transaction and may be given
    lines that are already written. `searchable` is the kind to index afterwards, `written(lines)` the ids to index.

    What is imported into one thing (the list of a challenge) has `open_on(user, key)` instead of the rule above;
    `key` stands among the options as `SUBJECT`. With `by_actor`, what a line may do depends on who asks:
    `plan(records, options, actor)`; the command may leave the actor out with `by_anybody`. `strict`: a formula, what
    cannot be seen or what a merge covers is refused at its cell, by the plan. `at_once` are the lines of a batch, when
    they are long to write. `files` are read beside the table, by the command alone: their paths stand among the
    options. `closing(plan)` gives the last lines that the command prints.
    """

    code: str
    title: str
    noun: str
    brick: str
    columns: Sequence[Column]
    plan: Callable[..., Iterable[Line]]
    apply: Callable[..., None]
    rules: Sequence[str] = ()
    options: Sequence[Option] = ()
    searchable: str = ""
    written: Callable[[Sequence[Line]], Sequence[Any]] | None = None
    position: int = 100
    open_on: Callable[[Any, str], bool] | None = None
    by_actor: bool = False
    by_anybody: bool = False
    strict: bool = False
    at_once: int = 0
    files: Sequence[Option] = ()
    closing: "Callable[[Plan], Sequence[str]] | None" = None

    def column(self, code: str) -> Column | None:
        return next((one for one in self.columns if one.code == code), None)

    def is_open_to(self, user: Any, key: str = "") -> bool:
        if self.open_on is not None:
            return bool(key) and self.open_on(user, key)
        return user.level(self.brick) >= 3 and user.scope(self.brick, 3) is None


importers: Registry[Importer] = Registry()


# --- columns ------------------------------------------------------------------------------------------------------


def title_key(text: str) -> str:
    """What makes two titles the same: « Département (code) » and « departement_code »."""
    return "".join(char for char in fold(text) if char.isalnum())


def guess_mapping(importer: Importer, titles: Sequence[str]) -> dict[str, str]:
    """column code → title of the file, by name then by alias; a title serves once."""
    free = {title_key(title): title for title in reversed(titles)}
    mapping: dict[str, str] = {}
    for names in (lambda one: (one.code, one.label), lambda one: one.aliases):
        for column in importer.columns:
            if column.code in mapping:
                continue
            found = next((key for name in names(column) if (key := title_key(name)) in free), None)
            if found is not None:
                mapping[column.code] = free.pop(found)
    return mapping


def missing(importer: Importer, mapping: Mapping[str, str]) -> list[str]:
    """The labels of the columns that must be matched and are not."""
    return [one.label for one in importer.columns if one.required and not mapping.get(one.code)]


def records(table: Table, mapping: Mapping[str, str]) -> Iterator[Record]:
    """The lines of a table under the columns of an importer."""
    codes = {title: code for code, title in mapping.items() if title}
    read = frozenset(codes.values())
    for row in table.rows():
        values = {code: row.cells.get(title, "") for title, code in codes.items()}
        yield Record(
            row.number,
            {code: _NEUTRALISED.sub("", value) for code, value in values.items() if value},
            row.fault,
            read,
            {codes[title]: kind for title, kind in row.odd if title in codes},
        )


# --- plan, then do ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Plan:
    """The lines of a file and what becomes of each."""

    importer: Importer
    options: Mapping[str, str]
    lines: list[Line] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        counted = dict.fromkeys((one.value for one in Outcome), 0)
        for line in self.lines:
            counted[line.outcome.value] += 1
        return counted

    @property
    def to_write(self) -> list[Line]:
        return [line for line in self.lines if line.outcome in WRITTEN]

    @property
    def refused(self) -> list[Line]:
        return [line for line in self.lines if line.outcome == Outcome.REFUSED]


def make_plan(
    importer: Importer, found: Iterable[Record], options: Mapping[str, str], actor: Any = None
) -> Plan:
    """What the import of these records would do, asked by `actor`. Nothing is written."""
    sound, broken = [], {}
    order = []
    for record in found:
        order.append(record.number)
        if record.fault:
            broken[record.number] = refused(record, record.fault)
        else:
            sound.append(record)
    asked = (sound, options, actor) if importer.by_actor else (sound, options)
    planned = {line.number: line for line in importer.plan(*asked)} | broken
    return Plan(importer, options, [planned[number] for number in order])


Progress = Callable[[int], None]
After = Callable[[Sequence[Line]], None]


class Interrupted(Exception):  # noqa: N818 (not an error: somebody asked)
    """The person cancelled the import while it was being written."""


def write(
    plan: Plan,
    *,
    actor: Any,
    partial: bool = False,
    progress: Progress = lambda done: None,
    after: After = lambda lines: None,
) -> int:
    """Write what a plan changes; the number of lines written. Lines refused meanwhile are Refused, or left aside.

    All or nothing: one transaction. Partial: one a batch, each leaving the base true. `progress(done)` is called after
    each batch and may raise Interrupted, which undoes what its transaction holds. `after(lines)` ends each batch,
    inside its transaction: the index hears of them there.
    """
    lines = plan.to_write
    if partial:
        return _in_batches(plan, lines, actor, progress, after)
    with transaction.atomic():
        written = _in_batches(plan, lines, actor, progress, after)
        if late := next((line for line in lines if line.fault is not None), None):
            assert late.fault is not None
            raise Refused(f"Ligne {number(late.number)} : {late.fault.reason} Rien n’a été écrit.")
        return written


def _in_batches(plan: Plan, lines: list[Line], actor: Any, progress: Progress, after: After) -> int:
    done = written = 0
    size = min(BATCH, plan.importer.at_once or BATCH)
    for start in range(0, len(lines), size):
        batch = lines[start : start + size]
        with transaction.atomic():
            plan.importer.apply(batch, actor=actor, options=plan.options)
            kept = [line for line in batch if line.outcome in WRITTEN]
            after(kept)
        done, written = done + len(batch), written + len(kept)
        progress(done)
    return written


def summary(counts: Mapping[str, int]) -> str:
    """« 312 créées, 3 doublons fusionnés, 155 laissées de côté »."""
    words = (
        (Outcome.CREATE, "créée", None),
        (Outcome.UPDATE, "modifiée", None),
        (Outcome.UNCHANGED, "inchangée", None),
        (Outcome.MERGED, "doublon fusionné", "doublons fusionnés"),
        (Outcome.LEFT_OUT, "laissée de côté", "laissées de côté"),
        (Outcome.REFUSED, "refusée", None),
    )
    said = [plural(counts[code], one, many) for code, one, many in words if counts.get(code)]
    return ", ".join(said) or "aucune ligne"
