"""The deposit: write, read again, deposit. The draft is kept by the server all along."""

import re
from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import NBSP, clock_time, days, plural, short_date
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered
from ozeli.engagement.selectors import suggest_tags
from ozeli.files.forms import JoinForm
from ozeli.network.enums import Audience
from ozeli.search.cards import sheets_alike

from .. import standing
from ..attachments import DRAFT
from ..forms import deposit as forms
from ..forms.challenge_choice import ChallengeChoice
from ..forms.passages import watch
from ..models import KIND, Idea, IdeaDraft
from ..selectors.drafts import became, draft_of
from ..services import circuit, deposits
from ..services.challenges import NotTakenError
from .attachments import Joining, files_of_draft

NOTHING_WRITTEN = "Écrivez quelques mots avant de garder un brouillon."
JOINING = "En rejoindre une compte autant que déposer."
ALIKE_SOON = (
    "Pendant que vous écrivez, ce qui existe déjà dans le réseau et ressemble à votre idée s’affiche ici."
)
NOTHING_ALIKE = "Rien de semblable pour l’instant\u00a0: votre idée semble nouvelle."
FEW_WORDS = 5
AUDIENCE_HINTS = {
    Audience.NETWORK: "Toutes les branches. C’est ainsi que l’on trouve des alliés.",
    Audience.BRANCH: "Les organismes de votre branche seulement.",
    Audience.ORGANISATION: "Vos collègues et leurs référents seulement.",
}
OTHER_WINDOW = (
    "Ce brouillon a changé dans une autre fenêtre\u00a0: ce que vous écrivez ici n’est plus gardé."
    " Appuyez sur « Garder en brouillon » pour voir les deux textes."
)
ALREADY_DEPOSITED = (
    "Ce texte est déjà déposé\u00a0: ce que vous écrivez ici n’est plus gardé. Rechargez la page."
)
CHOSEN = ("domain", "challenge")
TEXTS = ("problem", "beneficiaries", "proposal", "benefit")
WINDOW = re.compile(r"[0-9a-f]{32}")
CHANGED_MEANWHILE = (
    "Votre texte a changé dans une autre fenêtre depuis cette relecture. Le voici tel qu’il est maintenant."
)


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def deposit(request: PersonRequest) -> HttpResponse:
    """Step one. « Garder en brouillon » keeps anything; « Relire » asks for a text that can be understood."""
    if request.method != "POST":
        return _opened(request)
    draft = draft_of(request.user, request.POST.get("draft", ""))
    if draft is None and (idea := became(request.user, request.POST.get("draft", ""))) is not None:
        return _need_page(request, forms.NeedForm(request.POST), None, became=idea, status=409)
    form, keeps = forms.NeedForm(request.POST), request.POST.get("geste") == "brouillon"
    joining, choice = Joining(request), _choice(request, draft)
    if choice.closed and not (keeps or joining.asked):
        return _need_page(request, form, draft, choice=choice, status=409)
    if form.is_valid() or keeps or joining.asked:
        try:
            kept = _keep(request, draft)
        except Conflict as error:
            stored = draft_of(request.user, request.POST.get("draft", ""))
            typed = forms.NeedForm(request.POST)
            return _need_page(request, typed, stored, refusal=str(error), theirs=stored, status=409)
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


def _opened(request: PersonRequest) -> HttpResponse:
    """Step one as the address asks for it: a draft, a challenge, a domain."""
    draft = _asked_draft(request)
    if isinstance(draft, Idea):
        return _to_its_idea(request, draft)
    choice = _choice(request, draft)
    form = forms.NeedForm(initial=_first_words(request, draft, choice))
    return _need_page(request, form, draft, choice=choice)


@require_POST
@brick("ideas")
def save_draft(request: PersonRequest) -> JsonResponse:
    """Keep what is being typed. Asked by the page every few seconds; always answers with a sentence."""
    draft = draft_of(request.user, request.POST.get("draft", ""))
    if draft is None and became(request.user, request.POST.get("draft", "")) is not None:
        return JsonResponse({"message": ALREADY_DEPOSITED, "saved": False})
    try:
        draft = _keep(request, draft)
    except Conflict:
        return JsonResponse({"message": OTHER_WINDOW, "saved": False})
    except Refused as error:
        return JsonResponse({"message": str(error), "saved": False})
    caution = watch(forms.told(forms.NeedForm(draft.fields)), writer=request.user).summary
    said = f"{_saved(draft)}. {caution}" if caution else _saved(draft)
    return JsonResponse({"message": said, "fields": _kept_fields(draft)})


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
        if (idea := became(request.user, draft)) is not None:
            return _to_its_idea(request, idea)
        raise Http404("no such draft of this person")
    need = forms.NeedForm(kept.fields)
    if not need.is_valid():
        return redirect(kept)
    if request.method != "POST":
        choice = _choice(request, kept)
        first = forms.DepositForm(initial=_proposals(request, kept, choice))
        return _review_page(request, first, need, kept, choice=choice)
    if request.POST.get("geste") == "texte":
        return redirect(_keep(request, kept))
    if request.POST.get("geste") == "brouillon":
        _keep(request, kept)
        messages.success(request, "Votre brouillon est gardé. Vous seul le voyez.")
        return redirect("ideas:mine")
    return _deposited(request, kept, need)


