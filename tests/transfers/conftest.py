"""Files brought by administrators, and the jobs run at once."""

import io
import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ozeli.transfers.models import ImportRun
from ozeli.transfers.services import imports

PATH = "/administration/imports/"
BODIES = (
    "nom;type;branche;département;caisse nationale\n"
    "Caf de l’Ain;CAF;famille;1;CNAF\n"
    "CNAF;NATIONAL;famille;75;\n"
    "CAF DE L'AIN;CAF;famille;01;CNAF\n"
    "Agence de Bourg;AGENCE_RETRAITE;retraite;01;\n"
)


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.TABLES_FOLDER = tmp_path / "tables"
    return settings.TABLES_FOLDER


def upload(client: Client, text: str | bytes, what: str = "organisations", name: str = "organismes.csv"):
    content = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile(name, io.BytesIO(content).read())
    return client.post(PATH, {"contenu": what, "fichier": file, "idempotency_key": str(uuid.uuid4())})


def post(client: Client, run: ImportRun, tail: str, **fields: object):
    return client.post(f"{PATH}{run.pk}/{tail}", {"idempotency_key": str(uuid.uuid4())} | fields)


def columns(run: ImportRun) -> dict[str, str]:
    """The mapping form as it opens."""
    chosen = {f"colonne_{code}": title for code, title in run.mapping.items()}
    return chosen | {f"choix_{code}": value for code, value in run.options.items()}


@pytest.fixture
def checked() -> Callable[..., ImportRun]:
    """`checked(client, text, what)`: a file brought, its columns accepted, compared."""

    def bring(client: Client, text: str, what: str = "organisations", **changes: object) -> ImportRun:
        upload(client, text, what)
        run = ImportRun.objects.latest("created_at")
        assert post(client, run, "comparer/", **columns(run) | changes).status_code == 302
        imports.check(run.pk)
        run.refresh_from_db()
        return run

    return bring


def written(run: ImportRun, told: Callable[[int, int], bool] = lambda done, total: False) -> ImportRun:
    imports.write_run(run.pk, told)
    run.refresh_from_db()
    return run
