"""The people of the network and the profiles they hold."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.core import recovery
from ozeli.core.access import Level, brick
from ozeli.core.errors import Refused
from ozeli.core.exports import export_response
from ozeli.core.idempotency import idempotent
from ozeli.core.paging import keyset_page
from ozeli.core.web import page_url, without

from .. import rules, selectors, services
from ..forms import MembershipForm, PeopleForm
from ..models import Membership, User
from ..requests import PersonRequest


@require_GET
@brick("rights", Level.ADMIN)
def people(request: PersonRequest) -> HttpResponse:
    form = PeopleForm(request.GET)
    found = selectors.people_administered_by(request.user, form.wanted())
    page = keyset_page(found, ("sort_name", "id"), request.GET.get("page", ""), ascending=True)
    profiles = selectors.profiles_of(page.rows)
    context = {
        "form": form,
        "people": [(person, profiles.get(person.pk, [])) for person in page.rows],
        "is_filtered": any(form.data.get(name) for name in form.fields),
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{without(request.GET, 'page').urlencode()}",
    }
    return render(request, "accounts/people.html", context)


@require_GET
@brick("rights", Level.ADMIN)
def people_export(request: PersonRequest) -> HttpResponseBase:
    """The same people as a file, whole."""
    return export_response(request, "people")


@require_http_methods(["GET", "POST"])
@brick("rights", Level.ADMIN)
@idempotent
def person(request: PersonRequest, pk: int) -> HttpResponse:
    """The profiles of a person; the POST gives one more."""
    shown = load_person(request, pk)
    form = MembershipForm(request.POST or None, initial=recovery.recovered(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            membership = services.grant_membership(
                shown,
                given["profile"],
                organisation=given["organisation"],
                ends_on=given["ends_on"],
                actor=request.user,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{shown} a maintenant le profil {membership.profile.name}.")
            return HttpResponseRedirect(request.path)
    return _page(request, shown, form, status=422 if form.errors else 200)


@require_POST
@brick("rights", Level.ADMIN)
@idempotent
def end(request: PersonRequest, pk: int, membership: int) -> HttpResponse:
    """End a profile at once."""
    shown = load_person(request, pk)
    held = get_object_or_404(Membership.objects.select_related("profile"), pk=membership, user=shown)
    try:
        services.end_membership(held, actor=request.user)
    except Refused as refusal:
        return _page(request, shown, MembershipForm(), status=409, refusal=str(refusal))
    messages.success(request, f"{shown} n’a plus le profil {held.profile.name}.")
    mine = User.objects.get(pk=request.user.pk)
    stays = rules.sees_person(mine, shown)
    return HttpResponseRedirect(request.path.split("profils/")[0] if stays else "/")


def load_person(request: PersonRequest, pk: int) -> User:
    found = User.objects.select_related("organisation").filter(pk=pk).first()
    if found is None or not rules.sees_person(request.user, found):
        raise Http404("nobody here")
    return found


def _page(
    request: PersonRequest, shown: User, form: MembershipForm, status: int, refusal: str = ""
) -> HttpResponse:
    current, past = selectors.current_and_past(shown)
    restorable = selectors.restorable(shown) if past else {}
    context = {
        "person": shown,
        "current": [(membership, rules.may_end(request.user, membership)) for membership in current],
        "past": [(one, one.pk in restorable and rules.may_end(request.user, one)) for one in past],
        "form": form,
        "refusal": refusal,
    }
    return render(request, "accounts/person.html", context, status=status)
