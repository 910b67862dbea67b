"""« Mes avis »: what is asked of an expert, whatever the idea."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.exports import export_response
from ozeli.core.web import page_url, without

from .. import standing
from ..selectors import experts as selectors


@require_GET
@brick("ideas")
def my_opinions(request: PersonRequest) -> HttpResponse:
    """The opinions asked of this person, the most pressing first."""
    state = selectors.state_asked(request.GET.get("etat", ""))
    page = selectors.page(selectors.opinions_of(request.user, state), request.GET.get("page", ""))
    context = {
        "state": state,
        "tabs": state_links(request, state),
        "rows": [
            (one, selectors.standing_of(one), standing.signature(one.idea, one.idea.signatories))
            for one in page.rows
        ],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{without(request.GET, 'page').urlencode()}",
    }
    return render(request, "ideas/my_opinions.html", context)


@require_GET
@brick("ideas")
def export(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file."""
    return export_response(request, "my_opinions")


def state_links(request: PersonRequest, state: str) -> list[tuple[str, str, bool]]:
    """(words, address, current) of each state, the other filters kept."""
    kept = without(request.GET, "page", "etat")
    links = []
    for one, (words, _rows) in selectors.STATES.items():
        query = kept.copy()
        query["etat"] = one
        links.append((words, f"?{query.urlencode()}", one == state))
    return links