def _deposited(request: PersonRequest, kept: IdeaDraft, need: forms.NeedForm) -> HttpResponse:
    """Deposit what was read again, or the page with why not."""
    choice = _choice(request, kept)
    form = forms.DepositForm(request.POST)
    if request.POST.get("read") != forms.fingerprint(kept.fields):
        return _review_page(request, form, need, kept, refusal=CHANGED_MEANWHILE, status=409)
    if choice.closed:
        return _review_page(request, form, need, kept, choice=choice, status=409)
    seen = watch(forms.told(need, form), writer=request.user, data=request.POST)
    if not form.is_valid() or seen.stops:
        return _review_page(request, form, need, kept, status=422)
    said = form.cleaned_data
    try:
        idea = deposits.deposit_idea(
            forms.written(need, form),
            author=request.user,
            draft_id=kept.pk,
            team=said["team"],
            invited=[person for person in said["coauthors"] if person != request.user],
            challenge=choice.chosen.id if choice.chosen else None,
        )
    except NotTakenError:
        # It closed since the page was remembered: the database has the last word.
        choice = _choice(request, kept, shut=[choice.asked.slug] if choice.asked else ())
        return _review_page(request, form, need, kept, choice=choice, status=409)
    except Conflict:
        # The other window was quicker by a moment: its idea is there now.
        return redirect("ideas:review", kept.pk)
    except Refused as error:
        form.add_error("coauthors", str(error))
        return _review_page(request, form, need, kept, status=422)
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


def _to_its_idea(request: PersonRequest, idea: Idea) -> HttpResponse:
    """Back from the sheet, or from an old tab: the draft is gone, the idea is there."""
    messages.info(request, "Ce brouillon est déposé\u00a0: le voici devenu une idée.")
    return redirect(idea)


def _kept_fields(draft: IdeaDraft) -> dict[str, str]:
    """The hidden fields of the page, once its words are saved."""
    return {"draft": str(draft.pk), "draft_version": str(draft.version)}


def _asked_draft(request: PersonRequest) -> IdeaDraft | Idea | None:
    """The draft that the address names, or the idea that it became."""
    key = request.GET.get("brouillon", "")
    draft = draft_of(request.user, key)
    if key and draft is None:
        if (idea := became(request.user, key)) is not None:
            return idea
        raise Http404("no such draft of this person")
    return draft


def _choice(
    request: PersonRequest, draft: IdeaDraft | None, *, shut: Collection[str] = ()
) -> ChallengeChoice:
    """The challenge asked for: by the form, else by the link, else by the draft."""
    kept = {**(draft.fields if draft else {}), **(recovered(request) or {})}
    asked = request.POST.get("challenge", request.GET.get("defi") or str(kept.get("challenge", "")))
    slug, is_typed = asked.replace("\0", "")[:60], request.method == "POST" or draft is not None
    return ChallengeChoice(request.user, slug, shut=shut, is_typed=is_typed)


def _first_words(request: PersonRequest, draft: IdeaDraft | None, choice: ChallengeChoice) -> dict[str, Any]:
    """What the form opens with: words typed in a lost session, else the draft, else the domain of the link."""
    kept = dict(draft.fields) if draft else {"domain": request.GET.get("domaine", "")}
    if choice.chosen and not kept.get("domain"):
        kept["domain"] = choice.defaults()["domain"]
    return {**kept, **(recovered(request) or {})}


def _keep(request: PersonRequest, draft: IdeaDraft | None) -> IdeaDraft:
    """Save the posted words over those of the draft. Raises Refused when there is nothing, or too many drafts."""
    posted = request.POST.dict()
    typed = {name: str(posted[name]) for name in forms.DRAFT_FIELDS if name in posted}
    kept = {**(draft.fields if draft else {}), **typed}
    written = any(value.strip() for name, value in kept.items() if name not in CHOSEN)
    if draft is None and not written and not request.FILES:
        raise Refused(NOTHING_WRITTEN)
    read, window = request.POST.get("draft_version", ""), request.POST.get("window", "")
    return deposits.save_draft(
        request.user,
        kept,
        draft_id=draft.pk if draft else None,
        version=int(read) if read.isascii() and read.isdigit() and len(read) < 10 else None,
        window=window if WINDOW.fullmatch(window) else "",
    )


