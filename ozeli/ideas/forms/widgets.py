"""Controls drawn without Django's one template per option: lists and forms are asked for thousands of times a day."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def _options(choices: Iterable[tuple[Any, Any]], chosen: str) -> SafeString:
    plain = (
        (value, " selected" if str(value) == chosen else "", label)
        for value, label in choices
        if not isinstance(label, (list, tuple))
    )
    return format_html_join("", '<option value="{}"{}>{}</option>', plain)


class PlainSelect(forms.Select):
    """A list of choices, grouped or not."""

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = "" if value is None else str(value)
        pieces = [
            format_html('<optgroup label="{}">{}</optgroup>', value, _options(label, chosen))
            if isinstance(label, (list, tuple))
            else _options([(value, label)], chosen)
            for value, label in self.choices
        ]
        shown = flatatt({"name": name} | self.attrs | dict(attrs or {}))
        return format_html("<select{}>{}</select>", shown, SafeString("".join(pieces)))


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
