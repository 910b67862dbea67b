"""The team of a manager: its ideas, its people, how to be of help; and a place in a team, seen by its person."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.exports import table_response
from ozeli.core.idempotency import idempotent
from ozeli.core.web import page_url, without

from .. import exports
from ..enums import TeamState
from ..forms.people import InviteForm, TeamFilterForm
from ..models import TeamMember
from ..selectors import listing
from ..selectors import people as selectors
from ..services import teams
from .people import number_in


@require_GET
@brick("ideas")
def team(request: PersonRequest) -> HttpResponse:
    """The ideas of the team, what waits, and filters. Http404 for people who manage nobody."""
    members = _members(request)
    form = TeamFilterForm(request.GET, members)
    ideas = selectors.team_ideas(request.user, form.wanted())
    page = listing.page(request.user, ideas, cursor=request.GET.get("page", ""))
    context = {
        "form": form,
        "rows": page.rows,
        "counts": selectors.team_counts(request.user),
        "members": members,
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{without(request.GET, 'page').urlencode()}",
    }
    return render(request, "ideas/people/team.html", context)


@require_GET
@brick("ideas")
def export(request: PersonRequest) -> HttpResponseBase:
    form = TeamFilterForm(request.GET, _members(request))
    ideas = selectors.team_ideas(request.user, form.wanted())
    lines = exports.export_lines(ideas, listing.SORTS["recentes"], request.user)
    return table_response(request, "idees-de-mon-equipe", exports.HEADER, lines)


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def members(request: PersonRequest) -> HttpResponse:
    """Who is in the team, who is asked; ask somebody, no longer count somebody."""
    _manages(request)
    if request.method != "POST":
        return _members_page(request, InviteForm())
    gesture = request.POST.get("geste", "")
    form = InviteForm(request.POST) if gesture == "inviter" else InviteForm()
    if gesture == "inviter" and not form.is_valid():
        return _members_page(request, form, status=422)
    try:
        if gesture == "inviter":
            teams.ask(form.cleaned_data["person"], manager=request.user)
            said = f"{form.cleaned_data['person'].display_name} doit maintenant accepter."
        else:
            row = TeamMember.objects.filter(manager=request.user, pk=number_in(request, "place")).first()
            if gesture != "retirer" or row is None:
                raise Http404("no such gesture on this team")
            teams.remove(row, actor=request.user)
            said = "Cette personne n’est plus comptée dans votre équipe."
    except Refused as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _members_page(request, form, refusal=str(error), status=status)
    messages.success(request, said)
    return redirect("ideas:team_members")


@require_GET
@brick("ideas")
def posture(request: PersonRequest) -> HttpResponse:
    """A short page on the posture of a facilitator."""
    _manages(request)
    return render(request, "ideas/people/posture.html")


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def place(request: PersonRequest, pk: int) -> HttpResponse:
    """One's place in a team: accept, decline, leave. Http404 for anybody else."""
    held = _place(request, pk)
    if request.method != "POST":
        return _place_page(request, held)
    gesture = request.POST.get("reponse", "")
    try:
        if gesture == "quitter":
            teams.leave(held, actor=request.user)
            said = "Vous avez quitté cette équipe."
        else:
            teams.answer(held, actor=request.user, accepted=gesture == "accepter")
            said = "Vous faites partie de cette équipe." if gesture == "accepter" else "Vous avez décliné."
    except Refused as error:
        return _place_page(request, _place(request, pk), refusal=str(error), status=409)
    messages.success(request, said)
    return redirect("ideas:invitations")


def _manages(request: PersonRequest) -> None:
    if not request.user.is_manager:
        raise Http404("this person manages nobody")


def _members(request: PersonRequest) -> list[TeamMember]:
    _manages(request)
    return [row for row in selectors.team_of(request.user) if row.state == TeamState.ACCEPTED]


def _members_page(
    request: PersonRequest, form: InviteForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    rows = selectors.team_of(request.user)
    context = {
        "form": form,
        "accepted": [row for row in rows if row.state == TeamState.ACCEPTED],
        "awaited": [row for row in rows if row.state == TeamState.PENDING],
        "refusal": refusal,
    }
    return render(request, "ideas/people/team_members.html", context, status=status)


def _place(request: PersonRequest, pk: int) -> TeamMember:
    held = (
        TeamMember.objects.select_related("manager__organisation").filter(pk=pk, member=request.user).first()
    )
    if held is None:
        raise Http404("no such place of this person")
    return held


def _place_page(
    request: PersonRequest, held: TeamMember, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "place": held,
        "is_asked": held.state == TeamState.PENDING,
        "is_in": held.state == TeamState.ACCEPTED,
        "refusal": refusal,
    }
    return render(request, "ideas/people/place.html", context, status=status)
