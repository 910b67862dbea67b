"""What imports and exports show on the other apps' pages: the administration, the journal, the notifications."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from ozeli.core.exports import exports
from ozeli.core.french import plural, quoted
from ozeli.core.registry import (
    AdminPage,
    EventType,
    Message,
    Pace,
    admin_pages,
    event_types,
    journal_verbs,
)

from .models import ExportRun

KIND_IMPORT, KIND_EXPORT = "import", "export"


def register() -> None:
    admin_pages.register(
        AdminPage(
            code="imports",
            title="Imports",
            description="Faire entrer un fichier d’organismes, d’idées ou de projets, après avoir vu ce qu’il change.",
            url_name="transfers:imports",
            brick="ideas",
            level=3,
            position=60,
            network=True,
            keywords="importer fichier tableur excel csv organismes idées projets startups export",
        )
    )
    journal_verbs.register(
        **{
            "import.received": "a reçu un fichier à importer",
            "import.done": "a importé un fichier",
            "import.failed": "n’a pas pu importer un fichier",
            "import.cancelled": "a annulé un import",
        }
    )
    journal_verbs.name_family("Fichiers et imports", "import")
    journal_verbs.name_kind(KIND_IMPORT, "Import")
    journal_verbs.explain(KIND_IMPORT, _details)
    event_types.register(
        EventType(
            code="export.ready",
            title="Un export que vous avez demandé est prêt",
            recipients=_owner,
            message=_ready,
            visible=_own,
            reason="vous avez demandé cet export",
            default_pace=Pace.NOW,
            family="Ce que je garde",
            short="export prêt",
            short_many="{} exports prêts",
            position=200,
        )
    )


def _details(held: Any) -> str:
    return " : ".join(part for part in (held.get("file", ""), held.get("said", "")) if part)


def _owner(event: Any) -> Iterable[int]:
    return ExportRun.objects.filter(pk=event.object_id).values_list("owner_id", flat=True)


def _own(user: Any, object_ids: Sequence[UUID]) -> Iterable[UUID]:
    return ExportRun.objects.filter(pk__in=object_ids, owner=user).values_list("pk", flat=True)


def _ready(event: Any, user: Any) -> Message | None:
    run = ExportRun.objects.filter(pk=event.object_id).first()
    if run is None or (export := exports.get(run.export)) is None:
        return None
    if run.state == ExportRun.State.FAILED:
        said = f"L’export {quoted(export.title)} n’a pas pu être préparé."
        text = f"{said} Demandez-le à nouveau, avec un filtre de plus."
        return Message(
            text=text,
            url=run.get_absolute_url(),
            subject="Votre export n’a pas pu être préparé",
            lines=[text],
        )
    text = f"L’export {quoted(export.title)} est prêt : {plural(run.rows, 'ligne')}."
    return Message(
        text=text,
        url=run.get_absolute_url(),
        subject="Votre export est prêt",
        lines=[text, "Il reste sept jours à votre disposition, puis il est effacé."],
    )
