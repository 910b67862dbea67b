"""« Un réseau à votre service »: who may help, where, and who gives the roles."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core import recovery
from ozeli.core.access import brick
from ozeli.core.errors import Refused
from ozeli.core.exports import table_response
from ozeli.core.french import capped, plural_word, quoted
from ozeli.core.idempotency import idempotent
from ozeli.core.paging import keyset_page
from ozeli.core.web import page_url, without

from .. import rules
from ..enums import MISSIONS, Role, RoleState
from ..forms import AmbassadorForm, DirectoryForm, RoleForm
from ..selectors import directory as selectors
from ..services import roles as services

COUNTED = 1000
HEADER = ["nom", "rôle", "organisme", "région"]


@require_GET
@brick("directory")
def directory(request: PersonRequest) -> HttpResponse:
    form = DirectoryForm(request.GET)
    found = selectors.entries(form.wanted())
    page = keyset_page(
        selectors.with_line_data(found), selectors.KEYS, request.GET.get("page", ""), ascending=True
    )
    counts = selectors.by_region(found)
    count = found.order_by()[: COUNTED + 1].count()
    held = selectors.asked_of(request.user, [Role.AMBASSADOR])
    context = {
        "form": form,
        "lines": [selectors.line(one) for one in page.rows],
        "counted": f"{capped(count, COUNTED)}\u00a0{plural_word(count, 'rôle')}",
        "applied": _applied(form, request.GET),
        "counts": counts,
        "regions": _regions(counts, request.GET),
        "missions": [(role.label, mission) for role, mission in MISSIONS.items()],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "gives_roles": rules.gives_roles(request.user),
        "may_ask": Role.AMBASSADOR not in held,
        "export_url": f"export.csv?{without(request.GET, 'page').urlencode()}",
    }
    return render(request, "people/directory.html", context)


@require_GET
@brick("directory")
def export(request: PersonRequest) -> HttpResponseBase:
    """The same list in CSV, for those who give roles: a list of names is not for every desk."""
    if not rules.gives_roles(request.user):
        raise Http404("no role to give")
    found = selectors.with_line_data(selectors.entries(DirectoryForm(request.GET).wanted()))
    return table_response(
        request, "annuaire", HEADER, _lines(found.order_by(*selectors.KEYS).iterator(chunk_size=500))
    )


@require_http_methods(["GET", "POST"])
@brick("directory")
@idempotent
def ambassador(request: PersonRequest) -> HttpResponse:
    """Offer oneself as ambassadeur of one's body."""
    form = AmbassadorForm(request.POST or None, initial=recovery.recovered(request))
    if request.method == "POST":
        form = AmbassadorForm(request.POST)
        if form.is_valid():
            try:
                services.ask_ambassador(request.user, form.cleaned_data["message"])
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(
                    request, "Votre demande est envoyée à l’équipe d’animation de votre organisme."
                )
                return HttpResponseRedirect(reverse("people:directory"))
    return render(request, "people/ambassador.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@brick("directory")
@idempotent
def roles(request: PersonRequest) -> HttpResponse:
    """The roles and requests of one's bodies; the POST gives one."""
    _check(request)
    form = RoleForm(initial=_own_body(request) | (recovery.recovered(request) or {}))
    if request.method == "POST":
        form = RoleForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            try:
                role = services.give_role(
                    given["person"],
                    given["role"],
                    actor=request.user,
                    organisation=given["organisation"],
                    ends_on=given["ends_on"],
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(
                    request, f"{role.user} est dans l’annuaire\u00a0: {role.get_role_display()}."
                )
                return HttpResponseRedirect(reverse("people:roles"))
    return _roles_page(request, form, status=422 if form.errors else 200)


@require_POST
@brick("directory")
@idempotent
def answer(request: PersonRequest, pk: int) -> HttpResponse:
    """Say yes or no to a request."""
    _check(request)
    accepted = request.POST.get("reponse") == "oui"
    return _act(request, lambda: services.answer_request(pk, actor=request.user, accepted=accepted))


@require_POST
@brick("directory")
@idempotent
def end(request: PersonRequest, pk: int) -> HttpResponse:
    """End a role at once."""
    _check(request)
    return _act(request, lambda: services.end_role(pk, actor=request.user))


def _own_body(request: PersonRequest) -> dict[str, str]:
    """Their own body, for those who give no role on the whole network."""
    return {} if rules.may_give_role(request.user, None) else {"organisation": request.user.organisation.name}


def _check(request: PersonRequest) -> None:
    if not rules.gives_roles(request.user):
        raise Http404("no role to give")


def _act(request: PersonRequest, act: object) -> HttpResponse:
    try:
        act()  # type: ignore[operator]
    except Refused as refusal:
        return _roles_page(request, RoleForm(), status=409, refusal=str(refusal))
    messages.success(request, "C’est fait. La personne et le journal le savent.")
    return HttpResponseRedirect(reverse("people:roles"))


def _roles_page(request: PersonRequest, form: RoleForm, *, status: int, refusal: str = "") -> HttpResponse:
    found = selectors.roles_to_manage(request.user)
    asked = list(found.filter(state=RoleState.ASKED).order_by("since", "pk")[:50])
    page = keyset_page(
        found.filter(state=RoleState.GIVEN),
        ("user__sort_name", "id"),
        request.GET.get("page", ""),
        ascending=True,
    )
    context = {
        "form": form,
        "asked": asked,
        "given": page.rows,
        "refusal": refusal,
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "network": rules.may_give_role(request.user, None),
    }
    return render(request, "people/roles.html", context, status=status)


def _lines(entries: Iterator[object]) -> Iterator[list[str]]:
    for entry in entries:
        one = selectors.line(entry)  # type: ignore[arg-type]
        yield [one.name, one.role, one.where, one.region]


def _regions(counts: dict[str, int], query: QueryDict) -> list[tuple[str, int, str]]:
    """(region, people, address of the list narrowed to it)."""
    lines = []
    for code, label, people in selectors.region_lines(counts):
        kept = without(query, "page", "region")
        kept["region"] = code
        lines.append((label, people, f"?{kept.urlencode()}" if people else ""))
    return lines


def _applied(form: DirectoryForm, query: QueryDict) -> list[tuple[str, str]]:
    """(words, address without this filter) of the filters in force."""
    wanted = form.wanted()
    regions = dict(form.fields["region"].choices)  # type: ignore[attr-defined]
    said = [
        (quoted(wanted.words) if wanted.words else "", "q"),
        (str(Role(wanted.role).label) if wanted.role else "", "role"),
        (f"branche {wanted.branch.name}" if wanted.branch else "", "branche"),
        (regions.get(wanted.region, "") if wanted.region else "", "region"),
        (wanted.organisation.name if wanted.organisation else "", "organisme"),
    ]
    return [(words, f"?{without(query, name, 'page').urlencode()}") for words, name in said if words]
