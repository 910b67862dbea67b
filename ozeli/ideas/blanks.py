"""The blanks of an answer template: a short, closed list of names between braces, filled from the idea."""

import re
from collections.abc import Iterable

from ozeli.core.french import fold, long_date, month

from . import standing
from .models import Idea

BLANKS = {
    "titre": "le titre de l’idée",
    "auteur": "qui la signe",
    "organisme": "l’organisme de ses auteurs",
    "date": "le jour de son dépôt",
}
_BRACED = re.compile(r"\{([^{}\n]{0,60})\}")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


def unknown(text: str) -> list[str]:
    """What stands between braces and is no blank, a lone brace included."""
    found = [f"{{{name}}}" for name in _BRACED.findall(text) if name not in BLANKS]
    left = _BRACED.sub("", text)
    return found + [brace for brace in "{}" if brace in left]


def unfilled(answer: str) -> list[str]:
    """The blanks still in an answer: a person would read them as they are."""
    return [f"{{{name}}}" for name in dict.fromkeys(_BRACED.findall(answer)) if name in BLANKS]


def filled(text: str, idea: Idea) -> str:
    """The text with what is known of the idea. What an anonymous idea does not tell stays blank, for the writer."""
    known = {
        "titre": idea.title,
        "auteur": standing.signature(idea, idea.signatories) if idea.signatories else "",
        "organisme": idea.organisation.name if idea.organisation else "",
        "date": month(idea.deposited_on) if idea.is_anonymous else long_date(idea.deposited_on),
    }
    return _BRACED.sub(lambda found: known.get(found.group(1)) or found.group(0), text)


def said_as_it_is(answer: str, texts: Iterable[str]) -> bool:
    """Whether an answer adds no sentence of its own to one of these texts."""
    said = _sentences(answer)
    return bool(said) and any(said <= _sentences(text) for text in texts)


def _sentences(text: str) -> set[str]:
    """The sentences of a text, whatever their spaces, case and accents."""
    found = (" ".join(re.sub(r"[^\w]+", " ", fold(one)).split()) for one in _SENTENCE_END.split(text))
    return {one for one in found if one}
