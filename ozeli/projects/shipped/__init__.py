"""What is shipped: lifecycles and methods, as they enter a new base."""

import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def lifecycles() -> list[dict[str, Any]]:
    """The shipped lifecycles, with their `stages` and `endings`, as columns of their models."""
    return [
        one | {"stages": [stage | {"questions": stage["questions"].strip()} for stage in one["stages"]]}
        for one in _read("lifecycles.toml")["lifecycle"]
    ]


def methods() -> list[dict[str, Any]]:
    """The shipped catalogue of methods."""
    return [one | {"how": " ".join(one["how"].split())} for one in _read("methods.toml")["method"]]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))
