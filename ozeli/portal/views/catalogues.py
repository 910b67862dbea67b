"""The short lists that administrators keep, one set of screens for all: list, add, edit, archive, order, undo."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.accounts.services import actor_key
from ozeli.core import memo, recovery
from ozeli.core.errors import Refused
from ozeli.core.exports import table_response
from ozeli.core.french import quoted
from ozeli.core.idempotency import idempotent
from ozeli.core.paging import keyset_page
from ozeli.core.web import page_url, without
from ozeli.journal import changes
from ozeli.network import selectors as network
from ozeli.network.setting_forms import KeptForm

from ..administration import check_network_admin, said_lately, undo_entry
from ..catalogues import CATALOGUES, Catalogue

STATES = {"": "En service", "archives": "Archivés", "tous": "Tous"}


@require_GET
def rows(request: PersonRequest, catalogue: str) -> HttpResponse:
    """The whole list in its order; bodies by pages, with a search."""
    wanted = _load(request, catalogue)
    state, words = _filters(request)
    found = _narrowed(wanted, state, words)
    context: dict[str, Any] = {"next_url": "", "previous_url": ""}
    if wanted.beside is None:
        page = keyset_page(found, ("sort_name", "id"), request.GET.get("page", ""), ascending=True)
        shown = page.rows
        context = {
            "next_url": page_url(request.GET, page.next),
            "previous_url": page_url(request.GET, page.previous),
        }
    else:
        shown = list(found)
    context |= {
        "catalogue": wanted,
        "rows": _dressed(wanted, shown),
        "state": state,
        "states": STATES,
        "words": words,
        "has_order": wanted.beside is not None and not state and not words,
        "export_url": f"export.csv?{without(request.GET, 'page').urlencode()}",
        "lately": said_lately([wanted.kind]),
    }
    return render(request, "portal/settings/list.html", context)


def _dressed(wanted: Catalogue, rows: list[Any]) -> list[tuple[Any, list[tuple[str, str]], bool, bool]]:
    """Each row, its cells under their titles, and whether it is first and last of those it is ordered with."""
    beside: dict[Any, list[Any]] = {}
    for row in rows:
        beside.setdefault(getattr(row, "parent_id", None), []).append(row)
    first = {group[0].pk for group in beside.values()}
    last = {group[-1].pk for group in beside.values()}
    return [
        (row, list(zip(wanted.header, wanted.cells(row), strict=True)), row.pk in first, row.pk in last)
        for row in rows
    ]


@require_GET
def export(request: PersonRequest, catalogue: str) -> HttpResponseBase:
    wanted = _load(request, catalogue)
    found = _narrowed(wanted, *_filters(request))
    if wanted.beside is None:
        found = found.order_by("sort_name", "pk")
    header = [*(words.lower() for words in wanted.header), "en service"]
    return table_response(request, wanted.code, header, _lines(wanted, found))


@require_http_methods(["GET", "POST"])
@idempotent
def add(request: PersonRequest, catalogue: str) -> HttpResponse:
    wanted = _load(request, catalogue)
    form = wanted.form(request.POST or None, initial=recovery.recovered(request))
    if request.method == "POST" and form.is_valid():
        row = changes.add(form.new_row(), kind=wanted.kind, actor=actor_key(request.user))
        return _done(request, wanted, f"C’est ajouté\u00a0: {quoted(str(row))}.")
    return _form_page(request, wanted, form, None, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@idempotent
def edit(request: PersonRequest, catalogue: str, pk: int) -> HttpResponse:
    """Change a row; somebody else’s change made meanwhile is shown beside."""
    wanted = _load(request, catalogue)
    row = get_object_or_404(wanted.rows(), pk=pk)
    form = wanted.form(request.POST or None, instance=row, initial=recovery.recovered(request))
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, wanted, form, row, status=422 if form.errors else 200)
    version = form.cleaned_data["version"] or 0
    try:
        row = changes.change(
            row, form.values(), kind=wanted.kind, actor=actor_key(request.user), version=version
        )
    except changes.Stale as stale:
        return _edit_again(request, wanted, stale)
    return _done(request, wanted, f"C’est enregistré\u00a0: {quoted(str(row))}.")


@require_POST
@idempotent
def archive(request: PersonRequest, catalogue: str, pk: int) -> HttpResponse:
    """Archive (`want=0`) or put back in service (`want=1`)."""
    wanted = _load(request, catalogue)
    row = get_object_or_404(wanted.model, pk=pk)
    verb, said = (
        (changes.restore, "est de nouveau en service.")
        if request.POST.get("want") == "1"
        else (changes.archive, f"est {wanted.archived}. Ce qui s’y rattache est gardé.")
    )
    verb(row, kind=wanted.kind, actor=actor_key(request.user))
    return _done(request, wanted, f"{quoted(str(row))} {said}")


@require_POST
@idempotent
def move(request: PersonRequest, catalogue: str, pk: int) -> HttpResponse:
    """One place up (`step=-1`) or down (`step=1`) among the rows in service."""
    wanted = _load(request, catalogue)
    if wanted.beside is None:
        raise Http404("no order here")
    row = get_object_or_404(wanted.model, pk=pk)
    step = -1 if request.POST.get("step") == "-1" else 1
    among = wanted.beside(row).filter(is_active=True)
    try:
        changes.move(row, among, step, kind=wanted.kind, actor=actor_key(request.user))
    except Refused as refusal:
        messages.error(request, str(refusal))
    memo.forget_all()
    return HttpResponseRedirect(f"{reverse('portal:catalogue', args=[wanted.code])}#ligne-{pk}")


@require_POST
@idempotent
def undo(request: PersonRequest, catalogue: str, entry: int) -> HttpResponse:
    wanted = _load(request, catalogue)
    undo_entry(request, entry, {wanted.kind: wanted.model})
    return HttpResponseRedirect(reverse("portal:catalogue", args=[wanted.code]))


def _load(request: PersonRequest, code: str) -> Catalogue:
    if (found := CATALOGUES.get(code)) is None:
        raise Http404("no such list")
    check_network_admin(request.user, found.brick)
    return found


def _filters(request: PersonRequest) -> tuple[str, str]:
    state = request.GET.get("etat", "")
    return state if state in STATES else "", request.GET.get("q", "").replace("\0", "").strip()[:160]


def _narrowed(wanted: Catalogue, state: str, words: str) -> QuerySet[Any]:
    found = wanted.rows()
    if state != "tous":
        found = found.filter(is_active=state != "archives")
    if words:
        found = (
            network.starting_with(found, words)
            if wanted.beside is None
            else found.filter(**{f"{wanted.form._meta.fields[0]}__icontains": words})  # type: ignore[index]
        )
    return found


def _lines(wanted: Catalogue, found: QuerySet[Any]) -> Iterator[list[Any]]:
    for row in found.iterator():
        yield [*wanted.cells(row), "oui" if row.is_active else "non"]


def _done(request: PersonRequest, wanted: Catalogue, said: str) -> HttpResponse:
    memo.forget_all()
    messages.success(request, said)
    return HttpResponseRedirect(reverse("portal:catalogue", args=[wanted.code]))


def _edit_again(request: PersonRequest, wanted: Catalogue, stale: changes.Stale) -> HttpResponse:
    """Both: what stands now, and what was typed, ready to be saved over it with open eyes."""
    stands = get_object_or_404(wanted.rows(), pk=stale.row.pk)
    data = request.POST.copy()
    data["version"] = str(stands.version)
    form = wanted.form(data, instance=get_object_or_404(wanted.rows(), pk=stale.row.pk))
    theirs = list(zip(wanted.header, wanted.cells(stands), strict=True))
    return _form_page(request, wanted, form, stands, status=409, refusal=str(stale), theirs=theirs)


def _form_page(
    request: PersonRequest,
    wanted: Catalogue,
    form: KeptForm,
    row: Any,
    *,
    status: int,
    refusal: str = "",
    theirs: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    fields = list(wanted.form._meta.fields or ())
    stored = wanted.model.objects.get(pk=row.pk) if row else None
    context = {
        "catalogue": wanted,
        "form": form,
        "row": stored,
        "fields": [form[name] for name in fields],
        "typed_bodies": [name for name in fields if name == "parent" and wanted.beside is None],
        "used": network.where_used(stored) if stored else [],
        "refusal": refusal,
        "theirs": theirs or [],
    }
    return render(request, "portal/settings/form.html", context, status=status)
