"""The file of a challenge's ideas, compared with what stands, then written through the same services as the screens."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from ozeli.accounts.models import User
from ozeli.accounts.selectors import people_at, with_grants
from ozeli.activity.models import Follow
from ozeli.challenges.models import Challenge
from ozeli.challenges.selectors import hold_animated
from ozeli.core.errors import Refused
from ozeli.core.ids import ALPHABET, LENGTH, short_id, uuid_range
from ozeli.core.imports import SUBJECT, Column, Fault, Importer, Line, Outcome, Record, importers

from ..models import KIND, Idea, IdeaAuthor, IdeaQuerySet
from ..rules import may_exchange
from ..services.desk import desk_of
from . import reading, sheet

AT_ONCE = 500
CODE = "challenge-ideas"


def ideas_of(user: User, challenge: Challenge) -> IdeaQuerySet:
    """What this person's file holds: the ideas of the challenge whose desk they work."""
    return Idea.objects.in_scope_of(user).filter(challenge=challenge)


def challenge_open_to(user: User, slug: str) -> Challenge | None:
    """The challenge of that address, if this person exchanges its list with a spreadsheet."""
    found = Challenge.objects.visible_to(user).filter(slug=slug).first()
    return found if found is not None and may_exchange(user, found) else None


# --- plan ---------------------------------------------------------------------------------------------------------


def plan(records: Sequence[Record], options: Mapping[str, str], actor: User | None) -> Iterator[Line]:
    """Compare each line with its idea. Raises Refused when the challenge is no longer open to the person."""
    person = next(iter(with_grants([actor.pk])), None) if actor else None
    challenge = challenge_open_to(person, options.get(SUBJECT, "")) if person else None
    if person is None or challenge is None:
        raise Refused("Ce défi n’est plus ouvert à votre échange : demandez à qui l’anime.")
    hold_animated(person)
    shorts = {short_id(pk): pk for pk in ideas_of(person, challenge).values_list("pk", flat=True)}
    lines_of_id = _lines_by_id(records)
    around = reading.Around(person, _people(records), _desk())
    for start in range(0, len(records), AT_ONCE):
        some = records[start : start + AT_ONCE]
        yield from _compared(some, shorts, lines_of_id, around, challenge)


