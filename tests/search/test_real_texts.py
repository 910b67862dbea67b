"""The look-alikes on real proposals, read from the folder of OZELI_REAL_DATA."""

import os
from pathlib import Path

import pytest

from bench.lookalikes import FILES, halves, measure, proposals
from ozeli.search import analysis

pytestmark = pytest.mark.django_db
SAMPLE = 12  # one text in twelve: about two hundred


@pytest.fixture
def texts() -> list[tuple[str, str]]:
    folder = Path(os.environ.get("OZELI_REAL_DATA", ""))
    if not (folder / FILES[0]).is_file():
        reason = "OZELI_REAL_DATA does not lead to the real proposals"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return proposals(folder)


def test_every_real_text_is_analysed(texts: list[tuple[str, str]]) -> None:
    assert len(texts) == 2448
    assert sum(bool(list(analysis.lexemes(f"{title}\n{body}"))) for title, body in texts) >= 2440


def test_half_of_a_real_text_finds_the_whole(texts: list[tuple[str, str]]) -> None:
    split = [halves(*text) for text in texts[::SAMPLE]]
    pairs = [pair for pair in split if len(set(analysis.lexemes(pair[2]))) >= 4]

    _first, fifth, _spent = measure(pairs, whole=True)

    assert len(pairs) > 150
    assert fifth >= 0.97
