"""« Où en êtes-vous ? »: what the team says of its project each month, kept, shown, told."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused

from .. import rules
from ..models import KIND, Project, ProjectUpdate
from .held import hold, note, touch

ENDED = "Ce projet a pris fin\u00a0: il n’y a plus de point à faire. Rouvrez-le d’abord s’il reprend."
MEANWHILE = (
    "Quelqu’un a fait le point pendant que vous écriviez. Votre saisie est gardée\u00a0: comparez, puis enregistrez de"
    " nouveau."
)
NOT_YOURS = "Le point est fait par l’équipe du projet."


def last_update(project: Project) -> ProjectUpdate | None:
    """The last one, with its author."""
    return ProjectUpdate.objects.filter(project=project).select_related("author").order_by("-pk").first()


@transaction.atomic
def say(project: Project, values: Mapping[str, Any], *, actor: User, last: int | None) -> ProjectUpdate:
    """Say where the project stands; `last` is the update that the person had read (Conflict when another came since).

    `values`: progress (None counts the stages passed), weather, line, next_step, needs. Raises Refused once ended.
    """
    held = hold(project)
    if not rules.edits(actor, held):
        raise Refused(NOT_YOURS)
    if not held.is_live:
        raise Refused(ENDED)
    stands = last_update(held)
    if (stands.pk if stands else None) != last:
        raise Conflict(MEANWHILE)
    counted = counted_progress(held)
    said = {name: values.get(name) or "" for name in ("weather", "line", "next_step", "needs")}
    progress = values.get("progress")
    progress = counted if progress is None else int(progress)
    today = clock.today()
    update = ProjectUpdate.objects.create(
        project=held, said_on=today, author=actor, progress=progress, **said
    )
    Project.objects.filter(pk=held.pk).update(
        progress=progress,
        progress_is_said=progress != counted,
        weather=said["weather"],
        weather_line=said["line"],
        next_step=said["next_step"],
        needs=said["needs"],
        updated_on=today,
        updated_by=actor,
    )
    note("updated", held, actor, progress=progress, weather=said["weather"])
    touch(held)
    tell("project.updated", KIND, held.pk, actor=actor, update=update.pk)
    return update


def counted_progress(project: Project) -> int:
    """The progress that the stages passed give."""
    return round(100 * project.stages_passed / project.stage_count) if project.stage_count else 0
