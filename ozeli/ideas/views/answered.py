"""The right to an answer, in public: how bodies keep it, side by side, and the answers behind the figures of one."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.exports import table_response
from ozeli.core.french import plural
from ozeli.core.paging import keyset_page
from ozeli.core.web import page_url, without
from ozeli.network.models import Organisation

from ..forms.answered import AnsweredForm
from ..selectors import answered as selectors

LATE_SHOWN = 15


@require_GET
@brick("ideas")
def bodies(request: PersonRequest) -> HttpResponse:
    form, query = AnsweredForm(request.GET), without(request.GET, "page")
    wanted = form.wanted()
    found = selectors.compared(wanted)
    page = selectors.page(found, request.GET.get("page", ""))
    told = selectors.lines()
    context: dict[str, Any] = {
        "form": form,
        "sort": wanted.sort,
        "period": told.period,
        "network": told.network,
        "rows": page.rows,
        "counted": plural(len(found), "organisme"),
        "applied": [(words, f"?{without(query, name).urlencode()}") for words, name in form.applied()],
        "sorts": [
            (words, _sorted(request, code), code == wanted.sort)
            for code, (words, _key) in selectors.SORTS.items()
        ],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{query.urlencode()}",
    }
    return render(request, "ideas/answers/bodies.html", context)


def _sorted(request: PersonRequest, code: str) -> str:
    query = without(request.GET, "page", "tri")
    query["tri"] = code
    return f"?{query.urlencode()}"


@require_GET
@brick("ideas")
def export(request: PersonRequest) -> HttpResponseBase:
    """The comparison as a file, as it is narrowed and sorted."""
    found = selectors.compared(AnsweredForm(request.GET).wanted())
    return table_response(request, "droit-a-une-reponse", selectors.HEADER, selectors.export_lines(found))


@require_GET
@brick("ideas")
def body(request: PersonRequest, code: str) -> HttpResponse:
    """The answers behind the figures of a body; none when they stand on fewer than five ideas."""
    organisation = get_object_or_404(Organisation, code=code)
    told = selectors.lines()
    line = told.of(organisation.pk)
    late = selectors.late_of(organisation).order_by("answer_due_on", "pk") if line.late is not None else None
    answers, page = [], None
    if line.answered is not None:
        page = keyset_page(selectors.answers_of(organisation), selectors.KEYS, request.GET.get("page", ""))
        answers = [(one, (one.published_on - one.idea.deposited_on).days) for one in page.rows]
    context: dict[str, Any] = {
        "organisation": organisation,
        "period": told.period,
        "line": line,
        "answers": [(one, days, selectors.kept_words(one)) for one, days in answers],
        "late": list(late[:LATE_SHOWN]) if late is not None else [],
        "next_url": page_url(request.GET, page.next) if page else "",
        "previous_url": page_url(request.GET, page.previous) if page else "",
    }
    return render(request, "ideas/answers/body.html", context)


@require_GET
@brick("ideas")
def body_export(request: PersonRequest, code: str) -> HttpResponseBase:
    """The same rows as a file."""
    organisation = get_object_or_404(Organisation, code=code)
    lines = selectors.body_lines(organisation)
    return table_response(request, f"reponses-{organisation.code}", selectors.BODY_HEADER, lines)
