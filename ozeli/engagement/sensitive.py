"""Passages of a text that look like data about a person: seen before it is published, shown to whoever wrote it.

Pure functions. A NIR (the social-security number) stops the publication; anything else is confirmed or corrected. We
would rather miss a name than cry wolf: what is asked for nothing is soon confirmed without being read.
"""

import hashlib
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

_BLANK = r"[ \u00a0\u202f\u2009\t]"
_BETWEEN = rf"(?:{_BLANK}|[.\-]|{_BLANK}?[-/]{_BLANK}?)?"
CONTEXT = 40
NEAR = 80
LONGEST = 20_000  # more than any field takes: a longer text is refused whatever it holds
MASK = "[donnée personnelle masquée]"


class Kind(Enum):
    """What was found, as it is said; `is_blocking` must go before the text is published."""

    NIR = "numéro de sécurité sociale"
    NIR_LIKE = "suite de chiffres qui ressemble à un numéro de sécurité sociale"
    PHONE = "numéro de téléphone"
    MAIL = "adresse électronique"
    IBAN = "numéro de compte bancaire (IBAN)"
    NAME = "nom d’une personne"

    @property
    def is_blocking(self) -> bool:
        return self is Kind.NIR


@dataclass(frozen=True, slots=True)
class Found:
    """A passage of a text, by its place."""

    kind: Kind
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as the writer sees it again: where it stands, with the words around."""

    where: str
    kind: Kind
    before: str
    text: str
    after: str

    @property
    def label(self) -> str:
        return self.kind.value

    @property
    def is_blocking(self) -> bool:
        return self.kind.is_blocking


# --- the number of social security ------------------------------------------------------------------------------------

_NIR = re.compile(
    rf"(?<![\w.])(?P<sex>[12378]){_BETWEEN}(?P<year>\d\d){_BETWEEN}(?P<month>\d\d){_BETWEEN}"
    rf"(?P<place>\d\d|2[ABab]){_BETWEEN}(?P<town>\d\d\d){_BETWEEN}(?P<order>\d\d\d)"
    rf"(?:{_BETWEEN}(?P<key>\d\d))?(?!\d|[.,]\d|{_BLANK}\d)"
)
_CORSICA = {"2A": "19", "2B": "18"}
_SAYS_NIR = re.compile(
    r"\bnir\b|\bnni\b|s[ée]curit[ée] sociale|\bn[°ºo]\s*(?:de\s*)?(?:s[ée]cu|ss|assur)|immatriculation|\bassur[ée]"
    r"|allocataire|\bmatricule",
    re.IGNORECASE,
)


def _months() -> frozenset[int]:
    """The months of birth, and those given when the month is not known."""
    return frozenset([*range(1, 13), *range(20, 43), *range(50, 100)])


_MONTHS = _months()


def nir_key(thirteen: str) -> int:
    """The control key of the thirteen first characters: 97 less the remainder by 97, Corsica in its own figures."""
    place = thirteen[5:7].upper()
    return 97 - int(thirteen[:5] + _CORSICA.get(place, place) + thirteen[7:]) % 97


def _nirs(text: str) -> Iterator[Found]:
    for match in _NIR.finditer(text):
        thirteen = "".join(match[name] for name in ("sex", "year", "month", "place", "town", "order"))
        if int(match["month"]) not in _MONTHS or match["place"] == "00" or match["order"] == "000":
            continue
        if match["key"] is not None:
            if nir_key(thirteen) == int(match["key"]):
                yield _found(Kind.NIR, match)
            continue
        around = text[max(0, match.start() - NEAR) : match.end() + NEAR]
        is_grouped = len(match[0]) >= len(thirteen) + 4
        if is_grouped or _SAYS_NIR.search(around):
            yield _found(Kind.NIR, match)
        else:
            yield _found(Kind.NIR_LIKE, match)


# --- telephones, addresses, accounts ----------------------------------------------------------------------------------

# Numbers of services (08…, 3 or 4 figures) belong to nobody. One mark throughout: a date and an hour have several.
_PHONE = re.compile(
    rf"(?<![\w+])(?<!\d[ .\-])(?:(?:\+|00){_BLANK}?33{_BLANK}?(?:\(0\))?{_BLANK}?[1-79]|0[1-79])"
    rf"(?P<mark>{_BLANK}|[.\-/]|)\d\d(?:(?P=mark)\d\d){{3}}(?![\w]|[.\-]\d|{_BLANK}\d)"
)
_MAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}@(?:[\w\-]{1,63}\.){1,5}[A-Za-z]{2,18}(?![\w@])")
_IBAN = re.compile(rf"(?<!\w)[A-Za-z]{{2}}\d\d(?:{_BLANK}?[A-Za-z0-9]){{11,30}}(?!\w)")
_IBAN_LENGTHS = {
    "FR": 27,
    "MC": 27,
    "BE": 16,
    "LU": 20,
    "DE": 22,
    "CH": 21,
    "ES": 24,
    "IT": 27,
    "PT": 25,
    "GB": 22,
}


def is_iban(text: str) -> bool:
    """Whether the characters, blanks left out, are an account number with its right remainder."""
    plain = "".join(text.split()).upper()
    if len(plain) != _IBAN_LENGTHS.get(plain[:2], len(plain)) or not 15 <= len(plain) <= 34:
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(one, 36)) for one in turned)) % 97 == 1


def _ibans(text: str) -> Iterator[Found]:
    """The words that follow an account number may look like more of it: shorter readings are tried too."""
    for match in _IBAN.finditer(text):
        pieces = re.split(rf"({_BLANK})", match[0])
        for size in range(len(pieces), 0, -2):
            read = "".join(pieces[:size])
            if is_iban(read):
                yield Found(Kind.IBAN, match.start(), match.start() + len(read), read)
                break


def _mails(text: str, own: Collection[str]) -> Iterator[Found]:
    known = {one.lower() for one in own}
    return (_found(Kind.MAIL, match) for match in _MAIL.finditer(text) if match[0].lower() not in known)


# --- names ------------------------------------------------------------------------------------------------------------

_CAPITAL = r"[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒ]"
_NAME = re.compile(
    rf"(?<!\w)(?:M\.|MM\.|Mr\.?|Mme|Mmes|Mlle|Monsieur|Madame|Mademoiselle){_BLANK}+"
    rf"(?P<name>{_CAPITAL}[\w’'\-]+(?:{_BLANK}+{_CAPITAL}[\w’'\-]+){{0,3}})"
)
_INSURED = re.compile(
    r"\bassur[ée]e?s?\b|\ballocataires?\b|\bpatiente?s?\b|\bnum[ée]ro\b|\bn°|\bdossier\b|\bb[ée]n[ée]ficiaires?\b"
    r"|\bayante?s? droit\b|\busag[eè]re?s?\b|\bcotisante?s?\b|\badh[ée]rente?s?\b"
    r"|\bretrait[ée]e?s?\b|\bpensionn[ée]e?s?\b"
    r"|\bn[ée]e? le\b|\bmatricule\b|\bnir\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:X|Y|Z|XX+|Untel|Unetelle|Tout[- ]|Président|Ministre|Direct|Maire|Député|Sénat|Préfet|Secrétaire|Défenseur"
    r"|Commissaire|Premier|Rapporteur|Recteur|Procureur|Dupon[dt]$|Durand$|Martin$|Exemple)"
)
_SENTENCE_END = re.compile(r"(?<!\bM)(?<!Mr)(?<!MM)[.!?…](?=\s)|\n")


def _names(text: str) -> Iterator[Found]:
    """A title and a name, in a sentence that speaks of an insured person."""
    for match in _NAME.finditer(text):
        if _NOBODY.match(match["name"]):
            continue
        # Near the name alone: the whole text, looked at again for each name, would cost the square of its length.
        near = max(0, match.start() - NEAR)
        ends = [end.end() for end in _SENTENCE_END.finditer(text, near, match.start())]
        start = max(near, ends[-1] if ends else 0)
        stop = _SENTENCE_END.search(text[match.end() : match.end() + NEAR + 1])
        end = match.end() + min(NEAR, stop.start() if stop else NEAR)
        if _INSURED.search(text[start : match.start()]) or _INSURED.search(text[match.end() : end]):
            yield _found(Kind.NAME, match)


# --- a text, a set of texts -------------------------------------------------------------------------------------------


def find(text: str, *, own: Collection[str] = ()) -> list[Found]:
    """The passages of a text, in its order, none over another. `own` are the writer's own addresses."""
    found: list[Found] = []  # in the order of the text, none over another: the two neighbours alone may touch
    for one in (*_nirs(text), *_ibans(text), *_phones(text), *_mails(text, own), *_names(text)):
        place = bisect_left(found, one.start, key=lambda other: other.start)
        is_free = place == len(found) or one.end <= found[place].start
        if is_free and (place == 0 or found[place - 1].end <= one.start):
            found.insert(place, one)
    return found


