"""What components are given: small frozen values, made by views and enums, drawn by the tags."""

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["", "done", "wait", "rest"]
Happened = Literal["past", "here", "next"]
Passed = Literal["done", "now", "todo"]


@dataclass(frozen=True, slots=True)
class BadgeLook:
    """How a state shows: a word, a shape of the sprite, a tone. The tone confirms and never speaks alone.

    Tones: "" under way (lagoon), "done" (leaf), "wait" something is expected (coral), "rest" frozen, stopped or
    declined (grey: a refusal is never red).
    """

    label: str
    shape: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ThreadNode:
    """A knot of the thread. `kind` is a key of KINDS; `leaves` counts the bodies that adopted (the end branch)."""

    kind: str
    name: str
    when: str = ""
    state: Happened = "past"
    url: str = ""
    leaves: int = 0
    more: Link | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a lifecycle; `grouped` when it was passed in one act with the next one."""

    number: int
    name: str
    note: str = ""
    state: Passed = "todo"
    gate: bool = False
    grouped: bool = False


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    when: str
    text: str
    who: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A sheet that resembles a draft, and the words that say why (as written in `excerpt` and `title`)."""

    kind: str
    title: str
    url: str
    excerpt: str = ""
    shared: tuple[str, ...] = ()
    meta: str = ""
    look: BadgeLook | None = None
    actions: tuple[Link, ...] = field(default=())


# The five kinds have a glyph of their own, always shown with its word; the others borrow a general icon.
KINDS: dict[str, tuple[str, str]] = {
    "challenge": ("k-defi", "Défi"),
    "idea": ("k-idee", "Idée"),
    "project": ("k-projet", "Expérimentation"),
    "achievement": ("k-real", "Réalisation"),
    "adoption": ("k-adopt", "Adoptions"),
    "stage_report": ("doc", "Bilan d’étape"),
    "organisation": ("building", "Organisme"),
    "person": ("user", "Personne"),
}

WEATHERS: dict[str, tuple[str, str]] = {
    "sun": ("sun", "Grand beau"),
    "mixed": ("cloud-sun", "Éclaircies"),
    "cloud": ("cloud", "Nuages"),
    "storm": ("storm", "Orage"),
}

# Official codes of the eighteen regions, their short names on the tile map, and their full names.
REGIONS: dict[str, tuple[str, str]] = {
    "32": ("HDF", "Hauts-de-France"),
    "28": ("NOR", "Normandie"),
    "11": ("IDF", "Île-de-France"),
    "44": ("GES", "Grand Est"),
    "53": ("BRE", "Bretagne"),
    "52": ("PDL", "Pays de la Loire"),
    "24": ("CVL", "Centre-Val de Loire"),
    "27": ("BFC", "Bourgogne-Franche-Comté"),
    "75": ("NAQ", "Nouvelle-Aquitaine"),
    "84": ("ARA", "Auvergne-Rhône-Alpes"),
    "76": ("OCC", "Occitanie"),
    "93": ("PAC", "Provence-Alpes-Côte d’Azur"),
    "94": ("COR", "Corse"),
    "01": ("GP", "Guadeloupe"),
    "02": ("MQ", "Martinique"),
    "03": ("GF", "Guyane"),
    "04": ("RE", "La Réunion"),
    "06": ("YT", "Mayotte"),
}


def initials(name: str) -> str:
    """« Claire Delattre » → « CD »; one letter for a single word."""
    words = [word for word in name.split() if word[0].isalpha()]
    if not words:
        return "?"
    return "".join(word[0] for word in words[:2]).upper()
