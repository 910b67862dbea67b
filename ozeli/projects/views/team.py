"""Who is around a project: read by whoever reads it, composed by its owner and the desk of its body."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.models import User
from ozeli.accounts.requests import PersonRequest
from ozeli.challenges.selectors.people import people_like
from ozeli.challenges.views.loader import number_in
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import quoted
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered

from .. import rules
from ..enums import BodyRole, Role
from ..forms.team import BodyForm, MemberForm, RoleForm
from ..models import Project, ProjectMember
from ..selectors.team import team_of, tie_of
from ..services import team as teams
from .loader import get_owned, get_project

LONGEST_NAME = 160
GESTURES = ("ajouter", "organisme", "retirer-organisme")


@require_GET
@brick("projects")
def people(request: PersonRequest) -> JsonResponse:
    """The people whom a typed field offers."""
    found = people_like(request.GET.get("q", "").replace("\0", "")[:LONGEST_NAME])
    results = [
        {"label": f"{one.display_name}, {one.organisation.name}", "note": one.job_family} for one in found
    ]
    return JsonResponse({"results": results})


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def team(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """The people and bodies of a project; bring others, take it on, leave it."""
    found = get_project(request, short)
    if request.method != "POST":
        kept = recovered(request) or {}
        return _page(request, found, MemberForm(initial={"role": Role.MEMBER} | kept), BodyForm(initial=kept))
    gesture = request.POST.get("geste", "")
    if gesture in GESTURES and not rules.owns(request.user, found):
        raise PermissionDenied
    if gesture == "ajouter":
        return _add(request, found)
    if gesture == "organisme":
        return _add_body(request, found)
    return _settle(request, found, gesture)


def _add(request: PersonRequest, found: Project) -> HttpResponse:
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, BodyForm(), status=422)
    person = form.cleaned_data["person"]
    around = list(found.members.all())
    is_new = all(one.user_id != person.pk for one in around)
    if is_new and form.is_unwarned_sponsor and (tie := tie_of(person, found, around)):
        return _page(request, found, form, BodyForm(), warning=tie, status=422)
    try:
        teams.add(found, person, form.said_role, actor=request.user, part=form.cleaned_data["part"])
    except Refused as error:
        form.add_error("person", str(error))
        status = 409 if isinstance(error, Conflict) else 422
        return _page(request, get_project(request, found.short), form, BodyForm(), status=status)
    messages.success(request, f"{person.display_name} est autour du projet, et vient d’en être prévenu.")
    return HttpResponseRedirect(_here(found))


def _add_body(request: PersonRequest, found: Project) -> HttpResponse:
    form = BodyForm(request.POST)
    if form.is_valid():
        body, role = form.cleaned_data["body"], BodyRole(form.cleaned_data["body_role"])
        try:
            teams.add_body(found, body, role, actor=request.user)
            messages.success(request, f"{body.name} est autour du projet.")
            return HttpResponseRedirect(_here(found))
        except Refused as error:
            form.add_error("body", str(error))
            if isinstance(error, Conflict):
                return _page(request, found, _blank(), form, status=409)
    return _page(request, found, _blank(), form, status=422)


def _settle(request: PersonRequest, found: Project, gesture: str) -> HttpResponse:
    """What needs no form: a body removed, the project taken on, the team left."""
    try:
        if gesture == "retirer-organisme":
            body = teams.remove_body(found, number_in(request, "organisme"), actor=request.user)
            messages.success(request, f"{body.name} n’est plus autour du projet.")
        elif gesture == "prendre":
            teams.take_on(found, actor=request.user)
            messages.success(request, "Vous portez maintenant ce projet.")
        elif gesture == "quitter":
            teams.remove(found, request.user.pk, actor=request.user)
            messages.success(request, f"Vous n’êtes plus dans l’équipe du projet {quoted(found.title)}.")
            return _away(request, found)
        else:
            raise Http404("no such gesture on a team")
    except Refused as error:
        status = 409 if isinstance(error, Conflict) else 422
        stands = get_project(request, found.short)
        return _page(request, stands, _blank(), BodyForm(), refusal=str(error), status=status)
    return HttpResponseRedirect(_here(found))


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def member(request: PersonRequest, short: str, slug: str, person: int) -> HttpResponse:
    """One person: another role, the project handed over to them, or taken off."""
    found = get_owned(request, short)
    row = next((one for one in found.members.all() if one.user_id == person), None)
    if row is None:
        raise Http404("nobody of that number around this project")
    if request.method != "POST":
        initial = RoleForm.initial_of(row) | (recovered(request) or {})
        return _member_page(request, found, row, RoleForm(initial=initial))
    form = RoleForm(request.POST)
    if request.POST.get("geste") not in ("confier", "retirer"):
        if not _is_ready(form, row):
            return _member_page(request, found, row, form, status=422)
        if form.is_unwarned_sponsor and (tie := tie_of(row.user, found, list(found.members.all()))):
            return _member_page(request, found, row, form, warning=tie, status=422)
    try:
        messages.success(request, _change(request, found, row, form))
    except Refused as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _member_page(request, found, row, form, refusal=str(error), status=status)
    return _away(request, found)


def _is_ready(form: RoleForm, row: ProjectMember) -> bool:
    """The role of an owner does not change here: only what they do is read."""
    if row.role == Role.OWNER:
        form.fields["role"].required = False
    return form.is_valid()


def _change(request: PersonRequest, found: Project, row: ProjectMember, form: RoleForm) -> str:
    name, actor = row.user.display_name, request.user
    gesture = request.POST.get("geste")
    if gesture == "confier":
        teams.hand_over(found, row.user_id, actor=actor)
        return f"{name} porte maintenant ce projet, et vient d’en être prévenu."
    if gesture == "retirer":
        teams.remove(found, row.user_id, actor=actor)
        return f"{name} n’est plus autour du projet."
    role = Role.OWNER if row.role == Role.OWNER else form.said_role
    teams.change(found, row.user_id, role, actor=actor, part=form.cleaned_data["part"])
    return f"C’est enregistré pour {name}."


# --- pages ------------------------------------------------------------------------------------------------------------


def _here(found: Project) -> str:
    return f"{found.get_absolute_url()}equipe/"


def _away(request: PersonRequest, found: Project) -> HttpResponse:
    """To the page of the team, or to the list for whoever may not read the project any more."""
    if Project.objects.visible_to(request.user).filter(pk=found.pk).exists():
        return HttpResponseRedirect(_here(found))
    return redirect("projects:list")


def _blank() -> MemberForm:
    return MemberForm(initial={"role": Role.MEMBER})


def _page(
    request: PersonRequest,
    found: Project,
    form: MemberForm,
    bodies: BodyForm,
    *,
    warning: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "project": found,
        "team": team_of(found, request.user),
        "form": form,
        "bodies": bodies,
        "warning": warning,
        "refusal": refusal,
        "may_leave": rules.role_of(request.user, found) not in ("", Role.OWNER),
        "me": request.user.pk,
    }
    return render(request, "projects/life/team.html", context, status=status)


def _member_page(
    request: PersonRequest,
    found: Project,
    row: ProjectMember,
    form: RoleForm,
    *,
    warning: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    person: User = row.user
    context = {
        "project": found,
        "row": row,
        "person": person,
        "form": form,
        "warning": warning,
        "refusal": refusal,
        "is_owner": row.role == Role.OWNER,
    }
    return render(request, "projects/life/member.html", context, status=status)
