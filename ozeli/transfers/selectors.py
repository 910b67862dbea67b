"""Reads on imports and exports."""

from django.db.models import QuerySet

from ozeli.accounts.models import User
from ozeli.core.imports import Importer, Outcome, importers
from ozeli.core.ui import Tab

from .models import ExportRun, ImportLine, ImportRun


def importers_of(user: User) -> list[Importer]:
    """What this person may import."""
    return [one for one in importers if one.is_open_to(user)]


def imports_seen_by(user: User) -> QuerySet[ImportRun]:
    """The imports of what this person may import, whoever made them."""
    return ImportRun.objects.filter(subject="", importer__in=[one.code for one in importers_of(user)])


def own_imports(user: User, importer: str, subject: str) -> QuerySet[ImportRun]:
    """A person's own imports into one thing: what a file compares is what that person may read."""
    return ImportRun.objects.filter(owner=user, importer=importer, subject=subject)


def lines_of(run: ImportRun, outcome: str) -> QuerySet[ImportLine]:
    lines = ImportLine.objects.filter(run=run)
    return lines.filter(outcome=outcome) if outcome in list(Outcome) else lines


_PLURALS = {
    Outcome.CREATE: "Créées",
    Outcome.UPDATE: "Modifiées",
    Outcome.UNCHANGED: "Inchangées",
    Outcome.MERGED: "Doublons",
    Outcome.LEFT_OUT: "Laissées de côté",
    Outcome.REFUSED: "Refusées",
}


def outcome_tabs(run: ImportRun, chosen: str) -> list[Tab]:
    """Every line, then each outcome that some line has."""
    total = sum(run.counts.values())
    tabs = [Tab("Toutes les lignes", "?", total, current=not chosen)]
    return tabs + [
        Tab(label, f"?resultat={one.value}", run.counts[one.value], current=chosen == one.value)
        for one, label in _PLURALS.items()
        if run.counts.get(one.value)
    ]


def exports_of(user: User) -> QuerySet[ExportRun]:
    return ExportRun.objects.filter(owner=user)
