"""The directory of bodies, the page of one, and the suggestions of the typed field."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from ozeli.core.access import brick
from ozeli.core.exports import export_response
from ozeli.core.french import capped, plural_word, quoted
from ozeli.core.paging import keyset_page
from ozeli.core.registry import panels_for
from ozeli.core.web import page_url, without

from . import selectors
from .forms import DirectoryForm
from .models import Organisation

COUNTED = 1000
# The bricks whose screens hold a field that names a body.
TYPED_IN = ("directory", "ideas", "search", "rights")


@require_GET
@brick("directory")
def organisation_list(request: HttpRequest) -> HttpResponse:
    form = DirectoryForm(request.GET)
    found = selectors.directory(form.wanted())
    page = keyset_page(found, ("sort_name", "id"), request.GET.get("page", ""), ascending=True)
    count = found.order_by()[: COUNTED + 1].count()
    context = {
        "form": form,
        "organisations": page.rows,
        "counted": f"{capped(count, COUNTED)}\u00a0{plural_word(count, 'organisme')}",
        "applied": _applied(form, request.GET),
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{without(request.GET, 'page').urlencode()}",
    }
    return render(request, "network/organisation_list.html", context)


@require_GET
@brick("directory")
def organisation_export(request: HttpRequest) -> HttpResponseBase:
    """The same list as a file, whole."""
    return export_response(request, "organisations")


@require_GET
@brick("directory")
def organisation(request: HttpRequest, code: str) -> HttpResponse:
    wanted = Organisation.objects.select_related("branch", "parent")
    body = get_object_or_404(wanted, code=code)
    context = {
        "organisation": body,
        "answer_delay": selectors.answer_delay(body),
        "panels": panels_for("organisation", request, body),
    }
    return render(request, "network/organisation.html", context)


@require_GET
def suggestions(request: HttpRequest) -> HttpResponse:
    """What the typed field offers, to those who have such a field somewhere."""
    if not any(request.user.level(code) for code in TYPED_IN):  # type: ignore[union-attr]
        raise Http404("no field to fill")
    words = request.GET.get("q", "").replace("\0", "")[:160]
    found = selectors.suggestions(words)
    results = [{"label": one.name, "note": _where(one)} for one in found]
    return JsonResponse({"results": results})


def _where(body: Organisation) -> str:
    return ", ".join(part for part in (body.branch.name, body.get_region_display()) if part)


def _applied(form: DirectoryForm, query: QueryDict) -> list[tuple[str, str]]:
    """(words, address without this filter) of the filters in force."""
    wanted, said = form.wanted(), []
    if wanted.words:
        said.append((quoted(wanted.words), "q"))
    if wanted.branch:
        said.append((f"branche {wanted.branch.name}", "branche"))
    if wanted.region:
        said.append((dict(form.fields["region"].choices)[wanted.region], "region"))  # type: ignore[attr-defined]
    return [(words, f"?{without(query, name, 'page').urlencode()}") for words, name in said]
