"""Fields, errors, filters and votes."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms, template
from django.forms import BaseForm, BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .. import french
from .marks import EMPTY, drawn

register = template.Library()


def csrf_input(context: template.Context) -> SafeString:
    """The hidden token, one element; nothing when the page is rendered without a request."""
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
    field_id = bound.id_for_label or bound.auto_id or bound.html_name
    widget = bound.field.widget
    words = label or bound.label
    if optional and not bound.field.required:
        words = format_html('{} <span class="hint">(facultatif)</span>', words)
    hint = hint or str(bound.field.help_text)
    error = " ".join(bound.errors)
    above = _paragraph("hint", field_id, hint) + _paragraph("error", field_id, error)
    wrong = " has-error" if error else ""
    if isinstance(widget, forms.CheckboxInput):
        return format_html(
            '<div class="field{}">{}<label class="choice" for="{}">{}<span><b>{}</b>{}</span></label></div>',
            wrong,
            _paragraph("error", field_id, error),
            field_id,
            bound.as_widget(),
            label or bound.label,
            format_html('<span class="hint">{}</span>', hint) if hint else EMPTY,
        )
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return format_html(
            '<fieldset class="field{}" id="{}"><legend class="label">{}</legend>{}<div class="choices">{}</div></fieldset>',
            wrong,
            bound.auto_id,
            words,
            _paragraph("hint", bound.auto_id, hint) + _paragraph("error", bound.auto_id, error),
            _choices(bound, hints or {}),
        )
    parts = [
        f"{field_id}-hint" if hint else "",
        f"{field_id}-error" if error else "",
        f"{field_id}-count" if count else "",
    ]
    extra = {"rows": rows, "data-suggest-url": suggest, "autocomplete": "off" if suggest else ""}
    below = _counter(field_id, count, at_least, getattr(bound.field, "max_length", None)) if count else EMPTY
    return format_html(
        '<div class="field{}"><label for="{}">{}</label>{}{}{}</div>',
        wrong,
        field_id,
        words,
        above,
        _widget(bound, " ".join(part for part in parts if part), extra),
        below,
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


@register.simple_block_tag
def filter_bar(content: str, *, action: str, label: str = "Filtrer", submit: str = "Filtrer") -> SafeString:
    """A GET form; its first field stays on phones, the others open with a box that works without JavaScript."""
    return format_html(
        '<form class="filters" action="{}" method="get" aria-label="{}">'
        '<input class="filters-open sr" type="checkbox" id="filters-open">{}'
        '<label class="btn btn-2 filters-more" for="filters-open">{}Plus de filtres</label>'
        '<button class="btn btn-2">{}</button></form>',
        action,
        label,
        content,
        drawn("filters"),
        submit,
    )


@register.simple_tag
def applied_filters(*, count: str, items: list[tuple[str, str]], clear_url: str = "") -> SafeString:
    """The number of results and one chip per filter, each with the address of the list without it."""
    chips = format_html_join(
        "",
        '<a class="chip" href="{}">{}<span class="sr">, retirer ce filtre</span>{}</a>',
        ((url, words, drawn("x", True)) for words, url in items),
    )
    clear = (
        format_html('<a class="small" href="{}">Tout effacer</a>', clear_url)
        if items and clear_url
        else EMPTY
    )
    return format_html('<p class="applied"><b>{}</b>{}{}</p>', count, chips, clear)


@register.simple_tag
def sort_links(*, items: list[tuple[str, str, bool]]) -> SafeString:
    """Orders of a list as (words, url, current)."""
    links = format_html_join(
        "",
        '<a href="{}"{}>{}</a>',
        (
            (url, mark_safe(' aria-current="true"') if current else EMPTY, words)
            for words, url, current in items
        ),
    )
    return format_html('<p class="sorts"><span class="muted">Trier{}:</span>{}</p>', french.NBSP, links)


@register.simple_tag
def pager(*, previous_url: str = "", next_url: str = "", note: str = "") -> SafeString:
    """Précédente / suivante, by key: no page number. Nothing on a list of one page."""
    if not previous_url and not next_url:
        return EMPTY
    before = format_html('<a rel="prev" href="{}">{}Précédente</a>', previous_url, drawn("back", True))
    after = format_html('<a rel="next" href="{}">Suivante{}</a>', next_url, drawn("arrow", True))
    return format_html(
        '<nav class="pages" aria-label="Pages">{}{}{}</nav>',
        before if previous_url else EMPTY,
        format_html('<span class="muted small">{}</span>', note) if note else EMPTY,
        after if next_url else EMPTY,
    )


def _locked_vote(count: int, own: bool, wide: bool, note: str) -> SafeString:
    if wide:
        said = ", dont le vôtre" if own else ""
        return format_html(
            '<div class="vote vote-wide is-locked">{}<span><b>{}</b> {}{}<small>{}</small></span></div>',
            drawn("lock"),
            french.number(count),
            french.plural_word(count, "vote"),
            said,
            note or "Votes clos",
        )
    word = "votre vote" if own else french.plural_word(count, "vote")
    return format_html(
        '<div class="vote is-locked{}">{}<b>{}</b><span>{}<span class="sr">, votes clos</span></span></div>',
        " is-own" if own else "",
        drawn("lock", True),
        french.number(count),
        word,
    )


@register.simple_tag(takes_context=True)
def vote_button(
    context: template.Context,
    *,
    action: str,
    count: int,
    own: bool = False,
    is_open: bool = True,
    wide: bool = False,
    title: str = "",
    key: str = "",
    note: str = "",
) -> SafeString:
    """A form that posts the wanted state (`want`: 1 or 0) to `action`; HTMX swaps it for what the view answers.

    `title` names the object for screen readers; `key` makes the button's id, so that focus survives the swap;
    `wide` is the sheet's form; `note` the small line under the count.
    """
    if not is_open:
        return _locked_vote(count, own, wide, note)
    if wide:
        said = ", dont le vôtre" if own else ""
        under = note or ("Appuyer de nouveau pour le retirer" if own else "Voter pour cette idée")
        inside = format_html(
            "<span><b>{}</b> {}{}<small>{}</small></span>",
            french.number(count),
            french.plural_word(count, "vote"),
            said,
            under,
        )
    else:
        for_title = format_html('<span class="sr"> pour {}</span>', title) if title else EMPTY
        inside = format_html(
            "<b>{}</b><span>{}{}</span>", french.number(count), "votre vote" if own else "voter", for_title
        )
    return format_html(
        '<form class="vote-form" method="post" action="{0}" hx-post="{0}" hx-swap="outerHTML">{1}'
        '<button class="vote{2}" name="want" value="{3}" aria-pressed="{4}"{5}>{6}{7}</button></form>',
        action,
        csrf_input(context),
        " vote-wide" if wide else "",
        "0" if own else "1",
        "true" if own else "false",
        format_html(' id="vote-{}"', key) if key else EMPTY,
        drawn("up"),
        inside,
    )


@register.simple_tag(takes_context=True)
def theme_switch(context: template.Context) -> SafeString:
    """Light, dark or the system's: a form, so that it works without JavaScript. Reads `theme` and `request`."""
    request = context.get("request")
    chosen = context.get("theme") or "auto"
    buttons = format_html_join(
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
    return format_html(
        '<form class="themes" method="post" action="/theme/" aria-label="Thème">{}'
        '<input type="hidden" name="next" value="{}">{}</form>',
        csrf_input(context),
        request.get_full_path() if request else "/",
        buttons,
    )


@register.simple_tag
def idempotency_key() -> SafeString:
    """The key that gives a posted form its single effect (see `ozeli.core.idempotency`)."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid.uuid4())
