"""The page of a challenge, its rules page, and following it."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ozeli.accounts.models import User
from ozeli.accounts.requests import PersonRequest
from ozeli.activity.selectors import followers, is_following
from ozeli.activity.services import set_follow
from ozeli.core import clock
from ozeli.core.access import Level, brick
from ozeli.core.french import month, plural
from ozeli.core.registry import panels_for
from ozeli.core.ui import ThreadNode

from .. import figures, rules, standing
from ..days import last_day_of, said_end
from ..enums import ChallengeState, PhaseKind
from ..figures import Figures
from ..models import KIND, Challenge
from ..selectors import Known, known_of
from .loader import get_challenge

CHANGES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Act:
    """What one may do now, in one line, and the one filled button of the page when there is one."""

    label: str = ""
    url: str = ""
    icon: str = ""
    note: str = ""


@require_GET
@brick("challenges")
def challenge(request: PersonRequest, slug: str) -> HttpResponse:
    found = get_challenge(request, slug)
    return render(request, "challenges/challenge.html", _context(request, found))


@require_GET
@brick("challenges")
def rules_page(request: PersonRequest, slug: str) -> HttpResponse:
    """The rules of the challenge, made to be printed."""
    found = get_challenge(request, slug)
    known = known_of(found)
    context = {
        "challenge": found,
        "opened": standing.opened(found),
        "vote": standing.how_to_vote(found),
        "locked": standing.when_locked(known),
        "promise": standing.promised(found),
        "steps": standing.steps(known, clock.now()),
    }
    return render(request, "challenges/rules.html", context)


@require_POST
@brick("challenges")
def follow(request: PersonRequest, slug: str) -> HttpResponse:
    """Bring the follow to the wanted state (`want`: 1 or 0)."""
    found, wanted = get_challenge(request, slug), request.POST.get("want")
    if wanted not in ("0", "1"):
        raise SuspiciousOperation("want is 1 or 0")
    if found.state == ChallengeState.DRAFT and wanted == "1":
        raise Http404("nothing to follow yet")
    set_follow(KIND, found.pk, user=request.user, wanted=wanted == "1")
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(f"{found.get_absolute_url()}#suivre")
    context = {
        "url": found.get_absolute_url(),
        "is_followed": wanted == "1",
        "is_main": False,
        "followers": followers(KIND, found.pk).count(),
        "csrf_token": get_token(request),
    }
    return HttpResponse(render_to_string("challenges/_follow.html", context))


def _context(request: PersonRequest, found: Challenge) -> dict[str, Any]:
    user, known, at = request.user, known_of(found), clock.now()
    numbers = figures.of([found.pk])[found.pk]
    shown = panels_for("challenge", request, found)
    is_followed = is_following(KIND, found.pk, user)
    act = _act(user, found, known, is_followed)
    return {
        "challenge": found,
        "url": found.get_absolute_url(),
        "look": standing.look(found.state, known, at),
        "left": standing.countdown(found.state, known, at, clock.today()),
        "act": act,
        "follow_first": act.icon == "bell",
        "steps": standing.steps(known, at),
        "thread": _thread(found, known, numbers),
        "numbers": numbers,
        "scope": standing.scope(found),
        "opened": standing.opened(found),
        "bodies": [row.organisation for row in found.bodies.all()],
        "vote": standing.how_to_vote(found),
        "locked": standing.when_locked(known),
        "promise": standing.promised(found),
        "prizes": list(found.prizes.all()),
        "team": list(found.animators.select_related("user__organisation")),
        "changes": _changes(found),
        "panels": shown,
        "is_followed": is_followed,
        "followers": followers(KIND, found.pk).count(),
        "works_desk": rules.works_desk(user, found),
        "leads": rules.leads(user, found),
        "is_draft": found.state == ChallengeState.DRAFT,
        "is_over": known.phase(at) is None and known.next_phase(at) is None,
        "may_copy": rules.may_create(user) and found.state != ChallengeState.DRAFT,
    }


def _act(user: User, challenge: Challenge, known: Known, is_followed: bool) -> Act:
    """The one thing to do now, for this person."""
    at = clock.now()
    if challenge.state == ChallengeState.DRAFT:
        return Act("Relire et publier", reverse("challenges:review", args=[challenge.pk]), "eye")
    if challenge.state != ChallengeState.PUBLISHED:
        return Act()
    phase, coming = known.phase(at), known.next_phase(at)
    if (phase is not None and phase.kind == PhaseKind.RESULTS) or (phase is None and coming is None):
        return Act("Lire les résultats", f"{known.url}resultats/", "okc", "Ses résultats sont publiés.")
    if not rules.takes_part(user, known) or user.level("ideas") < Level.CONSULT:
        return Act(
            note="Ce défi est ouvert à d’autres organismes que le vôtre\u00a0: vous le lisez sans y déposer."
        )
    if known.accepts_deposits(at):
        said = f"Vous pouvez déposer une idée{' et voter' if known.accepts_votes(at) else ''}."
        return Act("Déposer une idée dans ce défi", f"/idees/deposer/?defi={known.slug}", "plus", said)
    if known.accepts_votes(at):
        said = "Vous pouvez lire les idées, en débattre et voter."
        return Act("Lire les idées et voter", f"{known.url}idees/", "up", said)
    if phase is not None and phase.kind == PhaseKind.STUDY:
        return Act(note="Les dépôts et les votes sont clos\u00a0: l’équipe étudie chaque idée et y répond.")
    if is_followed:
        return Act(note="Vous serez prévenu la veille de l’ouverture.")
    return Act(icon="bell", note="Suivez ce défi pour être prévenu la veille de l’ouverture.")


def _thread(challenge: Challenge, known: Known, numbers: Figures) -> list[ThreadNode]:
    """From the question to what lives in the bodies; what has not happened yet is drawn so."""
    if not known.windows:
        return []
    first, last = known.windows[0], last_day_of(known.closes_at)
    when = f"Jusqu’au {said_end(known.closes_at)}" if known.closes_at and last else "Sans fin"
    if last and last < clock.today():
        when = month(first.opens_at).capitalize()
    ideas = ThreadNode("idea", "Pas encore", "", "next")
    if numbers.ideas:
        ideas = ThreadNode("idea", plural(numbers.ideas, "idée"), "", "past", url=f"{known.url}idees/")
    return [
        ThreadNode("challenge", challenge.title or "Défi sans nom", when, "here"),
        ideas,
        ThreadNode("project", "Pas encore", "", "next"),
        ThreadNode("achievement", "Pas encore", "", "next"),
    ]


def _changes(challenge: Challenge) -> list[dict[str, Any]]:
    """The dates moved, the latest first: what, from when to when, why, who."""
    rows = challenge.changes.select_related("actor")[:CHANGES_SHOWN]
    return [
        {
            "phase": PhaseKind(row.kind).label,
            "was": said_end(row.closed_at) if row.closed_at else "",
            "end": said_end(row.closes_at) if row.closes_at else "",
            "reason": row.reason,
            "who": row.actor.display_name if row.actor else "",
            "on": row.made_at,
        }
        for row in rows
    ]
