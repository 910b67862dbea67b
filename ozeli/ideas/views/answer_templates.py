"""The library of answer templates, and the screens that write them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.models import User
from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.exports import table_response
from ozeli.core.french import quoted
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered
from ozeli.core.web import page_url, without
from ozeli.network.models import Organisation

from ..blanks import BLANKS
from ..forms.answer_templates import LibraryForm, TemplateForm
from ..models import AnswerTemplate
from ..selectors import answer_templates as selectors
from ..services import answer_templates as services


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def library(request: PersonRequest) -> HttpResponse:
    """The texts that this person may start an answer from."""
    form = _filters(request)
    page = selectors.page(selectors.matching(request.user, form.wanted()), request.GET.get("page", ""))
    query = without(request.GET, "page")
    scope = request.user.contribution_scope("ideas")
    context = {
        "form": form,
        "templates": [(one, scope is None or one.organisation_id in scope) for one in page.rows],
        "applied": [(words, f"?{without(query, name).urlencode()}") for words, name in form.applied()],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{query.urlencode()}",
    }
    return render(request, "ideas/desk/templates.html", context)


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def export(request: PersonRequest) -> HttpResponseBase:
    """The same texts in CSV."""
    found = selectors.matching(request.user, _filters(request).wanted())
    return table_response(request, "reponses-types", selectors.HEADER, selectors.export_lines(found))


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def create(request: PersonRequest) -> HttpResponse:
    """Write a text."""
    bodies = _bodies(request.user)
    if request.method != "POST":
        first = bodies[0].code if bodies else ""
        initial = {"verdict": "not_retained", "organisation": first} | (recovered(request) or {})
        return _page(request, TemplateForm(initial=initial, bodies=bodies))
    form = TemplateForm(request.POST, bodies=bodies)
    if form.is_valid():
        try:
            template = services.create_template(form.words(), actor=request.user)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"La réponse type {quoted(template.title)} est prête à servir.")
            return redirect("ideas:templates")
    return _page(request, form, status=422)


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def change(request: PersonRequest, pk: int) -> HttpResponse:
    """Read a text; rewrite it when it belongs to one's desk."""
    template, is_mine = _load(request, pk)
    bodies = _bodies(request.user)
    if request.method != "POST":
        if not is_mine:
            return render(request, "ideas/desk/template_read.html", {"template": template})
        initial = _words(template) | (recovered(request) or {})
        return _page(request, TemplateForm(initial=initial, bodies=bodies), template)
    if not is_mine:
        raise PermissionDenied
    form = TemplateForm(request.POST, bodies=bodies)
    if not form.is_valid():
        return _page(request, form, template, status=422)
    version = form.cleaned_data["version"] or 0
    try:
        services.change_template(template, form.words(), actor=request.user, version=version)
    except Conflict as error:
        return _clash(request, pk, bodies, str(error))
    except Refused as error:
        form.add_error(None, str(error))
        return _page(request, form, template, status=422)
    messages.success(request, "La réponse type est enregistrée.")
    return redirect("ideas:templates")


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def delete(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask, then delete for good: answers already written do not change."""
    template, is_mine = _load(request, pk)
    if not is_mine:
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "ideas/desk/template_delete.html", {"template": template})
    services.delete_template(template, actor=request.user)
    messages.success(request, f"La réponse type {quoted(template.title)} est supprimée.")
    return redirect("ideas:templates")


def _filters(request: PersonRequest) -> LibraryForm:
    return LibraryForm(request.GET, selectors.scopes(request.user))


def _bodies(user: User) -> list[Organisation] | None:
    """The bodies for which this person writes; None for the desk of the network, who types any."""
    return None if user.contribution_scope("ideas") is None else selectors.scopes(user)


def _load(request: PersonRequest, pk: int) -> tuple[AnswerTemplate, bool]:
    """A text that this person may use, and whether it is theirs to write. Http404 for an absent one and others'."""
    usable = AnswerTemplate.objects.usable_by(request.user).select_related("organisation")
    template = usable.filter(pk=pk).first()
    if template is None:
        raise Http404("no such answer template for this person")
    scope = request.user.contribution_scope("ideas")
    return template, scope is None or template.organisation_id in scope


def _words(template: AnswerTemplate) -> dict[str, Any]:
    body = template.organisation
    return {
        "title": template.title,
        "organisation": "" if body is None else body.code,
        "verdict": template.verdict,
        "reason": template.reason,
        "text": template.text,
        "version": template.version,
    }


def _clash(request: PersonRequest, pk: int, bodies: list[Organisation] | None, said: str) -> HttpResponse:
    """409: what is stored beside what was typed, ready to be saved over it with open eyes."""
    stored, _is_mine = _load(request, pk)
    data = request.POST.copy()
    data["version"] = str(stored.version)
    return _page(request, TemplateForm(data, bodies=bodies), stored, refusal=said, theirs=stored, status=409)


def _page(
    request: PersonRequest,
    form: TemplateForm,
    template: AnswerTemplate | None = None,
    *,
    refusal: str = "",
    theirs: AnswerTemplate | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "template": template,
        "refusal": refusal,
        "theirs": theirs,
        "blanks": [(f"{{{name}}}", words) for name, words in BLANKS.items()],
    }
    return render(request, "ideas/desk/template_form.html", context, status=status)
