"""What projects show on the home: those under way by stage, those to launch, what has just been learned.

The home is the network's: it shows what everyone may read. No query but once in some seconds.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from django.db.models import Count
from django.utils.http import urlencode
from django.utils.text import Truncator

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.charts import Bar
from ozeli.core.french import plural, short_date
from ozeli.core.memo import kept_for
from ozeli.core.registry import HomeBrickKind, home_bricks
from ozeli.core.ui import BadgeLook
from ozeli.ideas.selectors.places import organisations
from ozeli.network.enums import Audience

from .enums import State
from .forms.filters import STATE_WORDS
from .looks import LOOKS
from .models import Project, ProjectMove, ProjectQuerySet, StageReport
from .selectors.vocabulary import Course, courses

SHOWN = 3
MOST_SHOWN = 8
FRESH = 10
COUNTED = 60
EXCERPT = 160
# What a report says, the most useful to others first.
PASSAGES = (
    ("failures", "Ce qui n’a pas marché"),
    ("practices", "À reprendre"),
    ("difficulties", "Ce qui a été difficile"),
    ("successes", "Ce qui a marché"),
)
_MINI = ("title", "state", "organisation_id", "touched_on", "is_withdrawn")
Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mini:
    """A project in a short list."""

    title: str
    url: str
    where: str
    when: str
    look: BadgeLook


@dataclass(frozen=True, slots=True)
class Lesson:
    """Something learned: what it is about, in whose words, on what day."""

    on: date
    title: str
    url: str
    heading: str
    text: str
    where: str
    day: str


def register() -> None:
    for kind in (
        HomeBrickKind(
            "projects_by_stage",
            "projects",
            "projects/home/_by_stage.html",
            by_stage,
            "Expérimentations en cours",
            half=True,
            description="Les projets en cours, étape par étape, dans le parcours le plus suivi.",
        ),
        HomeBrickKind(
            "projects_to_launch",
            "projects",
            "projects/home/_to_launch.html",
            to_launch,
            "Elles vont commencer",
            half=True,
            options=("count",),
            description="Les projets à lancer dont on a parlé en dernier.",
        ),
        HomeBrickKind(
            "just_learned",
            "projects",
            "projects/home/_learned.html",
            just_learned,
            "On vient d’apprendre",
            half=True,
            options=("count",),
            description="Ce que disent les derniers bilans d’étape et les derniers arrêts.",
        ),
    ):
        home_bricks.register(kind)


def by_stage(request: PersonRequest) -> dict[str, Any] | None:
    """The stages of the lifecycle that most projects under way follow; the others are counted together."""
    return _by_stage()


def to_launch(request: PersonRequest, options: Options) -> dict[str, Any] | None:
    found = _to_launch(_size(options), clock.today())
    return {"projects": found} if found else None


def just_learned(request: PersonRequest, options: Options) -> dict[str, Any] | None:
    found = _learned(_size(options), clock.today())
    return {"lessons": found} if found else None


def _size(options: Options) -> int:
    return min(max(int(options.get("count") or SHOWN), 1), MOST_SHOWN)


def _open() -> ProjectQuerySet:
    """What the whole network may read."""
    return Project.objects.filter(audience=Audience.NETWORK, is_withdrawn=False)


@kept_for(COUNTED)
def _by_stage() -> dict[str, Any] | None:
    counted: Counter[tuple[int, int]] = Counter()
    standing = _open().filter(state=State.UNDER_WAY, stage_number__isnull=False)
    for version, number, n in (
        standing.values_list("lifecycle", "stage_number").annotate(n=Count("pk")).order_by()
    ):
        counted[version, number] = n
    followed = {
        course: sum(n for (at, _), n in counted.items() if at in course.versions) for course in courses()
    }
    course = max(followed, key=lambda one: followed[one], default=None)
    if course is None or not followed[course]:
        return None
    others = sum(followed.values()) - followed[course]
    return {
        "course": course.name,
        "bars": [
            Bar(
                f"{step.number}. {step.name}",
                sum(counted[place] for place in step.places),
                _stage_url(course, step.code),
            )
            for step in course.steps
        ],
        "others": plural(others, "autre suit un autre parcours", "autres suivent un autre parcours")
        if others
        else "",
    }


def _stage_url(course: Course, code: str) -> str:
    asked = {"statut": STATE_WORDS[State.UNDER_WAY], "parcours": course.code, "etape": code}
    return f"/projets/?{urlencode(asked)}"


@kept_for(FRESH)
def _to_launch(size: int, today: date) -> tuple[Mini, ...]:
    rows = _open().filter(state=State.TO_LAUNCH).only(*_MINI).order_by("-touched_on", "-id")[:size]
    return tuple(
        Mini(
            one.title,
            one.get_absolute_url(),
            _where(one),
            short_date(one.touched_on, today),
            LOOKS[one.state],
        )
        for one in rows
    )


def _where(project: Project) -> str:
    known = organisations().get(project.organisation_id)
    return known.name if known else project.organisation.name


# --- what has just been learned ---------------------------------------------------------------------------------------


@kept_for(FRESH)
def _learned(size: int, today: date) -> tuple[Lesson, ...]:
    """The last lessons, one a project, whether they come from a stage or from a stop."""
    found = sorted(
        chain(_from_stops(size, today), _from_reports(size, today)), key=lambda one: one.on, reverse=True
    )
    first: dict[str, Lesson] = {}
    for lesson in found:
        first.setdefault(lesson.title, lesson)
    return tuple(first.values())[:size]


def _from_stops(size: int, today: date) -> list[Lesson]:
    moves = ProjectMove.objects.filter(
        lesson__gt="", made_on__isnull=False, project__audience=Audience.NETWORK, project__is_withdrawn=False
    )
    rows = moves.select_related("project").order_by("-pk")[: 2 * size]
    return [
        Lesson(
            move.made_on,
            move.project.title,
            move.project.get_absolute_url(),
            str(State(move.target).label),
            _shortened(move.lesson),
            _where(move.project),
            short_date(move.made_on, today),
        )
        for move in rows
        if move.made_on is not None
    ]


def _from_reports(size: int, today: date) -> list[Lesson]:
    reports = StageReport.objects.filter(
        is_told=True, project__audience=Audience.NETWORK, project__is_withdrawn=False
    )
    rows = reports.select_related("project", "stage").order_by("-written_on", "-id")[: 2 * size]
    found = []
    for report in rows:
        heading, text = next(
            ((words, said) for name, words in PASSAGES if (said := getattr(report, name).strip())), ("", "")
        )
        if text and report.written_on:
            found.append(
                Lesson(
                    report.written_on,
                    report.project.title,
                    report.get_absolute_url(),
                    heading,
                    _shortened(text),
                    f"{_where(report.project)}, étape {report.stage.number}",
                    short_date(report.written_on, today),
                )
            )
    return found


def _shortened(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(EXCERPT)
