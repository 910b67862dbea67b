"""What others told of the same stage: the reports that resemble a project most, then the last of its domain."""

from uuid import UUID

from ozeli.accounts.models import User
from ozeli.search.selectors import look_alikes

from ..models import REPORT_KIND, Project, Stage, StageReport
from .knowledge import TOLD, Row, as_rows, readable, row_of

SHOWN = 3
# One shared word is chance.
SHARED_AT_LEAST = 2
# Looked at among the most alike: some are of the same project, or no longer to be read.
LOOKED_AT = 12


def similar_reports(
    project: Project, stage: Stage, user: User, limit: int = SHOWN
) -> list[tuple[Row, list[str]]]:
    """Reports of the same stage in other projects, with the words that they share with this one.

    The most alike first; when fewer than `limit` are, the last written at that stage in the same domain follow.
    """
    alike = look_alikes(
        _words_of(project, stage),
        user=user,
        kinds=[REPORT_KIND],
        filters={"status": stage.code},
        limit=LOOKED_AT,
    )
    shared = {hit.object_id: hit.shared_words for hit in alike if len(hit.shared_words) >= SHARED_AT_LEAST}
    others = readable(user).exclude(project=project).filter(stage__code=stage.code)
    others = as_rows(others)
    found = {one.pk: one for one in others.filter(pk__in=shared)} if shared else {}
    chosen: list[UUID] = [key for key in shared if key in found][:limit]
    if len(chosen) < limit and project.domain_id is not None:
        same = others.filter(project__domain=project.domain_id).exclude(pk__in=chosen)
        last = list(same.order_by("-written_on", "-id")[: limit - len(chosen)])
        found |= {one.pk: one for one in last}
        chosen += [one.pk for one in last]
    return [(row_of(found[key]), shared.get(key, [])) for key in chosen]


def _words_of(project: Project, stage: Stage) -> str:
    """What the project says of itself, and what it says of the stage."""
    told = StageReport.objects.filter(project=project, stage=stage).values_list(*TOLD).first() or ()
    return "\n".join(filter(None, (project.title, project.summary, *project.keywords, *told)))
