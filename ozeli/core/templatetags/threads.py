"""What tells a life: the thread, the steps of a lifecycle, the timeline, progress and weather."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .. import french
from ..ui import KINDS, WEATHERS, Step, ThreadNode, TimelineEntry
from .marks import EMPTY, drawn

register = template.Library()

MOST_LEAVES = 20
LEAF_STEP = 13


def branch(leaves: int) -> SafeString:
    """The end of the thread: one leaf per body, twenty at most drawn; the number is said in words beside."""
    drawn_leaves = min(leaves, MOST_LEAVES)
    width = 14 + LEAF_STEP * drawn_leaves
    up, down = "c0-8 5-13 13-13 0 8-5 13-13 13Z", "c0 8 5 13 13 13 0-8-5-13-13-13Z"
    path = "".join(
        f"M{12 + LEAF_STEP * place} {18.5 if place % 2 else 17.5}{down if place % 2 else up}"
        for place in range(drawn_leaves)
    )
    said = french.plural(leaves, "feuille") + ", une par organisme"
    if leaves > MOST_LEAVES:
        said = f"{french.number(leaves)} organismes, {MOST_LEAVES} feuilles dessinées"
    return format_html(
        '<svg class="branch" viewBox="0 0 {} 36" preserveAspectRatio="xMinYMid meet" role="img" aria-label="{}">'
        '<path class="twig" d="M0 18H{}"/><path d="{}"/></svg>',
        width,
        said,
        width - 4,
        path,
    )


def _node(node: ThreadNode, following: ThreadNode | None) -> SafeString:
    glyph, word = KINDS[node.kind]
    classes = []
    if node.leaves and node.state == "past":
        classes.append("is-end")
    elif node.state != "past":
        classes.append(f"is-{node.state}")
    if following is not None and following.state == "next":
        classes.append("to-next")
    name = (
        format_html('<a href="{}">{}</a>', node.url, node.name) if node.url else format_html("{}", node.name)
    )
    more = (
        format_html('<a class="step-more" href="{}">{}</a>', node.more.url, node.more.label)
        if node.more
        else EMPTY
    )
    return format_html(
        '<li class="{}"{}><span class="node">{}</span>{}<p class="step-kind">{}{}</p>'
        '<p class="step-name">{}</p>{}{}</li>',
        " ".join(classes),
        mark_safe(' aria-current="step"') if node.state == "here" else EMPTY,
        drawn(glyph),
        branch(node.leaves) if node.leaves else EMPTY,
        word,
        ", vous êtes ici" if node.state == "here" else "",
        name,
        format_html('<p class="step-when">{}</p>', node.when) if node.when else EMPTY,
        more,
    )


@register.simple_tag
def thread(*, nodes: Sequence[ThreadNode], label: str = "Le fil, de l’idée aux adoptions") -> SafeString:
    """Le fil. A missing challenge is left out by the caller; what has not happened yet is given as `next`."""
    items = [
        _node(node, nodes[place + 1] if place + 1 < len(nodes) else None) for place, node in enumerate(nodes)
    ]
    return format_html('<ol class="thread" aria-label="{}">{}</ol>', label, mark_safe("".join(items)))


@register.simple_tag
def stepper(*, steps: Sequence[Step], label: str = "Parcours") -> SafeString:
    """The steps of a lifecycle: circle = step, diamond = gate, bracket = passed with the next one."""
    items = []
    for step in steps:
        classes = step.state + (" gate" if step.gate else "") + (" grp" if step.grouped else "")
        # The check of a step done is drawn by its style; the number of a gate stands straight in its diamond.
        number = format_html("<span>{}</span>", step.number) if step.gate else step.number
        inside = EMPTY if step.state == "done" else number
        items.append(
            format_html(
                '<li class="{}"{}><span class="dot" aria-hidden="true">{}</span><p class="name">{}{}</p>'
                '<p class="why">{}</p></li>',
                classes,
                mark_safe(' aria-current="step"') if step.state == "now" else EMPTY,
                inside,
                f"{step.number}. " if step.state == "done" else "",
                step.name,
                step.note,
            )
        )
    return format_html('<ol class="stepper" aria-label="{}">{}</ol>', label, mark_safe("".join(items)))


@register.simple_tag
def gauge(*, value: int, label: str) -> SafeString:
    """A progress of 0 to 100; `label` says it in words (« Quatre étapes passées sur sept »)."""
    return format_html(
        '<svg class="bar gauge" role="img" aria-label="{}"><rect class="c-track" width="100%" height="100%" rx="6"/>'
        '<rect class="c1" width="{}%" height="100%" rx="6"/></svg>',
        label,
        max(0, min(100, value)),
    )


@register.simple_tag
def weather(code: str, *, note: str = "") -> SafeString:
    """The weather of a project: sun, mixed, storm; the word is always there."""
    shape, word = WEATHERS[code]
    said = format_html('<p class="small muted">{}</p>', note) if note else EMPTY
    return format_html('<p class="meteo">{}{}</p>{}', drawn(shape), word, said)


@register.simple_tag
def timeline(*, entries: Sequence[TimelineEntry], label: str = "Sa vie, pas à pas") -> SafeString:
    """What happened, latest first: day, who, and a sentence."""
    rows = format_html_join(
        "",
        '<li><p class="small muted">{}{}</p><p>{}</p></li>',
        (
            (
                entry.when,
                f", {entry.who}" if entry.who else "",
                format_html('<a href="{}">{}</a>', entry.url, entry.text) if entry.url else entry.text,
            )
            for entry in entries
        ),
    )
    return format_html('<ol class="time" aria-label="{}">{}</ol>', label, rows)
