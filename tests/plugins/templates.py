"""A template that names a variable it was not given fails the test (recipe: les-emplois).

`string_if_invalid` misses `{% if x %}`, `{% for %}` and filters. Here the failure of `Variable.resolve` itself is
seen, with the template node being rendered, so that only our own templates are held to it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.template import base

OURS = str(Path(__file__).resolve().parent.parent.parent / "ozeli")
_nodes: list[base.Node] = []
_missing: list[str] = []


def _origin() -> str:
    for node in reversed(_nodes):
        if (origin := getattr(node, "origin", None)) is not None:
            return str(origin.name)
    return ""


@pytest.fixture(autouse=True)
def no_undefined_variable(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail the test that rendered an undefined variable in one of our templates."""
    _missing.clear()
    defaults: list[bool] = [False]
    render_annotated = base.Node.render_annotated
    resolve_expression = base.FilterExpression.resolve
    resolve_variable = base.Variable.resolve

    def render_watched(node: base.Node, context: Any) -> Any:
        _nodes.append(node)
        try:
            return render_annotated(node, context)
        finally:
            _nodes.pop()

    def expression_watched(
        expression: base.FilterExpression, context: Any, ignore_failures: bool = False
    ) -> Any:
        defaults.append(_has_default(expression))
        try:
            return resolve_expression(expression, context, ignore_failures)
        finally:
            defaults.pop()

    def variable_watched(variable: base.Variable, context: Any) -> Any:
        try:
            return resolve_variable(variable, context)
        except base.VariableDoesNotExist:
            if not defaults[-1] and (origin := _origin()).startswith(OURS):
                _missing.append(f"{origin}: {variable.var}")
            raise

    monkeypatch.setattr(base.Node, "render_annotated", render_watched)
    monkeypatch.setattr(base.FilterExpression, "resolve", expression_watched)
    monkeypatch.setattr(base.Variable, "resolve", variable_watched)
    yield _missing
    if _missing:
        pytest.fail("undefined template variables:\n" + "\n".join(sorted(set(_missing))))


def _has_default(expression: base.FilterExpression) -> bool:
    return any(
        function.__name__ in ("default", "default_if_none") for function, _arguments in expression.filters
    )