def passages(texts: Iterable[tuple[str, str]], *, own: Collection[str] = ()) -> list[Passage]:
    """The passages of texts given as (where, text), each with the words around; not past what any field takes."""
    return [_passage(where, text, one) for where, text in texts for one in find(text[:LONGEST], own=own)]


def is_blocked(found: Iterable[Passage]) -> bool:
    return any(one.is_blocking for one in found)


def fingerprint(found: Iterable[Passage]) -> str:
    """What a confirmation holds for: these very passages, and no other added since. Empty for none."""
    told = "\0".join(sorted({f"{one.kind.name} {one.text}" for one in found}))
    return hashlib.sha256(told.encode()).hexdigest()[:16] if told else ""


def masked(text: str) -> str:
    """The text with its passages masked, for what is kept after its author has taken them out."""
    kept, end = [], 0
    for one in find(text):
        kept += [text[end : one.start], MASK]
        end = one.end
    return "".join([*kept, text[end:]])


def _phones(text: str) -> Iterator[Found]:
    return (_found(Kind.PHONE, match) for match in _PHONE.finditer(text))


def _found(kind: Kind, match: re.Match[str]) -> Found:
    return Found(kind, match.start(), match.end(), match[0])


def _passage(where: str, text: str, one: Found) -> Passage:
    before, after = text[max(0, one.start - CONTEXT) : one.start], text[one.end : one.end + CONTEXT]
    if one.start > CONTEXT:
        before = f"…{before.partition(' ')[2] or before}"
    if one.end + CONTEXT < len(text):
        after = f"{after.rpartition(' ')[0] or after}…"
    return Passage(where, one.kind, before.replace("\n", " "), one.text, after.replace("\n", " "))
