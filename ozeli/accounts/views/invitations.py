"""Invitations: those who send them, and the page that their link opens."""

from collections.abc import Iterator
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.core import recovery
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.exports import table_response
from ozeli.core.french import plural
from ozeli.core.idempotency import idempotent
from ozeli.core.paging import keyset_page
from ozeli.core.web import page_url, without

from .. import selectors, single_sign_on
from ..forms import AcceptForm, InvitationFilterForm, InviteForm
from ..models import Invitation
from ..requests import PersonRequest
from ..services import invitations as services


@require_GET
@brick("rights", Level.ADMIN)
def invitations(request: PersonRequest) -> HttpResponse:
    form, rows = _wanted(request)
    page = keyset_page(rows, ("id",), request.GET.get("page", ""))
    context = {
        "form": form,
        "invitations": page.rows,
        "is_filtered": any(form.data.get(name) for name in form.fields),
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{without(request.GET, 'page').urlencode()}",
    }
    return render(request, "accounts/invitations.html", context)


@require_GET
@brick("rights", Level.ADMIN)
def invitations_export(request: PersonRequest) -> HttpResponseBase:
    """The same invitations in CSV, whole."""
    _form, rows = _wanted(request)
    header = [
        "adresse électronique",
        "organisme",
        "profil",
        "périmètre",
        "fin du profil",
        "état",
        "envoyée par",
    ]
    header += ["créée le", "valable jusqu’au"]
    return table_response(request, "invitations", header, _lines(rows.order_by("-id")))


@require_http_methods(["GET", "POST"])
@brick("rights", Level.ADMIN)
@idempotent
def invite(request: PersonRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, initial=recovery.recovered(request))
    faults: list[tuple[int, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            sent = services.invite(form.cleaned_data["emails"], form.offer(), actor=request.user)
        except services.LinesRefused as refusal:
            form.add_error("emails", str(refusal))
            faults = refusal.faults
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            told = plural(len(sent), "invitation part", "invitations partent")
            messages.success(
                request, f"{told} par courriel, à suivre dans les {settings.INVITATION_DAYS} jours."
            )
            return HttpResponseRedirect(reverse("accounts:invitations"))
    context = {"form": form, "faults": faults, "days": settings.INVITATION_DAYS, "most": services.MOST}
    return render(request, "accounts/invite.html", context, status=422 if form.errors else 200)


@require_POST
@brick("rights", Level.ADMIN)
@idempotent
def send_again(request: PersonRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.send_again, "Un nouveau lien part vers {}. L’ancien ne vaut plus.")


@require_POST
@brick("rights", Level.ADMIN)
@idempotent
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.cancel, "L’invitation de {} est annulée. Son lien ne vaut plus.")


@login_not_required
@require_http_methods(["GET", "POST"])
@idempotent
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The page that the link opens; its button opens the account."""
    invitation = services.find(token)
    if invitation is None:
        return render(request, "account/invitation_gone.html", {"contact": settings.CONTACT}, status=404)
    form = AcceptForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            person = services.accept(invitation, given["display_name"], given["password"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            get_adapter().login(request, person)
            messages.success(request, "Bienvenue\u202f! Votre compte est ouvert.")
            return HttpResponseRedirect("/")
    context = {
        "form": form,
        "invitation": invitation,
        "sign_on_name": settings.OIDC_NAME if single_sign_on.is_on() else "",
    }
    return render(request, "account/invitation.html", context, status=422 if form.errors else 200)


def _act(request: PersonRequest, pk: int, service: Any, said: str) -> HttpResponse:
    invitation = get_object_or_404(selectors.invitations_of(request.user), pk=pk)
    try:
        service(invitation, actor=request.user)
    except Refused as refusal:
        context = {"refusal": str(refusal), "back": reverse("accounts:invitations")}
        return render(request, "accounts/invitation_refused.html", context, status=409)
    messages.success(request, said.format(invitation.email))
    return HttpResponseRedirect(reverse("accounts:invitations"))


def _wanted(request: PersonRequest) -> tuple[InvitationFilterForm, QuerySet[Invitation]]:
    form = InvitationFilterForm(request.GET)
    form.is_valid()
    kept = form.cleaned_data
    return form, selectors.invitations_of(request.user, kept.get("etat") or "", kept.get("adresse") or "")


def _lines(rows: QuerySet[Invitation]) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=500):
        yield [
            row.email,
            row.organisation.name,
            row.profile.name,
            row.scope.name if row.scope else "réseau",
            row.ends_on or "",
            row.state.label,
            row.invited_by or "",
            timezone.localtime(row.created_at).date(),
            timezone.localtime(row.expires_at).date(),
        ]
