"""Static files that the project makes from its sources: one stylesheet, one icon sprite.

`core/ozeli.css` is every `<app>/static/<app>/css/<layer>/*.css`, wrapped in its cascade layer and joined in order;
`core/icons.svg` is our glyphs and the package's icons. The finder below offers both to `collectstatic` and, in
development, to the server; the sources themselves are not collected.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder, BaseFinder
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from . import icons

LAYERS = ("reset", "tokens", "base", "layout", "components", "utilities")
DARK_SOURCE = "tokens/dark.css"
DARK_SELECTOR = ':root[data-theme="dark"]'
SYSTEM_SELECTOR = ":root:not([data-theme])"
STYLESHEET = "core/ozeli.css"
SPRITE = "core/icons.svg"


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files, the imports of our modules rewritten; plain names before the first collection."""

    support_js_module_import_aggregation = True

    def stored_name(self, name: str) -> str:
        return super().stored_name(name) if self.hashed_files else name


def css_folders() -> list[Path]:
    """The `css` folder of each app that has one, core first."""
    found = [Path(app.path) / "static" / app.label / "css" for app in apps.get_app_configs()]
    return [folder for folder in found if folder.is_dir()]


def layer_files(layer: str, folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((folder / layer).glob("*.css"))


def squeeze(css: str) -> str:
    """Drop comments and idle white space; strings are not touched because ours hold neither."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r"\s*([{};,])\s*", r"\1", css).replace(";}", "}").strip()


def follow_system(dark: str) -> str:
    """The dark values once more, for visitors who have not chosen: written here so that they stay in step."""
    return f"@media (prefers-color-scheme: dark) {{ {dark.replace(DARK_SELECTOR, SYSTEM_SELECTOR)} }}"


def stylesheet(folders: Iterable[Path]) -> str:
    """The whole stylesheet, squeezed."""
    folders = list(folders)
    parts = [f"@layer {', '.join(LAYERS)};"]
    for layer in LAYERS:
        texts = []
        for path in layer_files(layer, folders):
            text = path.read_text(encoding="utf-8")
            texts.append(text)
            if path.as_posix().endswith(DARK_SOURCE):
                texts.append(follow_system(text))
        parts.append(f"@layer {layer} {{ {' '.join(texts)} }}")
    return squeeze("\n".join(parts)) + "\n"


def build_folder() -> Path:
    return Path(settings.STATIC_ROOT).parent / "static-build"


def _write(path: Path, text: str) -> None:
    """Write through a neighbour file, only when something changed: readers never see half a file."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def build(folder: Path) -> None:
    """Make both files in `folder`."""
    _write(folder / STYLESHEET, stylesheet(css_folders()))
    _write(folder / SPRITE, icons.sprite())


def _newest_source() -> float:
    sources = [path for layer in LAYERS for path in layer_files(layer, css_folders())]
    return max(
        path.stat().st_mtime for path in [*sources, icons.GLYPHS_FILE, Path(icons.__file__), Path(__file__)]
    )


class BuiltFilesFinder(BaseFinder):
    """Offers the made files; makes them again when a source is newer."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in (STYLESHEET, SPRITE):
            return []
        made = build_folder() / path
        if not made.exists() or made.stat().st_mtime < _newest_source():
            build(build_folder())
            made.touch()
        return [str(made)] if find_all or kwargs.get("all") else str(made)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        build(build_folder())
        storage = FileSystemStorage(location=build_folder())
        yield STYLESHEET, storage
        yield SPRITE, storage


class SourceFinder(AppDirectoriesFinder):
    """The files of the apps, without the sources of the stylesheet nor htmx’s extensions."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for path, storage in super().list(ignore_patterns):
            if not re.fullmatch(r"\w+/css/.+\.css|django_htmx/ext/.+", path):
                yield path, storage
