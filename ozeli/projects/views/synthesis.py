"""Half-yearly syntheses: the archive, a synthesis, its sources and its files."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.exports import export_response
from ozeli.core.french import plural
from ozeli.core.ui import Tab

from .. import synthesis_rules as rules
from ..documents import content
from ..enums import SynthesisState
from ..forms.synthesis import ArchiveForm
from ..models import Synthesis, SynthesisSection
from ..selectors import synthesis as selectors
from ..services import synthesis as services
from .synthesis_loader import get_synthesis

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# Rows of a source on a page.
ROWS = 30
TABS = {"": "Publiées", "preparation": "En préparation", "retirees": "Retirées"}
_STATES = {
    "": SynthesisState.PUBLISHED,
    "preparation": SynthesisState.DRAFT,
    "retirees": SynthesisState.WITHDRAWN,
}


@require_GET
@brick("projects")
def syntheses(request: PersonRequest) -> HttpResponse:
    """The archive; those who write some also see theirs that are not published."""
    form = ArchiveForm(request.GET)
    kept, writes = form.kept(), rules.may_write_some(request.user)
    page = selectors.page(request.user, form.wanted(), request.GET.get("page", ""))
    here = _address(kept, form.state)
    join = "&" if "?" in here else "?"
    context = {
        "form": form,
        "state": form.state,
        "rows": page.rows,
        "tabs": _tabs(request, form.state) if writes else [],
        "counted": _counted(len(page.rows), bool(page.next or page.previous)),
        "applied": [(words, _address(kept, form.state, name)) for words, name in form.applied()],
        "clear_url": _address({}, form.state),
        "next_url": f"{here}{join}{urlencode({'page': page.next})}" if page.next else "",
        "previous_url": f"{here}{join}{urlencode({'page': page.previous})}" if page.previous else "",
        "export_url": f"export.csv{here if here != '.' else ''}",
        "may_write": writes,
    }
    return render(request, "projects/synthesis/list.html", context)


def _counted(count: int, is_part: bool) -> str:
    return "" if is_part else plural(count, "synthèse")


def _tabs(request: PersonRequest, state: str) -> list[Tab]:
    counted = selectors.counts(request.user)
    return [
        Tab(words, _address({}, code), counted.get(_STATES[code], 0), code == state)
        for code, words in TABS.items()
        if code != "retirees" or counted.get(SynthesisState.WITHDRAWN) or state == code
    ]


def _address(kept: dict[str, str], state: str, without: str = "") -> str:
    said = ({"etat": state} if state else {}) | {
        name: value for name, value in kept.items() if name != without
    }
    return f"?{urlencode(said)}" if said else "."


@require_GET
@brick("projects")
def export(request: PersonRequest) -> HttpResponseBase:
    return export_response(request, "syntheses")


@require_GET
@brick("projects")
def synthesis(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The synthesis as a page: a draft to its writers, then the published text to its readers."""
    found = get_synthesis(request, pk)
    writes = rules.writes(request.user, found)
    document = content.read(found)
    context = {
        "synthesis": found,
        "document": document,
        "writes": writes,
        "edits": writes and found.is_draft,
        "files": list(found.files.only("format", "size").order_by("-format")),
        "pages_url": reverse("projects:synthesis_pages", args=[found.pk]),
        "most": services.MOST_PAGES,
    }
    answer = render(request, "projects/synthesis/synthesis.html", context)
    if request.headers.get("HX-Request") and found.state != SynthesisState.PUBLISHING:
        answer["HX-Refresh"] = "true"  # the page that waited shows everything now
    return answer


@require_GET
@brick("projects")
def page(request: PersonRequest, pk: UUID, code: str) -> HttpResponse:
    """The page of a project in a synthesis."""
    found = get_synthesis(request, pk)
    document = content.read(found, only=code)
    if not document.parts or not document.parts[0].is_page:
        raise Http404("no such page")
    codes = list(
        SynthesisSection.objects.filter(synthesis=found, code__startswith="projet-").values_list(
            "code", "title"
        )
    )
    place = [one for one, _title in codes].index(code)
    context = {
        "synthesis": found,
        "part": document.parts[0],
        "edits": rules.writes(request.user, found) and found.is_draft,
        "number": place + 1,
        "total": len(codes),
        "previous": _page_link(found, codes[place - 1]) if place else None,
        "next": _page_link(found, codes[place + 1]) if place + 1 < len(codes) else None,
    }
    return render(request, "projects/synthesis/page.html", context)


def _page_link(found: Synthesis, row: tuple[str, str]) -> tuple[str, str]:
    return reverse("projects:synthesis_page", args=[found.pk, row[0]]), row[1]


@require_GET
@brick("projects")
def source(request: PersonRequest, pk: UUID, code: str, number: int) -> HttpResponse:
    """The rows behind a sentence, as they were said when it was written."""
    found = get_synthesis(request, pk)
    section = SynthesisSection.objects.filter(synthesis=found, code=code).first()
    held = section.sources.filter(number=number).first() if section else None
    if section is None or held is None:
        raise Http404("no such source")
    place = min(_place(request.GET.get("page", "")), max(0, len(held.rows) - 1) // ROWS)
    rows, hidden = selectors.rows_for(request.user, held.rows[place * ROWS : (place + 1) * ROWS])
    context = {
        "synthesis": found,
        "section": section,
        "source": held,
        "rows": rows,
        "hidden": hidden,
        "left": held.total - len(held.rows),
        "kept": len(held.rows),
        "previous_url": f"?page={place}" if place else "",
        "next_url": f"?page={place + 2}" if (place + 1) * ROWS < len(held.rows) else "",
    }
    return render(request, "projects/synthesis/source.html", context)


def _place(said: str) -> int:
    """Kept rows never move: they are paged by their place, the only list that is."""
    return max(0, int(said) - 1) if said.isascii() and said.isdigit() and len(said) < 6 else 0


@require_GET
@brick("projects")
def file(request: PersonRequest, pk: UUID, kind: str) -> HttpResponse:
    """A file, as it was made the day of the publication."""
    found = get_synthesis(request, pk)
    made = found.files.filter(format=kind).first() if kind in TYPES else None
    if made is None:
        raise Http404("no such file")
    name = f"synthese-{found.starts_on.isoformat()}-{found.ends_on.isoformat()}.{kind}"
    answer = HttpResponse(bytes(made.content), content_type=TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
