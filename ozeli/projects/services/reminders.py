"""Owners reminded, once a month, to say where they stand; silent projects chased gently, with the desk of their body.

`Project.reminded_on` is taken by an update that one worker alone can make, with its event in the same transaction:
two workers, or one killed in the middle, tell nobody twice and forget nobody.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from time import monotonic
from uuid import UUID

from django.db import transaction
from django.db.models import DateField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Coalesce

from ozeli.activity.services import tell
from ozeli.core import clock

from ..enums import Role, State
from ..models import KIND, Project, ProjectMember, ProjectQuerySet

SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Silence:
    """After `after` days without a word in that state `event` is told, and again every so many days, until `before`."""

    event: str
    state: State
    after: int
    again: int
    before: int | None = None


# The words of administration pages and guides: a point is asked monthly, silence is a matter for two after three.
SILENCES = (
    Silence("project.update_due", State.UNDER_WAY, after=30, again=30, before=90),
    Silence("project.silent", State.UNDER_WAY, after=90, again=90),
    Silence("project.still_waiting", State.TO_LAUNCH, after=60, again=60),
    Silence("project.still_frozen", State.FROZEN, after=180, again=180),
)


def remind(seconds: float = SECONDS) -> bool:
    """Tell every silence that is due today; whether nothing is left to tell. Stops after `seconds`."""
    end = monotonic() + seconds
    for silence in SILENCES:
        for pk in list(due(silence).order_by("pk").values_list("pk", flat=True)):
            if monotonic() > end:
                return False
            _tell(pk, silence)
    return True


def due(silence: Silence) -> ProjectQuerySet:
    """The projects whose owner is to be told of this silence today."""
    today = clock.today()
    since = Coalesce("updated_on", "started_on", "created_on")
    frozen = Coalesce("touched_on", "created_on")
    reached = ExpressionWrapper(F("silent_since") + timedelta(days=silence.after), output_field=DateField())
    owners = ProjectMember.objects.filter(project=OuterRef("pk"), role=Role.OWNER, user__is_active=True)
    silent = Project.objects.filter(Exists(owners), state=silence.state, is_withdrawn=False).annotate(
        silent_since=frozen if silence.state == State.FROZEN else since
    )
    if silence.before is not None:
        silent = silent.filter(silent_since__gt=_days_ago(today, silence.before))
    return silent.filter(
        Q(reminded_on__isnull=True)
        | Q(reminded_on__lt=reached)
        | Q(reminded_on__lte=_days_ago(today, silence.again)),
        silent_since__lte=_days_ago(today, silence.after),
    )


def _days_ago(today: date, days: int) -> date:
    return today - timedelta(days=days)


@transaction.atomic
def _tell(pk: UUID, silence: Silence) -> None:
    taken = due(silence).select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if taken is None:
        return
    Project.objects.filter(pk=pk).update(reminded_on=clock.today())
    days = (clock.today() - taken.silent_since).days  # type: ignore[attr-defined]
    tell(silence.event, KIND, pk, actor=None, days=days)
