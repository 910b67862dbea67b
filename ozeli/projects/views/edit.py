"""Beginning a project, rewriting its sheet, taking it out of the lists."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import plural
from ozeli.core.idempotency import idempotent
from ozeli.core.ids import ALPHABET, LENGTH, uuid_range
from ozeli.core.recovery import recovered
from ozeli.ideas.models import Idea
from ozeli.search.cards import sheets_alike

from .. import rules
from ..forms.project import EditForm, NewForm, words_of
from ..forms.update import WithdrawForm
from ..models import Project
from ..services import creation
from ..services import sheet as services
from .loader import get_edited, get_owned

FEW_WORDS = 2
ALIKE_SOON = "Pendant que vous écrivez, ce qui ressemble à votre projet dans le réseau s’affiche ici."
NOTHING_ALIKE = "Rien de semblable pour l’instant\u00a0: vous êtes peut-être les premiers."
PROPOSED_SUMMARY = 600


# --- a project begins -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def new(request: PersonRequest) -> HttpResponse:
    """A title is enough, and the person becomes the owner. `?idee=` names the idea that is tried."""
    idea = _idea(request)
    if idea is not None and not rules.may_create_from(request.user, idea):
        return _new_page(request, None, idea, refusal=creation.NOT_YOURS, status=403)
    if request.method != "POST":
        first = _first_words(request, idea) | (recovered(request) or {})
        return _new_page(request, NewForm(initial=first, user=request.user), idea)
    form = NewForm(request.POST, user=request.user)
    if not form.is_valid():
        return _new_page(request, form, idea, status=422)
    try:
        made = creation.create(
            ({"objective_id": idea.objective_id} if idea else {}) | form.values(),
            actor=request.user,
            ideas=[idea] if idea else [],
            lifecycle=form.chosen(),
        )
    except Refused as error:
        return _new_page(request, form, idea, refusal=str(error), status=409)
    messages.success(
        request, "Votre projet est créé\u00a0: vous en êtes le porteur. Complétez-le quand vous voulez."
    )
    return redirect(made)


@require_POST
@brick("projects")
def look_alikes(request: PersonRequest) -> HttpResponse:
    """The panel of what resembles the project being typed. Writes nothing; a POST because texts are long."""
    alike = _alike(request, NewForm(request.POST, user=request.user), _idea(request))
    return render(request, "projects/sheet/_alike.html", {"alike": alike})


def _idea(request: PersonRequest) -> Idea | None:
    """The idea that the address names, if this person may read it. Http404 for an absent and a forbidden one alike."""
    short = request.POST.get("idee") or request.GET.get("idee", "")
    if not short:
        return None
    if len(short) != LENGTH or not set(short) <= set(ALPHABET):
        raise Http404("no such idea")
    low, high = uuid_range(short)
    ideas = Idea.objects.visible_to(request.user).filter(pk__gte=low, pk__lte=high)
    idea = ideas.select_related("organisation", "domain", "objective").prefetch_related("authors").first()
    if idea is None:
        raise Http404("no such idea for this person")
    return idea


def _first_words(request: PersonRequest, idea: Idea | None) -> dict[str, Any]:
    """What the idea already says; the project is read by the same people, until its owner says otherwise.

    An animator begins it for the body of the idea, an author for their own.
    """
    if idea is None:
        return {}
    said = idea.proposal
    if len(said) > PROPOSED_SUMMARY:
        said = f"{said[:PROPOSED_SUMMARY].rsplit(' ', 1)[0]}…"
    signs = any(author.user_id == request.user.pk for author in idea.authors.all())
    return {
        "organisation": "" if signs or idea.organisation is None else idea.organisation.name,
        "title": idea.title,
        "summary": said,
        "domain_id": idea.domain.code if idea.domain else "",
        "audience": idea.audience,
    }


def _new_page(
    request: PersonRequest,
    form: NewForm | None,
    idea: Idea | None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    alike = _alike(request, form, idea) if form is not None else {}
    context = {"form": form, "idea": idea, "refusal": refusal, "alike": alike}
    return render(request, "projects/sheet/new.html", context, status=status)


def _alike(request: PersonRequest, form: NewForm, idea: Idea | None) -> dict[str, Any]:
    text = form.text.replace("\0", "")[:5_000]
    items = sheets_alike(text, user=request.user, exclude=[idea.pk] if idea else [])
    said = plural(len(items), "fiche du réseau ressemble", "fiches du réseau ressemblent")
    empty = NOTHING_ALIKE if len(text.split()) > FEW_WORDS else ALIKE_SOON
    return {
        "items": items,
        "intro": f"{said} à votre projet. Rejoindre compte autant que lancer.",
        "empty": empty,
    }


# --- its sheet --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def edit(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Rewrite the sheet; when somebody else did meanwhile, both texts are shown."""
    found = get_edited(request, short)
    owns = rules.owns(request.user, found)
    if request.method != "POST":
        first = words_of(found) | (recovered(request) or {})
        return _edit_page(request, found, EditForm(initial=first, user=request.user, owns=owns))
    form = EditForm(request.POST, user=request.user, owns=owns)
    if not form.is_valid():
        return _edit_page(request, found, form, status=422)
    try:
        saved = services.save_sheet(found, form.values(), actor=request.user, version=form.seen)
    except Conflict as error:
        stands = get_edited(request, short)
        data = request.POST.copy()
        data["version"] = str(stands.version)
        again = EditForm(data, user=request.user, owns=rules.owns(request.user, stands))
        return _edit_page(request, stands, again, refusal=str(error), theirs=stands, status=409)
    except Refused as error:
        form.add_error(None, str(error))
        return _edit_page(request, found, form, status=422)
    messages.success(request, "La fiche est enregistrée.")
    return redirect(saved)


def _edit_page(
    request: PersonRequest,
    found: Project,
    form: EditForm,
    *,
    refusal: str = "",
    theirs: Project | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"project": found, "form": form, "refusal": refusal, "theirs": theirs}
    return render(request, "projects/sheet/edit.html", context, status=status)


# --- the lists --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def withdraw(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Take the project out of the lists with a reason, or put it back (`want`: 1 or 0)."""
    found = get_owned(request, short)
    form = WithdrawForm(initial=recovered(request))
    if request.method == "POST":
        wanted = request.POST.get("want")
        if wanted not in ("0", "1"):
            raise BadRequest("want is 1 or 0")
        form = WithdrawForm(request.POST)
        if wanted == "0" or form.is_valid():
            reason = form.cleaned_data["reason"] if wanted == "1" else ""
            try:
                services.set_withdrawn(found, wanted == "1", actor=request.user, reason=reason)
            except Refused as error:
                form.add_error("reason", str(error))
            else:
                said = "n’est plus dans les listes" if wanted == "1" else "est de nouveau dans les listes"
                messages.success(request, f"Le projet {said}.")
                return redirect(found)
    context = {"project": found, "form": form}
    return render(request, "projects/sheet/withdraw.html", context, status=422 if form.errors else 200)
