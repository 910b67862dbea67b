"""Controls drawn without Django's one template per option: lists and forms are asked for thousands of times a day."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString

Choice = tuple[str, str | tuple[tuple[str, str], ...]]


@lru_cache(maxsize=512)
def _options(choices: tuple[Choice, ...], chosen: str) -> SafeString:
    """The options of a list; those of a page hardly ever change, so they are drawn once."""
    pieces = [
        format_html('<optgroup label="{}">{}</optgroup>', value, _options(label, chosen))
        if isinstance(label, tuple)
        else format_html(
            '<option value="{}"{}>{}</option>', value, " selected" if value == chosen else "", label
        )
        for value, label in choices
    ]
    return SafeString("".join(pieces))


def _fixed(choices: Iterable[tuple[Any, Any]]) -> tuple[Choice, ...]:
    return tuple(
        (str(value), _fixed(label) if isinstance(label, (list, tuple)) else str(label))  # type: ignore[misc]
        for value, label in choices
    )


class PlainSelect(forms.Select):
    """A list of choices, grouped or not."""

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = "" if value is None else str(value)
        shown = flatatt({"name": name} | self.attrs | dict(attrs or {}))
        return format_html("<select{}>{}</select>", shown, _options(_fixed(self.choices), chosen))


class PlainTextarea(forms.Textarea):
    """A text of several lines; the line break after the tag keeps a leading one of the text."""

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        shown = flatatt({"name": name} | self.attrs | dict(attrs or {}))
        return format_html("<textarea{}>\n{}</textarea>", shown, value or "")


class PlainTextInput(forms.TextInput):
    """A text of one line."""

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        shown = flatatt({"type": self.input_type, "name": name} | self.attrs | dict(attrs or {}))
        return format_html('<input{} value="{}">', shown, "" if value is None else value)
