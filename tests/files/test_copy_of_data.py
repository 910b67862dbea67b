"""The copy of one's data holds the files that one joined."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ozeli.files import storage
from ozeli.files.models import StoredFile
from ozeli.people.services import exports
from tests.personas import Cast

pytestmark = pytest.mark.django_db


def test_copy_holds_the_files_themselves(
    join: Callable[..., StoredFile], people: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.PERSONAL_DATA_ROOT = tmp_path
    shown, waiting = join(), join(name="attente.png", inspected=False)
    export = exports.ask_export(people.alice)

    exports.make_export(export.pk)

    with zipfile.ZipFile(exports.file_of(export)) as archive:
        names = [name for name in archive.namelist() if name.startswith("fichiers/")]
        assert [name.split("/")[1][:36] for name in names] == [str(shown.pk)]
        assert archive.read(names[0]) == storage.opened(shown.folder, storage.MAIN).read()
    assert not waiting.is_published
