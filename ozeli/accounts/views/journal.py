"""The journal of decisions and rights, read by those who administer the rights of the network."""

from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from ozeli.core.access import Level, brick
from ozeli.core.exports import export_response
from ozeli.core.french import sort_key
from ozeli.core.paging import keyset_page
from ozeli.core.registry import journal_verbs
from ozeli.core.web import page_url, without
from ozeli.journal.models import Entry

from .. import rules, selectors, wording
from ..forms import JournalForm
from ..models import Profile, User
from ..requests import PersonRequest


@require_GET
@brick("rights", Level.ADMIN)
def journal(request: PersonRequest) -> HttpResponse:
    form, entries = _wanted(request)
    page = keyset_page(entries, ("id",), request.GET.get("page", ""))
    context = {
        "form": form,
        "acts": readable(page.rows, request.user),
        "is_filtered": any(value for value in form.wanted().values()),
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{without(request.GET, 'page').urlencode()}",
    }
    return render(request, "accounts/journal.html", context)


@require_GET
@brick("rights", Level.ADMIN)
def journal_export(request: PersonRequest) -> HttpResponseBase:
    """The same acts as a file, whole."""
    _wanted(request)
    return export_response(request, "journal")


def readable(entries: list[Entry], user: User) -> list[dict[str, Any]]:
    """The acts as a reader wants them, in a few queries whatever their number."""
    names = selectors.names_of(key for entry in entries for key in wording.people_in(entry))
    profiles = dict(Profile.objects.values_list("code", "name"))
    shown = wording.cards(entries, user)
    return [
        {
            "id": entry.pk,
            "at": entry.at,
            "who": wording.who(entry.actor, names),
            "act": journal_verbs.label(entry.verb),
            "about": wording.about(entry, names, profiles, shown),
            "details": wording.details(entry, profiles),
            "actor": entry.actor,
        }
        for entry in entries
    ]


def _wanted(request: PersonRequest) -> tuple[JournalForm, QuerySet[Entry]]:
    if not rules.administers_rights(request.user):
        raise PermissionDenied
    return narrowed(request.GET)


def narrowed(query: QueryDict) -> tuple[JournalForm, QuerySet[Entry]]:
    """The filters of an address, and the acts that answer to them."""
    kinds = sorted(wording.kind_labels().items(), key=lambda item: sort_key(item[1]))
    form = JournalForm(query, kinds=kinds)
    wanted = form.wanted()
    entries = Entry.objects.all()
    if wanted["acte"]:
        entries = entries.filter(verb=wanted["acte"])
    if wanted["objet"]:
        entries = entries.filter(kind=wanted["objet"])
    if wanted["du"]:
        entries = entries.filter(at__gte=_local(wanted["du"], time.min))
    if wanted["au"]:
        entries = entries.filter(at__lte=_local(wanted["au"], time.max))
    return form, entries


def _local(day: date, moment: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, moment))
