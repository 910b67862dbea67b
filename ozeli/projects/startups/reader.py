"""A line of the file of startups, read: its texts made plain, its phases, its bodies, its news."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.utils.text import capfirst

from ozeli.core.french import NBSP, fold
from ozeli.core.imports import Record
from ozeli.engagement.services import TAG_MAX_LENGTH, TAGS_MAX, tag_slug
from ozeli.ideas.import_lines import cut, plain

from ..enums import State
from ..models.stages import MOST_EUROS
from .phases import Course, Unreadable, course_of, read_day, read_phases

TITLE, IDENTIFIER, ADDRESS = 140, 120, 300
# Publics that the file writes in several ways, by `_public_key`; any other keeps its spelling.
PUBLICS = {
    "etat": "État",
    "particulier": "Particuliers",
    "collectivite territoriale": "Collectivités",
    "collectivite": "Collectivités",
    "entreprise": "Entreprises",
    "association": "Associations",
    "etablissement scolaire": "Établissements scolaires",
    "administration": "Administrations",
    "agent public": "Agents publics",
    "agriculteur": "Agriculteurs",
    "agriculteurice": "Agriculteurs",
    "etudiant": "Étudiants",
    "magistrat": "Magistrats",
    "organisme de formation": "Organismes de formation",
    "greffier/greffiere": "Greffiers et greffières",
}
NEWS = {
    "committee": "Comité d’investissement",
    "product_launch": "Lancement du produit",
    "national_impact": "Reconnu service à impact national",
    "fast": "Fonds d’accélération (Fast)",
    "eig": "Entrepreneurs d’intérêt général",
    "end": "Fin",
    "other": "",
}
_END = f"{NEWS['end']}{NBSP}: "
STAGE_NAMES = {
    "investigation": "Investigation",
    "construction": "Construction",
    "acceleration": "Accélération",
    "consolidation": "Consolidation",
}
_LINK = re.compile(r"!?\[([^\]]*)\]\(\s*([^)\s]*)[^)]*\)")
_ANCHOR = re.compile(r"<a\b[^>]*href=[\"']([^\"']+)[\"'][^>]*>(.*?)</a>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)
_HEADING = re.compile(r"^#{1,6}\s*(.*?)\s*#*$", re.MULTILINE)
_BULLET = re.compile(r"^(\s*)[*+-]\s+", re.MULTILINE)
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_EMPHASIS = re.compile(r"(?<![*\w])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![*\w])")


class Unread(Exception):  # noqa: N818 (what a line is)
    """Why a line makes no project, and in which column."""

    def __init__(self, reason: str, column: str) -> None:
        super().__init__(reason)
        self.column = column


@dataclass(frozen=True, slots=True)
class Named:
    """A body as the file names it: its identifier there, its name."""

    id: str
    name: str


@dataclass(slots=True)
class Startup:
    """A line, as the project that it makes. `notes` tell the rules that were followed."""

    external_id: str
    title: str
    summary: str
    pitch: str
    link: str
    course: Course
    incubator: Named
    sponsors: list[Named]
    keywords: list[str]
    topics: list[str]
    publics: list[str]
    news: list[tuple[date, str]]
    funds: list[tuple[str, Decimal]]
    notes: list[str] = field(default_factory=list)
    # Settled by the plan: the project that stands and its version, the codes of its bodies, those to be made.
    id: UUID = field(default_factory=uuid4)
    version: int = 0
    organisation: str = ""
    ordered_by: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    lifecycle: int = 0
    domain: int | None = None


def read(record: Record) -> Startup:
    """The startup of a line. Raises Unread."""
    identifier, name = record.get("external_id"), " ".join(plain(record.get("title")).split())
    if not identifier or len(identifier) > IDENTIFIER:
        raise Unread(
            f"L’identifiant manque, ou dépasse {IDENTIFIER} caractères : corrigez-le.", "external_id"
        )
    if not name:
        raise Unread("Le titre est vide : écrivez-en un, ou retirez la ligne.", "title")
    if not record.get("incubator"):
        raise Unread("L’incubateur manque : aucun organisme ne porterait le projet.", "incubator")
    notes: list[str] = []
    title, mission = cut(name), readable(record.get("summary"))
    if title != name:
        mission = f"{name}\n\n{mission}"
        notes.append("Titre coupé, en entier au début du texte.")
    publics = _publics(_words(record, "publics"))
    course, news = _course(record), _news(record)
    startup = Startup(
        external_id=identifier,
        title=title,
        summary=mission,
        pitch=_pitch(record, publics, notes),
        link=_address(record, "link", notes),
        course=course,
        incubator=Named(record.get("incubator"), _said(record.get("incubator_name"))),
        sponsors=_sponsors(record),
        keywords=_keywords(_words(record, "topics")),
        topics=_words(record, "topics"),
        publics=_words(record, "publics"),
        news=sorted({*_told_of_end(course, news), *_ceased(course)}),
        funds=_funds(record),
        notes=notes,
    )
    _tell_phases(startup)
    return startup


def _tell_phases(startup: Startup) -> None:
    """The rules that this line followed."""
    for oddity, times in startup.course.oddities.items():
        startup.notes.append(f"{oddity.value[:-1]} ({times}\u00a0fois)." if times > 1 else oddity.value)
    if not startup.sponsors:
        startup.notes.append("Sans commanditaire.")


# --- cells ------------------------------------------------------------------------------------------------------------


def _held(record: Record, column: str) -> Any:
    """What JSON the cell holds. Raises Unread."""
    if not (told := record.get(column)):
        return None
    try:
        return json.loads(told)
    except (ValueError, RecursionError):
        raise Unread(
            "Cette valeur ne se lit pas : elle est écrite comme dans le fichier d’origine.", column
        ) from None


def _objects(record: Record, column: str) -> Sequence[Mapping[str, Any]]:
    held = _held(record, column) or []
    if not isinstance(held, list) or not all(isinstance(one, dict) for one in held):
        raise Unread("Une liste d’objets est attendue : reprenez le fichier d’origine.", column)
    return held


def _words(record: Record, column: str) -> list[str]:
    held = _held(record, column) or []
    if not isinstance(held, list):
        raise Unread("Une liste de mots est attendue : reprenez le fichier d’origine.", column)
    return [said for one in held if (said := _said(str(one)))]


def _said(text: str) -> str:
    return " ".join(plain(text).replace("'", "’").split())


def _course(record: Record) -> Course:
    try:
        return course_of(read_phases(_objects(record, "phases")))
    except Unreadable as error:
        raise Unread(str(error), "phases") from error


def _sponsors(record: Record) -> list[Named]:
    codes, names = _words(record, "sponsors"), _words(record, "sponsor_names")
    named = [Named(code, name) for code, name in zip(codes, [*names, *codes[len(names) :]], strict=False)]
    return list({one.id: one for one in named}.values())


def _news(record: Record) -> list[tuple[date, str]]:
    """What happened, by day, in words."""
    found = []
    for one in _objects(record, "events"):
        try:
            day = read_day(one.get("date"), "Le jour d’un événement")
        except Unreadable as error:
            raise Unread(str(error), "events") from error
        title = NEWS.get(str(one.get("name") or ""), str(one.get("name") or ""))
        comment = plain(str(one.get("comment") or ""))
        if day is None:
            raise Unread("Un événement n’a pas de date : écrivez-la, comme 2024-05-31.", "events")
        said = f"{title}{NBSP}: {comment}" if title and comment else title or comment
        found.append((day, said or "Événement"))
    return sorted(set(found))


def _told_of_end(course: Course, news: list[tuple[date, str]]) -> list[tuple[date, str]]:
    """What is said of the end tells why the project stopped, when its last phase does not say it."""
    ends = [(day, said) for day, said in news if said.startswith(_END)]
    last = course.moves[-1] if course.moves else None
    if last is None or last.target != State.ABANDONED or last.note or not ends:
        return news
    course.moves[-1] = replace(last, note="\n\n".join(said.removeprefix(_END) for _day, said in ends))
    return [one for one in news if one not in ends]


def _ceased(course: Course) -> list[tuple[date, str]]:
    return [(day, f"Fin de l’étape {STAGE_NAMES[code]}, d’après la source") for day, code in course.ceased]


def _funds(record: Record) -> list[tuple[str, Decimal]]:
    held = _held(record, "fund")
    if not isinstance(held, dict) or not held.get("montant"):
        return []
    try:
        amount = Decimal(str(held["montant"]))
    except ArithmeticError:
        raise Unread("Ce montant n’est pas un nombre : écrivez-le en chiffres.", "fund") from None
    if not 0 <= amount <= MOST_EUROS:
        raise Unread("Ce montant est négatif, ou dépasse 100 millions d’euros : corrigez-le.", "fund")
    which = f", promotion {held['promotion']}" if held.get("promotion") else ""
    return [(f"{NEWS['fast']}{which}", amount)]


def _address(record: Record, column: str, notes: list[str]) -> str:
    told = record.get(column).strip()
    if told and (not told.startswith(("https://", "http://")) or len(told) > ADDRESS or " " in told):
        notes.append(f"Adresse illisible laissée de côté\u00a0: {told[:80]}.")
        return ""
    return told


# --- texts ------------------------------------------------------------------------------------------------------------


def readable(text: str) -> str:
    """The words of a text in Markdown or HTML, its marks gone, its links written out."""
    text = _ANCHOR.sub(lambda found: f"{found[2]} ({found[1]})", text)
    text = _LINK.sub(_written_link, text)
    text = _TAG.sub("", text)
    text = _HEADING.sub(r"\1", text)
    text = _BULLET.sub(r"\1– ", text)
    text = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\2", text))
    return plain(text)


def _written_link(found: re.Match[str]) -> str:
    words, address = found[1].strip(), found[2]
    if found[0].startswith("!"):
        return words
    return words if not address or words == address else f"{words} ({address})"


def _pitch(record: Record, publics: list[str], notes: list[str]) -> str:
    """The description, then in a line each what the file says besides."""
    said = readable(record.get("pitch"))
    if record.get("is_cut") == "oui" and said:
        said = f"{said.rsplit(' ', 1)[0].rstrip(' ,;:')}…"
        notes.append("Description coupée à la source.")
    figures = _address(record, "figures", notes) or ("publiées" if record.get("has_figures") == "oui" else "")
    topics = _words(record, "topics")
    more = {
        "Thèmes": ", ".join(topics) if len(topics) > TAGS_MAX else "",
        "Pour qui": ", ".join(publics),
        "Techniques": ", ".join(_words(record, "technics")),
        "Accessibilité": record.get("accessibility"),
        "Code source": _address(record, "code", notes),
        "Statistiques": figures,
        "Mesure d’impact": _address(record, "impact", notes),
        "Budget": _address(record, "budget", notes),
    }
    lines = [f"{title}{NBSP}: {told}" for title, told in more.items() if told]
    return "\n\n".join(filter(None, [said, "\n".join(lines)]))


def _public_key(word: str) -> str:
    words = fold(word).replace("-", " ").split()
    return " ".join(one[:-1] if len(one) > 3 and one.endswith("s") else one for one in words)


def _publics(words: Sequence[str]) -> list[str]:
    """Whom it is for, one spelling for each."""
    named = [PUBLICS.get(_public_key(word)) or capfirst(word) for word in words]
    return list({_public_key(one): one for one in named}.values())


def _keywords(words: Sequence[str]) -> list[str]:
    """Topics as keywords: in small letters, one spelling for each, as many as a sheet has."""
    found: dict[str, str] = {}
    for word in words:
        if len(word) <= TAG_MAX_LENGTH and (slug := tag_slug(word)):
            found.setdefault(slug, word.lower())
    return list(found.values())[:TAGS_MAX]