def _proposals(request: PersonRequest, draft: IdeaDraft, choice: ChallengeChoice) -> dict[str, Any]:
    """Title and tags proposed from the text, the rest from the challenge, unless the person has already chosen."""
    kept = draft.fields
    proposals = {"title": forms.proposed_title(kept.get("proposal", ""))}
    if choice.chosen:
        proposals |= {name: value for name, value in choice.defaults().items() if name != "domain"}
    if "tags" not in kept:
        seen = Idea.objects.visible_to(request.user).order_by("-deposited_on", "-pk")
        known = suggest_tags("\n".join(kept.get(name, "") for name in forms.NEED_FIELDS[:-1]), KIND, seen)
        proposals["tags"] = ", ".join(tag.name for tag in known)
    chosen = {name: value for name, value in kept.items() if value or name == "tags"}
    return {**proposals, **chosen, **(recovered(request) or {})}


def _alike(request: PersonRequest, text: str) -> dict[str, Any]:
    """What the panel shows for a text."""
    items = sheets_alike(text, user=request.user)
    noun = "idée" if all(item.kind == KIND for item in items) else "fiche"
    said = plural(len(items), f"{noun} du réseau ressemble", f"{noun}s du réseau ressemblent")
    empty = NOTHING_ALIKE if len(text.split()) > FEW_WORDS else ALIKE_SOON
    return {"items": items, "intro": f"{said} à votre texte. {JOINING}", "empty": empty}


def _saved(draft: IdeaDraft) -> str:
    return f"Brouillon enregistré à {clock_time(draft.saved_at)}, visible de vous seul"


def _thanks(idea: Idea) -> str:
    origin = standing.whose_delay(idea.promise_origin, yours=True) if idea.promise_origin else ""
    due = f" avant le {short_date(idea.answer_due_on)} ({origin})" if idea.answer_due_on else ""
    who = idea.handler.display_name if idea.handler else "L’équipe d’animation"
    return (
        f"Votre idée est déposée. {who} vous répondra{due}{NBSP}: vous en serez prévenu ici et par courriel."
    )


def _promised(request: PersonRequest, choice: ChallengeChoice) -> str:
    """What will be promised to the idea once deposited: « en 60 jours (délai du défi) »."""
    delay = choice.chosen.answer_delay_days if choice.chosen else None
    today = clock.today()
    promise = circuit.promise(request.user.organisation, today, delay)
    origin = standing.whose_delay(promise["promise_origin"], yours=True)
    return f"en {days((promise['answer_due_on'] - today).days)} ({origin})"


def _window(request: PersonRequest) -> str:
    """The name of the window that shows the page: its own, else a new one."""
    sent = request.POST.get("window", "")
    return sent if WINDOW.fullmatch(sent) else uuid4().hex


def _need_page(
    request: PersonRequest,
    form: forms.NeedForm,
    draft: IdeaDraft | None,
    *,
    join: JoinForm | None = None,
    refusal: str = "",
    theirs: IdeaDraft | None = None,
    became: Idea | None = None,
    choice: ChallengeChoice | None = None,
    status: int = 200,
) -> HttpResponse:
    """`theirs` is what another window saved; `became` the idea that this text already is."""
    context = {
        "form": form,
        "choice": (chosen := choice or _choice(request, draft)),
        # Nothing typed travels: the challenge at most.
        "airlock_url": f"{settings.AIRLOCK_URL}/{f'?defi={chosen.chosen.slug}' if chosen.chosen else ''}",
        "window": _window(request),
        "theirs": [(form[name].label, theirs.fields.get(name, "")) for name in TEXTS] if theirs else [],
        "became": became,
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
    form: forms.DepositForm,
    need: forms.NeedForm,
    draft: IdeaDraft,
    *,
    refusal: str = "",
    choice: ChallengeChoice | None = None,
    status: int = 200,
) -> HttpResponse:
    form.watch = watch(forms.told(need, form), writer=request.user, data=request.POST)
    choice = choice or _choice(request, draft)
    context = {
        "form": form,
        "choice": choice,
        "promised": _promised(request, choice),
        "need": need.cleaned_data,
        "draft": draft,
        "files": files_of_draft(draft),
        "read": forms.fingerprint(draft.fields),
        "alike": _alike(request, need.text),
        "audience_hints": AUDIENCE_HINTS,
        "refusal": refusal,
    }
    return render(request, "ideas/review.html", context, status=status)
