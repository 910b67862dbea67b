"""The deposit: write, read again, deposit. The draft is kept by the server all along."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core.access import brick
from ozeli.core.errors import Refused
from ozeli.core.french import NBSP, clock_time, plural, short_date
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered
from ozeli.engagement.selectors import suggest_tags
from ozeli.files.forms import JoinForm
from ozeli.network.enums import Audience

from .. import resemblance
from ..attachments import DRAFT
from ..forms import deposit as forms
from ..forms.passages import watch
from ..models import KIND, Idea, IdeaDraft
from ..selectors.drafts import draft_of
from ..services import deposits
from .attachments import Joining, files_of_draft

NOTHING_WRITTEN = "Écrivez quelques mots avant de garder un brouillon."
JOINING = "En rejoindre une compte autant que déposer."
ALIKE_SOON = "Pendant que vous écrivez, les idées du réseau qui ressemblent à la vôtre s’affichent ici."
NOTHING_ALIKE = "Rien de semblable pour l’instant\u00a0: votre idée semble nouvelle."
FEW_WORDS = 5
AUDIENCE_HINTS = {
    Audience.NETWORK: "Toutes les branches. C’est ainsi que l’on trouve des alliés.",
    Audience.BRANCH: "Les organismes de votre branche seulement.",
    Audience.ORGANISATION: "Vos collègues et leurs référents seulement.",
}
CHANGED_MEANWHILE = (
    "Votre texte a changé dans une autre fenêtre depuis cette relecture. Le voici tel qu’il est maintenant."
)


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def deposit(request: PersonRequest) -> HttpResponse:
    """Step one. « Garder en brouillon » keeps anything; « Relire » asks for a text that can be understood."""
    if request.method != "POST":
        draft = _asked_draft(request)
        return _need_page(request, forms.NeedForm(initial=_first_words(request, draft)), draft)
    draft = draft_of(request.user, request.POST.get("draft", ""))
    form, keeps = forms.NeedForm(request.POST), request.POST.get("geste") == "brouillon"
    joining = Joining(request)
    if form.is_valid() or keeps or joining.asked:
        try:
            kept = _keep(request, draft)
        except Refused as error:
            return _need_page(request, forms.NeedForm(request.POST), draft, refusal=str(error), status=422)
        if joining.asked and not joining.apply(DRAFT, kept.pk):
            again = forms.NeedForm(initial=request.POST.dict())
            return _need_page(request, again, draft, join=joining.form, status=422)
        draft = kept
        if joining.stays(form):
            return redirect(f"{draft.get_absolute_url()}#fichiers")
        if not keeps:
            return redirect("ideas:review", draft.pk)
        messages.success(request, "Votre brouillon est gardé. Vous seul le voyez.")
        return redirect("ideas:mine")
    return _need_page(request, form, draft, status=422)


@require_POST
@brick("ideas")
def save_draft(request: PersonRequest) -> JsonResponse:
    """Keep what is being typed. Asked by the page every few seconds; always answers with a sentence."""
    try:
        draft = _keep(request, draft_of(request.user, request.POST.get("draft", "")))
    except Refused as error:
        return JsonResponse({"message": str(error)})
    caution = watch(forms.told(forms.NeedForm(draft.fields)), writer=request.user).summary
    said = f"{_saved(draft)}. {caution}" if caution else _saved(draft)
    return JsonResponse({"message": said, "fields": {"draft": str(draft.pk)}})


@require_POST
@brick("ideas")
def look_alikes(request: PersonRequest) -> HttpResponse:
    """The panel of the ideas that resemble what is being typed. Writes nothing; a POST because texts are long."""
    return render(
        request, "ideas/_look_alikes.html", {"alike": _alike(request, forms.NeedForm(request.POST).text)}
    )


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def review(request: PersonRequest, draft: UUID) -> HttpResponse:
    """Step two: read again, name it, deposit it."""
    kept = draft_of(request.user, draft)
    if kept is None:
        raise Http404("no such draft of this person")
    need = forms.NeedForm(kept.fields)
    if not need.is_valid():
        return redirect(kept)
    if request.method != "POST":
        return _review_page(request, forms.ReviewForm(initial=_proposals(request, kept)), need, kept)
    if request.POST.get("geste") == "texte":
        return redirect(_keep(request, kept))
    form = forms.ReviewForm(request.POST)
    if request.POST.get("read") != forms.fingerprint(kept.fields):
        return _review_page(request, form, need, kept, refusal=CHANGED_MEANWHILE, status=409)
    if not form.is_valid():
        return _review_page(request, form, need, kept, status=422)
    if watch(forms.told(need, form), writer=request.user, data=request.POST).stops:
        return _review_page(request, form, need, kept, status=422)
    idea = deposits.deposit_idea(forms.written(need, form), author=request.user, draft_id=kept.pk)
    messages.success(request, _thanks(idea))
    return redirect(idea)


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def delete_draft(request: PersonRequest, draft: UUID) -> HttpResponse:
    """Ask, then delete for good."""
    kept = draft_of(request.user, draft)
    if kept is None:
        raise Http404("no such draft of this person")
    if request.method != "POST":
        return render(request, "ideas/draft_delete.html", {"draft": kept})
    deposits.delete_draft(request.user, kept.pk)
    messages.success(request, "Le brouillon est supprimé.")
    return redirect("ideas:mine")


def _asked_draft(request: PersonRequest) -> IdeaDraft | None:
    key = request.GET.get("brouillon", "")
    draft = draft_of(request.user, key)
    if key and draft is None:
        raise Http404("no such draft of this person")
    return draft


def _first_words(request: PersonRequest, draft: IdeaDraft | None) -> dict[str, Any]:
    """What the form opens with: words typed in a lost session, else the draft, else the domain of the link."""
    kept = draft.fields if draft else {"domain": request.GET.get("domaine", "")}
    return {**kept, **(recovered(request) or {})}


def _keep(request: PersonRequest, draft: IdeaDraft | None) -> IdeaDraft:
    """Save the posted words over those of the draft. Raises Refused when there is nothing, or too many drafts."""
    posted = request.POST.dict()
    typed = {name: str(posted[name]) for name in forms.DRAFT_FIELDS if name in posted}
    kept = {**(draft.fields if draft else {}), **typed}
    written = any(value.strip() for name, value in kept.items() if name != "domain")
    if draft is None and not written and not request.FILES:
        raise Refused(NOTHING_WRITTEN)
    return deposits.save_draft(request.user, kept, draft_id=draft.pk if draft else None)


def _proposals(request: PersonRequest, draft: IdeaDraft) -> dict[str, Any]:
    """Title and tags proposed from the text, unless the person has already chosen."""
    kept = draft.fields
    proposals = {"title": forms.proposed_title(kept.get("proposal", ""))}
    if "tags" not in kept:
        seen = Idea.objects.visible_to(request.user).order_by("-deposited_on", "-pk")
        known = suggest_tags("\n".join(kept.get(name, "") for name in forms.NEED_FIELDS[:-1]), KIND, seen)
        proposals["tags"] = ", ".join(tag.name for tag in known)
    chosen = {name: value for name, value in kept.items() if value or name == "tags"}
    return {**proposals, **chosen, **(recovered(request) or {})}


def _alike(request: PersonRequest, text: str) -> dict[str, Any]:
    """What the panel shows for a text."""
    items = resemblance.resembling(text, user=request.user, with_vote=True)
    said = "idée du réseau ressemble", "idées du réseau ressemblent"
    empty = NOTHING_ALIKE if len(text.split()) > FEW_WORDS else ALIKE_SOON
    return {"items": items, "intro": f"{plural(len(items), *said)} à votre texte. {JOINING}", "empty": empty}


def _saved(draft: IdeaDraft) -> str:
    return f"Brouillon enregistré à {clock_time(draft.saved_at)}, visible de vous seul"


def _thanks(idea: Idea) -> str:
    due = f" avant le {short_date(idea.answer_due_on)}" if idea.answer_due_on else ""
    who = idea.handler.display_name if idea.handler else "L’équipe d’animation"
    return (
        f"Votre idée est déposée. {who} vous répondra{due}{NBSP}: vous en serez prévenu ici et par courriel."
    )


def _need_page(
    request: PersonRequest,
    form: forms.NeedForm,
    draft: IdeaDraft | None,
    *,
    join: JoinForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "join": join or JoinForm(),
        "files": files_of_draft(draft),
        "draft": draft,
        "saved": _saved(draft) if draft else "",
        "alike": _alike(request, form.text),
        "refusal": refusal,
    }
    return render(request, "ideas/deposit.html", context, status=status)


def _review_page(
    request: PersonRequest,
    form: forms.ReviewForm,
    need: forms.NeedForm,
    draft: IdeaDraft,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    form.watch = watch(forms.told(need, form), writer=request.user, data=request.POST)
    context = {
        "form": form,
        "need": need.cleaned_data,
        "draft": draft,
        "files": files_of_draft(draft),
        "read": forms.fingerprint(draft.fields),
        "alike": _alike(request, need.text),
        "audience_hints": AUDIENCE_HINTS,
        "refusal": refusal,
    }
    return render(request, "ideas/review.html", context, status=status)
