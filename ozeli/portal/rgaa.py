"""Where Ozéli stands with the 106 criteria of the RGAA 4.1: told as it is, no rate is declared."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATES = {
    "teste": ("Vérifié", "okc", "done"),
    "partiel": ("En partie", "half", ""),
    "non": ("Pas encore", "todo", "wait"),
    "sans": ("Sans objet", "stop", "rest"),
}
THEMES = {
    1: "Images",
    2: "Cadres",
    3: "Couleurs",
    4: "Sons et vidéos",
    5: "Tableaux",
    6: "Liens",
    7: "Scripts",
    8: "Éléments obligatoires",
    9: "Structure",
    10: "Présentation",
    11: "Formulaires",
    12: "Navigation",
    13: "Consultation",
}


@dataclass(frozen=True, slots=True)
class Criterion:
    """`by` names the test file that checks it, or says why there is nothing to check."""

    number: str
    words: str
    state: str
    by: str

    @property
    def theme(self) -> int:
        return int(self.number.partition(".")[0])

    @property
    def look(self) -> tuple[str, str, str]:
        """(label, shape, tone) of its badge."""
        return STATES[self.state]

    @property
    def is_checked(self) -> bool:
        return self.state in ("teste", "partiel")


@cache
def criteria() -> tuple[Criterion, ...]:
    held = tomllib.loads(Path(__file__).with_name("rgaa.toml").read_text(encoding="utf-8"))
    return tuple(Criterion(*row) for row in held["criteres"])


@cache
def by_theme() -> tuple[tuple[str, tuple[Criterion, ...]], ...]:
    """(theme, its criteria), in order."""
    return tuple(
        (title, tuple(one for one in criteria() if one.theme == number)) for number, title in THEMES.items()
    )


@cache
def summary() -> tuple[tuple[str, int], ...]:
    """(state, number of criteria), in the order of `STATES`."""
    counted = Counter(one.state for one in criteria())
    return tuple((label, counted[state]) for state, (label, _shape, _tone) in STATES.items())
