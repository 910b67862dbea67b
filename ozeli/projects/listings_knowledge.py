"""What stages taught and the stopped projects, as lists that a person may keep, be told of, or follow as a feed."""

from collections.abc import Sequence

from django.http import QueryDict

from ozeli.accounts.models import User
from ozeli.core.listings import ListEntry, Listing, listings

from .forms.knowledge import NAMES, STOPPED_NAMES, ReportForm, StoppedForm
from .selectors import knowledge, stopped

SUMMARY = 400


def _reports(user: User, query: QueryDict, limit: int) -> Sequence[ListEntry]:
    wanted = ReportForm(query).wanted()
    found = knowledge.page(knowledge.matching(user, wanted), says=wanted.says, size=limit)
    return [
        ListEntry(
            id=row.report.pk,
            title=f"{row.report.stage.name}\u00a0: {row.project.title}",
            url=row.url,
            day=row.report.written_on,
            author=row.body,
            summary="\n".join(text for _heading, text in row.passages)[:SUMMARY],
        )
        for row in found.rows
    ]


def _stopped(user: User, query: QueryDict, limit: int) -> Sequence[ListEntry]:
    found = stopped.page(stopped.matching(user, StoppedForm(query).wanted()), size=limit)
    return [
        ListEntry(
            id=row.project.pk,
            title=row.project.title,
            url=row.project.get_absolute_url(),
            day=row.project.touched_on,
            author=row.project.organisation.name,
            summary=(row.lesson or row.note)[:SUMMARY],
        )
        for row in found.rows
    ]


def _said(form: ReportForm | StoppedForm) -> str:
    return ", ".join(words for words, _name in form.applied())


def register() -> None:
    listings.register(
        Listing(
            "stage_reports",
            "Bilans d’étape",
            "projects",
            "/projets/bilans/",
            NAMES,
            _reports,
            lambda query: _said(ReportForm(query)),
            position=32,
        )
    )
    listings.register(
        Listing(
            "stopped_projects",
            "Essais arrêtés",
            "projects",
            "/cimetiere/essais/",
            STOPPED_NAMES,
            _stopped,
            lambda query: _said(StoppedForm(query)),
            position=34,
        )
    )
