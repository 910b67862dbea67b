"""The stylesheet and the sprite made from their sources."""

import gzip
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders

from ozeli.core import icons, static_build

CORE = Path(apps.get_app_config("core").path)
SCRIPTS = sorted((CORE / "static/core/js").glob("*.js"))


@pytest.fixture(scope="module")
def css() -> str:
    return static_build.stylesheet(static_build.css_folders())


def test_layers_are_declared_first_and_in_order(css: str) -> None:
    assert css.startswith("@layer reset,tokens,base,layout,components,utilities;")
    found = re.findall(r"@layer (\w+) ?\{", css)
    assert found == list(static_build.LAYERS)


def test_every_source_is_balanced() -> None:
    """A missing brace would swallow every file after it."""
    for folder in static_build.css_folders():
        for path in folder.rglob("*.css"):
            text = path.read_text()
            assert text.count("{") == text.count("}"), path


def test_dark_values_are_written_once_and_served_twice(css: str) -> None:
    chosen = re.search(r':root\[data-theme="dark"\]\{(.*?)\}', css)
    followed = re.search(r"prefers-color-scheme: dark\)\{:root:not\(\[data-theme\]\)\{(.*?)\}", css)
    assert chosen
    assert followed
    assert chosen[1] == followed[1]
    assert "--paper: #12171f" in chosen[1]


def test_squeeze_keeps_what_matters() -> None:
    assert static_build.squeeze("a { /* x */ color : red ; }\n b , c { margin: calc( 1px + 2px ) }") == (
        "a{color : red}b,c{margin: calc( 1px + 2px )}"
    )


def test_budgets(css: str) -> None:
    scripts = sum(len(gzip.compress(path.read_bytes(), 9)) for path in SCRIPTS)
    htmx = Path(str(finders.find("django_htmx/htmx-2.min.js"))).read_bytes()
    assert len(gzip.compress(css.encode(), 9)) <= 30_000
    assert scripts + len(gzip.compress(htmx, 9)) <= 40_000


def test_no_page_needs_more_than_four_modules() -> None:
    """The entry, the shell, and what a page marks: the deposit marks two behaviours, no page more."""
    entry = (CORE / "static/core/js/app.js").read_text()
    assert entry.count("import(") == len(SCRIPTS) - 2


def test_every_token_used_exists(css: str) -> None:
    used = set(re.findall(r"var\((--[\w-]+)\)", css))
    defined = set(re.findall(r"(--[\w-]+):", css))
    assert used - defined == set()


def test_sprite_holds_every_name_once() -> None:
    found = re.findall(r'<symbol id="([^"]+)"', icons.sprite())
    assert sorted(found) == sorted(icons.names())


def test_finder_offers_what_is_made(settings: object, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"  # type: ignore[attr-defined]
    finder = static_build.BuiltFilesFinder()
    assert {path for path, _ in finder.list(None)} == {static_build.STYLESHEET, static_build.SPRITE}
    assert Path(str(finder.find(static_build.STYLESHEET))).read_text().startswith("@layer")
    assert finder.find("core/nothing.css") == []


def test_sources_of_the_stylesheet_are_not_collected() -> None:
    collected = {path for path, _ in static_build.SourceFinder().list(None)}
    assert "core/js/app.js" in collected
    assert not [path for path in collected if path.startswith("core/css/")]
