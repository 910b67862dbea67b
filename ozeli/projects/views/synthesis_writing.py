"""Prepare a synthesis: begin it, edit its sections, choose its projects, publish, withdraw."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import Level, brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import plural
from ozeli.core.idempotency import idempotent
from ozeli.core.paging import keyset_page
from ozeli.core.recovery import recovered
from ozeli.core.web import page_url

from ..enums import SynthesisState
from ..forms.synthesis import FindForm, HeadForm, NewForm, SectionForm, WithdrawForm
from ..models import Synthesis, SynthesisSection
from ..selectors import synthesis as selectors
from ..services import synthesis as services
from .synthesis_loader import get_section, get_written


def _status(error: Refused) -> int:
    return 409 if isinstance(error, Conflict) else 422


@require_http_methods(["GET", "POST"])
@brick("projects", Level.CONTRIBUTE)
@idempotent
def new(request: PersonRequest) -> HttpResponse:
    """The period and the scope: the draft is written from there."""
    if request.method != "POST":
        return _new_page(request, NewForm(user=request.user, initial=recovered(request) or {}))
    form = NewForm(request.POST, user=request.user)
    if not form.is_valid():
        return _new_page(request, form, 422)
    try:
        made = services.create(form.values(), actor=request.user)
    except Refused as error:
        form.add_error(None, str(error))
        return _new_page(request, form, 422)
    messages.success(
        request, "Le projet de synthèse est écrit d’après les données. Relisez-le, puis publiez-le."
    )
    return redirect(made)


def _new_page(request: PersonRequest, form: NewForm, status: int = 200) -> HttpResponse:
    return render(request, "projects/synthesis/new.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.CONTRIBUTE)
@idempotent
def edit(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The title and the signature."""
    found = _draft(request, pk)
    if request.method != "POST":
        held = {"title": found.title, "signature": found.signature, "version": found.version}
        return _head_page(request, found, HeadForm(initial=held | (recovered(request) or {})))
    form = HeadForm(request.POST)
    if not form.is_valid():
        return _head_page(request, found, form, 422)
    try:
        services.edit(found, form.cleaned_data, actor=request.user, version=form.seen)
    except Conflict as error:
        stands = get_written(request, pk)
        data = request.POST.copy()
        data["version"] = str(stands.version)
        return _head_page(request, stands, HeadForm(data), 409, str(error))
    messages.success(request, "Le titre et la signature sont enregistrés.")
    return redirect(found)


def _head_page(
    request: PersonRequest, found: Synthesis, form: HeadForm, status: int = 200, refusal: str = ""
) -> HttpResponse:
    context = {"synthesis": found, "form": form, "refusal": refusal}
    return render(request, "projects/synthesis/edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.CONTRIBUTE)
@idempotent
def section(request: PersonRequest, pk: UUID, code: str) -> HttpResponse:
    """The text of a section. Two windows: 409, with both texts."""
    held = get_section(request, pk, code)
    if request.method != "POST":
        _only_drafts(held.synthesis)
        known = {"body": held.body, "version": held.version}
        return _section_page(request, held, SectionForm(initial=known | (recovered(request) or {})))
    form = SectionForm(request.POST)
    if not form.is_valid():
        return _section_page(request, held, form, 422)
    try:
        services.write_section(held, form.cleaned_data["body"], actor=request.user, version=form.seen)
    except Conflict as error:
        stands = get_section(request, pk, code)
        data = request.POST.copy()
        data["version"] = str(stands.version)
        return _section_page(request, stands, SectionForm(data), 409, str(error))
    except Refused as error:
        form.add_error("body", str(error))
        return _section_page(request, held, form, 422)
    messages.success(request, "La section est enregistrée.")
    return HttpResponseRedirect(_read_url(held))


def _read_url(held: SynthesisSection) -> str:
    """Where a section is read: in the synthesis, or on the page of its project."""
    if held.is_page:
        return reverse("projects:synthesis_page", args=[held.synthesis_id, held.code])
    return f"{held.synthesis.get_absolute_url()}#{held.code}"


def _section_page(
    request: PersonRequest, held: SynthesisSection, form: SectionForm, status: int = 200, refusal: str = ""
) -> HttpResponse:
    context = {
        "synthesis": held.synthesis,
        "section": held,
        "form": form,
        "refusal": refusal,
        "theirs": held.body if refusal else "",
        "sources": list(held.sources.defer("rows")),
        "back_url": _read_url(held),
    }
    return render(request, "projects/synthesis/section.html", context, status=status)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.CONTRIBUTE)
@idempotent
def rewrite(request: PersonRequest, pk: UUID, code: str) -> HttpResponse:
    """Write a section again from the data of today: both texts are shown first."""
    held = get_section(request, pk, code)
    if request.method != "POST":
        _only_drafts(held.synthesis)
        return _rewrite_page(request, held)
    try:
        said = request.POST.get("version", "")
        version = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
        services.rewrite_section(held, actor=request.user, version=version)
    except Refused as error:
        return _rewrite_page(request, get_section(request, pk, code), str(error), _status(error))
    messages.success(request, "La section est refaite d’après les données d’aujourd’hui.")
    return HttpResponseRedirect(_read_url(held))


