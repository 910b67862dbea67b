"""Who answers for the answers of each body: the list of the administration, and the page of one body."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.exports import table_response
from ozeli.core.french import quoted
from ozeli.core.idempotency import idempotent
from ozeli.core.paging import keyset_page
from ozeli.core.recovery import recovered
from ozeli.core.web import page_url, without
from ozeli.network.models import Organisation
from ozeli.network.selectors import answer_delay

from ..forms.leads import LeadFilterForm, LeadForm
from ..models import AnswerLead
from ..selectors import leads as selectors
from ..services.leads import name_lead


@require_GET
@brick("ideas", Level.ADMIN)
def leads(request: PersonRequest) -> HttpResponse:
    form = LeadFilterForm(request.GET)
    found = selectors.bodies(request.user, form.words, without_lead=form.without_lead)
    page = keyset_page(found, selectors.KEYS, request.GET.get("page", ""), ascending=True)
    query = without(request.GET, "page")
    said = [
        (quoted(form.words) if form.words else "", "q"),
        ("sans responsable" if form.without_lead else "", "sans"),
    ]
    context = {
        "form": form,
        "rows": [(body, getattr(body, "answer_lead", None), answer_delay(body)) for body in page.rows],
        "applied": [(words, f"?{without(query, name).urlencode()}") for words, name in said if words],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{query.urlencode()}",
    }
    return render(request, "ideas/answers/leads.html", context)


@require_GET
@brick("ideas", Level.ADMIN)
def export(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file."""
    form = LeadFilterForm(request.GET)
    found = selectors.bodies(request.user, form.words, without_lead=form.without_lead)
    lines = selectors.export_lines(found)
    return table_response(request, "responsables-des-reponses", selectors.HEADER, lines)


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.ADMIN)
@idempotent
def lead(request: PersonRequest, code: str) -> HttpResponse:
    """One body: who is named, and the form that names another or nobody."""
    body = get_object_or_404(selectors.bodies(request.user), code=code)
    stands = AnswerLead.objects.filter(organisation=body).select_related("user__organisation").first()
    initial = {"read": stands.user_id if stands else None} | (recovered(request) or {})
    form = LeadForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _page(request, body, stands, form, status=422 if form.errors else 200)
    kept = form.cleaned_data
    try:
        name_lead(body, kept["person"], actor=request.user, read=kept["read"])
    except Refused as error:
        status = 409 if isinstance(error, Conflict) else 422
        form = LeadForm({**request.POST.dict(), "read": stands.user_id if stands else ""})
        form.add_error(None, str(error))
        return _page(request, body, stands, form, status=status)
    messages.success(
        request,
        f"{kept['person'].display_name} répond maintenant des réponses de {body.name}."
        if kept["person"]
        else f"Les retards de {body.name} remontent désormais droit au réseau.",
    )
    return redirect("ideas:leads")


def _page(
    request: PersonRequest, body: Organisation, stands: AnswerLead | None, form: LeadForm, *, status: int
) -> HttpResponse:
    context: dict[str, Any] = {"body": body, "stands": stands, "form": form, "delay": answer_delay(body)}
    return render(request, "ideas/answers/lead.html", context, status=status)
