"""What the pages for readers promise is there: links, numbers of decisions, variables."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
INTERNAL = {"OZELI_DEMO"}  # told by `ozeli demo` to its own processes


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())

    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = Counter(page.name[:4] for page in (ROOT / "docs/decisions").glob("*.md"))

    assert [number for number, count in numbers.items() if count > 1] == []


def test_each_decision_opens_with_its_number() -> None:
    for page in (ROOT / "docs/decisions").glob("*.md"):
        assert re.match(rf"# 0*{int(page.name[:4])}\. ", page.read_text()), page.name


def test_guides_are_all_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()

    assert [
        page.name for page in (ROOT / "docs/guides").glob("*.md") if f"guides/{page.name}" not in readme
    ] == []


def test_variables_read_are_told() -> None:
    told = (ROOT / "docs/developers/running.md").read_text()
    named = set(re.findall(r"OZELI_[A-Z_]+", told)) | {
        f"OZELI_OIDC{word}" for word in re.findall(r"`(_[A-Z_]+)`", told)
    }
    code = "".join(path.read_text() for path in (ROOT / "ozeli").rglob("*.py"))
    read = set(re.findall(r"[\"'](OZELI_[A-Z_]+)[\"']", code))

    assert read - named - INTERNAL == set()
    assert {
        name for name in named if name not in code and name not in ("OZELI_CHROMIUM", "OZELI_REAL_DATA")
    } == set()
