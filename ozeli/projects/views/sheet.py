"""The sheet of a project, following it, and writing to whoever carries it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ozeli.accounts.models import User
from ozeli.accounts.requests import PersonRequest
from ozeli.activity.selectors import followers
from ozeli.activity.services import set_follow
from ozeli.core.access import brick
from ozeli.core.errors import Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered
from ozeli.core.registry import knots_for, panels_for

from .. import rules, standing
from ..enums import State
from ..forms.update import LetterForm
from ..models import KIND, Project
from ..selectors import life, sheet
from ..services.sheet import write_to_owner
from ..words_moves import MOVES, WORDS
from ..workflow import TRANSITIONS
from .loader import get_project

# What its sections do not offer by themselves.
KEEPING = (
    ("modifier/", "Modifier la fiche"),
    ("documents/", "Documents et images"),
)
FEW_MOVES = 2


@dataclass(frozen=True, slots=True)
class Act:
    """The one thing to do now, for this person."""

    label: str = ""
    url: str = ""
    icon: str = ""


@require_GET
@brick("projects")
def project(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    found = sheet.complete(get_project(request, short, sheet.readable()))
    if slug != found.slug:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{found.get_absolute_url()}{'?' if query else ''}{query}")
    return render(request, "projects/sheet/sheet.html", _context(request, found))


def _context(request: PersonRequest, found: Project) -> dict[str, Any]:
    user, url = request.user, found.get_absolute_url()
    around, course = sheet.around(found, user), sheet.course(found)
    ideas = sheet.ideas_of(around.ideas, user)
    hidden = len(around.ideas) - len(ideas)
    owner = sheet.owner_of(found)
    moves, lived = sheet.moves_of(found), life.life_of(found, user)
    return {
        **_standing(found),
        "project": found,
        "url": url,
        "owner": owner,
        "around": around,
        "course": course,
        "ideas": ideas if len(ideas) > sheet.IDEAS_SHOWN else [],
        "thread": sheet.thread(found, ideas, hidden, user, knots_for("project", request, found)),
        "end": standing.end_of(found, moves[-1] if moves else None),
        "moves": sheet.told_moves(moves),
        "is_elsewhere": owner is not None and owner.user.organisation_id != found.organisation_id,
        "act": _act(user, found, course, url, has_owner=owner is not None),
        "edits": rules.edits(user, found),
        "keeping": _keeping(user, found, url),
        "may_write": owner is not None and owner.user_id != user.pk,
        "life": lived,
        "panels": panels_for("project", request, found),
    }


def _standing(found: Project) -> dict[str, Any]:
    """The words of the head, of the three blocks and of the aside."""
    return {
        "lede": standing.lede(found),
        "progress_words": standing.progress(found),
        "due": standing.due(found),
        "said_by": standing.said_by(found),
        "lasted": standing.lasted(found),
        "readers": standing.readers(found),
        "video": standing.video_host(found),
        "is_summed_up": len(found.summary) <= standing.SHORT_SUMMARY,
    }


def _act(user: User, found: Project, course: sheet.Course, url: str, *, has_owner: bool) -> Act:
    """A gate to decide comes first, then what the team owes, then what a reader may offer."""
    if found.is_withdrawn:
        return Act()
    gate = course.awaited
    if gate is not None and found.state == State.UNDER_WAY and rules.decides(user, gate, found):
        return Act("Décider du jalon", f"{url}jalons/{found.stage_number}/", "flag")
    if rules.edits(user, found) and found.is_live:
        if found.state == State.TO_LAUNCH:
            return Act("Lancer l’essai", f"{url}lancer/", "arrow")
        return Act("Où en êtes-vous\u202f?", f"{url}point/", "pencil")
    if rules.role_of(user, found):
        return Act("Écrire au journal", f"{url}journal/", "pencil") if found.is_live else Act()
    if found.is_live and has_owner:
        return Act("Proposer mon aide", f"{url}aide/", "users")
    return Act()


def _keeping(user: User, found: Project, url: str) -> list[tuple[str, str]]:
    """What keeps the sheet alive, as (words, address): for its team and its desk."""
    if not rules.edits(user, found):
        return []
    links = [(words, f"{url}{tail}") for tail, words in KEEPING]
    moves = [one for one in TRANSITIONS.open_to(user, found) if one.name != "launch"]
    if len(moves) > FEW_MOVES:  # the page of the stages has them all
        links.append(("Geler, arrêter ou terminer", f"{url}etapes/"))
    else:
        links += [(WORDS[one.name].title, f"{url}{MOVES[one.name]}/") for one in moves]
    if rules.owns(user, found):
        words = "Remettre dans les listes" if found.is_withdrawn else "Retirer des listes"
        links.append((words, f"{url}retirer/"))
    return links


@require_POST
@brick("projects")
def follow(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Bring the follow to the wanted state (`want`: 1 or 0)."""
    found, wanted = get_project(request, short), request.POST.get("want")
    if wanted not in ("0", "1"):
        raise SuspiciousOperation("want is 1 or 0")
    set_follow(KIND, found.pk, user=request.user, wanted=wanted == "1")
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(f"{found.get_absolute_url()}#suivre")
    context = {
        "url": found.get_absolute_url(),
        "is_followed": wanted == "1",
        "followers": followers(KIND, found.pk).count(),
        "csrf_token": get_token(request),
    }
    return HttpResponse(render_to_string("projects/sheet/_follow.html", context))


@require_http_methods(["GET", "POST"])
@brick("projects")
@idempotent
def offer_help(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """Offer one's help, or ask something: a word to the owner, through the portal."""
    found = get_project(request, short)
    form = LetterForm(request.POST or None, initial=recovered(request))
    if request.method == "POST":
        form = LetterForm(request.POST)
        if form.is_valid():
            try:
                write_to_owner(found, form.cleaned_data["words"], actor=request.user)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, "Votre message est parti. Son porteur vous répondra par courriel.")
                return redirect(found)
    context = {"project": found, "owner": sheet.owner_of(found), "form": form}
    return render(request, "projects/sheet/help.html", context, status=422 if form.errors else 200)
