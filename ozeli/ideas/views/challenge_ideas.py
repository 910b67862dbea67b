"""The ideas of a challenge: by chance while one votes, by day or by support otherwise."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.challenges import rules as challenge_rules
from ozeli.challenges.selectors import Known
from ozeli.core import clock
from ozeli.core.access import brick
from ozeli.core.french import capped, plural

from ..forms.filters import FilterForm
from ..selectors import challenges, listing
from ..selectors.challenge_votes import start_for, voting

NAMES = ("domaine", "rubrique", "organisme", "etat", "lien", "tri")
SORT_WORDS = {"recentes": "les plus récentes", "soutenues": "les plus soutenues"}


def get_challenge(request: PersonRequest, slug: str) -> Known:
    """The published challenge of that address. Http404 for an absent and a hidden one alike."""
    known = challenges.find(request.user, slug)
    if known is None:
        raise Http404("no such challenge for this person")
    return known


@require_GET
@brick("challenges")
@brick("ideas")
def challenge_ideas(request: PersonRequest, slug: str) -> HttpResponse:
    known, now = get_challenge(request, slug), clock.now()
    query = request.GET.copy()
    query["defi"] = slug
    form = FilterForm(query, request.user)
    wanted, by_chance = form.wanted(), known.accepts_votes(now)
    ideas = listing.matching(request.user, wanted)
    page = listing.page(
        request.user,
        ideas,
        sort=wanted.sort,
        cursor=request.GET.get("page", ""),
        of_challenge=True,
        start=start_for(request.user, known) if by_chance else None,
    )
    count = listing.count(request.user, ideas, wanted, page)
    kept = {name: str(request.GET[name]) for name in NAMES if request.GET.get(name)}
    if by_chance:
        kept.pop("tri", None)
    applied = [(words, _address(kept, without=name)) for words, name in form.applied() if name != "defi"]
    context = {
        "known": known,
        "form": form,
        "voting": voting(request.user, known),
        "by_chance": by_chance,
        "can_deposit": known.accepts_deposits(now) and challenge_rules.takes_part(request.user, known),
        "rows": page.rows,
        "counted": _counted(count),
        "applied": applied,
        "sorts": []
        if by_chance
        else [
            (words, _address(kept | {"tri": sort}), sort == form.sort) for sort, words in SORT_WORDS.items()
        ],
        "next_url": _address(kept | {"page": page.next}) if page.next else "",
        "previous_url": _address(kept | {"page": page.previous}) if page.previous else "",
        "export_url": f"/idees/export.csv{_address(kept | {'defi': slug})}",
        "save_url": _address({"liste": "ideas", "defi": slug} | kept),
    }
    return render(request, "ideas/challenges/ideas.html", context)


def _counted(count: int) -> str:
    if count <= listing.COUNTED:
        return plural(count, "idée")
    return f"{capped(count, listing.COUNTED)} idées"


def _address(query: dict[str, Any], *, without: str = "") -> str:
    """The address of the list with other parameters, or one filter less."""
    kept = {name: value for name, value in query.items() if name != without}
    if without == "domaine":
        kept.pop("rubrique", None)
    return f"?{urlencode(kept)}"
