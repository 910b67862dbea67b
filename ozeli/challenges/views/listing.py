"""The list of challenges, its filters and its file; what the typed fields offer."""

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.exports import export_response
from ozeli.core.french import plural
from ozeli.core.ui import Tab

from .. import rules
from ..forms.filters import FilterForm
from ..selectors import listing, people
from ..selectors.listing import MINE, MOMENTS, OPEN

LONGEST_NAME = 160


@require_GET
@brick("challenges")
def challenge_list(request: PersonRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    wanted, kept = form.wanted(), form.kept()
    page = listing.page(request.user, wanted, request.GET.get("page", ""))
    counts = listing.counts(request.user, wanted)
    here = _address(kept, wanted.moment)
    context = {
        "form": form,
        "moment": wanted.moment,
        "moment_word": MOMENTS[wanted.moment].lower(),
        "cards": page.rows,
        "tabs": [
            Tab(words, _address(kept, moment), counts[moment], moment == wanted.moment)
            for moment, words in MOMENTS.items()
            if counts[moment] or moment in (OPEN, wanted.moment) or moment != MINE
        ],
        "counted": plural(counts[wanted.moment], "défi"),
        "applied": [(words, _address(kept, wanted.moment, name)) for words, name in form.applied()],
        "clear_url": _address({}, wanted.moment),
        "next_url": f"{here}&{urlencode({'page': page.next})}" if page.next else "",
        "previous_url": f"{here}&{urlencode({'page': page.previous})}" if page.previous else "",
        "export_url": f"export.csv{here}",
        "may_create": rules.may_create(request.user),
    }
    return render(request, "challenges/list.html", context)


@require_GET
@brick("challenges")
def challenge_export(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file, whole."""
    return export_response(request, "challenges")


@require_GET
@brick("challenges", Level.CONTRIBUTE)
def suggestions(request: PersonRequest) -> JsonResponse:
    """The earlier challenges that one may start from."""
    found = people.earlier(request.user, _words(request))
    return JsonResponse({"results": [{"label": one.title, "note": str(one.organisation)} for one in found]})


@require_GET
@brick("challenges")
def people_named(request: PersonRequest) -> JsonResponse:
    """The people whom the typed field of a team offers."""
    found = people.people_like(_words(request))
    results = [
        {"label": f"{one.display_name}, {one.organisation.name}", "note": one.job_family} for one in found
    ]
    return JsonResponse({"results": results})


def _words(request: PersonRequest) -> str:
    return request.GET.get("q", "").replace("\0", "")[:LONGEST_NAME]


def _address(kept: dict[str, str], moment: str, without: str = "") -> str:
    said = {"moment": moment} | {name: value for name, value in kept.items() if name != without}
    return f"?{urlencode(said)}"
