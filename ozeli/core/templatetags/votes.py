"""The vote, in a row or on a sheet: may vote, has voted, closed."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .. import french
from .forms import csrf_input
from .marks import EMPTY, drawn

register = template.Library()


def _wide_words(count: int, own: bool, note: str) -> SafeString:
    return format_html(
        "<span><b>{}</b> {}{}<small>{}</small></span>",
        french.number(count),
        french.plural_word(count, "vote"),
        ", dont le vôtre" if own else "",
        note,
    )


def _locked(count: int, own: bool, wide: bool, note: str) -> SafeString:
    if wide:
        words = _wide_words(count, own, note or "Votes clos")
        return format_html('<div class="vote vote-wide is-locked">{}{}</div>', drawn("lock"), words)
    return format_html(
        '<div class="vote is-locked{}">{}<b>{}</b><span>{}<span class="sr">, votes clos</span></span></div>',
        " is-own" if own else "",
        drawn("lock", True),
        french.number(count),
        "votre vote" if own else french.plural_word(count, "vote"),
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
        return _locked(count, own, wide, note)
    if wide:
        usual = "Appuyer de nouveau pour le retirer" if own else "Voter pour cette idée"
        inside = _wide_words(count, own, note or usual)
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
