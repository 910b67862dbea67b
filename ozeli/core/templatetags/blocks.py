"""Components that hold other things or draw a whole card."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .. import french
from ..ui import BadgeLook, Link, LookAlike, Tab
from .marks import EMPTY, badge_html, drawn, kind_html, marked, tile_map, who
from .threads import gauge

register = template.Library()

NOTICES = {
    "info": ("", "info"),
    "ok": (" is-ok", "okc"),
    "attention": (" is-warn", "warn"),
    "error": (" is-error", "warn"),
    "reading": (" is-reading", "doc"),
}


@register.simple_tag
def breadcrumb(*steps: str) -> SafeString:
    """`{% breadcrumb "Idées" ideas_url "Déposer" %}`: words and addresses in turn, the last word without address.

    A title cut short keeps its « … » on the line of its last word.
    """
    steps = tuple(said.replace(" …", "…") if " …" in said else said for said in map(str, steps))
    links = format_html_join(
        "", '<li><a href="{}">{}</a></li>', [(steps[i + 1], steps[i]) for i in range(0, len(steps) - 1, 2)]
    )
    here = format_html('<li aria-current="page">{}</li>', steps[-1]) if len(steps) % 2 else EMPTY
    return format_html(
        '<nav class="crumb" aria-label="Fil d’Ariane"><ol><li><a href="/">Accueil</a></li>{}{}</ol></nav>',
        links,
        here,
    )


@register.simple_block_tag
def notice(content: str, *, tone: str = "info", shape: str = "", live: bool = False) -> SafeString:
    """An announcement: info, ok, attention, error, reading. `live` reads it aloud when it arrives."""
    classes, usual = NOTICES[tone]
    role = mark_safe(' role="status"') if live else EMPTY
    return format_html(
        '<div class="notice{}"{}>{}<div>{}</div></div>', classes, role, drawn(shape or usual), content
    )


@register.simple_block_tag
def decision_card(
    content: str,
    *,
    verdict: str,
    tone: str = "yes",
    who: str = "",
    when: str = "",
    why: str = "",
    heading: int = 3,
) -> SafeString:
    """A decision with its written reason: who, when, why. Tones: yes (leaf), no (grey, never red), wait (lagoon)."""
    shape = {"yes": "okc", "no": "stop", "wait": "half"}[tone]
    facts = [(term, said) for term, said in (("Qui", who), ("Quand", when), ("Pourquoi", why)) if said]
    return format_html(
        '<div class="decision is-{0}"><h{1}>{2}{3}</h{1}><div class="read">{4}</div><dl class="facts">{5}</dl></div>',
        tone,
        heading,
        drawn(shape),
        verdict,
        content,
        format_html_join("", "<dt>{}</dt><dd>{}</dd>", facts),
    )


@register.simple_block_tag
def brick(
    content: str, *, title: str, note: str = "", more_url: str = "", more_label: str = "", anchor: str = ""
) -> SafeString:
    """A section of a page: title, a way to more or a note, the content."""
    aside = format_html('<a href="{}">{}</a>', more_url, more_label) if more_url else EMPTY
    if note:
        aside = format_html('<p class="muted small">{}</p>{}', note, aside)
    named = format_html(' id="{}"', anchor) if anchor else EMPTY
    return format_html(
        '<section class="section"{}><div class="section-head"><h2>{}</h2>{}</div>{}</section>',
        named,
        title,
        aside,
        content,
    )


@register.simple_block_tag
def side_block(content: str, *, title: str) -> SafeString:
    """A block of the aside column."""
    return format_html('<section class="side-block"><h2>{}</h2>{}</section>', title, content)


@register.simple_block_tag
def empty_state(content: str, *, title: str, heading: int = 2) -> SafeString:
    """Nothing to show: says what to do. The content is a sentence and at most one filled button."""
    return format_html(
        '<div class="empty"><svg viewBox="0 0 64 64" aria-hidden="true">'
        '<path class="e-l" d="M4 44h20c10 0 8-22 20-22 6 0 10 4 10 10s-4 10-10 10-10-4-10-10"/>'
        '<path class="e-f" d="M50 22c0-9 5-14 13-14 0 9-5 14-13 14Z"/></svg><h{0}>{1}</h{0}>{2}</div>',
        heading,
        title,
        content,
    )


@register.simple_block_tag
def data_table(
    content: str,
    *,
    caption: str,
    exports: Sequence[tuple[str, str]] = (),
    hide_caption: bool = False,
    extra: str = "",
) -> SafeString:
    """A table in its own scrolling box, with its exports as (words, url). `extra` is a class of ours (matrix)."""
    links = EMPTY
    if exports:
        shown = format_html_join(
            "", '<a href="{}">{}{}</a>', ((url, drawn("down", True), words) for words, url in exports)
        )
        links = format_html('<p class="list-foot">{}</p>', shown)
    return format_html(
        '<div class="scroll" tabindex="0" role="region" aria-label="{0}">'
        '<table class="table{1}"><caption{2}>{0}</caption>{3}</table></div>{4}',
        caption,
        f" {extra}" if extra else "",
        mark_safe(' class="sr"') if hide_caption else EMPTY,
        content,
        links,
    )


@register.simple_tag
def tabs(*, items: Sequence[Tab], label: str) -> SafeString:
    """Queues of a desk: the count above, the word below."""
    links = format_html_join(
        "",
        '<li><a href="{}"{}>{}{}</a></li>',
        (
            (
                tab.url,
                mark_safe(' aria-current="page"') if tab.current else EMPTY,
                format_html("<b>{}</b> ", french.number(tab.count)) if tab.count is not None else EMPTY,
                tab.label,
            )
            for tab in items
        ),
    )
    return format_html('<nav aria-label="{}"><ul class="q-tabs">{}</ul></nav>', label, links)


@register.simple_tag
def lookalike(*, item: LookAlike, heading: int = 3) -> SafeString:
    """A sheet that resembles the draft, with the shared words marked and told."""
    state = badge_html(item.look) if item.look else EMPTY
    said = (
        format_html(
            '<p class="small muted">Mots communs{}: <b>{}</b></p>', french.NBSP, ", ".join(item.shared)
        )
        if item.shared
        else EMPTY
    )
    actions = format_html_join(
        "", '<a class="btn btn-2 btn-s" href="{}">{}</a>', ((a.url, a.label) for a in item.actions)
    )
    return format_html(
        '<li><p class="row eyebrow-s">{1}{2}</p><h{0}><a href="{3}">{4}</a></h{0}>{5}{6}{7}{8}</li>',
        heading,
        kind_html(item.kind),
        state,
        item.url,
        item.title,
        format_html('<p class="small say">{}</p>', marked(item.excerpt, item.shared))
        if item.excerpt
        else EMPTY,
        said,
        format_html('<p class="meta">{}</p>', item.meta) if item.meta else EMPTY,
        format_html('<p class="actions">{}</p>', actions) if item.actions else EMPTY,
    )


@register.simple_tag
def lookalike_panel(
    *, items: Sequence[LookAlike], title: str = "Cela existe peut-être déjà", intro: str = "", empty: str = ""
) -> SafeString:
    """The inside of the look-alike panel; its container (`<aside class="alike" id=…>`) stays in the page."""
    rows = mark_safe("".join(lookalike(item=item) for item in items))
    said = intro if items else empty
    return format_html(
        "<h2>{}</h2>{}{}",
        title,
        format_html('<p class="small muted">{}</p>', said) if said else EMPTY,
        format_html("<ul>{}</ul>", rows) if items else EMPTY,
    )


def _card(
    kind_code: str, title: str, url: str, summary: str, inside: SafeString, meta: Sequence[object]
) -> SafeString:
    return format_html(
        '<article class="card"><p>{}</p><h3><a href="{}">{}</a></h3><p>{}</p>{}<p class="meta">{}</p></article>',
        kind_html(kind_code),
        url,
        title,
        summary,
        inside,
        format_html_join("", "<span>{}</span>", ((said,) for said in meta if said)),
    )


@register.simple_tag
def idea_card(*, title: str, url: str, summary: str, look: BadgeLook, meta: Sequence[str] = ()) -> SafeString:
    return _card("idea", title, url, summary, EMPTY, [badge_html(look), *meta])


@register.simple_tag
def project_card(
    *, title: str, url: str, summary: str, look: BadgeLook, passed: int, total: int, organisation: str = ""
) -> SafeString:
    """An experiment: its state, and how many steps it has passed."""
    said = f"{french.plural(passed, 'étape passée', 'étapes passées')} sur {total}"
    progress = format_html(
        '<div class="card-gauge">{}<span class="small muted">{}</span></div>',
        gauge(value=round(100 * passed / max(total, 1)), label=said),
        said,
    )
    return _card("project", title, url, summary, progress, [badge_html(look), organisation])


@register.simple_tag
def achievement_card(
    *, title: str, url: str, summary: str, counts: Mapping[str, int], adopters: int, organisation: str = ""
) -> SafeString:
    """An achievement and where it lives: the tile map, and the number of bodies in words."""
    lives = f"Vit dans {french.plural(adopters, 'organisme')}"
    tiles = tile_map(counts=counts, label=f"{title}{french.NBSP}: organismes par région")
    return _card(
        "achievement",
        title,
        url,
        summary,
        tiles,
        [badge_html(BadgeLook(lives, "k-adopt", "done")), organisation],
    )


@register.simple_tag
def directory_card(
    *, name: str, role: str, organisation: str = "", skills: Sequence[str] = (), contact: Link | None = None
) -> SafeString:
    """Somebody of the network one may ask: who, where, for what, how."""
    place = f"{role}, {organisation}" if organisation else role
    offered = format_html_join("", '<li class="tag">{}</li>', ((skill,) for skill in skills))
    return format_html(
        '<article class="card person">{}{}{}</article>',
        who(name=name, role=place),
        format_html('<ul class="tags" aria-label="Peut aider sur">{}</ul>', offered) if skills else EMPTY,
        format_html('<p><a href="{}">{}</a></p>', contact.url, contact.label) if contact else EMPTY,
    )
