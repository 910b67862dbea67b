"""Changes of a text that others have already read: kept, dated, explained, told.

What the author takes out stays in the history; data about a person does not: it is masked there.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.engagement.models import Comment, Vote
from ozeli.engagement.selectors import tags_of
from ozeli.engagement.sensitive import masked
from ozeli.engagement.services import clean_text

from ..enums import State
from ..models import KIND, Idea, IdeaAmendment, IdeaAuthor
from .circuit import NOTE_MIN_LENGTH, kept_day

REASON_MAX_LENGTH = 200
LABELS = {
    "title": "Titre",
    "problem": "Le problème",
    "beneficiaries": "Pour qui",
    "proposal": "La proposition",
    "benefit": "Ce que cela changerait",
    "domain": "Domaine",
    "objective": "Objectif stratégique",
    "audience": "Qui peut la lire",
    "tags": "Mots-clés",
}
COMPLETED = "Complément demandé par l’animation"
NEEDS_REASON = (
    "D’autres ont déjà voté ou commenté. Dites en une ligne ce que vous changez et pourquoi : c’est affiché avec la"
    " modification."
)


def has_company(idea: Idea) -> bool:
    """Whether somebody else than its authors has voted for the idea or spoken under it, in any round: one query."""
    if idea.round > 1:
        return True
    votes = Vote.objects.filter(ballot=OuterRef("ballot")).exclude(voter__in=signed_by(idea))
    words = Comment.objects.filter(kind=KIND, object_id=OuterRef("pk"), is_removed=False)
    others = words.filter(Q(author__isnull=True) | ~Q(author__in=signed_by(idea)))
    return Idea.objects.filter(Exists(votes) | Exists(others), pk=idea.pk).exists()


def signed_by(idea: Idea) -> Any:
    return IdeaAuthor.objects.filter(idea=idea).values("user")


def snapshot(idea: Idea) -> dict[str, str]:
    """The words of an idea by field, as they are compared."""
    return {
        **{
            name: getattr(idea, name) for name in ("title", "problem", "beneficiaries", "proposal", "benefit")
        },
        "domain": idea.domain.name,
        "objective": idea.objective.title if idea.objective else "",
        "audience": idea.get_audience_display(),
        "tags": ", ".join(tag.name for tag in tags_of(KIND, [idea.pk]).get(idea.pk, [])),
    }


def changes(before: dict[str, str], after: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"field": name, "before": masked(before[name]), "after": after[name]}
        for name in LABELS
        if before[name] != after[name]
    ]


def checked_reason(idea: Idea, reason: str) -> str:
    """The reason of a change; Refused when there is none. A complement that was asked for explains itself."""
    reason = " ".join(clean_text(reason).split())
    if not reason and idea.state == State.TO_COMPLETE:
        return COMPLETED
    if len(reason) < NOTE_MIN_LENGTH:
        raise Refused(NEEDS_REASON)
    if len(reason) > REASON_MAX_LENGTH:
        raise Refused(f"La raison tient en une ligne : {REASON_MAX_LENGTH} caractères au plus.")
    return reason


def keep_amendment(
    idea: Idea, changed: list[dict[str, str]], *, actor: User | None, reason: str
) -> IdeaAmendment:
    """Write the amendment of an idea held by the caller, and tell those who read the text before."""
    last = (
        IdeaAmendment.objects.filter(idea=idea).order_by("-number").values_list("number", flat=True).first()
    )
    amendment = IdeaAmendment.objects.create(
        idea=idea,
        number=(last or 0) + 1,
        author=actor,
        made_on=kept_day(idea.organisation, clock.today()),
        reason=reason,
        changes=changed,
    )
    tell("idea.amended", KIND, idea.pk, actor=actor, amendment=amendment.pk)
    return amendment
