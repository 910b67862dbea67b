"""French analysis, the same at indexing and at asking: text → lexemes.

A word is cut out, folded (case, accents, ligatures), dropped when it carries no subject, then reduced to a stem by the
Snowball algorithm. Folding comes *before* stemming, so that « securite » typed in a hurry is « sécurité »; what the
stemmer then misses (it counts on accents) is made up for by `_settle`. Everything is done once per distinct word and
remembered: on ordinary prose the cost is one regular expression and one dictionary look-up a word.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import Stemmer

from ozeli.core.french import fold

from .stopwords import CAPITALS_KEPT, STOP_WORDS

# Words that are one thing though written as two, and whose halves are stop words or other words.
_COMPOUNDS = "|".join(
    rf"{first}[-‐‑ ]{second}\b"
    for first, second in (
        ("rendez", "vous"),
        ("trop", "per[çc]u"),
        ("trop", "per[çc]us"),
        ("non", "recours"),
        ("(?:mieux|bien|savoir)", "[êe]tre"),
        ("savoir", "faire"),
        ("aller", "vers"),
        ("sans", "(?:abri|abris|papiers)"),
        ("hors", "(?:murs|ligne)"),
    )
)
WORD = re.compile(rf"(?<!\w)(?:{_COMPOUNDS}|(?:[^\W\d_]\.){{2,}}[^\W\d_]?(?!\w)|[^\W_]+)", re.IGNORECASE)

LONGEST_WORD = 40
_REMEMBERED = 300_000
# Plurals that the stemmer does not know.
_IRREGULAR = {"travaux": "travail", "baux": "bail", "yeux": "oeil", "mails": "mail", "aieux": "aieul"}
# Words whose stem would be an acronym of the network (a café is not a Caf).
_KEPT = {"cafe": "cafe", "cafes": "cafe"}

_memory: dict[str, str] = {}
_stemmer = threading.local()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text that has a lexeme, and where it stands (offsets in the NFC form of the text)."""

    start: int
    end: int
    surface: str
    lexeme: str


def compose(text: str) -> str:
    """The text in composed form (é as one character), without the NUL that PostgreSQL refuses."""
    return unicodedata.normalize("NFC", text).replace("\x00", " ")


def lexeme(surface: str) -> str:
    """The lexeme of one word, empty when it carries no subject."""
    known = _memory.get(surface)
    if known is None:
        if len(_memory) >= _REMEMBERED:
            _memory.clear()
        known = _memory[surface] = _lexeme(surface)
    return known


def lexemes(text: str) -> list[str]:
    """The lexemes of a text, in order, repeated as they are repeated."""
    return [
        found for surface in WORD.findall(compose(text)) if (found := _memory.get(surface) or lexeme(surface))
    ]


def pairs(text: str) -> list[tuple[str, str]]:
    """(surface, lexeme) of the words that have a lexeme, in order: `words` without places, at half its cost."""
    return [
        (surface, found)
        for surface in WORD.findall(compose(text))
        if (found := _memory.get(surface) or lexeme(surface))
    ]


def words(text: str) -> Iterator[Word]:
    """The words that have a lexeme, with their place. `text` must be composed when offsets are used."""
    for match in WORD.finditer(text):
        if found := lexeme(match[0]):
            yield Word(match.start(), match.end(), match[0], found)


def folded(surface: str) -> str:
    """A word without case, accents, dots, spaces or hyphens: letters a–z and digits (other alphabets stay)."""
    return "".join(char for char in fold(surface) if char.isalnum())


def stem(word: str) -> str:
    """The stem of a folded word."""
    if word in _KEPT:
        return _KEPT[word]
    word = _IRREGULAR.get(word, word)
    if not word.isascii() or word.isdigit():
        return word
    try:
        snowball = _stemmer.french
    except AttributeError:
        # A Snowball object is not safe between threads.
        snowball = _stemmer.french = Stemmer.Stemmer("french", 0)
    return _settle(snowball.stemWord(word))


def _lexeme(surface: str) -> str:
    word = folded(surface)
    if not word or len(word) > LONGEST_WORD or (len(word) == 1 and not word.isdigit()):
        return ""
    if word in STOP_WORDS and surface not in CAPITALS_KEPT:
        return ""
    return stem(word)


def _settle(stemmed: str) -> str:
    """Bring together the stems that Snowball keeps apart once accents are gone (améliorée, revenus, bénéficié)."""
    if len(stemmed) > 4 and stemmed[-1] == "s" and stemmed[-2] in "aiou":
        stemmed = stemmed[:-1]
    while len(stemmed) > 4 and stemmed[-1] in "ei":
        stemmed = stemmed[:-1]
    return stemmed
