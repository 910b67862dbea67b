"""Projects as files, by batches of keys, with the columns that their import reads (`COLUMNS`).

A row tells everything that the sheet tells in its margins, and nothing that its reader may not see: rows are those of
the list. Days are written as 2026-11-20, closed lists by their words, keywords and ideas with a comma between, bodies
with a semicolon: their names hold commas.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import QueryDict

from ozeli.accounts.models import User
from ozeli.core.exports import LONG, Export, Look, exports
from ozeli.core.ids import short_id
from ozeli.ideas.models import Idea, IdeaQuerySet
from ozeli.ideas.selectors.places import branches, domains, objectives
from ozeli.network.enums import Audience

from .enums import BodyRole, Cause, Kind, State, Trigger, Weather
from .forms.filters import FilterForm
from .marks import MARK, mark_of
from .models import Project, ProjectBody, ProjectIdea, ProjectQuerySet
from .selectors import listing
from .selectors.rows import body_of, owners_of, stage_of
from .selectors.vocabulary import course_names, ending_names

BATCH = 500
# Code → title, in the order of the file. The code is that of the column of `Project`, where there is one.
COLUMNS: dict[str, str] = {
    "short": "identifiant",
    "title": "titre",
    "state": "statut",
    "kind": "nature",
    "lifecycle": "parcours",
    "stage": "étape en cours",
    "stages_passed": "étapes passées",
    "stage_count": "étapes en tout",
    "progress": "avancement (%)",
    "weather": "météo",
    "weather_line": "en une ligne",
    "next_step": "prochain pas",
    "needs": "ce qui est attendu",
    "updated_on": "point fait le",
    "organisation": "organisme",
    "branch": "branche",
    "direction": "direction à l’origine",
    "sponsors": "commanditaires",
    "partners": "partenaires",
    "owner": "porteur",
    "domain": "domaine",
    "objective": "objectif stratégique",
    "trigger": "fait générateur",
    "keywords": "mots-clés",
    "audience": "visible par",
    "summary": "en quelques lignes",
    "pitch": "pitch",
    "video_url": "vidéo",
    "link_url": "lien",
    "started_on": "démarré le",
    "expected_end_on": "fin prévue le",
    "ended_on": "fini le",
    "ending": "suite",
    "cause": "cause",
    "budget_planned": "budget prévu (€)",
    "budget_committed": "budget engagé (€)",
    "budget_spent": "budget dépensé (€)",
    "ideas": "idées",
    "created_on": "créé le",
    "touched_on": "dernières nouvelles",
    "source": "importé de",
    "external_id": "identifiant d’origine",
    MARK: "repère",
}
# What a file only tells: the portal counts it, or decides it through an act of its own.
TOLD_ONLY = frozenset(
    {"stage", "stages_passed", "stage_count", "updated_on", "branch", "owner", "ideas", "created_on", "touched_on",
     MARK}
)  # fmt: skip
_CLOSED: dict[str, Any] = {
    "state": State, "kind": Kind, "weather": Weather, "trigger": Trigger, "audience": Audience, "cause": Cause,
}  # fmt: skip
LOOK = Look(
    muted=frozenset(COLUMNS[code] for code in (*TOLD_ONLY, "short")),
    choices={COLUMNS[code]: [str(one.label) for one in choices] for code, choices in _CLOSED.items()},
    widths={"titre": 40, "en quelques lignes": 60, "pitch": 60},
)
# Read as they are.
_PLAIN = (
    "title", "stages_passed", "stage_count", "progress", "weather_line", "next_step", "needs", "direction", "summary",
    "pitch", "video_url", "link_url", "source", "external_id",
)  # fmt: skip
_DAYS = ("updated_on", "started_on", "expected_end_on", "ended_on", "created_on", "touched_on")
_EUROS = ("budget_planned", "budget_committed", "budget_spent")


def export_lines(projects: ProjectQuerySet, user: User, sort: str = "recentes") -> Iterator[list[object]]:
    """The rows of the file, in the order of the list: a batch at a time, four queries each.

    The ideas that a project tries are named to those who may read them.
    """
    cursor, is_first = "", True
    while cursor or is_first:
        page = listing.page(projects, sort=sort, cursor=cursor, size=BATCH)
        around = _Around.of([one.pk for one in page.rows], Idea.objects.visible_to(user))
        for project in page.rows:
            told = cells(project, around)
            yield [told[code] for code in COLUMNS]
        cursor, is_first = page.next, False


class _Around:
    """What hangs from the projects of a batch."""

    def __init__(
        self,
        owners: dict[UUID, str],
        ideas: Mapping[UUID, list[str]],
        bodies: Mapping[tuple[UUID, str], list[str]],
    ) -> None:
        self.owners, self.ideas, self.bodies = owners, ideas, bodies

    @classmethod
    def of(cls, ids: Sequence[UUID], readable: IdeaQuerySet) -> "_Around":
        ideas: dict[UUID, list[str]] = defaultdict(list)
        bodies: dict[tuple[UUID, str], list[str]] = defaultdict(list)
        tried = ProjectIdea.objects.filter(project__in=ids, idea__in=readable).order_by("pk")
        for project, idea in tried.values_list("project", "idea"):
            ideas[project].append(short_id(idea))
        joined = ProjectBody.objects.filter(project__in=ids).order_by("role", "pk")
        for project, role, name in joined.values_list("project", "role", "organisation__name"):
            bodies[project, role].append(name)
        return cls(owners_of(ids), ideas, bodies)


def cells(project: Project, around: _Around) -> dict[str, object]:
    """Code of column → what its cell holds."""
    told: dict[str, object] = {code: getattr(project, code) for code in _PLAIN}
    told |= {code: _day(getattr(project, code)) for code in _DAYS}
    told |= {code: _euros(getattr(project, code)) for code in _EUROS}
    told |= {code: _label(choices, getattr(project, code)) for code, choices in _CLOSED.items()}
    told |= {
        "short": project.short,
        "lifecycle": course_names().get(project.lifecycle_id) or project.lifecycle.lifecycle.name,
        "stage": stage_of(project),
        "organisation": body_of(project),
        "branch": _named(branches(), project, "branch"),
        "sponsors": "; ".join(around.bodies.get((project.pk, BodyRole.SPONSOR), [])),
        "partners": "; ".join(around.bodies.get((project.pk, BodyRole.PARTNER), [])),
        "owner": around.owners.get(project.pk, ""),
        "domain": _named(domains(), project, "domain"),
        "objective": _named(objectives(), project, "objective"),
        "keywords": ", ".join(project.keywords),
        "ending": _named(ending_names(), project, "ending"),
        "ideas": ", ".join(around.ideas.get(project.pk, [])),
    }
    return told | {MARK: mark_of(told)}


def cells_of(projects: Sequence[Project]) -> dict[UUID, dict[str, object]]:
    """What the file would say of these projects, by key: an import compares its lines with it."""
    around = _Around.of([one.pk for one in projects], Idea.objects.none())
    return {one.pk: cells(one, around) for one in projects}


def _named(known: Mapping[int, Any], project: Project, name: str) -> str:
    """What a column refers to, without a query a row; what is too new for us is fetched."""
    key = getattr(project, f"{name}_id")
    return "" if key is None else str(known.get(key) or getattr(project, name))


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value else ""


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _euros(value: Decimal) -> int | float:
    """A whole number where it is one: no spreadsheet shows cents that nobody wrote."""
    return int(value) if value == value.to_integral_value() else float(value)


def _wanted(user: Any, query: QueryDict) -> tuple[ProjectQuerySet, FilterForm]:
    form = FilterForm(query)
    return listing.matching(user, form.wanted()), form


def _rows(user: Any, query: QueryDict) -> Iterator[list[object]]:
    projects, form = _wanted(user, query)
    return export_lines(projects, user, form.sort)


def _count(user: Any, query: QueryDict) -> int:
    return _wanted(user, query)[0].order_by()[: LONG + 1].count()


def register() -> None:
    exports.register(
        Export(
            "projects",
            "Expérimentations",
            "experimentations",
            "projects",
            tuple(COLUMNS.values()),
            _rows,
            _count,
            look=LOOK,
        )
    )
