"""What a digest says: actions first, then one's own things, then the rest, one block an object, cut when it is long."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from ozeli.core.french import NBSP, number, plural, plural_word
from ozeli.core.registry import event_types

from .models import DigestItem
from .paces import OWN

GROUPS_SHOWN = 12
LINES_SHOWN = 4
ACTIONS, MINE, FOLLOWED = "À faire", "Vos idées et vos demandes", "Ce que vous suivez"


@dataclass(frozen=True, slots=True)
class Group:
    """What happened to one object: a single sentence, or a title and short lines."""

    title: str
    url: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    groups: list[Group] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Digest:
    """The sections of a digest, and how many news are left to the portal."""

    sections: list[Section]
    left: int

    @property
    def left_words(self) -> str:
        """« Et 12 autres nouvelles », or nothing."""
        words = plural_word(self.left, "autre nouvelle", "autres nouvelles")
        return f"Et {number(self.left)}{NBSP}{words}" if self.left else ""


def subject_of(items: Sequence[DigestItem]) -> str:
    """« Votre résumé : 7 nouvelles »; what waits for the person comes first, in the words of such mails."""
    actions = sum(1 for item in items if item.is_action)
    news = len(items) - actions
    if not actions:
        return f"Votre résumé{NBSP}: {plural(news, 'nouvelle')}"
    asked = f"Action requise – {plural(actions, 'demande vous attend', 'demandes vous attendent')}"
    return f"{asked}, et {plural(news, 'nouvelle')}" if news else asked


def arrange(items: Sequence[DigestItem]) -> Digest:
    """The digest of these items, given newest first."""
    by_section: dict[str, dict[tuple[str, UUID], list[DigestItem]]] = {ACTIONS: {}, MINE: {}, FOLLOWED: {}}
    for item in items:
        event = item.notification.event
        section = ACTIONS if item.is_action else MINE if item.topic.endswith(OWN) else FOLLOWED
        by_section[section].setdefault((event.kind, event.object_id), []).append(item)
    room, left = GROUPS_SHOWN, 0
    sections = []
    titles = _titles([told for groups in by_section.values() for told in groups.values() if len(told) > 1])
    for title, groups in by_section.items():
        shown = list(groups.values())[:room]
        left += sum(len(told) for told in list(groups.values())[room:])
        room -= len(shown)
        if shown:
            sections.append(Section(title, [_group(told, titles) for told in shown]))
    return Digest(sections, left)


def _group(told: list[DigestItem], titles: dict[UUID, str]) -> Group:
    newest = told[0].notification
    title = titles.get(newest.event.object_id)
    if len(told) == 1 or title is None:
        others = tuple(one.notification.text for one in told[1 : LINES_SHOWN + 1])
        return Group(newest.text, newest.url, others)
    lines = _lines(told)
    more = len(lines) - LINES_SHOWN
    if more > 0:
        lines = [*lines[:LINES_SHOWN], f"et {plural(more, 'autre nouvelle', 'autres nouvelles')}"]
    return Group(title, newest.url.partition("#")[0], tuple(lines))


def _lines(told: list[DigestItem]) -> list[str]:
    """Few words for each type of event, the newest first."""
    counts = Counter(item.notification.event.type for item in told)
    lines, said = [], set()
    for item in told:
        code = item.notification.event.type
        known = event_types.get(code)
        if known is None or not known.short:
            lines.append(item.notification.text)
        elif code not in said:
            said.add(code)
            several = counts[code] > 1 and known.short_many
            lines.append(known.short_many.format(number(counts[code])) if several else known.short)
    return lines


def _titles(groups: list[list[DigestItem]]) -> dict[UUID, str]:
    """The titles of the objects that have several news, one query a kind."""
    wanted: dict[str, tuple[str, list[UUID]]] = {}
    for told in groups:
        event = told[0].notification.event
        wanted.setdefault(event.kind, (event.type, []))[1].append(event.object_id)
    found: dict[UUID, str] = {}
    for code, ids in wanted.values():
        known = event_types.get(code)
        if known is not None and known.titles is not None:
            found |= known.titles(ids)
    return found