def _rewrite_page(
    request: PersonRequest, held: SynthesisSection, refusal: str = "", status: int = 200
) -> HttpResponse:
    proposed = ""
    try:
        proposed = services.drafted(held).body
    except Refused as error:
        refusal, status = refusal or str(error), 422 if status == 200 else status
    context = {
        "synthesis": held.synthesis,
        "section": held,
        "proposed": proposed,
        "refusal": refusal,
        "back_url": _read_url(held),
    }
    return render(request, "projects/synthesis/rewrite.html", context, status=status)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.CONTRIBUTE)
@idempotent
def pages(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The projects that have a page: add some, remove one."""
    found = _draft(request, pk)
    if request.method != "POST":
        return _pages_page(request, found)
    try:
        if code := request.POST.get("retirer", ""):
            services.remove_page(found, code[:40], actor=request.user)
        else:
            count = services.add_pages(found, _keys(request), actor=request.user)
            messages.success(request, f"{plural(count, 'page ajoutée', 'pages ajoutées')}.")
    except Refused as error:
        return _pages_page(request, found, str(error), _status(error))
    return HttpResponseRedirect(request.get_full_path())


def _keys(request: PersonRequest) -> list[UUID]:
    try:
        return [UUID(one) for one in request.POST.getlist("projet")[: services.MOST_PAGES + 1]]
    except ValueError as error:
        raise Http404("no such project") from error


def _pages_page(
    request: PersonRequest, found: Synthesis, refusal: str = "", status: int = 200
) -> HttpResponse:
    form = FindForm(request.GET)
    words = form.words()
    page = keyset_page(selectors.candidates(found, words), ("touched_on", "id"), request.GET.get("page", ""))
    context = {
        "synthesis": found,
        "form": form,
        "words": words,
        "chosen": list(found.sections.filter(code__startswith="projet-").only("code", "title", "is_edited")),
        "candidates": page.rows,
        "next_url": page_url(request.GET, page.next),
        "previous_url": page_url(request.GET, page.previous),
        "refusal": refusal,
        "most": services.MOST_PAGES,
    }
    return render(request, "projects/synthesis/pages.html", context, status=status)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.CONTRIBUTE)
@idempotent
def publish(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Read what is about to open, and to whom; then have it published."""
    found = get_written(request, pk)
    if request.method != "POST":
        if found.state != SynthesisState.DRAFT:
            return redirect(found)
        return _publish_page(request, found)
    said = request.POST.get("version", "")
    version = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
    try:
        services.publish(found, actor=request.user, version=version)
    except Refused as error:
        return _publish_page(request, get_written(request, pk), str(error), _status(error))
    return redirect(found)


def _publish_page(
    request: PersonRequest, found: Synthesis, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "synthesis": found,
        "lacks": [
            (why, reverse("projects:synthesis_section", args=[found.pk, one.code]))
            for one, why in services.lacks(found)
        ],
        "pages": found.sections.filter(code__startswith="projet-").count(),
        "readers": services.rules.named(found.audience, found.branch),
        "refusal": refusal,
    }
    return render(request, "projects/synthesis/publish.html", context, status=status)


@require_POST
@brick("projects", Level.CONTRIBUTE)
@idempotent
def stop(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Back to the draft."""
    found = get_written(request, pk)
    try:
        services.stop(found, actor=request.user)
        messages.success(
            request, "La publication est interrompue : la synthèse est de nouveau en préparation."
        )
    except Conflict as error:
        messages.info(request, str(error))
    return redirect(found)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.CONTRIBUTE)
@idempotent
def withdraw(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take a published synthesis away from its readers."""
    found = get_written(request, pk)
    if request.method != "POST" and found.state != SynthesisState.PUBLISHED:
        raise Http404("nothing to withdraw")
    form = WithdrawForm(request.POST) if request.method == "POST" else WithdrawForm()
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.withdraw(found, actor=request.user, reason=form.cleaned_data["reason"])
                messages.success(request, "La synthèse est retirée. Ceux qui l’écrivent la voient encore.")
                return redirect(found)
            except Refused as error:
                refusal, status = str(error), _status(error)
    context = {"synthesis": found, "form": form, "refusal": refusal}
    return render(request, "projects/synthesis/withdraw.html", context, status=status)


@require_http_methods(["GET", "POST"])
@brick("projects", Level.CONTRIBUTE)
@idempotent
def drop(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Drop a draft, after having asked."""
    found = _draft(request, pk)
    if request.method != "POST":
        return render(request, "projects/synthesis/drop.html", {"synthesis": found})
    try:
        services.drop(found, actor=request.user)
    except Conflict as error:
        messages.info(request, str(error))
        return redirect(found)
    messages.success(request, "La synthèse en préparation est supprimée.")
    return redirect("projects:syntheses")


def _draft(request: PersonRequest, pk: UUID) -> Synthesis:
    found = get_written(request, pk)
    _only_drafts(found)
    return found


def _only_drafts(found: Synthesis) -> None:
    """Nothing of a published synthesis is edited: its pages of preparation are gone."""
    if found.state != SynthesisState.DRAFT:
        raise Http404("not a draft")
