"""The columns that a reader may choose for the list as a table; the title always comes first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ozeli.core import clock
from ozeli.core.french import NBSP, number
from ozeli.core.ui import WEATHERS, BadgeLook
from ozeli.ideas.selectors.places import branches, domains, objectives

from ..enums import Cause, Kind, Trigger
from ..models import Project, ProjectQuerySet
from .rows import READ, body_of, owners_of, standing
from .vocabulary import course_names, ending_names


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what its cell says of a project, and the columns of the base that it reads."""

    code: str
    title: str
    say: Callable[[Project], str]
    reads: tuple[str, ...] = ()
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands under a column: a text, or the badge of a state."""

    title: str
    text: str
    is_number: bool = False
    look: BadgeLook | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    title: str
    url: str
    cells: tuple[Cell, ...]


STATE, OWNER, DUE = "statut", "porteur", "fin"


def _day(name: str) -> Callable[[Project], str]:
    def say(project: Project) -> str:
        day: date | None = getattr(project, name)
        return f"{day:%d/%m/%Y}" if day else ""

    return say


def _euros(name: str) -> Callable[[Project], str]:
    def say(project: Project) -> str:
        amount: Decimal = getattr(project, name)
        return f"{number(round(amount))}{NBSP}€" if amount else ""

    return say


def _named(known: Callable[[], dict[int, Any]], name: str) -> Callable[[Project], str]:
    def say(project: Project) -> str:
        return str(known().get(getattr(project, name) or 0, ""))

    return say


def _label(choices: Any, name: str) -> Callable[[Project], str]:
    def say(project: Project) -> str:
        value = getattr(project, name)
        return str(choices(value).label) if value else ""

    return say


def _passed(project: Project) -> str:
    return f"{project.stages_passed} sur {project.stage_count}"


def _weather(project: Project) -> str:
    return WEATHERS[project.weather][1] if project.weather else ""


_EVERY = (
    Column(STATE, "Statut", lambda project: project.look.label),
    Column("etape", "Où il en est", standing),
    Column("passees", "Étapes passées", _passed, is_number=True),
    Column("avancement", "Avancement", lambda project: f"{project.progress}{NBSP}%", is_number=True),
    Column("meteo", "Météo", _weather),
    Column("ligne", "En une ligne", lambda project: project.weather_line),
    Column(OWNER, "Porteur", lambda project: ""),
    Column("organisme", "Organisme", body_of),
    Column("branche", "Branche", _named(branches, "branch_id"), ("branch_id",)),
    Column("direction", "Direction à l’origine", lambda project: project.direction, ("direction",)),
    Column("domaine", "Domaine", _named(domains, "domain_id"), ("domain_id",)),
    Column("objectif", "Objectif stratégique", _named(objectives, "objective_id"), ("objective_id",)),
    Column("declencheur", "Fait générateur", _label(Trigger, "trigger"), ("trigger",)),
    Column("motscles", "Mots-clés", lambda project: ", ".join(project.keywords), ("keywords",)),
    Column("nature", "Nature", _label(Kind, "kind"), ("kind",)),
    Column("parcours", "Parcours", _named(course_names, "lifecycle_id")),
    Column("debut", "Démarré le", _day("started_on"), ("started_on",)),
    Column(DUE, "Fin prévue le", _day("expected_end_on")),
    Column("fini", "Fini le", _day("ended_on")),
    Column("suite", "Suite donnée", _named(ending_names, "ending_id")),
    Column("cause", "Cause de l’arrêt", _label(Cause, "cause")),
    Column("prevu", "Budget prévu", _euros("budget_planned"), ("budget_planned",), is_number=True),
    Column("engage", "Budget engagé", _euros("budget_committed"), ("budget_committed",), is_number=True),
    Column("depense", "Budget dépensé", _euros("budget_spent"), ("budget_spent",), is_number=True),
    Column("nouvelles", "Dernières nouvelles", _day("touched_on")),
)
COLUMNS = {column.code: column for column in _EVERY}
USUAL = (STATE, "etape", "avancement", "organisme", DUE)


def chosen(said: str) -> tuple[Column, ...]:
    """The columns that an address names, in the order of the house; none for the list in full sentences."""
    asked = set(said.split(","))
    return tuple(column for column in _EVERY if column.code in asked)


def readable(projects: ProjectQuerySet, columns: Sequence[Column]) -> ProjectQuerySet:
    """Only what these columns show."""
    return projects.only(*READ, *(name for column in columns for name in column.reads))


def table_rows(projects: Sequence[Project], columns: Sequence[Column]) -> list[TableRow]:
    """The rows of a page read by `readable`; a query more when owners are named."""
    asks_owners = any(column.code == OWNER for column in columns)
    owners: dict[UUID, str] = owners_of([one.pk for one in projects]) if asks_owners else {}
    today = clock.today()
    return [
        TableRow(
            project.title,
            project.get_absolute_url(),
            tuple(_cell(project, column, owners.get(project.pk, ""), today) for column in columns),
        )
        for project in projects
    ]


def _cell(project: Project, column: Column, owner: str, today: date) -> Cell:
    return Cell(
        column.title,
        owner if column.code == OWNER else column.say(project),
        column.is_number,
        project.look if column.code == STATE else None,
        column.code == DUE and project.due_on < today,
    )


__all__ = ["COLUMNS", "USUAL", "Column", "TableRow", "chosen", "readable", "table_rows"]
