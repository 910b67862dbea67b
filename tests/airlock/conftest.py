"""An urn of one's own, quick hashes, and somebody at the door."""

from pathlib import Path

import pytest

from ozeli.airlock import quotas, receipts

from .visitor import Visitor


@pytest.fixture(autouse=True)
def own_urn(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.AIRLOCK_URN = tmp_path / "airlock" / "urn"
    settings.AIRLOCK_URL = "http://localhost:8001"
    settings.AIRLOCK_PEPPER = b"a pepper of the tests"
    monkeypatch.setattr(receipts, "COST", 2)
    quotas.forget_all()
    return settings.AIRLOCK_URN


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()
