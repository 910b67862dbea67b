"""Fields and their errors, hidden keys, the theme."""

import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any

from django import forms, template
from django.forms import BaseForm, BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .. import french
from .marks import EMPTY, drawn

register = template.Library()


def csrf_input(context: template.Context) -> SafeString:
    """The hidden token, one element; nothing when the page is rendered without a request.

    Written once a page: the token is masked anew each time it is read.
    """
    request = context.get("request")
    written: SafeString | None = getattr(request, "csrf_input", None)
    if written is None:
        written = _csrf_input(context)
        if request is not None and written:
            request.csrf_input = written
    return written


def _csrf_input(context: template.Context) -> SafeString:
    token = context.get("csrf_token")
    if not token or token == "NOTPROVIDED":
        return EMPTY
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)


def _paragraph(kind: str, field_id: str, text: str) -> SafeString:
    if not text:
        return EMPTY
    sign = drawn("warn") if kind == "error" else EMPTY
    return format_html('<p class="{0}" id="{1}-{0}">{2}<span>{3}</span></p>', kind, field_id, sign, text)


def _counter(field_id: str, unit: str, at_least: int, at_most: int | None) -> SafeString:
    """The sentence under a text: a plain limit without JavaScript, a living count with it."""
    word = "caractères" if unit == "characters" else "mots"
    said = ""
    if at_least:
        said = f"{french.number(at_least)} {word} au moins."
    elif at_most:
        said = f"{french.number(at_most)} {word} au plus."
    return format_html(
        '<p class="hint" id="{0}-count" data-count-for="{0}" data-count-unit="{1}" data-count-min="{2}"'
        ' data-count-max="{3}">{4}</p>',
        field_id,
        unit,
        at_least or "",
        at_most or "",
        said,
    )


def _at_most(bound: BoundField, unit: str) -> int | None:
    """The limit of a field is in characters: words have none."""
    return getattr(bound.field, "max_length", None) if unit == "characters" else None


def _choices(bound: BoundField, hints: Mapping[str, str]) -> SafeString:
    """Radios or check boxes as cards that can be picked anywhere."""
    return format_html_join(
        "",
        '<label class="choice" for="{}">{}<span><b>{}</b>{}</span></label>',
        (
            (
                sub.id_for_label,
                sub.tag(wrap_label=False) if hasattr(sub, "tag") else sub,
                sub.choice_label,
                format_html('<span class="hint">{}</span>', hints[str(sub.data["value"])])
                if str(sub.data["value"]) in hints
                else EMPTY,
            )
            for sub in bound.subwidgets
        ),
    )


def _widget(bound: BoundField, described: str, extra: Mapping[str, Any]) -> SafeString:
    widget = bound.field.widget
    attrs: dict[str, Any] = {key: value for key, value in extra.items() if value}
    attrs["class"] = "area" if isinstance(widget, forms.Textarea) else "input"
    if described:
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return bound.as_widget(attrs=attrs)


def _ids(*parts: tuple[str, object]) -> str:
    """The ids of the texts that exist, for `aria-describedby`."""
    return " ".join(text_id for text_id, exists in parts if exists)


def _one_box(bound: BoundField, label: str, hint: str, error: str) -> SafeString:
    """A single check box, as a card."""
    return format_html(
        '<div class="field{}">{}<label class="choice" for="{}">{}<span><b>{}</b>{}</span></label></div>',
        " has-error" if error else "",
        _paragraph("error", bound.auto_id, error),
        bound.id_for_label,
        bound.as_widget(),
        label,
        format_html('<span class="hint">{}</span>', hint) if hint else EMPTY,
    )


def _many(bound: BoundField, words: str, hint: str, error: str, hints: Mapping[str, str]) -> SafeString:
    """A group of radios or check boxes."""
    group = bound.auto_id
    described = _ids((f"{group}-hint", hint), (f"{group}-error", error))
    return format_html(
        '<fieldset class="field{}" id="{}"{}><legend class="label">{}</legend>{}{}'
        '<div class="choices">{}</div></fieldset>',
        " has-error" if error else "",
        group,
        format_html(' aria-describedby="{}"', described) if described else EMPTY,
        words,
        _paragraph("hint", group, hint),
        _paragraph("error", group, error),
        _choices(bound, hints),
    )


@register.simple_tag
def field(
    bound: BoundField,
    *,
    label: str = "",
    hint: str = "",
    rows: int | None = None,
    suggest: str = "",
    count: str = "",
    at_least: int = 0,
    hints: Mapping[str, str] | None = None,
    optional: bool = True,
) -> SafeString:
    """Label, hint, error, control: in this order, tied together for screen readers.

    `suggest` is the address of typed suggestions; `count` is "characters" or "words"; `hints` explains choices by
    value; `optional=False` leaves « facultatif » out (filters).
    """
    field_id, widget = bound.id_for_label, bound.field.widget
    name, hint = label or str(bound.label), hint or str(bound.field.help_text)
    error = " ".join(map(str, bound.errors))
    if isinstance(widget, forms.CheckboxInput):
        return _one_box(bound, name, hint, error)
    if optional and not bound.field.required:
        name = format_html('{} <span class="hint">(facultatif)</span>', name)
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return _many(bound, name, hint, error, hints or {})
    described = _ids((f"{field_id}-hint", hint), (f"{field_id}-error", error), (f"{field_id}-count", count))
    extra = {"rows": rows, "data-suggest-url": suggest, "autocomplete": "off" if suggest else ""}
    return format_html(
        '<div class="field{}"><label for="{}">{}</label>{}{}{}{}</div>',
        " has-error" if error else "",
        field_id,
        name,
        _paragraph("hint", field_id, hint),
        _paragraph("error", field_id, error),
        _widget(bound, described, extra),
        _counter(field_id, count, at_least, _at_most(bound, count)) if count else EMPTY,
    )


@register.simple_tag
def error_summary(form: BaseForm, *, lead: str) -> SafeString:
    """Above the form, when it is refused: what is kept (`lead`), then each thing to do with a link to its field."""
    if not form.errors:
        return EMPTY
    lines = [format_html("<li>{}</li>", error) for error in form.non_field_errors()]
    for bound in form:
        target = bound.auto_id if isinstance(bound.field.widget, forms.RadioSelect) else bound.id_for_label
        lines += [format_html('<li><a href="#{}">{}</a></li>', target, error) for error in bound.errors]
    return format_html(
        '<div class="notice is-error" role="alert" id="erreurs">{}<div><p><b>{}</b></p><ul>{}</ul></div></div>',
        drawn("warn"),
        lead,
        mark_safe("".join(lines)),
    )


@register.simple_tag(takes_context=True)
def theme_switch(context: template.Context) -> SafeString:
    """Light, dark or the system's: a form, so that it works without JavaScript. Reads `theme` and `request`."""
    request = context.get("request")
    return format_html(
        '<form class="themes" method="post" action="/theme/" aria-label="Thème">{}'
        '<input type="hidden" name="next" value="{}">{}</form>',
        csrf_input(context),
        request.get_full_path() if request else "/",
        _theme_buttons(context.get("theme") or "auto"),
    )


@cache
def _theme_buttons(chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<button name="theme" value="{}" aria-pressed="{}">{}{}</button>',
        (
            (code, "true" if code == chosen else "false", drawn(shape, True), words)
            for code, shape, words in (
                ("light", "sun", "Clair"),
                ("dark", "moon", "Sombre"),
                ("auto", "monitor", "Système"),
            )
        ),
    )


@register.simple_tag
def idempotency_key() -> SafeString:
    """The key that gives a posted form its single effect (see `ozeli.core.idempotency`)."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid.uuid4())
