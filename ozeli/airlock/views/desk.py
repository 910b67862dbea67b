"""« Dépôts anonymes à relire » : what came out of the urn, one deposit with its decision, the words with its author."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.exports import export_response
from ozeli.core.french import month
from ozeli.core.idempotency import idempotent
from ozeli.core.paging import keyset_page
from ozeli.core.recovery import recovered
from ozeli.core.web import page_url, without
from ozeli.engagement.sensitive import passages
from ozeli.files.models import StoredFile
from ozeli.files.selectors import files_of, picture
from ozeli.ideas.forms.passages import Watch

from .. import rules, selectors
from ..enums import DepositState
from ..forms.desk import ACCEPT, DecisionForm, FilterForm, MaskForm, WordForm
from ..models import KIND, Deposit
from ..services import accept, mask, refuse
from ..services.dialogue import write

TEXTS = ("title", "problem", "beneficiaries", "proposal", "benefit")


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def desk(request: PersonRequest) -> HttpResponse:
    """The list, the oldest first; nothing here is of a body, so it is for those of the whole network."""
    _check_reader(request)
    form = FilterForm(request.GET)
    rows = selectors.deposits_for(request.user, form.state)
    page = keyset_page(rows, ("released_on", "id"), request.GET.get("page", ""), ascending=True)
    context = {
        "form": form,
        "rows": [
            (one, selectors.LOOKS[DepositState(one.state)], month(one.released_on)) for one in page.rows
        ],
        "is_queue": not form.word,
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "export_url": f"export.csv?{without(request.GET, 'page').urlencode()}",
    }
    return render(request, "airlock/desk/list.html", context)


@require_GET
@brick("ideas", Level.CONTRIBUTE)
def export(request: PersonRequest) -> HttpResponseBase:
    """The same list as a file, without the texts."""
    _check_reader(request)
    return export_response(request, "airlock")


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def deposit(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A deposit, and its decision; 409 with what won when somebody settled it first."""
    held = _deposit(request, pk)
    if request.method != "POST":
        return _page(request, held)
    form = DecisionForm(request.POST)
    if not held.is_held:
        return _page(request, held, refusal="Quelqu’un d’autre vient de régler ce dépôt.", status=409)
    if not form.is_valid():
        return _page(request, held, form, status=422)
    said = form.cleaned_data
    try:
        if said["act"] == ACCEPT:
            idea = accept(held, actor=request.user, version=said["version"])
            messages.success(request, "L’idée est publiée, sans nom. Son auteur le verra avec son code.")
            return redirect(idea.get_absolute_url())
        refuse(held, actor=request.user, reason=said["reason"], version=said["version"])
    except Refused as error:
        return _clash(request, pk, form, error)
    messages.success(request, "Le dépôt n’est pas publié et son texte est effacé. Son auteur lira pourquoi.")
    return redirect("airlock:desk")


@require_http_methods(["GET", "POST"])
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def masking(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take out what names a person, before anybody else reads it."""
    held = _deposit(request, pk)
    if not held.is_held:
        raise Http404("nothing left to mask")
    if request.method != "POST":
        initial = {name: getattr(held, name) for name in TEXTS} | {"version": held.version}
        return _mask_page(request, held, MaskForm(initial=initial | (recovered(request) or {})))
    form = MaskForm(request.POST)
    if not form.is_valid():
        return _mask_page(request, held, form, status=422)
    said = form.cleaned_data
    try:
        mask(held, said, actor=request.user, version=said["version"])
    except Conflict as error:
        return _mask_page(request, _deposit(request, pk), form, refusal=str(error), status=409)
    messages.success(request, "Les passages sont masqués. L’idée publiée le dira.")
    return redirect("airlock:deposit", held.pk)


@require_POST
@brick("ideas", Level.CONTRIBUTE)
@idempotent
def word(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Write to the author."""
    held = _deposit(request, pk)
    form = WordForm(request.POST)
    if not form.is_valid():
        return _page(request, held, word=form, status=422)
    try:
        write(held, form.cleaned_data["body"], actor=request.user)
    except Refused as error:
        return _page(request, held, word=form, refusal=str(error), status=409)
    messages.success(request, "Votre message est prêt. Son auteur le lira avec son code de suivi.")
    return redirect(f"{reverse('airlock:deposit', args=[held.pk])}#echange")


def _check_reader(request: PersonRequest) -> None:
    if not rules.reads_held(request.user):
        raise Http404("not for the desk of a body")


def _deposit(request: PersonRequest, pk: UUID) -> Deposit:
    """A deposit that this person reads, or talks about with its author. Http404 otherwise."""
    related = Deposit.objects.select_related(
        "domain", "branch", "challenge", "idea__organisation", "decided_by__organisation"
    )
    found = related.filter(pk=pk).first()
    if found is None or not (rules.reads_held(request.user) or rules.talks(request.user, found)):
        raise Http404("no such deposit at this desk")
    return found


def _clash(request: PersonRequest, pk: UUID, form: DecisionForm, error: Refused) -> HttpResponse:
    """What stands now, under what was typed."""
    now = _deposit(request, pk)
    if not now.is_held:
        return _page(request, now, refusal=str(error), status=409)
    data = request.POST.copy()
    data["version"] = str(now.version)
    return _page(request, now, DecisionForm(data), refusal=str(error), status=409)


def _page(
    request: PersonRequest,
    held: Deposit,
    form: DecisionForm | None = None,
    *,
    word: WordForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    blank = DecisionForm(initial={"version": held.version, **(recovered(request) or {})})
    texts = [(str(MaskForm.base_fields[name].label), getattr(held, name)) for name in TEXTS]
    files: list[StoredFile] = files_of(KIND, held.pk) if held.is_held else []
    context = {
        "deposit": held,
        "look": selectors.LOOKS[DepositState(held.state)],
        "form": (form or blank) if held.is_held else None,
        "watch": Watch(passages(texts)),
        "pictures": [(one, picture(one)) for one in files if one.is_published],
        "waiting_files": sum(1 for one in files if not one.is_published and not one.is_refused),
        "words": list(held.messages.select_related("written_by")),
        "word": (word or WordForm()) if rules.talks(request.user, held) else None,
        "refusal": refusal,
        "reads_list": rules.reads_held(request.user),
    }
    return render(request, "airlock/desk/deposit.html", context, status=status)


def _mask_page(
    request: PersonRequest, held: Deposit, form: MaskForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"deposit": held, "form": form, "refusal": refusal}
    return render(request, "airlock/desk/mask.html", context, status=status)
