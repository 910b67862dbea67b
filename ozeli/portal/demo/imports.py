"""A finished import in the history of the demonstration: a few bodies, brought as the screen would bring them."""

import io
from datetime import date, timedelta

from ozeli.core import clock
from ozeli.core.exports import write_csv
from ozeli.core.imports import importers
from ozeli.transfers.services import imports

from .cast import Cast, at

DAYS_AGO = 9
FILE = "organismes-du-massif-central.csv"
TITLES = ("nom", "code", "branche", "caisse nationale", "département")
# The last three are known already: the report says that nothing of them changed.
BODIES = (
    ("CPAM du Cantal", "cpam-15", "Maladie", "cnam", "15"),
    ("CPAM de la Creuse", "cpam-23", "Maladie", "cnam", "23"),
    ("Caf du Cantal", "caf-15", "Famille", "cnaf", "15"),
    ("Caf de la Creuse", "caf-23", "Famille", "cnaf", "23"),
    ("MSA Auvergne", "msa-auvergne", "Agricole", "ccmsa", "63"),
    ("MSA du Limousin", "msa-limousin", "Agricole", "ccmsa", "87"),
)


def write_imports(cast: Cast, today: date) -> None:
    """Received, compared and written by the services of the screen; their jobs find nothing left to do."""
    importer, owner = importers["organisations"], cast.people["stephane.mercier"]
    held = io.BytesIO()
    write_csv(held, TITLES, BODIES)
    with clock.stopped(at(today - timedelta(days=DAYS_AGO), 10)):
        run = imports.receive(importer, FILE, held.tell(), [held.getvalue()], owner=owner)
        imports.ask_check(run, run.mapping, run.options)
        imports.check(run.pk)
        run.refresh_from_db()
        imports.ask_write(run, partial=False)
        imports.write_run(run.pk, lambda done, total: False)
