"""Decisions published in one act: chosen, read again in full, published, and what became of each."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.french import plural
from ozeli.core.idempotency import idempotent

from .. import answers, rules
from ..enums import ItemState
from ..models import Decision, PublicationBatch
from ..selectors import answer_templates, publications
from ..services.publications import AT_ONCE, publish_many
from .loader import is_htmx


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def read_again(request: PersonRequest) -> HttpResponse:
    """Each full answer, as it will be sent; the POST publishes those read, at the versions that were read."""
    if request.method != "POST":
        chosen = publications.chosen(request.user, _keys(request.GET.getlist("d")))
        return _reading(request, chosen)
    read = dict(pair for value in request.POST.getlist("lue") if (pair := _pair(value)))
    decisions = publications.any_of(request.user, list(read))
    try:
        batch = publish_many([(one, read[one.pk]) for one in decisions], actor=request.user)
    except Refused as error:
        return _reading(
            request, publications.chosen(request.user, list(read)), refusal=str(error), status=422
        )
    return redirect("ideas:batch", batch.pk)


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def report(request: PersonRequest, batch: UUID) -> HttpResponse:
    """What became of each decision of a batch of one's own; HTMX asks again for its list while it goes on."""
    found = PublicationBatch.objects.filter(pk=batch, actor=request.user).first()
    if found is None:
        raise Http404("no such batch of this person")
    items = publications.items_of(found)
    waiting = sum(item.state == ItemState.WAITING for item in items)
    published = sum(item.state == ItemState.PUBLISHED for item in items)
    context = {
        "batch": found,
        "items": items,
        "waiting": waiting,
        "published": published,
        "refused": len(items) - waiting - published,
    }
    piece = is_htmx(request)
    return render(request, "ideas/desk/_batch.html" if piece else "ideas/desk/batch.html", context)


def _keys(values: list[str]) -> list[int]:
    """The ids among the values of an address, at most one more than may be published at once."""
    return [int(value) for value in values if _is_id(value)][: AT_ONCE + 1]


def _pair(value: str) -> tuple[int, int] | None:
    """« 12:3 »: the decision 12, read at its version 3."""
    key, _, version = value.partition(":")
    return (int(key), int(version)) if _is_id(key) and _is_id(version) else None


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 10


def _reading(
    request: PersonRequest, chosen: list[Decision], *, refusal: str = "", status: int = 200
) -> HttpResponse:
    own = {one.pk for one in chosen if not rules.decides(request.user, one.idea)}
    dull = answer_templates.impersonal(request.user, chosen)
    ready = [one for one in chosen if one.pk not in own]
    context = {
        "rows": [(one, answers.shown(one, one.idea), one.pk in own, one.pk in dull) for one in chosen],
        "count": len(ready),
        "counted": plural(len(ready), "réponse"),
        "too_many": len(ready) > AT_ONCE,
        "at_once": AT_ONCE,
        "refusal": refusal,
    }
    return render(request, "ideas/desk/batch_review.html", context, status=status)
