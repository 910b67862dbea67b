"""The images and documents of an idea: joined while it is written, then from a page of their own."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core import uploads
from ozeli.core.access import brick
from ozeli.core.errors import Refused
from ozeli.core.french import NBSP
from ozeli.core.idempotency import idempotent
from ozeli.files.forms import JoinForm
from ozeli.files.models import StoredFile
from ozeli.files.selectors import files_of
from ozeli.files.services import MOST_FILES, drop, join_file, remove_file

from .. import rules
from ..attachments import DRAFT, can_join, can_remove
from ..models import KIND, Idea, IdeaDraft
from .loader import get_idea

JOINED = f"Votre fichier est reçu. Nous le vérifions{NBSP}: il paraîtra dans un instant."
NOT_READY = "Votre texte est gardé en brouillon. Complétez-le avant de le relire."
REMOVED = "Le fichier est retiré."
SAY_WHY = "Dites en quelques mots pourquoi vous retirez ce fichier : ses auteurs le liront."


class Joining:
    """What a posted form asks of files, beside the words it carries."""

    def __init__(self, request: PersonRequest) -> None:
        self.request = request
        self.removes = request.POST.get("retirer", "")
        explicit = request.POST.get("geste") == "joindre"
        self.asked = bool(explicit or self.removes or request.FILES.get("file") or uploads.was_cut(request))
        self.form = JoinForm(
            request.POST if self.asked else None, request.FILES, request=request, needs_file=explicit
        )

    def stays(self, form: Form) -> bool:
        """Whether the person goes on writing: the file was the matter, or the text is not ready to be read again."""
        if not self.asked or self.request.POST.get("geste") == "brouillon":
            return False
        explicit = bool(self.removes) or self.request.POST.get("geste") == "joindre"
        if not explicit and not form.is_valid():
            messages.warning(self.request, NOT_READY)
        return explicit or not form.is_valid()

    def apply(self, kind: str, object_id: UUID) -> bool:
        """Join or remove; False when the form now says why not."""
        if self.removes:
            drop([_file(self.removes, kind, object_id)])
            messages.success(self.request, REMOVED)
            return True
        if not self.form.is_valid():
            return False
        upload = self.form.cleaned_data["file"]
        try:
            said = self.form.cleaned_data["file_description"]
            join_file(upload, kind=kind, object_id=object_id, uploader=self.request.user, description=said)
        except Refused as error:
            self.form.add_error("file", str(error))
            return False
        messages.success(self.request, JOINED)
        return True


def files_of_draft(draft: IdeaDraft | None) -> list[StoredFile]:
    return files_of(DRAFT, draft.pk) if draft else []


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def attachments(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Join and remove, for the authors of an idea; remove and say why, for its desk."""
    idea = get_idea(request, short, Idea.objects.prefetch_related("authors"))
    if not can_remove(request.user, idea):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, idea, JoinForm())
    asked = Joining(request)
    if asked.removes:
        return _remove(request, idea, asked.removes)
    if not can_join(request.user, idea):
        raise PermissionDenied
    asked.form.needs_file = True
    if not asked.apply(KIND, idea.pk):
        return _page(request, idea, asked.form, status=422)
    return redirect("ideas:attachments", idea.short, idea.slug)


def _remove(request: PersonRequest, idea: Idea, key: str) -> HttpResponse:
    """By an author without a word; by the desk with a reason, which the journal keeps."""
    file, reason = _file(key, KIND, idea.pk), " ".join(request.POST.get(f"motif_{key}", "").split())
    if not rules.is_author(request.user, idea) and not reason:
        return _page(request, idea, JoinForm(), refusal=SAY_WHY, status=422)
    remove_file(file, actor=request.user, reason=reason)
    messages.success(request, REMOVED)
    return redirect("ideas:attachments", idea.short, idea.slug)


def _file(key: str, kind: str, object_id: UUID) -> StoredFile:
    """A file of this very object. Http404 otherwise."""
    try:
        found = StoredFile.objects.filter(pk=UUID(key), kind=kind, object_id=object_id).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404("no such file on this object")
    return found


def _page(
    request: PersonRequest, idea: Idea, form: JoinForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    files = files_of(KIND, idea.pk)
    joins = can_join(request.user, idea)
    context = {
        "idea": idea,
        "join": form,
        "files": files,
        "can_join": joins and sum(1 for file in files if not file.is_refused) < MOST_FILES,
        "says_why": not rules.is_author(request.user, idea),
        "refusal": refusal,
    }
    return render(request, "ideas/attachments.html", context, status=status)
