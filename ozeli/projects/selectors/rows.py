"""Projects as a list shows them, ready to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.functions import Left

from ozeli.core import clock
from ozeli.core.french import long_date
from ozeli.core.ui import WEATHERS, BadgeLook
from ozeli.ideas.selectors.places import organisations

from ..enums import Cause, State
from ..models import Project, ProjectQuerySet
from .vocabulary import ending_names, stage_names

SUMMARY_LENGTH = 240
READ = (
    "title", "state", "is_withdrawn", "organisation_id", "lifecycle_id", "stage_count", "stages_passed",
    "stage_number", "progress", "weather", "weather_line", "expected_end_on", "due_on", "ended_on", "touched_on",
    "cause", "ending_id", "source",
)  # fmt: skip
_OWNERS = """
select owner.project_id, person.display_name from projects_projectmember owner
join accounts_user person on person.id = owner.user_id
where owner.role = 'owner' and owner.project_id = any(%s)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A project in a list. `where` says the stage, or how it ended; `when` a day in words."""

    title: str
    url: str
    look: BadgeLook
    say: str
    who: str
    passed: int
    total: int
    where: str
    when: str
    is_late: bool
    weather_icon: str
    weather_word: str


def readable(projects: ProjectQuerySet) -> ProjectQuerySet:
    """Only what a row shows."""
    return projects.only(*READ).annotate(extract=Left("summary", SUMMARY_LENGTH))


def rows_of(projects: Sequence[Any]) -> list[Row]:
    """The rows of a page read by `readable`, in one query more: who carries them."""
    owners, today = owners_of([one.pk for one in projects]), clock.today()
    return [_row(one, owners.get(one.pk, ""), is_late=one.due_on < today) for one in projects]


def owners_of(ids: Sequence[UUID]) -> dict[UUID, str]:
    """Project → the name of its owner. In SQL, which the ORM would take longer to write than to run."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS, [list(ids)])
        return dict(cursor.fetchall())


def body_of(project: Project) -> str:
    """Its name, without a query a row; one that is too new for us is fetched."""
    known = organisations().get(project.organisation_id)
    return known.name if known else project.organisation.name


def standing(project: Project) -> str:
    """Where it stands, in a few words: its stage, its cause, its ending."""
    if project.state in (State.TO_LAUNCH, State.UNDER_WAY):
        return stage_of(project)
    if project.cause:
        return str(Cause(project.cause).label)
    return ending_names().get(project.ending_id or 0, "")


def stage_of(project: Project) -> str:
    return stage_names().get((project.lifecycle_id, project.stage_number or 0), "")


def _row(project: Any, owner: str, *, is_late: bool) -> Row:
    carrier = body_of(project)
    if owner:
        carrier = f"{owner}, {carrier}"
    # How it felt at the end says little of a project that is over.
    icon, word = WEATHERS[project.weather] if project.weather and project.is_live else ("", "")
    return Row(
        title=project.title,
        url=project.get_absolute_url(),
        look=project.look,
        say=project.extract or project.weather_line,
        who=carrier,
        passed=project.stages_passed,
        total=project.stage_count,
        where=standing(project),
        when=_when(project, is_late),
        is_late=is_late,
        weather_icon=icon,
        weather_word=word,
    )


def _when(project: Project, is_late: bool) -> str:
    if project.ended_on:
        return f"le {long_date(project.ended_on)}"
    if project.is_live and project.expected_end_on:
        day = long_date(project.expected_end_on)
        return f"Fin prévue le {day}, dépassée" if is_late else f"Fin prévue le {day}"
    return ""
