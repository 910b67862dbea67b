"""A synthesis as every form of it shows it: sections read into blocks, sources numbered in the order of the reading."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models.fields.json import KT
from django.urls import reverse

from ozeli.core.french import long_date

from ..models import Project, Synthesis, SynthesisSection, SynthesisSource
from ..selectors.synthesis_periods import Period
from ..synthesis_rules import named
from .text import blocks

Line = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Note:
    """A source that is called: its number in the document, what its rows are, and the page that shows them."""

    number: int
    label: str
    total: int
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section: `body` is a list of {"kind", "items"}, each item a list of {"text", "note"}: words, or the
    call of a source with its "url" and its "label"."""

    code: str
    title: str
    is_page: bool
    is_edited: bool
    body: list[dict[str, Any]]
    facts: list[list[str]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    about: str
    period: str
    readers: str
    signature: str
    day: str
    parts: list[Part]
    notes: list[Note]

    @property
    def sections(self) -> list[Part]:
        return [part for part in self.parts if not part.is_page]

    @property
    def pages(self) -> list[Part]:
        return [part for part in self.parts if part.is_page]


def read(synthesis: Synthesis, *, day: Any = None, only: str = "") -> Document:
    """The document as it stands, in two queries; `only` keeps one section, numbered as in the whole."""
    sections = list(synthesis.sections.all())
    numbers, notes = _Numbers(synthesis, sections), []
    parts = [_part(section, numbers) for section in sections]
    notes = numbers.notes()
    period = Period(synthesis.starts_on, synthesis.ends_on)
    return Document(
        title=synthesis.title,
        about=synthesis.about,
        period=f"{period.name[0].upper()}{period.name[1:]}",
        readers=named(synthesis.audience, synthesis.branch),
        signature=synthesis.signature,
        day=long_date(day or synthesis.published_on or synthesis.created_on),
        parts=[part for part in parts if not only or part.code == only],
        notes=notes,
    )


class _Numbers:
    """Gives each source that is called its number in the document."""

    def __init__(self, synthesis: Synthesis, sections: list[SynthesisSection]) -> None:
        sources = SynthesisSource.objects.filter(section__synthesis=synthesis).defer("rows")
        self._sources = {
            (one.section_id, one.number): one
            for one in sources.annotate(first=KT("rows__0__0"), first_title=KT("rows__0__1"))
        }
        self._codes = {section.pk: section.code for section in sections}
        self._synthesis = synthesis
        self._given: dict[tuple[int, int], Note] = {}
        self._sheets: dict[str, Note] = {}

    def note(self, section_id: int, number: int) -> Note | None:
        key = (section_id, number)
        source: Any = self._sources.get(key)
        if source is None:
            return None
        if key not in self._given:
            self._given[key] = self._new(section_id, source)
        return self._given[key]

    def _new(self, section_id: int, source: Any) -> Note:
        """A sheet keeps one number in the whole document."""
        if source.total == 1 and source.first in self._sheets:
            return self._sheets[source.first]
        place = len({note.number for note in self._given.values()}) + 1
        if source.total == 1 and source.first:
            url = Project(id=UUID(source.first), title=source.first_title).get_absolute_url()
            note = self._sheets[source.first] = Note(place, source.first_title, 1, url)
            return note
        args = [self._synthesis.pk, self._codes[section_id], source.number]
        return Note(place, source.label, source.total, reverse("projects:synthesis_source", args=args))

    def notes(self) -> list[Note]:
        return sorted(set(self._given.values()), key=lambda note: note.number)


def _part(section: SynthesisSection, numbers: _Numbers) -> Part:
    body = [
        {"kind": block.kind, "items": [_line(section, item, numbers) for item in block.items]}
        for block in blocks(section.body)
    ]
    figures = section.figures or {}
    return Part(
        section.code,
        section.title,
        section.is_page,
        section.is_edited,
        body,
        figures.get("facts", []),
        figures.get("tables", []),
    )


def _line(section: SynthesisSection, item: Any, numbers: _Numbers) -> Line:
    line: Line = []
    for run in item:
        if not run.note:
            line.append({"text": run.text, "note": 0})
        elif note := numbers.note(section.pk, run.note):
            line.append({"text": "", "note": note.number, "url": note.url, "label": note.label})
    return line