def _lines_by_id(records: Sequence[Record]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for record in records:
        found.setdefault(record.get("short").lower(), []).append(record.number)
    return found


def _people(records: Sequence[Record]) -> dict[str, User]:
    """The open accounts whose address the file names."""
    mails = {record.get("handler").strip().lower() for record in records} - {""}
    wanted = sorted(mails)[: 2 * AT_ONCE]
    return {one.email.lower(): one for one in people_at(wanted).filter(is_active=True)}


def _desk() -> Callable[[Idea], frozenset[int]]:
    """Who works the desk of an idea, asked once for each body."""
    kept: dict[int | None, frozenset[int]] = {}

    def desk(idea: Idea) -> frozenset[int]:
        if idea.organisation_id not in kept:
            kept[idea.organisation_id] = frozenset(desk_of(idea))
        return kept[idea.organisation_id]

    return desk


def _compared(
    records: Sequence[Record],
    shorts: Mapping[str, UUID],
    lines_of_id: Mapping[str, list[int]],
    around: reading.Around,
    challenge: Challenge,
) -> Iterator[Line]:
    keys = [shorts[key] for record in records if (key := record.get("short").lower()) in shorts]
    ideas = {idea.pk: idea for idea in sheet.with_cells(Idea.objects.filter(pk__in=keys))}
    tags = sheet.tags_by_idea(ideas.values())
    others = _elsewhere(
        [one.get("short").lower() for one in records if one.get("short").lower() not in shorts], around
    )
    made: list[tuple[Line, reading.Reading | None]] = []
    for record in records:
        key = record.get("short").lower()
        idea = ideas.get(shorts[key]) if key in shorts else None
        wrong = _wrong_line(record, idea, lines_of_id[key], others.get(key), challenge)
        if wrong is not None or idea is None:
            made.append((_refused(record, "", [wrong] if wrong else []), None))
        else:
            made.append(
                _line(record, idea, sheet.cells_of(idea, tags.get(idea.pk, []), around.actor), around)
            )
    _tell(made, around.actor)
    yield from (line for line, _reading in made)


def _elsewhere(keys: Sequence[str], around: reading.Around) -> dict[str, Idea]:
    """The ideas of other lists that this person may read, by short id: their line says so, the others are unknown."""
    wanted = Q()
    for key in keys:
        if len(key) == LENGTH and set(key) <= set(ALPHABET):
            low, high = uuid_range(key)
            wanted |= Q(pk__gte=low, pk__lte=high)
    if not wanted:
        return {}
    found = Idea.objects.visible_to(around.actor).filter(wanted).only("title", "challenge")
    return {short_id(idea.pk): idea for idea in found}


def _wrong_line(
    record: Record, idea: Any, lines: Sequence[int], other: Idea | None, challenge: Challenge
) -> Fault | None:
    """What keeps a line from being compared at all."""
    if "short" in record.odd:
        return next(one for one in reading.odd_cells(record) if one.column == "short")
    key = record.get("short")
    if not key:
        return Fault("L’identifiant manque : reprenez celui de l’export, ou retirez la ligne.", "short")
    if len(lines) > 1:
        others = ", ".join(str(one) for one in lines if one != record.number)
        return reading.fault(
            record, "short", f"La même idée est aussi à la ligne {others} : n’en gardez qu’une."
        )
    if idea is not None:
        return None
    if other is None:
        return reading.fault(record, "short", "Cet identifiant est inconnu : reprenez celui de l’export.")
    if other.challenge_id != challenge.pk:
        return reading.fault(record, "short", "Cette idée n’est pas de ce défi : retirez la ligne.")
    return reading.fault(record, "short", "Vous n’animez pas cette idée : retirez la ligne.")


def _line(
    record: Record, idea: Any, cells: Mapping[str, str], around: reading.Around
) -> tuple[Line, reading.Reading | None]:
    mark = record.get("version")
    if faults := reading.odd_cells(record):
        return _refused(record, idea.title, faults), None
    if not sheet.is_version(mark):
        wrong = reading.fault(
            record, "version", "Cette version n’est pas celle d’un export : reprenez-en un."
        )
        return _refused(record, idea.title, [wrong]), None
    faults = [
        reading.fault(record, code, "Cette cellule est en lecture seule : remettez ce qu’elle contenait.")
        for code in sheet.changed_shown(mark, reading.given_shown(record))
    ]
    codes = reading.differing(record, cells)
    is_current = sheet.is_current(mark, idea.version, cells)
    if not codes or (not is_current and _is_untouched(record, mark)):
        if faults:
            return _refused(record, idea.title, faults), None
        note = (
            ""
            if is_current or not codes
            else "Non modifiée dans le fichier ; elle a changé depuis sur le portail."
        )
        return Line(record.number, Outcome.UNCHANGED, idea.title, note=note), None
    if not is_current:
        return _refused(record, idea.title, [*faults, *reading.stale(record, codes, cells)]), None
    found = reading.read(record, idea, cells, codes, around)
    if faults or found.faults:
        return _refused(record, idea.title, [*faults, *found.faults]), None
    line = Line(record.number, Outcome.UPDATE, idea.title, changes=found.changes, payload=found.asked)
    return line, found


def _is_untouched(record: Record, mark: str) -> bool:
    given = {code: record.get(code) for code in sheet.KEPT}
    return record.read >= set(sheet.KEPT) and sheet.is_untouched(mark, given)


def _refused(record: Record, title: str, faults: Sequence[Fault]) -> Line:
    first, *others = faults
    said = title or record.get("title")[:160]
    return Line(record.number, Outcome.REFUSED, said, fault=first, others=others)


# --- what will be told --------------------------------------------------------------------------------------------


def _tell(made: Sequence[tuple[Line, reading.Reading | None]], actor: User) -> None:
    """Each line says who will be told of what it does: counted for all of them in two queries."""
    moved = [found.asked.id for _line, found in made if found is not None and found.asked.move]
    concerned = _concerned(moved) if moved else {}
    for line, found in made:
        if found is None:
            continue
        said = list(found.told)
        if name := found.asked.move:
            authors, followers = concerned.get(found.asked.id, (set(), set()))
            said.insert(0, reading.said_of_move(name, authors, followers, actor.pk))
        if found.asked.decision is not None:
            said.append(
                "La décision est préparée, personne n’en est prévenu : elle se publie après relecture."
            )
        line.note = " ".join(said) or "Personne n’est prévenu."


def _concerned(keys: Sequence[UUID]) -> dict[UUID, tuple[set[int], set[int]]]:
    """idea → its authors, those who follow it."""
    found: dict[UUID, tuple[set[int], set[int]]] = {key: (set(), set()) for key in keys}
    signed = IdeaAuthor.objects.filter(idea__in=keys, user__is_active=True)
    for idea, user in signed.values_list("idea_id", "user_id"):
        found[idea][0].add(user)
    followed = Follow.objects.filter(kind=KIND, object_id__in=keys, user__is_active=True)
    for idea, user in followed.values_list("object_id", "user_id"):
        found[idea][1].add(user)
    return found


# --- declaration --------------------------------------------------------------------------------------------------


def _columns() -> Iterator[Column]:
    needed = ("short", "version")
    for code in sheet.ORDER:
        title = (sheet.TITLES | sheet.SHOWN_TITLES)[code]
        bare = (sheet.SHOWN[code],) if code in sheet.SHOWN else ()
        help_text = "Comparée, jamais changée." if code in sheet.SHOWN else ""
        yield Column(code, title, bare, required=code in needed, help=help_text)


RULES = (
    "Une ligne retirée du fichier, ou une colonne, ne change rien.",
    "L’état suit le circuit, un pas à la fois, avec sa raison quand elle est exigée.",
    "Une décision est préparée, jamais publiée : on la relit à l’écran avant que les auteurs soient prévenus.",
    "Une idée qui a changé depuis l’export n’est pas écrasée : les deux valeurs sont montrées.",
    "Une cellule grisée, une formule, un caractère invisible, un identifiant inconnu sont refusés à leur cellule.",
)


def register() -> None:
    from ..services import exchange

    importers.register(
        Importer(
            code=CODE,
            title="Liste d’un défi",
            noun="idée",
            brick="ideas",
            columns=tuple(_columns()),
            plan=plan,
            apply=exchange.write_lines,
            rules=RULES,
            searchable=KIND,
            written=lambda lines: [line.payload.id for line in lines],
            open_on=lambda user, slug: challenge_open_to(user, slug) is not None,
            by_actor=True,
            strict=True,
            at_once=50,
        )
    )
