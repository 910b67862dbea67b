"""The late answers of a desk: found oldest first, entrusted in one act or one by one, and that act undone."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.exports import export_response
from ozeli.core.french import list_of, plural, quoted
from ozeli.core.idempotency import idempotent
from ozeli.core.ids import ALPHABET, LENGTH
from ozeli.core.recovery import recovered
from ozeli.core.web import page_url, without

from ..forms.overdue import EntrustForm, OverdueFilterForm
from ..models import DeskNote
from ..selectors import desk_list, second_looks
from ..selectors import overdue as selectors
from ..services.desk import AT_ONCE, Report, assign_many, give_back, undo_batch

ASSIGN, ME, FREE, BACK = "confier", "moi", "equipe", "rendre"


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def overdue(request: PersonRequest) -> HttpResponse:
    """The list. The POST entrusts those ticked (`act`), or one alone (`act` then its key)."""
    if request.method != "POST":
        return _page(request, EntrustForm(initial=recovered(request)))
    act, _, one = request.POST.get("act", "").partition(":")
    form, ticked = EntrustForm(request.POST), _keys([one] if one else request.POST.getlist("idee"))
    if form.is_valid():
        try:
            batch = uuid4()
            report, said = _entrust(request, act, ticked, form, batch)
            if report.done or not report.refused:
                return _done(request, report, said, batch)
            form.add_error(None, _left(report))
        except Refused as error:
            form.add_error(None, str(error))
    return _page(request, form, ticked, status=422)


def _keys(values: list[str]) -> list[str]:
    """The short ids among the values; what is not one is left out."""
    keys = dict.fromkeys(values[: AT_ONCE + 1])
    return [key for key in keys if len(key) == LENGTH and set(key) <= set(ALPHABET)]


def _entrust(
    request: PersonRequest, act: str, ticked: list[str], form: EntrustForm, batch: UUID
) -> tuple[Report, str]:
    """What became of each idea, and to whom they went, in words."""
    ideas = desk_list.chosen(request.user, ticked)
    if not ideas:
        raise Refused("Cochez au moins une idée.")
    note = form.cleaned_data["note"]
    if act == BACK:
        idea = give_back(ideas[0], actor=request.user, batch=batch)
        return Report(done=[idea]), f"à {idea.handler.display_name}" if idea.handler else "à l’équipe"
    handler = {ME: request.user, ASSIGN: form.cleaned_data["handler"]}.get(act)
    if act == ASSIGN and handler is None:
        raise Refused("Écrivez le nom de la personne qui répondra.")
    if act not in (ASSIGN, ME, FREE):
        raise Refused("Choisissez à qui ces idées vont.")
    to = {ME: "à vous-même", FREE: "à l’équipe d’animation"}.get(act) or f"à {handler.display_name}"  # type: ignore[union-attr]
    return assign_many(ideas, handler, actor=request.user, note=note, batch=batch), to


def _done(request: PersonRequest, report: Report, to: str, batch: UUID) -> HttpResponse:
    messages.success(request, f"{plural(len(report.done), 'idée confiée', 'idées confiées')} {to}.")
    if report.refused:
        messages.warning(request, _left(report))
    query = without(request.GET, "fait")
    query["fait"] = str(batch)
    return redirect(f"{request.path}?{query.urlencode()}")


def _left(report: Report) -> str:
    """Why some were left as they were."""
    reasons = dict.fromkeys(reason for _idea, reason in report.refused)
    titles = list_of([quoted(idea.title) for idea, _reason in report.refused[:3]])
    count = plural(len(report.refused), "idée laissée", "idées laissées")
    return f"{count} sans changement ({titles}). {' '.join(reasons)}"


@require_POST
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def undo(request: PersonRequest, batch: UUID) -> HttpResponse:
    """Give back what one act of this person entrusted."""
    report = undo_batch(batch, actor=request.user)
    if report.done:
        said = plural(len(report.done), "idée rendue", "idées rendues")
        messages.success(request, f"{said} à qui y répondait avant.")
    if report.refused:
        messages.warning(request, _left(report))
    return redirect("ideas:overdue")


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def export(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file."""
    return export_response(request, "overdue_ideas")


def _page(
    request: PersonRequest, entrust: EntrustForm, ticked: list[str] | None = None, *, status: int = 200
) -> HttpResponse:
    form, query = OverdueFilterForm(request.GET, request.user), without(request.GET, "page", "fait")
    page = selectors.page(
        request.user, selectors.matching(request.user, form.wanted()), request.GET.get("page", "")
    )
    shown = without(request.GET, "fait")
    context: dict[str, Any] = {
        "form": form,
        "entrust": entrust,
        "ticked": ticked or [],
        "rows": page.rows,
        "applied": [(words, f"?{without(query, name).urlencode()}") for words, name in form.applied()],
        "next_url": page_url(shown, page.next),
        "previous_url": page_url(shown, page.previous),
        "export_url": f"export.csv?{query.urlencode()}",
        "list_url": f"{request.path}?{shown.urlencode()}",
        "undo_url": _undo_url(request, request.GET),
        "late_looks": second_looks.of_desk(request.user, "en-retard").count(),
    }
    return render(request, "ideas/desk/overdue.html", context, status=status)


def _undo_url(request: PersonRequest, query: QueryDict) -> str:
    """Where the act that the address names can be undone, while it is this person's."""
    try:
        batch = UUID(query.get("fait", ""))
    except ValueError:
        return ""
    mine = DeskNote.objects.filter(batch=batch, author=request.user)
    return reverse("ideas:overdue_undo", args=[batch]) if mine.exists() else ""
