"""The images and documents of a project."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.errors import Refused
from ozeli.core.french import NBSP
from ozeli.core.idempotency import idempotent
from ozeli.files.forms import JoinForm
from ozeli.files.models import StoredFile
from ozeli.files.selectors import files_of
from ozeli.files.services import MOST_FILES, join_file, remove_file

from .. import rules
from ..models import KIND, Project
from ..selectors.life import documents_of
from .loader import get_project

JOINED = f"Votre fichier est reçu. Nous le vérifions{NBSP}: il paraîtra dans un instant."


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def documents(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """What a project shows; its team joins and removes."""
    found = get_project(request, short)
    if request.method != "POST":
        return _page(request, found, JoinForm())
    if not rules.edits(request.user, found):
        raise PermissionDenied
    if key := request.POST.get("retirer", ""):
        remove_file(_file(found, key), actor=request.user)
        messages.success(request, "Le fichier est retiré.")
        return HttpResponseRedirect(f"{found.get_absolute_url()}documents/")
    form = JoinForm(request.POST, request.FILES, request=request, needs_file=True)
    if not form.is_valid() or not _join(request, found, form):
        return _page(request, found, form, status=422)
    messages.success(request, JOINED)
    return HttpResponseRedirect(f"{found.get_absolute_url()}documents/")


def _join(request: PersonRequest, found: Project, form: JoinForm) -> bool:
    """Whether the file was kept; the form says why not."""
    said = form.cleaned_data
    try:
        join_file(
            said["file"],
            kind=KIND,
            object_id=found.pk,
            uploader=request.user,
            description=said["file_description"],
        )
    except Refused as error:
        form.add_error("file", str(error))
        return False
    return True


def _file(found: Project, key: str) -> StoredFile:
    """A file of this very project. Http404 otherwise."""
    try:
        file = StoredFile.objects.filter(pk=UUID(key), kind=KIND, object_id=found.pk).first()
    except ValueError:
        file = None
    if file is None:
        raise Http404("no such file on this project")
    return file


def _page(request: PersonRequest, found: Project, form: JoinForm, *, status: int = 200) -> HttpResponse:
    edits = rules.edits(request.user, found)
    files = files_of(KIND, found.pk) if edits else []
    context = {
        "project": found,
        "documents": documents_of(found, looks_after=edits) if not edits else None,
        "files": files,
        "join": form,
        "edits": edits,
        "can_join": edits and sum(1 for file in files if not file.is_refused) < MOST_FILES,
    }
    return render(request, "projects/life/documents.html", context, status=status)
