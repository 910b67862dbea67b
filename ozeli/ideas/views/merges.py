"""« C’est la même qu’une autre »: find it, compare, unite or link; the lists of both, and the way back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.exports import export_response
from ozeli.core.french import plural
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered
from ozeli.core.ui import Tab
from ozeli.core.web import page_url, without

from .. import rules
from ..forms.merges import LinkForm, MergeFilterForm, MergeForm, UndoForm
from ..models import Idea, IdeaLink, IdeaMerge
from ..selectors import merges as selectors
from ..selectors.merges import Wanted
from ..services import links, merges
from .loader import get_idea

LONGEST_SEARCH = 200


def _mine(request: PersonRequest, short: str) -> Idea:
    """An idea of this person's desk that they did not sign. Http404 for any other."""
    idea = get_idea(request, short, selectors.around(Idea.objects.in_scope_of(request.user)))
    if rules.is_author(request.user, idea):
        raise Http404("nobody unites their own idea with another")
    return idea


def _other(request: PersonRequest, short: str, idea: Idea) -> Idea:
    """The idea to set beside it, if this person may read it."""
    other = get_idea(request, short, selectors.around(Idea.objects.all()))
    if other.pk == idea.pk:
        raise Http404("an idea is not set beside itself")
    return other


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def find(request: PersonRequest, short: str) -> HttpResponse:
    """Those that resemble it first; a search finds the others."""
    idea, words = (
        _mine(request, short),
        request.GET.get("mots", "").replace("\0", "")[:LONGEST_SEARCH].strip(),
    )
    context = {"idea": idea, "words": words, "found": selectors.candidates(request.user, idea, words)}
    return render(request, "ideas/merges/find.html", context)


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def compare(request: PersonRequest, short: str, other: str) -> HttpResponse:
    """Two ideas side by side; the POST says that they are neighbours."""
    one = _mine(request, short)
    second = _other(request, other, one)
    if request.method != "POST":
        return _compare_page(request, one, second, LinkForm(initial=recovered(request)))
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _compare_page(request, one, second, form, status=422)
    try:
        links.link(one, second, actor=request.user, reason=form.cleaned_data["reason"])
    except Refused as error:
        form.add_error(None, str(error))
        return _compare_page(request, one, second, form, status=409 if isinstance(error, Conflict) else 422)
    messages.success(request, "Les deux idées sont dites voisines\u00a0: chaque fiche montre l’autre.")
    return redirect("ideas:links")


def _compare_page(
    request: PersonRequest, one: Idea, other: Idea, form: LinkForm, *, status: int = 200
) -> HttpResponse:
    user = request.user
    context = {
        "one": one,
        "other": other,
        "found": selectors.compare(one, other),
        "reverse_obstacles": merges.obstacles(other, one),
        "is_mine": rules.works_desk(user, other),
        "may_unite": rules.decides(user, one) and rules.decides(user, other),
        "is_linked": IdeaLink.objects.filter(one__in=[one, other], other__in=[one, other]).exists(),
        "form": form,
        "into_url": reverse("ideas:merge_into", args=[one.short, other.short]),
        "back_url": reverse("ideas:merge_into", args=[other.short, one.short]),
    }
    return render(request, "ideas/merges/compare.html", context, status=status)


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def merge_into(request: PersonRequest, short: str, other: str) -> HttpResponse:
    """What uniting them will do, then the act: the first is absorbed by the second."""
    absorbed = _mine(request, short)
    kept = _other(request, other, absorbed)
    versions = {"absorbed_version": absorbed.version, "kept_version": kept.version}
    if request.method != "POST":
        form = MergeForm(initial=versions | (recovered(request) or {}))
        return _merge_page(request, absorbed, kept, form)
    form = MergeForm(request.POST)
    if not form.is_valid():
        return _merge_page(request, absorbed, kept, form, status=422)
    said = form.cleaned_data
    try:
        made = merges.merge(
            absorbed,
            kept,
            actor=request.user,
            reason=said["reason"],
            versions=(said["absorbed_version"], said["kept_version"]),
        )
    except Refused as error:
        absorbed, kept = _mine(request, short), _other(request, other, absorbed)
        again = {"absorbed_version": absorbed.version, "kept_version": kept.version, "reason": said["reason"]}
        form = MergeForm(again)
        form.add_error(None, str(error))
        return _merge_page(request, absorbed, kept, form, status=409 if isinstance(error, Conflict) else 422)
    messages.success(
        request, "Les deux idées n’en font plus qu’une. Leurs auteurs et leurs soutiens sont prévenus."
    )
    return redirect(made)


def _merge_page(
    request: PersonRequest, absorbed: Idea, kept: Idea, form: MergeForm, *, status: int = 200
) -> HttpResponse:
    names = [author.user.display_name for author in absorbed.authors.all()]
    signed = {author.user_id for author in kept.authors.all()}
    context = {
        "absorbed": absorbed,
        "kept": kept,
        "found": selectors.compare(absorbed, kept),
        "new_authors": [
            author.user.display_name for author in absorbed.authors.all() if author.user_id not in signed
        ],
        "is_signed": bool(names),
        "may_unite": rules.decides(request.user, absorbed) and rules.decides(request.user, kept),
        "form": form,
    }
    return render(request, "ideas/merges/merge_into.html", context, status=status)


