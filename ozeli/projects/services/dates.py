"""Days of a project: how long a stage is expected to last, how long it has lasted, what may be written."""

from datetime import date, timedelta

from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.french import long_date

from ..models import LifecycleVersion, Project, StageReport

# A stage that lasts more than this many times what is expected is slow.
SLOW = 2


def expected_pass(report: StageReport) -> date | None:
    """The day by which a stage is expected to be passed; None when nothing says so."""
    days = report.stage.expected_days
    return report.entered_on + timedelta(days=days) if report.entered_on and days else None


def lasted(report: StageReport) -> int | None:
    """Days from the beginning of a stage to its passage, or to today; None for one that did not begin by itself."""
    if report.entered_on is None:
        return None
    return max(((report.passed_on or clock.today()) - report.entered_on).days, 0)


def is_overdue(report: StageReport) -> bool:
    """Not passed, and longer than expected already."""
    due = expected_pass(report)
    return report.passed_on is None and due is not None and due < clock.today()


def is_slow(report: StageReport) -> bool:
    """Passed or not, it takes more than twice the days expected."""
    days, expected = lasted(report), report.stage.expected_days
    return days is not None and bool(expected) and days > SLOW * (expected or 0)


def expected_end(version: LifecycleVersion, start: date) -> date | None:
    """The day when a project begun on `start` would end, had every stage the length expected."""
    days = [stage.expected_days for stage in version.stages.all()]
    known = [one for one in days if one]
    return start + timedelta(days=sum(known)) if known and len(known) == len(days) else None


def check_past(day: date | None, what: str) -> None:
    """Raises Refused for a day to come: what is told has happened."""
    if day is not None and day > clock.today():
        raise Refused(f"{what} : cette date est à venir. Écrivez aujourd’hui, ou un jour passé.")


def check_after_start(project: Project, day: date, what: str) -> None:
    """Raises Refused for a day before the project began."""
    if project.started_on is not None and day < project.started_on:
        raise Refused(
            f"{what} : cette date vient avant le démarrage du projet, le {long_date(project.started_on)}."
        )
