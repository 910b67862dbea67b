"""What changed in an idea, who signs it, and the invitations to sign."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.models import User
from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.web import page_url

from .. import rules, standing
from ..forms.people import InviteForm
from ..models import CoauthorInvitation, Idea
from ..selectors import people as selectors
from ..selectors.desk import person_label
from ..services import coauthors
from .loader import get_idea

LONGEST_NAME = 160


@require_GET
@brick("ideas")
def amendments(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Every amendment of an idea, word by word, to whoever may read it."""
    idea = get_idea(request, short)
    page = selectors.amendments(idea, request.GET.get("page", ""))
    context = {
        "idea": idea,
        "rows": page.rows,
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
    }
    return render(request, "ideas/people/amendments.html", context)


@require_GET
@brick("ideas")
def colleagues(request: PersonRequest) -> JsonResponse:
    """People of one's own body, for the typed fields."""
    people = selectors.colleagues_like(request.user, request.GET.get("q", "")[:LONGEST_NAME])
    return JsonResponse({"results": [{"label": person_label(one), "note": one.job_family} for one in people]})


# --- signatures -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def authors(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Who signs, who is asked to; one form for each gesture."""
    idea = _own(request, short)
    if request.method != "POST":
        return _authors_page(request, idea, InviteForm())
    gesture = request.POST.get("geste", "")
    form = InviteForm(request.POST) if gesture == "inviter" else InviteForm()
    if gesture == "inviter" and not form.is_valid():
        return _authors_page(request, idea, form, status=422)
    try:
        messages.success(request, _act(request, idea, gesture, form))
    except Refused as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _authors_page(request, _own(request, short), form, refusal=str(error), status=status)
    if gesture == "quitter":
        return redirect("ideas:mine")
    return redirect("ideas:authors", idea.short, idea.slug)


def _act(request: PersonRequest, idea: Idea, gesture: str, form: InviteForm) -> str:
    """Do what the form asks; the sentence that says so."""
    user = request.user
    if gesture == "inviter":
        invitee = form.cleaned_data["person"]
        coauthors.invite(idea, invitee, actor=user)
        name = invitee.display_name
        return f"L’invitation est partie. {name} s’affichera parmi les auteurs, une fois son accord donné."
    if gesture == "annuler":
        rows = CoauthorInvitation.objects.filter(idea=idea, pk=number_in(request, "invitation"))
        coauthors.cancel(_found(rows.select_related("idea").first()), actor=user)
        return "L’invitation est annulée."
    if gesture == "quitter":
        coauthors.leave(idea, actor=user)
        return "Vous ne signez plus cette idée."
    person = _found(User.objects.filter(authored__idea=idea, pk=number_in(request, "personne")).first())
    if gesture == "monter":
        coauthors.raise_signature(idea, person, actor=user)
        return f"{person.display_name} signe une place plus haut."
    if gesture == "retirer":
        coauthors.remove(idea, person, actor=user)
        return f"{person.display_name} ne signe plus cette idée, et en est prévenu."
    raise Http404("no such gesture")


def number_in(request: PersonRequest, name: str) -> int:
    value = request.POST.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


def _found(row: Any) -> Any:
    if row is None:
        raise Http404("nothing of that number on this idea")
    return row


def _own(request: PersonRequest, short: str) -> Idea:
    """An idea that this person signs; 403 on somebody else's."""
    idea = get_idea(request, short, Idea.objects.prefetch_related("authors"))
    if not rules.is_author(request.user, idea):
        raise PermissionDenied
    return idea


def _authors_page(
    request: PersonRequest, idea: Idea, form: InviteForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    signatures = selectors.signatures(idea)
    context = {
        "idea": idea,
        "form": form,
        "signatures": signatures,
        "awaited": selectors.awaited_invitations(idea),
        "leads": rules.is_first_author(request.user, idea),
        "can_leave": len(signatures) > 1,
        "can_invite": idea.is_open and not idea.is_hidden,
        "refusal": refusal,
    }
    return render(request, "ideas/people/authors.html", context, status=status)


@require_GET
@brick("ideas")
def invitations(request: PersonRequest) -> HttpResponse:
    """What one is asked: to sign ideas, to join teams; and the teams one is in."""
    context = {
        "invitations": list(selectors.invitations_to(request.user).order_by("pk")[:50]),
        "places": list(selectors.places_of(request.user).order_by("state", "pk")[:50]),
    }
    return render(request, "ideas/people/invitations.html", context)


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def invitation(request: PersonRequest, pk: int) -> HttpResponse:
    """The idea, who invites, and two buttons. Http404 for anybody else."""
    asked = _invitation(request, pk)
    if request.method != "POST":
        return _invitation_page(request, asked)
    accepted = request.POST.get("reponse") == "accepter"
    try:
        coauthors.answer(asked, actor=request.user, accepted=accepted)
    except Refused as error:
        return _invitation_page(request, _invitation(request, pk), refusal=str(error), status=409)
    if not accepted:
        messages.success(request, "Vous avez décliné. La personne qui vous invitait est prévenue.")
        return redirect("ideas:invitations")
    messages.success(request, "Vous signez maintenant cette idée.")
    return redirect(asked.idea)


def _invitation(request: PersonRequest, pk: int) -> CoauthorInvitation:
    rows = CoauthorInvitation.objects.select_related("idea__organisation", "idea__branch", "invited_by")
    asked = rows.prefetch_related("idea__authors__user").filter(pk=pk, invitee=request.user).first()
    if asked is None or (asked.idea.is_hidden and not rules.can_see(request.user, asked.idea)):
        raise Http404("no such invitation of this person")
    return asked


def _invitation_page(
    request: PersonRequest, asked: CoauthorInvitation, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    idea = asked.idea
    context = {
        "invitation": asked,
        "idea": idea,
        "who": standing.signature(idea, idea.signatories),
        "place": standing.place(idea),
        "is_open": asked.is_awaited and idea.is_open,
        "refusal": refusal,
    }
    return render(request, "ideas/people/invitation.html", context, status=status)
