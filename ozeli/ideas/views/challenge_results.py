"""The results of a challenge, and the prizes that its team gives."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.challenges.selectors import Known
from ozeli.core import clock
from ozeli.core.access import brick
from ozeli.core.errors import Refused
from ozeli.core.exports import export_response
from ozeli.core.idempotency import idempotent
from ozeli.core.ui import Tab

from ..forms.prizes import PrizeForm
from ..models import IdeaPrize
from ..selectors import challenge_ranking as ranking
from ..selectors import challenge_results as selectors
from ..services import challenge_results as services
from .challenge_ideas import get_challenge
from .loader import get_idea

DENIED = "Seule l’équipe du défi donne ses prix."


def get_results(request: PersonRequest, slug: str) -> Known:
    """The challenge whose results this person may read now: everybody once they are out, its team before."""
    known = get_challenge(request, slug)
    if not selectors.may_read(request.user, known):
        raise Http404("results are not out")
    return known


@require_GET
@brick("challenges")
@brick("ideas")
def results(request: PersonRequest, slug: str) -> HttpResponse:
    known = get_results(request, slug)
    which = request.GET.get("liste", "") if request.GET.get("liste") in ranking.LISTS else ""
    page = ranking.page(request.user, known, which, request.GET.get("page", ""))
    animates = selectors.animates(request.user, known)
    kept = {"liste": which} if which else {}
    context = {
        "known": known,
        "url": known.url,
        "is_out": selectors.are_out(known, clock.now()),
        "animates": animates,
        "summary": selectors.results(known.id),
        "participation": selectors.participation(known.id),
        "given": ranking.prizes(request.user, known),
        "rows": page.rows,
        "tabs": [
            Tab(words, f"?liste={code}#classement" if code else "?#classement", None, code == which)
            for code, (words, _narrow) in ranking.LISTS.items()
        ],
        "next_url": f"?{urlencode(kept | {'page': page.next})}#classement" if page.next else "",
        "previous_url": f"?{urlencode(kept | {'page': page.previous})}#classement" if page.previous else "",
        "export_url": f"{reverse('ideas:challenge_results_export', args=[slug])}?{urlencode(kept)}",
    }
    return render(request, "ideas/challenges/results.html", context)


@require_GET
@brick("challenges")
@brick("ideas")
def export(request: PersonRequest, slug: str) -> HttpResponseBase:
    get_results(request, slug)
    query = request.GET.copy()
    query["defi"] = slug
    request.GET = query  # type: ignore[assignment]
    return export_response(request, "challenge_results")


@require_http_methods(["GET", "POST"])
@brick("challenges")
@brick("ideas")
@idempotent
def prize(request: PersonRequest, slug: str, short: str) -> HttpResponse:
    """Give a prize to an idea, or take one back."""
    known, idea = get_challenge(request, slug), get_idea(request, short)
    if idea.challenge_id != known.id:
        raise Http404("not an idea of this challenge")
    if not selectors.animates(request.user, known):
        raise PermissionDenied(DENIED)
    given = IdeaPrize.objects.filter(idea=idea, prize__challenge=known.id).select_related("prize")
    form, refusal = PrizeForm(known.id), ""
    if request.method == "POST":
        try:
            if taken := _taken(request):
                services.take_prize(given.get(pk=taken), actor=request.user)
                messages.success(request, "Le prix est repris.")
                return redirect("ideas:challenge_results", slug)
            form = PrizeForm(known.id, request.POST)
            if form.is_valid():
                said = form.cleaned_data
                services.give_prize(idea, said["prize"], actor=request.user, words=said["words"])
                messages.success(request, "Le prix est donné à cette idée.")
                return redirect("ideas:challenge_results", slug)
        except IdeaPrize.DoesNotExist:
            refusal = "Ce prix n’est plus donné à cette idée."
        except Refused as error:
            refusal = str(error)
    context = {"known": known, "idea": idea, "form": form, "given": list(given), "refusal": refusal}
    status = 200 if request.method != "POST" else 409 if refusal else 422
    return render(request, "ideas/challenges/prize.html", context, status=status)


def _taken(request: PersonRequest) -> int | None:
    """The prize to take back, when that is what is asked."""
    asked = request.POST.get("reprendre", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
