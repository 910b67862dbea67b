"""What surrounds a list: filters, what they say, orders, pages."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .. import french
from .marks import EMPTY, drawn

register = template.Library()


@register.simple_block_tag
def filter_bar(content: str, *, action: str, label: str = "Filtrer", submit: str = "Filtrer") -> SafeString:
    """A GET form; its first field stays on phones, the others open with a box that works without JavaScript."""
    return format_html(
        '<form class="filters" action="{}" method="get" aria-label="{}">'
        '<input class="filters-open" type="checkbox" id="filters-open">{}'
        '<label class="btn btn-2 filters-more" for="filters-open">{}Plus de filtres</label>'
        '<button class="btn btn-2">{}</button></form>',
        action,
        label,
        content,
        drawn("filters"),
        submit,
    )


@register.simple_tag
def export_links(*, url: str, words: str, save: str = "") -> SafeString:
    """Under a list: its file as CSV and as a spreadsheet. `url` is that of the CSV, filters included.

    `save` is the address where this search is kept.
    """
    base = url.rstrip("?&")
    spreadsheet = f"{base}{'&' if '?' in base else '?'}format=xlsx"
    kept = (
        format_html('<a href="{}">{}Enregistrer cette recherche</a>', save, drawn("star", True))
        if save
        else EMPTY
    )
    return format_html(
        '<p class="list-foot row"><a href="{}" download>{}{} (CSV)</a>'
        '<a href="{}" download>{}<span class="sr">{}, </span>Excel (.xlsx)</a>{}</p>',
        base,
        drawn("down", True),
        words,
        spreadsheet,
        drawn("down", True),
        words,
        kept,
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
