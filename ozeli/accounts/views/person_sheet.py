"""The sheet of a person as administrators edit it, and what they do to a profile besides giving and ending it."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ozeli.core import recovery
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.idempotency import idempotent

from .. import services
from ..models import Membership, User
from ..person_forms import EndForm, PersonForm
from ..requests import PersonRequest
from ..services import people as sheets
from .people import load_person


@require_http_methods(["GET", "POST"])
@brick("rights", Level.ADMIN)
@idempotent
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Name, body, job family, team: what the person themselves cannot change."""
    person = load_person(request, pk)
    initial = PersonForm.initial_of(person) | (recovery.recovered(request) or {})
    form = PersonForm(request.POST or None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _sheet(request, person, form, status=422 if form.errors else 200)
    seen = form.cleaned_data["seen"]
    try:
        sheets.edit_person(person, form.values(), seen=seen, actor=request.user)
    except sheets.PersonConflict as conflict:
        stands = User.objects.select_related("organisation").get(pk=conflict.person.pk)
        data = request.POST.copy()
        data["seen"] = PersonForm.initial_of(stands)["seen"]
        return _sheet(request, stands, PersonForm(data), status=409, refusal=str(conflict))
    except Refused as refusal:
        form.add_error("organisation", str(refusal))
        return _sheet(request, person, form, status=422)
    messages.success(request, "La fiche est enregistrée.")
    return HttpResponseRedirect(reverse("accounts:person", args=[pk]))


@require_http_methods(["GET", "POST"])
@brick("rights", Level.ADMIN)
@idempotent
def extend(request: PersonRequest, pk: int, membership: int) -> HttpResponse:
    """Change the end of a profile."""
    person, held = _held(request, pk, membership)
    form = EndForm(request.POST or None, initial={"ends_on": held.ends_on})
    if request.method == "POST" and form.is_valid():
        try:
            services.grant_membership(
                person,
                held.profile,
                organisation=held.organisation,
                ends_on=form.cleaned_data["ends_on"],
                actor=request.user,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"La fin du profil {held.profile.name} est changée.")
            return HttpResponseRedirect(reverse("accounts:person", args=[pk]))
    context = {"person": person, "membership": held, "form": form}
    return render(request, "accounts/extend_membership.html", context, status=422 if form.errors else 200)


@require_POST
@brick("rights", Level.ADMIN)
@idempotent
def restore(request: PersonRequest, pk: int, membership: int) -> HttpResponse:
    """Undo the end of a profile."""
    person, held = _held(request, pk, membership)
    try:
        sheets.restore_membership(held, actor=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{person} a de nouveau le profil {held.profile.name}.")
    return HttpResponseRedirect(reverse("accounts:person", args=[pk]))


def _held(request: PersonRequest, pk: int, membership: int) -> tuple[User, Membership]:
    person = load_person(request, pk)
    memberships = Membership.objects.select_related("profile", "organisation", "user")
    return person, get_object_or_404(memberships, pk=membership, user=person)


def _sheet(
    request: PersonRequest, person: User, form: PersonForm, *, status: int, refusal: str = ""
) -> HttpResponse:
    context = {"person": person, "form": form, "refusal": refusal}
    return render(request, "accounts/person_sheet.html", context, status=status)
