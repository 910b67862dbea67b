"""A line of a file of ideas, read: its texts made plain, its day, its support, its tags."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from unicodedata import normalize

from django.utils import timezone

from ozeli.challenges.models import Challenge
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.french import number
from ozeli.core.imports import Record, title_key
from ozeli.engagement.services import TAG_MAX_LENGTH, clean_tags, clean_text

TITLE, TEXT, IDENTIFIER = 140, 50_000, 120
_TAGS = re.compile(r"[,;|]")
_BLANK_LINES = re.compile(r"\n[ \t]*(\n[ \t]*)+\n")
_DAY = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b")
_MONTH = re.compile(r"^\d{4}-\d{2}$")
_TRUE = frozenset({"oui", "1", "vrai", "true", "o", "yes"})


@dataclass(slots=True)
class Imported:
    """A line, as the idea that it makes."""

    id: uuid.UUID
    source: str
    external_id: str
    title: str
    proposal: str
    problem: str
    beneficiaries: str
    benefit: str
    domain: str
    tags: dict[str, str]
    day: date | None
    support: int | None
    is_hidden: bool
    is_undated: bool = False
    challenge: uuid.UUID | None = None


class Unreadable(Exception):  # noqa: N818 (what a line is)
    """Why a line makes no idea, and in which column."""

    def __init__(self, reason: str, column: str) -> None:
        super().__init__(reason)
        self.column = column


def plain(text: str) -> str:
    """A text without entities, carriage returns or runs of blank lines."""
    cleaned = clean_text(normalize("NFC", unescape(unescape(text))))
    return _BLANK_LINES.sub("\n\n", cleaned)


def cut(title: str) -> str:
    """A title of 140 characters at most, ended by « … » when it was longer."""
    if len(title) <= TITLE:
        return title
    head = title[: TITLE - 1]
    return f"{(head.rsplit(' ', 1)[0] if ' ' in head else head).rstrip(' ,;:.')}…"


def read(
    record: Record, options: Mapping[str, str], topics: Mapping[str, str], contests: Mapping[str, Challenge]
) -> Imported:
    """The idea that a line makes; `topics` and `contests` give domains and challenges by name. Raises Unreadable."""
    full, body = " ".join(plain(record.get("title")).split()), plain(record.get("body"))
    identifier = record.get("external_id") or record.get("short")
    if not identifier:
        raise Unreadable(
            "L’identifiant manque : il sert à ne pas importer deux fois la même idée.", "external_id"
        )
    if len(identifier) > IDENTIFIER:
        raise Unreadable(f"L’identifiant dépasse {IDENTIFIER} caractères : raccourcissez-le.", "external_id")
    if not full:
        raise Unreadable("Le titre est vide : écrivez-en un, ou retirez la ligne.", "title")
    if not body:
        raise Unreadable("Le texte de la proposition est vide : complétez-le, ou retirez la ligne.", "body")
    title = cut(full)
    category = " ".join(plain(record.get("category")).split())
    topic = topics.get(title_key(category), "") if category else ""
    proposal = body if title == full else f"{full}\n\n{body}"
    others = {name: plain(record.get(name)) for name in ("problem", "beneficiaries", "benefit")}
    for column, text in {"body": proposal, **others}.items():
        if len(text) > TEXT:
            raise Unreadable(f"Ce texte dépasse {number(TEXT)} caractères : raccourcissez-le.", column)
    return Imported(
        id=uuid.uuid4(),
        source=record.get("origin")[:IDENTIFIER] or options["source"],
        external_id=identifier,
        title=title,
        proposal=proposal,
        domain=topic or topics.get(title_key(options.get("domain", "")), ""),
        tags=_tags(record, options, "" if topic else category),
        day=_day(record),
        support=_support(record),
        is_hidden=title_key(record.get("trashed")) in _TRUE,
        problem=others["problem"],
        beneficiaries=others["beneficiaries"],
        benefit=others["benefit"],
        challenge=_challenge(record, options, contests),
    )


def _challenge(
    record: Record, options: Mapping[str, str], contests: Mapping[str, Challenge]
) -> uuid.UUID | None:
    """The challenge of the line, by its address or its name, else that of the whole file."""
    told = record.get("challenge") or options.get("challenge", "")
    if not told:
        return None
    if (found := contests.get(title_key(told))) is None:
        raise Unreadable(
            "Aucun défi n’a ce nom ni cette adresse : corrigez-le, ou videz la case.", "challenge"
        )
    return found.pk


def _day(record: Record) -> date | None:
    """The day of the deposit, else that of the last change when it is one."""
    if told := record.get("dated"):
        day = _as_day(told)
        if day is None:
            raise Unreadable("Cette date ne se lit pas : écrivez-la 2024-05-31 ou 31/05/2024.", "dated")
        if day > clock.today():
            raise Unreadable("Cette date est à venir : corrigez-la.", "dated")
        return day
    day = _as_day(record.get("dated_else"))
    return day if day is not None and day <= clock.today() else None


def _as_day(text: str) -> date | None:
    """A day of Paris. Instants without a zone are those of Paris already."""
    text = f"{text}-01" if _MONTH.match(text) else text
    try:
        if found := _DAY.match(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return timezone.localtime(moment).date() if timezone.is_aware(moment) else moment.date()


def _support(record: Record) -> int | None:
    told = re.sub(r"\s", "", record.get("support"))
    if not told:
        return None
    if not told.isascii() or not told.isdigit() or len(told) > 9:
        raise Unreadable("Le nombre de soutiens doit être un nombre entier, comme 41.", "support")
    return int(told)


def _tags(record: Record, options: Mapping[str, str], category: str) -> dict[str, str]:
    """Tags by slug: those of the line, its category when no domain bears its name, that of the whole file; five."""
    told = [*_TAGS.split(options.get("tag", "")), *_TAGS.split(record.get("tags")), category]
    found: dict[str, str] = {}
    for name in told:
        if len(name.strip()) <= TAG_MAX_LENGTH:
            try:
                found |= clean_tags([name])
            except Refused:
                continue
    return dict(list(found.items())[:5])
