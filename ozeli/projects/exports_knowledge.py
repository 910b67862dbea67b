"""What stages taught, the methods and the stopped projects, as files."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from ozeli.core.exports import LONG, Export, exports

from .forms.knowledge import MethodForm, ReportForm, StoppedForm
from .models import ProjectQuerySet, StageReportQuerySet
from .selectors import knowledge, methods, stopped

METHOD_HEADER = ("code", "nom", "en une phrase", "comment s’y prendre", "temps à prévoir", "étapes")


def _counted(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: LONG + 1].count()


def _reports(user: Any, query: QueryDict) -> StageReportQuerySet:
    return knowledge.matching(user, ReportForm(query).wanted())


def _stopped(user: Any, query: QueryDict) -> ProjectQuerySet:
    return stopped.matching(user, StoppedForm(query).wanted())


def _methods(user: Any, query: QueryDict) -> Iterator[list[object]]:
    form = MethodForm(query)
    for one in methods.found(form.kept("mots"), form.steps):
        helps = ", ".join(name for _code, name in methods.where_it_helps(one))
        yield [one.code, one.name, one.summary, one.how, one.duration, helps]


def register() -> None:
    exports.register(
        Export(
            "stage_reports",
            "Bilans d’étape",
            "bilans-d-etape",
            "projects",
            knowledge.HEADER,
            lambda user, query: knowledge.export_lines(_reports(user, query)),
            lambda user, query: _counted(_reports(user, query)),
            position=32,
        )
    )
    exports.register(
        Export(
            "stopped_projects",
            "Essais arrêtés",
            "essais-arretes",
            "projects",
            stopped.HEADER,
            lambda user, query: stopped.export_lines(_stopped(user, query)),
            lambda user, query: _counted(_stopped(user, query)),
            position=34,
        )
    )
    exports.register(
        Export("methods", "Méthodes", "methodes", "projects", METHOD_HEADER, _methods, position=36)
    )
