"""Read the contents of the demonstration from the TOML files."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ozeli.core.french import fold

FOLDER = Path(__file__).parent
REPLY = "↳ "


def handle(name: str) -> str:
    """How the files name a person: « Aurélie N’Guessan » → `aurelie.n-guessan`."""
    first, _, last = fold(name).partition(" ")
    return f"{first}.{last.replace(' ', '-').replace(chr(39), '-')}"


@dataclass(frozen=True, slots=True)
class PersonSheet:
    """`account` is the local part of the address of a demonstration account."""

    name: str
    body: str
    job: str
    manager: bool = False
    referent: bool = False
    profile: str = "reader"
    account: str = ""

    @property
    def handle(self) -> str:
        return handle(self.name)

    @property
    def email(self) -> str:
        return f"{self.account or self.handle}@demo.test"


@dataclass(frozen=True, slots=True)
class CommentSheet:
    """`day` counts back from today; a reply answers the last comment that is not one."""

    day: int
    who: str
    body: str
    is_reply: bool


@dataclass(frozen=True, slots=True)
class IdeaSheet:
    """An idea and its life. `life` maps each event, in order, to the days since; no `by` means anonymous."""

    key: str
    title: str
    problem: str
    who: str
    proposal: str
    benefit: str
    domain: str
    tags: Sequence[str]
    votes: int
    followers: int
    life: Mapping[str, int]
    by: Sequence[str] = ()
    branch: str = ""
    objective: str = ""
    audience: str = "network"
    note: str = ""
    merged_into: str = ""
    decision: Mapping[str, Any] = field(default_factory=dict)
    prepared: Mapping[str, Any] = field(default_factory=dict)
    postponed: Mapping[str, Any] = field(default_factory=dict)
    expert: Mapping[str, Any] = field(default_factory=dict)
    revival: Sequence[Mapping[str, Any]] = ()
    comments: Sequence[CommentSheet] = ()

    @property
    def is_anonymous(self) -> bool:
        return not self.by


def network() -> dict[str, Any]:
    """`branches`, `organisations`, `domains`, `objectives`."""
    return _read(FOLDER / "network.toml")


def tools() -> list[dict[str, str]]:
    return list(_read(FOLDER / "home.toml")["tool"])


def home_text() -> str:
    return str(_read(FOLDER / "home.toml")["featured"]["text"])


def lent() -> tuple[str, str]:
    """Who lends a profile, and to whom, by their handles."""
    row = _read(FOLDER / "home.toml")["lent"]
    return row["by"], row["to"]


def people() -> list[PersonSheet]:
    return [PersonSheet(**row) for row in _read(FOLDER / "people.toml")["people"]]


def directory() -> dict[str, Any]:
    """`roles`, `asked`, `pages`, `searches`."""
    return _read(FOLDER / "directory.toml")


def ideas() -> list[IdeaSheet]:
    """Every idea, file by file."""
    return [_idea(row) for path in sorted((FOLDER / "ideas").glob("*.toml")) for row in _read(path)["idea"]]


def _idea(row: dict[str, Any]) -> IdeaSheet:
    comments = [
        CommentSheet(day, who, text.removeprefix(REPLY), text.startswith(REPLY))
        for day, who, text in row.pop("comments", [])
    ]
    return IdeaSheet(**row, comments=comments)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
