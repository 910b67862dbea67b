"""The passage of a text that resembles another, and the shared words as they are written there."""

import re
from collections.abc import Iterable, Sequence

from .analysis import compose, lexeme, words

LENGTH = 180
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


def passage_of(title: str, text: str, shared: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The sentence of `text` that holds most of the shared words, and those words as the title and it write them."""
    wanted = {lexeme(word): word for word in shared}
    found = _sentence(text, wanted.keys())
    here = {word.lexeme: _plain(word.surface) for word in words(compose(f"{title} {found}"))}
    return found, tuple(here.get(stem, typed) for stem, typed in wanted.items())


def _plain(word: str) -> str:
    """Without the capital of a sentence; acronyms keep theirs."""
    return word if word.isupper() else word.lower()


def _sentence(text: str, wanted: Iterable[str]) -> str:
    stems = set(wanted)
    sentences = [sentence.strip() for sentence in _SENTENCE.split(compose(text)) if sentence.strip()]
    best = max(sentences, key=lambda one: len(stems & {word.lexeme for word in words(one)}), default="")
    return best if len(best) <= LENGTH else f"{best[:LENGTH].rsplit(' ', 1)[0]}…"
