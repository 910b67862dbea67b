"""A line of a file of projects, read cell by cell: what it says of a project, or why a cell cannot be read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices

from ozeli.accounts.models import User
from ozeli.accounts.selectors import people_at, with_grants
from ozeli.challenges.forms.fields import LineField, TextField
from ozeli.core.access import Level
from ozeli.core.errors import Refused
from ozeli.core.french import list_of, quoted
from ozeli.core.imports import ODD_CELLS, Change, Fault, Outcome, Plan, Record, title_key
from ozeli.engagement.services import clean_tags
from ozeli.network.enums import Audience
from ozeli.network.models import Domain, Organisation, StrategicObjective
from ozeli.network.names import name_key

from .enums import Cause, Kind, State, Trigger, Weather
from .forms.numbers import EurosField
from .forms.project import SUMMARY_MAX_LENGTH, TITLE_MAX_LENGTH, AddressField
from .forms.update import LINE_MAX_LENGTH
from .marks import as_day, parts
from .models import Ending, LifecycleVersion
from .selectors.lifecycles import offered
from .services.dates import check_past

NOTE_MAX_LENGTH = 2_000
IDENTIFIER = 120
# Columns by what they change: the sheet itself, what the team says of it each month, its money.
SHEET = (
    "title", "summary", "kind", "pitch", "video_url", "link_url", "direction", "trigger", "started_on",
    "expected_end_on", "audience", "keywords", "organisation", "domain", "objective",
)  # fmt: skip
UPDATE = ("progress", "weather", "weather_line", "next_step", "needs")
BUDGET = ("budget_planned", "budget_committed", "budget_spent")
_FIRST, _LAST = date(1990, 1, 1), date(2100, 1, 1)
_LINES: dict[str, forms.Field] = {
    "title": LineField(
        max_length=TITLE_MAX_LENGTH, error_messages={"required": "Le titre manque : écrivez-en un."}
    ),
    "summary": TextField(max_length=SUMMARY_MAX_LENGTH, required=False),
    "pitch": TextField(required=False),
    "direction": LineField(max_length=120, required=False),
    **{
        code: LineField(max_length=LINE_MAX_LENGTH, required=False)
        for code in ("weather_line", "next_step", "needs")
    },
    **{code: TextField(max_length=NOTE_MAX_LENGTH, required=False) for code in ("note", "lesson")},
    **{code: AddressField(label="") for code in ("video_url", "link_url")},
    **{code: EurosField(required=False) for code in ("budget_planned", "budget_committed", "budget_spent")},
}
_CHOICES: dict[str, tuple[Any, str]] = {
    "state": (State, "un statut"),
    "kind": (Kind, "une nature de projet"),
    "weather": (Weather, "une météo"),
    "trigger": (Trigger, "un fait générateur"),
    "audience": (Audience, "un public"),
    "cause": (Cause, "une cause"),
}
# Other words that files have for a choice.
_ALSO: dict[str, dict[str, TextChoices]] = {
    "audience": {"organisme": Audience.ORGANISATION, "branche": Audience.BRANCH, "reseau": Audience.NETWORK},
    "state": {
        "arrete": State.ABANDONED,
        "suspendu": State.FROZEN,
        "enpause": State.FROZEN,
        "clos": State.COMPLETED,
    },
}
# What a cell may not empty.
NEVER_EMPTY = frozenset({"title", "state", "kind", "audience", "organisation"})


class Wrong(Exception):  # noqa: N818 (what a cell is)
    """Why a cell cannot be read, and what to do. The message is French."""


@dataclass(slots=True)
class Asked:
    """What a line asks for. `version` is that of the project that was compared; 0 makes a new one."""

    id: UUID = field(default_factory=uuid4)
    version: int = 0
    source: str = ""
    external_id: str = ""
    # Columns of the sheet, of the update, bodies by role, amounts of the budget: what the file says or changes.
    sheet: dict[str, Any] = field(default_factory=dict)
    update: dict[str, Any] = field(default_factory=dict)
    bodies: dict[str, list[int]] = field(default_factory=dict)
    budget: dict[str, Decimal] = field(default_factory=dict)
    # A change of state, by its transition; for a new project the state where it stands.
    move: str = ""
    state: str = State.TO_LAUNCH
    ending: Ending | None = None
    cause: str = ""
    note: str = ""
    lesson: str = ""
    ended_on: date | None = None
    # New projects alone.
    lifecycle: LifecycleVersion | None = None
    stages_passed: int = 0
    owner: int | None = None


@dataclass(slots=True)
class Reading:
    """A line as it is being read: what it asks for, what differs, what is wrong."""

    record: Record
    asked: Asked = field(default_factory=Asked)
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def refuse(self, code: str, reason: str) -> None:
        self.faults.append(Fault(reason, code, self.record.get(code)[:200]))


class Around:
    """What is read once for a file: bodies, domains, objectives, lifecycles, the accounts that it names."""

    def __init__(self, records: Iterable[Record], actor: User | None) -> None:
        self.actor = actor
        bodies = list(Organisation.objects.filter(is_active=True).select_related("branch").order_by("pk"))
        self.bodies = {one.code: one for one in bodies}
        self._by_name: dict[str, list[Organisation]] = {}
        for one in bodies:
            self._by_name.setdefault(name_key(one.name), []).append(one)
        self.domains = _by_words(Domain.objects.filter(is_active=True), "name")
        self.objectives = _by_words(StrategicObjective.objects.filter(is_active=True), "title")
        self.lifecycles: dict[str, LifecycleVersion] = {}
        for version in offered().prefetch_related("stages", "endings"):
            for words in (version.lifecycle.name, version.lifecycle.code):
                self.lifecycles.setdefault(title_key(words), version)
        mails = {record.get("owner_mail").strip().lower() for record in records} - {""}
        keys = people_at(mails).filter(is_active=True).values_list("pk", flat=True)
        self.people = {one.email.lower(): one for one in with_grants(keys)}

    def body(self, text: str) -> Organisation:
        """The open body of that code or name. Raises Wrong."""
        found = self._by_name.get(name_key(text), [])
        if (one := self.bodies.get(text.strip().lower())) is not None:
            return one
        if len(found) > 1:
            codes = list_of([quoted(one.code) for one in found[:4]])
            raise Wrong(f"Plusieurs organismes portent ce nom : écrivez son code, parmi {codes}.")
        if not found:
            raise Wrong(
                f"Aucun organisme ouvert ne s’appelle {quoted(text[:80])} : écrivez son nom ou son code."
            )
        return found[0]


def _by_words(rows: Iterable[Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in rows:
        found.setdefault(title_key(getattr(one, name)), one)
        found.setdefault(title_key(one.code), one)
    return found


# --- cells ------------------------------------------------------------------------------------------------------------


def odd_cells(record: Record) -> list[Fault]:
    """Formulas, what cannot be seen, what a merge covers: refused where they are, never read."""
    return [Fault(ODD_CELLS[kind], code, record.get(code)[:200]) for code, kind in record.odd.items()]


def read_cell(code: str, text: str, around: Around) -> Any:
    """What a cell says. Raises Wrong."""
    if code in _LINES:
        return _clean(_LINES[code], text)
    if code in _CHOICES:
        return _choice(code, text)
    return _READERS[code](text, around)


def _clean(one: forms.Field, text: str) -> Any:
    try:
        value = one.clean(text)
    except ValidationError as error:
        raise Wrong(str(error.messages[0]).replace("\u00a0: rien n’est perdu.", ".")) from error
    return Decimal(0) if value is None else value


def _choice(code: str, text: str) -> str:
    choices, what = _CHOICES[code]
    key = title_key(text)
    if not key and code not in NEVER_EMPTY:
        return ""
    for one in choices:
        if key in (title_key(str(one.label)), title_key(one.value)):
            return str(one.value)
    if (also := _ALSO.get(code, {}).get(key)) is not None:
        return str(also.value)
    known = list_of([quoted(str(one.label)) for one in choices])
    raise Wrong(f"{quoted(text[:40])} n’est pas {what} : choisissez parmi {known}.")


def _day(text: str, around: Around) -> date | None:
    if not text.strip():
        return None
    day = as_day(text)
    if day is None or not _FIRST <= day <= _LAST:
        raise Wrong("Cette date ne se lit pas : écrivez-la 2024-05-31 ou 31/05/2024.")
    return day


def _progress(text: str, around: Around) -> int | None:
    bare = text.replace("%", "").strip()
    if not bare:
        return None
    if not bare.lstrip("-−").isdecimal() or not bare.isascii():
        raise Wrong("Un avancement est un nombre entier, de 0 à 100 : écrivez 60 pour 60 %.")
    if bare.startswith("-") or int(bare[:9]) > 100:
        raise Wrong("Un avancement va de 0 à 100 %.")
    return int(bare)


def _whole(text: str, around: Around) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 3:
        raise Wrong("Un nombre d’étapes est un nombre entier, comme 3.")
    return int(text)


def _body(text: str, around: Around) -> Organisation:
    if not text.strip():
        raise Wrong("L’organisme manque : écrivez son nom ou son code.")
    return around.body(text)


def _bodies(text: str, around: Around) -> list[int]:
    found = [around.body(name).pk for name in parts("sponsors", text)]
    return list(dict.fromkeys(found))


def _named(kept: str, said: str) -> Callable[[str, Around], int | None]:
    def read(text: str, around: Around) -> int | None:
        if not title_key(text):
            return None
        found = getattr(around, kept).get(title_key(text))
        if found is None:
            raise Wrong(f"Aucun {said} ne s’appelle {quoted(text[:80])} : corrigez-le, ou videz la cellule.")
        return int(found.pk)

    return read


def _keywords(text: str, around: Around) -> list[str]:
    try:
        return list(clean_tags(parts("keywords", text)).values())
    except Refused as refusal:
        raise Wrong(str(refusal)) from refusal


def _lifecycle(text: str, around: Around) -> LifecycleVersion:
    found = around.lifecycles.get(title_key(text))
    if found is None:
        names = list_of(sorted({quoted(one.lifecycle.name) for one in around.lifecycles.values()}))
        raise Wrong(f"{quoted(text[:80])} n’est pas un parcours en service : choisissez parmi {names}.")
    return found


def _owner(text: str, around: Around) -> int:
    person = around.people.get(text.strip().lower())
    if person is None or person.level("projects") < Level.CONSULT:
        raise Wrong(
            "Aucun compte ouvert aux expérimentations n’a cette adresse : corrigez-la, ou videz la cellule."
        )
    return person.pk


_READERS: Mapping[str, Callable[[str, Around], Any]] = {
    "started_on": _day,
    "expected_end_on": _day,
    "ended_on": _day,
    "progress": _progress,
    "stages_passed": _whole,
    "organisation": _body,
    "sponsors": _bodies,
    "partners": _bodies,
    "domain": _named("domains", "domaine"),
    "objective": _named("objectives", "objectif en vigueur"),
    "keywords": _keywords,
    "lifecycle": _lifecycle,
    "owner_mail": _owner,
}


def read_cells(reading: Reading, codes: Iterable[str], around: Around) -> dict[str, Any]:
    """Code → what its cell says, for those that can be read; the others are faults of the line."""
    found: dict[str, Any] = {}
    for code in codes:
        try:
            found[code] = read_cell(code, reading.record.get(code), around)
        except Wrong as wrong:
            reading.refuse(code, str(wrong))
    return found


def ending_named(text: str, version: LifecycleVersion) -> Ending:
    """How a project of this version ends, by name. Raises Wrong."""
    endings = list(version.endings.all())
    for one in endings:
        if title_key(text) in (title_key(one.name), title_key(one.code)):
            return one
    known = list_of([quoted(one.name) for one in endings])
    raise Wrong(f"{quoted(text[:40])} n’est pas une suite de ce parcours : choisissez parmi {known}.")


def column(code: str) -> str:
    """The column of the base that a code of the sheet writes."""
    return f"{code}_id" if code in ("domain", "objective") else code


def check_days(reading: Reading, start: date | None, expected: date | None, ended: date | None) -> None:
    """Days that run backwards are refused at the cell that the file changes."""
    if start and expected and expected < start:
        code = "expected_end_on" if reading.record.get("expected_end_on") else "started_on"
        reading.refuse(code, "La fin prévue vient avant le démarrage : corrigez l’une des deux dates.")
    if start and ended and ended < start:
        code = "ended_on" if reading.record.get("ended_on") else "started_on"
        reading.refuse(code, "Le projet finirait avant d’avoir démarré : corrigez l’une des deux dates.")
    try:
        check_past(ended, "La date de fin")
    except Refused as refusal:
        reading.refuse("ended_on", str(refusal))


def projects_line(plan: Plan) -> str:
    """« 662 projets : 662 créés, 0 mis à jour, 0 inchangés, 0 refusés »: what ends an import on a terminal."""
    counts = plan.counts
    unchanged = sum(counts[one] for one in (Outcome.UNCHANGED, Outcome.MERGED, Outcome.LEFT_OUT))
    told = {
        "créés": counts[Outcome.CREATE],
        "mis à jour": counts[Outcome.UPDATE],
        "inchangés": unchanged,
        "refusés": counts[Outcome.REFUSED],
    }
    return f"{len(plan.lines)} projets : {', '.join(f'{count} {word}' for word, count in told.items())}"
