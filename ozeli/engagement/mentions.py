"""« @Prénom Nom » in a comment: whom it names, among those who may read what is commented.

The text stays as it was written; only the places of the names are kept beside it, to show them. A name that several
people bear is settled by their body between parentheses: « @Claire Martin (Caf du Nord) », as the suggestions write it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ozeli.accounts.models import User
from ozeli.core.errors import Refused
from ozeli.core.french import list_of, sort_key
from ozeli.core.name_search import named

MOST = 10
READ = 50
SUGGESTED = 8
_AMONG = 40
_SIGN = re.compile(r"(?<![\w@./+-])@(?=[^\W\d_])")
_WORD = re.compile(r"[^\W\d_][\w’'.-]*")
_BODY = re.compile(r" ?\(([^()\n]{2,160})\)")
_WORDS = 6

Span = tuple[int, int]
Readers = Callable[[Iterable[int]], Sequence[User]]


@dataclass(frozen=True, slots=True)
class Mentions:
    """Where people are named, who they are, and the names that led to nobody or to several."""

    spans: list[Span] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    several: list[str] = field(default_factory=list)

    @property
    def note(self) -> str:
        """What the writer has to know, or nothing."""
        said = []
        if self.unknown:
            who = list_of([f"«\u202f@{name}\u202f»" for name in self.unknown])
            said.append(f"{who}\u00a0: personne de ce nom ne peut lire cette page, nul n’a été prévenu.")
        if self.several:
            who = list_of([f"«\u202f@{name}\u202f»" for name in self.several])
            said.append(
                f"{who}\u00a0: plusieurs personnes portent ce nom. Précisez l’organisme entre parenthèses."
            )
        return " ".join(said)


@dataclass(frozen=True, slots=True)
class _Named:
    """What may be a name after an « @ »: (end, key, words) of its first word, of its two first…"""

    start: int
    readings: list[tuple[int, str, str]]


def find(text: str, readers: Readers) -> Mentions:
    """Whom the text names, the longest name first. `readers(ids)` are those among the ids who may read the object.

    No query without an « @ ». Raises Refused past ten people.
    """
    named = [
        _read(text, sign.start()) for sign, _turn in zip(_SIGN.finditer(text), range(READ), strict=False)
    ]
    keys = {key for one in named for _end, key, _words in one.readings if key}
    if not keys:
        return Mentions()
    known = User.objects.filter(sort_name__in=keys, is_active=True).values_list("pk", flat=True)
    by_name: dict[str, list[User]] = defaultdict(list)
    for user in readers(list(known)) if known else ():
        by_name[user.sort_name].append(user)
    found = Mentions()
    for one in named:
        _settle(text, one, by_name, found)
    if len(found.people) > MOST:
        raise Refused("Un commentaire cite dix personnes au plus : gardez celles qu’il concerne vraiment.")
    return found


def _read(text: str, start: int) -> _Named:
    readings, at = [], start + 1
    for _turn in range(_WORDS):
        word = _WORD.match(text, at)
        if word is None:
            break
        end = word.end() - (len(word[0]) - len(word[0].rstrip(".-’'")))
        readings.append((end, sort_key(text[start + 1 : end]), text[start + 1 : end]))
        if not text.startswith(" ", word.end()):
            break
        at = word.end() + 1
    return _Named(start, readings)


def _settle(text: str, one: _Named, by_name: dict[str, list[User]], found: Mentions) -> None:
    for end, key, words in reversed(one.readings):
        if not (people := by_name.get(key)):
            continue
        body = _BODY.match(text, end)
        inside = [user for user in people if body and sort_key(user.organisation.name) == sort_key(body[1])]
        if body and inside:
            people, end = inside, body.end()
        if len(people) > 1:
            found.several.append(words)
            return
        found.spans.append((one.start, end))
        if people[0].pk not in found.people:
            found.people.append(people[0].pk)
        return
    capitals = [
        words for _end, _key, words in one.readings if all(word[0].isupper() for word in words.split())
    ]
    if capitals and " " in capitals[-1]:
        found.unknown.append(capitals[-1])


def suggest(typed: str, readers: Readers) -> list[dict[str, Any]]:
    """People whose name begins so, who may read the object; `insert` is what the text should hold."""
    words = sort_key(typed.replace("\0", "")[:80]).split()
    if not words or len("".join(words)) < 2:
        return []
    found = User.objects.filter(named(typed[:80]), is_active=True)
    ids = list(found.order_by("sort_name", "pk").values_list("pk", flat=True)[:_AMONG])
    people = sorted(readers(ids), key=lambda user: (user.sort_name, user.pk))
    same: dict[str, int] = defaultdict(int)
    for user in people:
        same[user.sort_name] += 1
    return [
        {
            "label": user.display_name,
            "note": user.organisation.name,
            "insert": user.display_name
            + (f" ({user.organisation.name})" if same[user.sort_name] > 1 else ""),
        }
        for user in people[:SUGGESTED]
    ]
