"""What stands of the startups already imported, drawn in words beside what the file says: what differs is a change."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from ozeli.core.errors import Refused
from ozeli.core.french import long_date, number
from ozeli.core.imports import Change

from ..enums import BodyRole, State
from ..models import Ending, LifecycleVersion, Project, Stage, StageReport
from ..selectors.lifecycles import current_version
from .phases import STAGES
from .reader import Startup

SOURCE = "beta.gouv.fr"
LIFECYCLE = "startup-etat"
NO_LIFECYCLE = "Le parcours « Startup d’État » n’est plus en service : remettez-le, puis reprenez l’import."
Picture = dict[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """A version of the lifecycle: its stages and its endings, by code."""

    pk: int
    stages: Mapping[str, Stage]
    endings: Mapping[str, Ending]

    @property
    def count(self) -> int:
        return len(self.stages)


def routes(versions: Iterable[int] = ()) -> tuple[Route, dict[int, Route]]:
    """The version that new projects start with, and those asked by key. Raises Refused when none can be used."""
    try:
        current = current_version(LIFECYCLE)
    except LifecycleVersion.DoesNotExist:
        raise Refused(NO_LIFECYCLE) from None
    found = LifecycleVersion.objects.filter(pk__in={current.pk, *versions}).prefetch_related(
        "stages", "endings"
    )
    known = {
        one.pk: Route(
            one.pk,
            {stage.code: stage for stage in one.stages.all()},
            {ending.code: ending for ending in one.endings.all()},
        )
        for one in found
    }
    if missing := [code for code in STAGES if code not in known[current.pk].stages]:
        raise Refused(
            f"Le parcours « Startup d’État » n’a plus d’étape {missing[0]} : l’import ne sait où la ranger."
        )
    return known[current.pk], known


def standing(identifiers: Iterable[str]) -> QuerySet[Project]:
    """The projects already imported, with all that the file tells of them."""
    reports = StageReport.objects.select_related("stage").order_by("entered_on", "stage__number")
    return (
        Project.objects.filter(source=SOURCE, external_id__in=list(identifiers))
        .select_related("organisation", "domain", "ending")
        .prefetch_related(
            Prefetch("reports", reports), "moves__ending", "bodies__organisation", "log", "budget", "members"
        )
    )


def changes(
    project: Project, startup: Startup, route: Route, names: Mapping[str, str], domain: str
) -> Iterator[Change]:
    """What the file changes of a project, in words."""
    before, after = _of_project(project), _of_startup(startup, route, names, domain)
    for label, said in after.items():
        if before[label] != said:
            yield Change.of(label, before[label], said)


def _of_project(project: Project) -> Picture:
    steps = [(one.stage.name, one.entered_on, one.passed_on, one.done) for one in project.reports.all()]
    moves = [
        (one.source, one.target, one.ending.name if one.ending else "", one.made_on, one.note)
        for one in project.moves.all()
    ]
    bodies = [one.organisation.name for one in project.bodies.all() if one.role == BodyRole.SPONSOR]
    return {
        "titre": project.title,
        "en quelques lignes": project.summary,
        "pitch": project.pitch,
        "lien": project.link_url,
        "organisme": project.organisation.name,
        "mots-clés": ", ".join(project.keywords),
        "domaine": project.domain.name if project.domain else "",
        "statut": _state(project.state, project.ending.name if project.ending else ""),
        "étapes passées": _place(project.stages_passed, project.stage_number),
        "démarré le": _day(project.started_on),
        "fin prévue le": _day(project.expected_end_on),
        "fini le": _day(project.ended_on),
        "étapes": _steps(steps),
        "histoire": _moves(moves),
        "commanditaires": ", ".join(sorted(bodies)),
        "journal de bord": _news((one.written_on, one.body) for one in project.log.all()),
        "budget": _budget((one.label, one.planned) for one in project.budget.all()),
    }


def _of_startup(startup: Startup, route: Route, names: Mapping[str, str], domain: str) -> Picture:
    course = startup.course
    steps = [
        (route.stages[one.code].name, one.entered_on, one.passed_on, one.told)
        for one in course.steps.values()
    ]
    moves = [
        (one.source, one.target, _ending(route, one.ending), one.made_on, one.note) for one in course.moves
    ]
    return {
        "titre": startup.title,
        "en quelques lignes": startup.summary,
        "pitch": startup.pitch,
        "lien": startup.link,
        "organisme": names[startup.organisation],
        "mots-clés": ", ".join(startup.keywords),
        "domaine": domain,
        "statut": _state(course.state, _ending(route, course.ending)),
        "étapes passées": _place(course.stages_passed, stage_number(startup, route)),
        "démarré le": _day(course.started_on),
        "fin prévue le": _day(course.expected_end_on),
        "fini le": _day(course.ended_on),
        "étapes": _steps(steps),
        "histoire": _moves(moves),
        "commanditaires": ", ".join(sorted(names[code] for code in startup.ordered_by)),
        "journal de bord": _news(startup.news),
        "budget": _budget(startup.funds),
    }


def stage_number(startup: Startup, route: Route) -> int | None:
    """The stage where it stands; none after the end."""
    course = startup.course
    if course.is_ended:
        return None
    return route.stages[course.stage].number if course.stage else 1


def _ending(route: Route, code: str) -> str:
    return route.endings[code].name if code in route.endings else ""


def _state(state: str, ending: str) -> str:
    return f"{State(state).label}, {ending}" if ending else str(State(state).label)


def _place(passed: int, number_of_stage: int | None) -> str:
    return f"{passed}, en cours {number_of_stage}" if number_of_stage else str(passed)


def _day(day: date | None) -> str:
    return long_date(day) if day else ""


def _steps(steps: Iterable[tuple[str, date | None, date | None, str]]) -> str:
    lines = [f"{name} {_day(start)} → {_day(end)} {told}".strip() for name, start, end, told in steps]
    return "\n".join(sorted(lines))


def _moves(moves: Iterable[tuple[str, str, str, date | None, str]]) -> str:
    return "\n".join(
        f"{_day(day)} {State(source).label} → {_state(target, ending)} {note}".strip()
        for source, target, ending, day, note in moves
    )


def _news(posts: Iterable[tuple[date, str]]) -> str:
    return "\n".join(sorted(f"{day.isoformat()} {body}" for day, body in posts))


def _budget(lines: Iterable[tuple[str, Decimal]]) -> str:
    return "\n".join(f"{label} {number(amount, 2)} €" for label, amount in lines)
