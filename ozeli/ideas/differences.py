"""What changed between two texts, word by word. Pure functions."""

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from html import escape
from typing import Literal, NamedTuple

from django.utils.safestring import SafeString

# A word with the blanks that follow it: those alone are no change worth a mark.
_WORDS = re.compile(r"^\s+|\S+\s*")
# Pairs of equal words to compare: a text of 5 000 characters, all rewritten, has ten thousand.
MOST_PAIRS = 20_000
Step = tuple[str, int, int, int, int]
Kind = Literal["same", "gone", "new"]


class Piece(NamedTuple):
    kind: Kind
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """The text as runs of words kept, taken out, put in, in reading order."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[Piece] = []
    bare_old, bare_new = [word.strip() for word in old], [word.strip() for word in new]
    for what, i1, i2, j1, j2 in _steps(bare_old, bare_new):
        if what == "equal":
            found.append(Piece("same", "".join(new[j1:j2])))
            continue
        for kind, words in (("gone", "".join(old[i1:i2])), ("new", "".join(new[j1:j2]))):
            if words:
                found.append(Piece(kind, words))  # type: ignore[arg-type]
    return found


def _steps(old: list[str], new: list[str]) -> list[Step]:
    """The opcodes from one list of words to the other; what repeats itself too much is replaced whole.

    Comparing takes the cube of the repetitions: two words written a thousand times would hold a process for a minute.
    """
    first = next(
        (at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    turned = zip(reversed(old[first:]), reversed(new[first:]), strict=False)
    last = next((at for at, (a, b) in enumerate(turned) if a != b), min(len(old), len(new)) - first)
    end_old, end_new = len(old) - last, len(new) - last
    middle_old, middle_new = old[first:end_old], new[first:end_new]
    counted = Counter(middle_new)
    if sum(many * counted[word] for word, many in Counter(middle_old).items()) > MOST_PAIRS:
        found: Iterable[Step] = [("replace", 0, len(middle_old), 0, len(middle_new))]
    else:
        found = SequenceMatcher(None, middle_old, middle_new, autojunk=False).get_opcodes()
    steps = [("equal", 0, first, 0, first)] if first else []
    steps += [(what, i1 + first, i2 + first, j1 + first, j2 + first) for what, i1, i2, j1, j2 in found]
    return steps + ([("equal", end_old, len(old), end_new, len(new))] if last else [])


def drawn(before: str, after: str) -> SafeString:
    """The same as HTML: `ins` and `del`, each said in words to those who do not see them."""
    html = []
    for kind, text in pieces(before, after):
        words = escape(text).replace("\n", "<br>")
        if kind == "gone":
            words = f'<del><span class="sr"> (retiré : </span>{words}<span class="sr">) </span></del>'
        elif kind == "new":
            words = f'<ins><span class="sr"> (ajouté : </span>{words}<span class="sr">) </span></ins>'
        html.append(words)
    return SafeString("".join(html))
