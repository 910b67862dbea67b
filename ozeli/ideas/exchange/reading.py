"""From the cells of a line to what they ask of an idea: each thing that cannot be done is told at its cell.

The moves are those of the transition table that the desk makes by itself; the answers are prepared, never published.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ozeli.accounts.models import User
from ozeli.core.errors import Refused
from ozeli.core.french import list_of, number, plural, quoted
from ozeli.core.imports import ODD_CELLS, Change, Fault, Record, title_key
from ozeli.core.workflow import Transition
from ozeli.engagement.services import clean_tags, clean_text

from .. import rules
from ..enums import Reason, State, Verdict
from ..forms.desk import ANSWER_MAX_LENGTH, NOTE_MAX_LENGTH
from ..services.circuit import NOTE_MIN_LENGTH
from ..services.decisions import check_answer
from ..starters import TO_FILL
from ..workflow import TRANSITIONS
from . import sheet

# The moves that a file may ask for, by where they start and where they lead.
BY_FILE = ("open_debate", "ask_completion", "resume", "study")
MOVES = {
    (source, TRANSITIONS[name].target): TRANSITIONS[name]
    for name in BY_FILE
    for source in TRANSITIONS[name].sources
}
_ANSWERED = (
    "Un fichier ne publie pas de réponse : laissez « À l’étude », et préparez la décision plus à droite."
)
ELSEWHERE = {
    State.RETAINED: _ANSWERED,
    State.NOT_RETAINED: _ANSWERED,
    State.WITHDRAWN: "Seuls ses auteurs retirent une idée : remettez l’état d’avant.",
    State.MERGED: "Deux idées se regroupent depuis leur fiche : remettez l’état d’avant.",
}
STATES = {title_key(str(one.label)): one for one in State if one != State.DRAFT}
VERDICTS = {title_key(str(one.label)): one for one in Verdict} | {
    "retenue": Verdict.RETAINED,
    "nonretenue": Verdict.NOT_RETAINED,
}
REASONS = {title_key(str(one.label)): one for one in Reason}
DECISION = ("verdict", "reason", "answer")


@dataclass(slots=True)
class Asked:
    """What a line asks of an idea, and what stood when it was compared."""

    id: UUID
    version: int
    move: str = ""
    note: str = ""
    gives: bool = False  # the idea to somebody, or back to the team
    handler: int | None = None
    read_handler: int | None = None
    tags: Sequence[str] | None = None
    read_tags: Sequence[str] = ()
    decision: tuple[str, str, str] | None = None
    read_decision: int | None = None


@dataclass(slots=True)
class Reading:
    """A line compared with its idea as it stands."""

    asked: Asked
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def refuse(self, record: Record, code: str, reason: str) -> None:
        self.faults.append(fault(record, code, reason))


@dataclass(slots=True)
class Around:
    """What is read once for many lines: the people named, and who may answer the ideas of a body."""

    actor: User
    people: Mapping[str, User]
    desk: Any


def fault(record: Record, code: str, reason: str) -> Fault:
    return Fault(reason, code, record.get(code)[:200])


def odd_cells(record: Record) -> list[Fault]:
    """A formula, what cannot be seen, what a merge covers: refused where it is, never read."""
    return [fault(record, code, ODD_CELLS[kind]) for code, kind in record.odd.items()]


def given_shown(record: Record) -> dict[str, str]:
    return {code: record.get(code) for code in sheet.SHOWN if code in record.read}


def differing(record: Record, cells: Mapping[str, str]) -> list[str]:
    """The codes of the cells that ask for something else than what stands."""
    return [
        code
        for code in sheet.KEPT
        if code in record.read and _meaning(code, record.get(code)) != _meaning(code, cells[code])
    ]


def _meaning(code: str, text: str) -> object:
    """What a cell says, whatever its case, its blanks and its order of words."""
    if code == "answer":
        return clean_text(text)
    if code == "handler":
        return text.strip().lower()
    if code == "tags":
        return frozenset(title_key(name) for name in _names(text))
    return title_key(text)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.replace(";", ",").replace("|", ",").split(",") if name.strip()]


def stale(record: Record, codes: Sequence[str], cells: Mapping[str, str]) -> Iterator[Fault]:
    """A line given before the idea changed: both values, and nothing written."""
    for code in codes:
        before, now = Change.of("", record.get(code), cells[code]).before, cells[code]
        in_file = quoted(before[:120]) if before else "une cellule vide"
        here = quoted(now[:120]) if now else "rien"
        yield fault(
            record,
            code,
            f"L’idée a changé depuis cet export : le fichier dit {in_file}, le portail {here}. Reprenez un export.",
        )


def read(
    record: Record, idea: Any, cells: Mapping[str, str], codes: Sequence[str], around: Around
) -> Reading:
    """What the differing cells ask for, judged by the circuit and by the rights of the person."""
    decision = next(iter(idea.prepared), None)
    reading = Reading(
        Asked(
            id=idea.pk,
            version=idea.version,
            read_handler=idea.handler_id,
            read_decision=decision.version if decision else None,
        )
    )
    state = State(idea.state)
    if "state" in codes:
        state = _state(reading, record, idea, cells, around.actor)
    if "handler" in codes:
        _handler(reading, record, idea, cells, around)
    if "tags" in codes:
        _tags(reading, record, idea, cells, around.actor)
    if any(code in codes for code in DECISION):
        _decision(reading, record, idea, cells, codes, state, around.actor)
    return reading


# --- state --------------------------------------------------------------------------------------------------------


def _state(reading: Reading, record: Record, idea: Any, cells: Mapping[str, str], actor: User) -> State:
    """The state after the move that is asked for, else the present one."""
    source, text = State(idea.state), record.get("state")
    target = STATES.get(title_key(text))
    if target is None:
        known = list_of(
            [quoted(str(one.label)) for _source, one in _targets(source)] or [quoted(str(source.label))]
        )
        said = f"« {text[:40]} » n’est pas un état" if text else "L’état est vide"
        reading.refuse(record, "state", f"{said} : écrivez {quoted(str(source.label))} ou {known}.")
        return source
    transition = MOVES.get((source, target))
    if transition is None:
        reading.refuse(record, "state", _no_way(source, target))
        return source
    note = clean_text(record.get("note"))
    if not transition.allows(actor, idea):
        reading.refuse(record, "state", "Vous n’animez pas cette idée : remettez l’état d’avant.")
    elif wrong := _wrong_note(transition, note):
        reading.refuse(record, "note", wrong)
    else:
        reading.asked.move, reading.asked.note = transition.name, note
        reading.changes.append(Change(sheet.EDITED["state"], cells["state"], str(target.label)))
        if note:
            reading.changes.append(Change.of(sheet.EDITED["note"], "", note))
    return target


def _targets(source: State) -> list[tuple[State, State]]:
    return [(source, State(end)) for start, end in MOVES if start == source]


def _no_way(source: State, target: State) -> str:
    if target in ELSEWHERE:
        return ELSEWHERE[target]
    ways = [quoted(str(end.label)) for _start, end in _targets(source)]
    led = f"depuis {quoted(str(source.label))}, un fichier mène à {list_of(ways)}"
    if not ways:
        led = f"un fichier ne change pas l’état d’une idée {quoted(str(source.label))}"
    return f"Le circuit ne mène pas d’ici à {quoted(str(target.label))} : {led}."


def _wrong_note(transition: Transition, note: str) -> str:
    if len(note) > NOTE_MAX_LENGTH:
        return (
            f"Cette raison compte {number(len(note))} caractères, la limite est de {number(NOTE_MAX_LENGTH)}."
        )
    if transition.reason_required and len(note) < NOTE_MIN_LENGTH:
        return f"« {transition.label} » demande une raison d’une phrase : l’auteur et le réseau la liront."
    return ""


# --- who answers, tags --------------------------------------------------------------------------------------------


def _handler(reading: Reading, record: Record, idea: Any, cells: Mapping[str, str], around: Around) -> None:
    text = record.get("handler").strip()
    person = around.people.get(text.lower())
    if wrong := _wrong_handler(text, person, idea, around):
        reading.refuse(record, "handler", wrong)
        return
    reading.asked.gives, reading.asked.handler = True, person.pk if person else None
    reading.changes.append(Change(sheet.EDITED["handler"], cells["handler"], text or "l’équipe d’animation"))
    if person is not None and person.pk != around.actor.pk:
        reading.told.append(f"Prévient {person.display_name} que l’idée lui est confiée.")


def _wrong_handler(text: str, person: User | None, idea: Any, around: Around) -> str:
    if not rules.decides(around.actor, idea):
        return "Vous avez signé cette idée, ou ne l’animez pas : vous ne dites pas qui y répond."
    if not idea.is_open:
        return "Cette idée n’attend plus de réponse : remettez la valeur d’avant."
    if not text:
        return ""
    if person is None:
        return f"Aucun compte ouvert n’a l’adresse « {text[:80]} » : écrivez l’adresse électronique d’un référent."
    if rules.is_author(person, idea):
        return f"{person.display_name} a signé l’idée : personne ne répond à sa propre idée."
    if person.pk not in around.desk(idea):
        return f"{person.display_name} n’anime pas les idées de cet organisme : confiez-la à un référent."
    return ""


def _tags(reading: Reading, record: Record, idea: Any, cells: Mapping[str, str], actor: User) -> None:
    if not rules.works_desk(actor, idea):
        reading.refuse(record, "tags", "Vous n’animez pas cette idée : remettez les mots-clés d’avant.")
        return
    try:
        wanted = clean_tags(_names(record.get("tags")))
    except Refused as refusal:
        reading.refuse(record, "tags", str(refusal))
        return
    reading.asked.tags = list(wanted.values())
    reading.asked.read_tags = _names(cells["tags"])
    reading.changes.append(Change.of(sheet.EDITED["tags"], cells["tags"], ", ".join(wanted.values())))


# --- decision -----------------------------------------------------------------------------------------------------


def _decision(
    reading: Reading,
    record: Record,
    idea: Any,
    cells: Mapping[str, str],
    codes: Sequence[str],
    state: State,
    actor: User,
) -> None:
    first = next(code for code in DECISION if code in codes)
    wanted = {code: record.get(code) if code in record.read else cells[code] for code in DECISION}
    if not rules.decides(actor, idea):
        reading.refuse(
            record, first, "Vous avez signé cette idée, ou ne l’animez pas : vous n’y répondez pas."
        )
    elif state != State.UNDER_STUDY:
        reading.refuse(
            record,
            first,
            f"Une décision se prépare à l’étude, et cette idée est « {state.label} » : mettez-la d’abord à l’étude.",
        )
    elif not any(wanted.values()):
        reading.refuse(
            record,
            first,
            "Une décision préparée ne s’efface pas par un fichier : remplacez-la, ou remettez-la.",
        )
    elif wrong := _wrong_decision(wanted):
        reading.refuse(record, *wrong)
    else:
        verdict, reason = VERDICTS[title_key(wanted["verdict"])], REASONS.get(title_key(wanted["reason"]), "")
        reading.asked.decision = (str(verdict), str(reason), clean_text(wanted["answer"]))
        reading.changes += [
            Change.of(sheet.EDITED[code], cells[code], wanted[code]) for code in DECISION if code in codes
        ]


def _wrong_decision(wanted: Mapping[str, str]) -> tuple[str, str] | None:
    """The cell that is wrong, and why."""
    verdict, answer = VERDICTS.get(title_key(wanted["verdict"])), clean_text(wanted["answer"])
    choices = list_of([quoted(str(one)) for one in Verdict.labels])
    if verdict is None:
        said = (
            f"« {wanted['verdict'][:40]} » n’est pas une décision"
            if wanted["verdict"]
            else "La décision manque"
        )
        return "verdict", f"{said} : écrivez {choices.replace(' et ', ' ou ')}."
    if wanted["reason"] and title_key(wanted["reason"]) not in REASONS:
        known = list_of([quoted(str(one)) for one in Reason.labels])
        return "reason", f"« {wanted['reason'][:40]} » n’est pas un motif : choisissez parmi {known}."
    if wanted["reason"] and verdict == Verdict.RETAINED:
        return "reason", "Un motif n’accompagne qu’une idée non retenue : videz cette cellule."
    if verdict == Verdict.NOT_RETAINED and not wanted["reason"]:
        return "reason", "Le motif manque : une idée non retenue en reçoit toujours un."
    if len(answer) > ANSWER_MAX_LENGTH:
        return "answer", f"Cette réponse dépasse {number(ANSWER_MAX_LENGTH)} caractères : raccourcissez-la."
    if TO_FILL in answer:
        return "answer", "Il reste un passage du modèle à compléter, entre crochets."
    try:
        check_answer(str(verdict), str(REASONS.get(title_key(wanted["reason"]), "")), answer)
    except Refused as refusal:
        return "answer", str(refusal)
    return None


_BRINGS = {
    "study": " Les votes sont clos.",
    "ask_completion": " Plus aucun délai ne court avant le complément.",
    "resume": " Le délai de réponse reprend.",
}
AUTHORS_ONLY = ("ask_completion",)


def said_of_move(name: str, authors: set[int], followers: set[int], actor: int) -> str:
    """Who is told of a move, and what it brings. Nobody is told of what they do themselves."""
    followers = set() if name in AUTHORS_ONLY else followers - authors - {actor}
    authors = authors - {actor}
    groups = ["ses auteurs"] * bool(authors) + ["ceux qui la suivent"] * bool(followers)
    count = plural(len(authors | followers), "personne")
    told = f"Prévient {list_of(groups)} : {count}." if groups else "Personne n’est à prévenir."
    return f"{told}{_BRINGS.get(name, '')}"
