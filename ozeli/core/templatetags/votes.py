"""The vote, in a row or on a sheet: may vote, has voted, closed."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .. import french
from .forms import csrf_input
from .marks import EMPTY, drawn

register = template.Library()


def _wide_words(count: int, own: bool, *lines: str) -> SafeString:
    return format_html(
        "<span><b>{}</b> {}{}{}</span>",
        french.number(count),
        french.plural_word(count, "vote"),
        ", dont le vôtre" if own else "",
        format_html_join("", "<small>{}</small>", ((line,) for line in lines if line)),
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


SHARED_FORM = "votes"


@register.simple_tag(takes_context=True)
def votes_form(context: template.Context) -> SafeString:
    """Once on a page whose rows hold `{% vote_button shared=True %}`: the one form that all of them send."""
    return format_html('<form id="{}" method="post" hidden>{}</form>', SHARED_FORM, csrf_input(context))


def _row_words(count: int, own: bool, title: str) -> tuple[SafeString, SafeString]:
    """What a row's button shows, and its full name for screen readers (which begins with what is shown)."""
    word = "votre vote" if own else "voter"
    shown = format_html("<b>{}</b><span>{}</span>", french.number(count), word)
    name = format_html(' aria-label="{} {} pour {}"', french.number(count), word, title) if title else EMPTY
    return shown, name


@register.simple_tag(takes_context=True)
def vote_button(
    context: template.Context,
    *,
    action: str,
    count: int,
    own: bool = False,
    is_open: bool = True,
    wide: bool = False,
    shared: bool = False,
    title: str = "",
    key: str = "",
    note: str = "",
) -> SafeString:
    """A button that posts the wanted state (`want`: 1 or 0) to `action`; HTMX swaps it for what the view answers.

    Its words tell the state, so it is no toggle for screen readers: a pressed state would say it a second time.
    `title` names the object for screen readers; `key` makes the button's id, so that focus survives the swap;
    `wide` is the sheet's form; `note` the small line under the count. `shared` spares each row its own form: the
    page then holds `{% votes_form %}`.
    """
    if not is_open:
        return _locked(count, own, wide, note)
    wanted, name = "0" if own else "1", EMPTY
    if wide:
        usual = "Appuyer de nouveau pour le retirer" if own else "Voter pour cette idée"
        inside = _wide_words(count, own, usual, note)
    else:
        inside, name = _row_words(count, own, title)
    button = format_html(
        '<button class="vote{}{}" name="want" value="{}"{}{}{}>{}{}</button>',
        " vote-wide" if wide else "",
        " is-cast" if own else "",
        wanted,
        format_html(' id="vote-{}"', key) if key else EMPTY,
        name,
        _through_shared_form(action, wanted) if shared else EMPTY,
        drawn("up"),
        inside,
    )
    return button if shared else _own_form(context, action, button)


def _through_shared_form(action: str, wanted: str) -> SafeString:
    return format_html(
        ' form="{0}" formaction="{1}" hx-post="{1}" hx-swap="outerHTML" hx-include="#{0}"'
        ' hx-vals=\'{{"want":"{2}"}}\'',
        SHARED_FORM,
        action,
        wanted,
    )


def _own_form(context: template.Context, action: str, button: SafeString) -> SafeString:
    return format_html(
        '<form class="vote-form" method="post" action="{0}" hx-post="{0}" hx-swap="outerHTML">{1}{2}</form>',
        action,
        csrf_input(context),
        button,
    )
