"""The names of bodies: what makes two of them the same, and how one in capitals is written."""

import re

from django.utils.text import capfirst, slugify

from ozeli.core.french import fold, sort_key

# Names under which a national body is still met, by the name that stands.
KNOWN_AS = {
    "acoss": "urssaf caisse nationale",
    "agence centrale des organismes de securite sociale": "urssaf caisse nationale",
    "caisse nationale des allocations familiales": "cnaf",
    "caisse nationale de l assurance maladie": "cnam",
    "caisse nationale d assurance maladie": "cnam",
    "caisse nationale d assurance vieillesse": "cnav",
    "caisse centrale de la mutualite sociale agricole": "ccmsa",
    "caisse nationale de solidarite pour l autonomie": "cnsa",
    "caisse nationale pour la solidarite et l autonomie": "cnsa",
}
_ACRONYMS = frozenset(
    """CAF CPAM CNAM CNAV CNAF CNSA CGSS CRAMIF CARSAT MSA CCMSA URSSAF CSS CCSS CESU CEA TESE CNFE CNTFS CNAAD CN
    AGIRC ARRCO II III""".split()  # noqa: SIM905 (a list of words)
)
# An article is small after a small word only: « de la Creuse », but « CPAM La Rochelle ».
_ARTICLES = frozenset({"la", "le", "les"})
_SMALL = frozenset(
    ["de", "du", "des", "la", "le", "les", "et", "en", "sur", "aux", "au", "sous", "lès", "d", "l"]
)


def name_key(name: str) -> str:
    """What makes two names the same body."""
    key = sort_key(name)
    return KNOWN_AS.get(key, key)


def proper_name(name: str) -> str:
    """A name written all in capitals, as the others are: « URSSAF RHÔNE ALPES » → « URSSAF Rhône Alpes »."""
    words = re.split(r"([\s'’-]+)", " ".join(name.split()).replace("'", "’"))
    said = words[::2]
    words[::2] = [_proper(word, before) for word, before in zip(said, ["", *said], strict=False)]
    return "".join(words)


def _proper(word: str, before: str) -> str:
    if word in ("D", "L"):
        return word.lower()
    if not word.isupper() or len(word) < 2 or word in _ACRONYMS:
        return word
    small = fold(word) in _SMALL and (fold(word) not in _ARTICLES or fold(before) in _SMALL)
    return word.lower() if small else word.capitalize()


def branch_title(name: str) -> str:
    """A branch that a file brings: « RÉGIME SPÉCIAL », « régime spécial » → « Régime spécial »; acronyms are kept."""
    words = " ".join(name.replace("'", "’").split()).split(" ")
    in_capitals = all(word.isupper() or not word.isalpha() for word in words)
    said = [word.lower() if in_capitals and word not in _ACRONYMS else word for word in words]
    return capfirst(" ".join(said))


def free_code(words: str, department: str, taken: set[str]) -> str:
    """A code that nobody has, from a code or a name; the département tells two apart, else a number."""
    base = slugify(fold(words))[:55].strip("-") or "organisme"
    if base not in taken:
        return base
    tried = (f"{base}-{end}" for end in [department.lower() or "2", *range(2, 10_000)])
    return next(code for code in tried if code not in taken)
