"""What changed between two texts, word by word. Pure functions."""

import re
from difflib import SequenceMatcher
from html import escape
from typing import Literal, NamedTuple

from django.utils.safestring import SafeString

# A word with the blanks that follow it: those alone are no change worth a mark.
_WORDS = re.compile(r"^\s+|\S+\s*")
Kind = Literal["same", "gone", "new"]


class Piece(NamedTuple):
    kind: Kind
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """The text as runs of words kept, taken out, put in, in reading order."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[Piece] = []
    bare_old, bare_new = [word.strip() for word in old], [word.strip() for word in new]
    for what, i1, i2, j1, j2 in SequenceMatcher(None, bare_old, bare_new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Piece("same", "".join(new[j1:j2])))
            continue
        for kind, words in (("gone", "".join(old[i1:i2])), ("new", "".join(new[j1:j2]))):
            if words:
                found.append(Piece(kind, words))  # type: ignore[arg-type]
    return found


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