# --- what was united --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def merge(request: PersonRequest, pk: int) -> HttpResponse:
    """A merge, and the way back while it is open."""
    made = _merge(request, pk)
    if request.method != "POST":
        return _undo_page(request, made, UndoForm(initial=recovered(request)))
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _undo_page(request, made, form, status=422)
    try:
        parted = merges.undo(made, actor=request.user, reason=form.cleaned_data["reason"])
    except Refused as error:
        form.add_error(None, str(error))
        status = 409 if isinstance(error, Conflict) else 422
        return _undo_page(request, _merge(request, pk), form, status=status)
    messages.success(request, _said(parted))
    return redirect(made)


def _said(parted: merges.Parted) -> str:
    said = "Les deux idées sont séparées, chacune avec ce qu’elle avait."
    if parted.replies:
        stayed = plural(parted.replies, "réponse écrite depuis reste", "réponses écrites depuis restent")
        said += f" {stayed} sous l’idée gardée."
    if parted.votes:
        given = plural(parted.votes, "vote rendu a été donné", "votes rendus ont été donnés")
        said += f" {given} ailleurs entre-temps\u00a0: ils y restent."
    return said


def _merge(request: PersonRequest, pk: int) -> IdeaMerge:
    people = ("merged_by__organisation", "undone_by__organisation")
    sides = (
        "absorbed__organisation",
        "absorbed__branch",
        "kept__organisation",
        "kept__branch",
        "kept__merged_into",
    )
    rows = IdeaMerge.objects.in_scope_of(request.user).select_related(*people, *sides)
    made = get_object_or_404(rows, pk=pk)
    if not (rules.can_see(request.user, made.absorbed) and rules.can_see(request.user, made.kept)):
        raise Http404("no such merge for this person")
    return made


def _undo_page(request: PersonRequest, made: IdeaMerge, form: UndoForm, *, status: int = 200) -> HttpResponse:
    context = {
        "made": made,
        "when": selectors.day_of(made),
        "undone": selectors.told(made.undone_on, made.absorbed, made.kept) if made.undone_on else "",
        "may_part": merges.may_part(request.user, made.absorbed, made.kept),
        "form": form,
    }
    return render(request, "ideas/merges/merge.html", context, status=status)


# --- lists ------------------------------------------------------------------------------------------------------------


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def merge_list(request: PersonRequest) -> HttpResponse:
    """The merges of this desk, the latest first."""
    form = MergeFilterForm(request.GET)
    page = selectors.merges_page(selectors.merges(request.user, wanted(form)), request.GET.get("page", ""))
    rows = [(made, selectors.day_of(made)) for made in page.rows]
    return _list_page(request, form, page, rows, is_merges=True)


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def link_list(request: PersonRequest) -> HttpResponse:
    """The ideas of this desk said to be neighbours of others."""
    form = MergeFilterForm(request.GET)
    page = selectors.links_page(selectors.links(request.user, wanted(form)), request.GET.get("page", ""))
    rows = [(made, selectors.told(made.made_on, made.one, made.other)) for made in page.rows]
    return _list_page(request, form, page, rows, is_merges=False)


def wanted(form: MergeFilterForm) -> Wanted:
    kept = form.cleaned_data
    return Wanted(kept.get("etat") or "", kept.get("organisme"), kept.get("mots") or "")


def _list_page(
    request: PersonRequest, form: MergeFilterForm, page: Any, rows: list[Any], *, is_merges: bool
) -> HttpResponse:
    query = without(request.GET, "page")
    context = {
        "form": form,
        "rows": rows,
        "is_merges": is_merges,
        "tabs": [
            Tab("Regroupements", reverse("ideas:merges"), None, is_merges),
            Tab("Idées voisines", reverse("ideas:links"), None, not is_merges),
        ],
        "applied": [(words, f"?{without(query, name).urlencode()}") for words, name in form.applied()],
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{query.urlencode()}",
    }
    return render(request, "ideas/merges/list.html", context)


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def export_merges(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file."""
    return export_response(request, "idea_merges")


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def export_links(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file."""
    return export_response(request, "idea_links")


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def unlink(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a link away, once confirmed."""
    found = selectors.links(request.user, Wanted()).select_related("one", "other")
    made = get_object_or_404(found, pk=pk)
    if request.method != "POST":
        return render(request, "ideas/merges/unlink.html", {"made": made, "refusal": ""})
    try:
        links.unlink(made, actor=request.user)
    except Refused as error:
        context = {"made": made, "refusal": str(error)}
        return render(request, "ideas/merges/unlink.html", context, status=409)
    messages.success(request, "Le lien est retiré des deux fiches.")
    return redirect("ideas:links")
