"""What each format of challenge starts from: phases, voting rule, rules page, communication plan (`shipped.toml`)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ozeli.core.french import typographic

from .enums import Format, PhaseKind, VotingRule

SHIPPED = Path(__file__).parent / "shipped.toml"


@dataclass(frozen=True, slots=True)
class PhaseModel:
    """A phase: how many days after the first day it begins, how many it lasts (None: without end)."""

    kind: PhaseKind
    after: int
    days: int | None


@dataclass(frozen=True, slots=True)
class StepModel:
    """Something to say, so many days from the start, the middle or the end of a phase."""

    on: PhaseKind
    at: str
    days: int
    title: str
    channel: str
    readers: str
    words: str


@dataclass(frozen=True, slots=True)
class Model:
    """A shipped model."""

    format: Format
    summary: str
    lasts: str
    rule: VotingRule
    votes_each: int | None
    threshold: int | None
    delay: int
    rules: str
    phases: tuple[PhaseModel, ...]
    communication: tuple[StepModel, ...]


@cache
def models() -> dict[Format, Model]:
    """Every shipped model, in the order of the formats."""
    with SHIPPED.open("rb") as file:
        told = tomllib.load(file)
    return {one: _model(one, told[one.value]) for one in Format}


def _model(format: Format, told: dict[str, Any]) -> Model:
    return Model(
        format=format,
        summary=told["summary"],
        lasts=told["lasts"],
        rule=VotingRule(told["rule"]),
        votes_each=told.get("votes_each"),
        threshold=told.get("threshold"),
        delay=told["delay"],
        rules=typographic(told["rules"].strip()),
        phases=tuple(
            PhaseModel(PhaseKind(one["kind"]), one["after"], one.get("days")) for one in told["phases"]
        ),
        communication=tuple(
            StepModel(**one | {"on": PhaseKind(one["on"]), "words": typographic(one["words"])})
            for one in told["communication"]
        ),
    )
