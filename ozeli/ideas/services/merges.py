"""The same idea twice: one absorbed into the other, and parted again within thirty days.

What the absorbed idea held stays on it (votes, signatures, followers): the kept one receives copies that name the
merge, and an undo takes those away. Comments move, and come back. Locks: both ballots, both ideas, then the rows.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import bring_followers, send_followers_back
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import list_of
from ozeli.engagement import merging
from ozeli.engagement.selectors import commenters
from ozeli.engagement.services import clean_text
from ozeli.journal.services import record
from ozeli.network.enums import Audience
from ozeli.search.services import schedule_index

from .. import rules
from ..enums import CompletionEnd, State
from ..models import KIND, CompletionRequest, Idea, IdeaAuthor, IdeaLink, IdeaMerge
from ..models_merges import undo_until
from .circuit import NO_PROMISE, move
from .coauthors import handler_for
from .moderation import recount

PROMISE = ("waiting_since", "answer_due_on", "first_due_on", "promise_origin")
RIGHTS = "Seul un référent des deux idées, qui n’a signé ni l’une ni l’autre, les regroupe ou les sépare."
CHANGED = "L’une des deux idées vient de changer. Relisez-les avant de les regrouper."


@dataclass(frozen=True, slots=True)
class Parted:
    """What stayed where it was when two ideas were parted."""

    replies: int
    votes: int


# --- what cannot be united --------------------------------------------------------------------------------------------


def obstacles(absorbed: Idea, kept: Idea) -> list[str]:
    """Why the first cannot be absorbed by the second, in sentences; empty when nothing stands in the way."""
    if absorbed.pk == kept.pk:
        return ["C’est la même fiche : choisissez une autre idée."]
    found = [_state_refusal(idea) for idea in (absorbed, kept)]
    if absorbed.is_imported or kept.is_imported:
        found.append("Une idée importée garde son origine et son identifiant : liez plutôt les deux idées.")
    if absorbed.challenge_id != kept.challenge_id:
        found.append("Elles ne sont pas du même défi : leurs votes ne s’additionnent pas. Liez-les plutôt.")
    elif absorbed.ballot.poll_id != kept.ballot.poll_id:
        found.append("L’une a été relancée depuis : leurs votes ne s’additionnent plus. Liez-les plutôt.")
    if not _same_readers(absorbed, kept):
        found.append(
            "Elles ne sont pas visibles des mêmes personnes : les regrouper montrerait l’une à qui ne doit pas la lire."
        )
    if kept.is_anonymous and not absorbed.is_anonymous:
        found.append(
            "L’idée gardée est anonyme et ne reçoit pas de signature : gardez plutôt celle qui est signée."
        )
    found += [_votes_refusal(absorbed, kept), _experts_refusal(absorbed, kept)]
    return [one for one in found if one]


def _state_refusal(idea: Idea) -> str:
    if idea.state == State.MERGED:
        return f"L’idée « {idea.title} » est déjà regroupée avec une autre."
    if idea.is_hidden:
        return f"L’idée « {idea.title} » est masquée par la modération."
    if not idea.is_open:
        return f"L’idée « {idea.title} » a déjà reçu sa réponse ou n’attend plus rien : liez plutôt les deux idées."
    return ""


def _same_readers(one: Idea, other: Idea) -> bool:
    if one.audience != other.audience:
        return False
    if one.audience == Audience.BRANCH:
        return one.branch_id == other.branch_id
    return one.audience != Audience.ORGANISATION or one.organisation_id == other.organisation_id


def _votes_refusal(absorbed: Idea, kept: Idea) -> str:
    over = merging.ended(absorbed.ballot_id, kept.ballot_id)
    if over and absorbed.challenge_id is not None:
        return "Les votes de ce défi sont clos : un résultat clos ne change plus. Liez plutôt les deux idées."
    if len(over) == 1:
        return "Les votes sont clos sur l’une et ouverts sur l’autre : attendez qu’elles en soient au même point."
    return ""


def _experts_refusal(absorbed: Idea, kept: Idea) -> str:
    """Nobody gives an opinion on an idea they sign."""
    signing = {author.user_id for author in absorbed.authors.all()}
    asked = kept.experts.filter(user__in=signing, declined_on__isnull=True).select_related("user")
    names = [one.user.display_name for one in asked]
    return (
        f"Un avis est demandé à {list_of(names)}, qui signerait l’idée : retirez d’abord cette demande."
        if names
        else ""
    )


# --- merge ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def merge(
    absorbed: Idea, kept: Idea, *, actor: User, reason: str, versions: tuple[int, int] | None = None
) -> IdeaMerge:
    """Absorb an idea into another: votes, signatures, followers, comments; voters, authors and followers are told.

    `versions` are those of both ideas as they were read. Raises Refused, and Conflict when somebody came first.
    """
    absorbed, kept = _held(absorbed, kept)
    if not (rules.decides(actor, absorbed) and rules.decides(actor, kept)):
        raise Refused(RIGHTS)
    if versions is not None and versions != (absorbed.version, kept.version):
        raise Conflict(CHANGED)
    if found := obstacles(absorbed, kept):
        taken = State.MERGED in (absorbed.state, kept.state)
        raise (Conflict if taken else Refused)(found[0])
    made = _absorb(absorbed, kept, actor, clean_text(reason))
    sign_together(made)
    bring_followers(KIND, absorbed.pk, kept.pk)
    merging.move_comments(KIND, absorbed.pk, kept.pk)
    _settle(absorbed, kept)
    record("idea.absorb", KIND, kept.pk, actor=actor_key(actor), absorbed=str(absorbed.pk), merge=made.pk)
    return made


def _held(one: Idea, other: Idea) -> tuple[Idea, Idea]:
    """Both ideas as they stand now, held with their ballots until the end of the transaction."""
    if one.pk == other.pk:
        raise Refused("C’est la même fiche : choisissez une autre idée.")
    ballots = {one.pk: one.ballot_id, other.pk: other.ballot_id}
    merging.hold_ballots(*ballots.values())
    rows = Idea.objects.select_for_update(of=("self",)).select_related("organisation", "branch")
    found = {idea.pk: idea for idea in rows.filter(pk__in=ballots).order_by("pk")}
    if any(idea.ballot_id != ballots[idea.pk] for idea in found.values()):
        raise Conflict(CHANGED)
    return found[one.pk], found[other.pk]


def _absorb(absorbed: Idea, kept: Idea, actor: User, reason: str) -> IdeaMerge:
    """The votes, the state and the row that tells both."""
    before = {"state_before": absorbed.state} | {name: getattr(absorbed, name) for name in PROMISE}
    completion = CompletionRequest.objects.filter(idea=absorbed, ended_on__isnull=True).first()
    was_open, union = absorbed.ballot.is_open, merging.union_of(absorbed.ballot_id, kept.ballot_id)
    carried = merging.absorb_votes(absorbed.ballot_id, kept.ballot_id)
    Idea.objects.filter(pk=kept.pk).update(vote_count=F("vote_count") + carried)
    step = move(absorbed, "merge", actor=actor, note=reason, merged_into=kept, **NO_PROMISE)
    by_month = absorbed.is_anonymous or kept.is_anonymous
    today = clock.today()
    return IdeaMerge.objects.create(
        absorbed=absorbed,
        kept=kept,
        reason=reason,
        merged_by=actor,
        merged_on=today.replace(day=1) if by_month else today,
        undo_until=undo_until(today, by_month=by_month),
        step=step,
        completion=completion,
        ballot_was_open=was_open,
        kept_ballot=kept.ballot,
        votes_carried=carried,
        votes_shared=union.both,
        **before,
    )


def sign_together(made: IdeaMerge) -> None:
    """Those who signed the absorbed idea sign the kept one after its own authors; nobody answers what they sign."""
    kept = made.kept
    signing = list(IdeaAuthor.objects.filter(idea=kept).values_list("user_id", flat=True))
    last = IdeaAuthor.objects.filter(idea=kept).aggregate(last=Max("position"))["last"] or 0
    theirs = (
        IdeaAuthor.objects.filter(idea=made.absorbed).exclude(user__in=signing).order_by("position", "pk")
    )
    added = [
        IdeaAuthor(idea=kept, user_id=one.user_id, position=last + place, brought_by=made)
        for place, one in enumerate(theirs, start=1)
    ]
    IdeaAuthor.objects.bulk_create(added)
    if kept.handler_id in [one.user_id for one in added] and kept.organisation is not None:
        people = [one.user for one in IdeaAuthor.objects.filter(idea=kept).select_related("user")]
        IdeaMerge.objects.filter(pk=made.pk).update(handler_before=kept.handler_id)
        Idea.objects.filter(pk=kept.pk).update(handler=handler_for(kept.organisation, people))


def _settle(*ideas: Idea) -> None:
    """Bring what both count of others to what there is, and have them found again."""
    for idea in ideas:
        recount(idea)
        recount_kin(idea.pk)
    schedule_index(KIND, [idea.pk for idea in ideas])


def recount_kin(idea_id: UUID) -> None:
    """Bring the number of ideas tied to one to those that are. The caller holds the idea."""
    tied = Idea.objects.filter(merged_into=idea_id).count()
    tied += IdeaLink.objects.filter(one=idea_id).count() + IdeaLink.objects.filter(other=idea_id).count()
    Idea.objects.filter(pk=idea_id).update(kin_count=tied)


# --- part -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def undo(made: IdeaMerge, *, actor: User, reason: str) -> Parted:
    """Part two ideas: state, promise, votes, signatures, followers and comments as they were.

    What arrived since stays with the kept idea. Raises Refused (not theirs, too late, the kept idea was itself
    absorbed) and Conflict when somebody parted them first.
    """
    reason = clean_text(reason)
    absorbed, kept = _held_to_part(made)
    made = IdeaMerge.objects.select_for_update(of=("self",)).get(pk=made.pk)
    if not made.is_standing:
        raise Conflict("Ces deux idées viennent d’être séparées.")
    _check_parting(made, absorbed, kept, actor)
    parted = _part(made, absorbed, kept)
    _restore(made, absorbed, actor, reason)
    IdeaMerge.objects.filter(pk=made.pk).update(
        undone_by=actor,
        undone_on=clock.today().replace(day=1) if _by_month(absorbed, kept) else clock.today(),
        undo_reason=reason,
    )
    _settle(absorbed, kept)
    record("idea.part", KIND, kept.pk, actor=actor_key(actor), absorbed=str(absorbed.pk), merge=made.pk)
    return parted


def _by_month(*ideas: Idea) -> bool:
    return any(idea.is_anonymous for idea in ideas)


def _held_to_part(made: IdeaMerge) -> tuple[Idea, Idea]:
    absorbed = Idea.objects.get(pk=made.absorbed_id)
    merging.hold_ballots(absorbed.ballot_id, made.kept_ballot_id)
    rows = Idea.objects.select_for_update(of=("self",)).select_related("organisation", "branch")
    pair = (made.absorbed_id, made.kept_id)
    found = {idea.pk: idea for idea in rows.filter(pk__in=pair).order_by("pk")}
    return found[made.absorbed_id], found[made.kept_id]


def _check_parting(made: IdeaMerge, absorbed: Idea, kept: Idea, actor: User) -> None:
    if not may_part(actor, absorbed, kept):
        raise Refused(RIGHTS)
    if not made.is_reversible:
        raise Refused("Les trente jours sont passés : ces deux idées ne se séparent plus.")
    if kept.state == State.MERGED:
        raise Refused(f"L’idée « {kept.title} » a été regroupée à son tour : séparez-la d’abord.")


def may_part(actor: User, absorbed: Idea, kept: Idea) -> bool:
    """Works both desks and signs neither: the same who unites them."""
    return rules.decides(actor, absorbed) and rules.decides(actor, kept)


def _part(made: IdeaMerge, absorbed: Idea, kept: Idea) -> Parted:
    """Take from the kept idea what the merge had brought."""
    left, elsewhere = merging.release_votes(
        absorbed.ballot_id, made.kept_ballot_id, reopen=made.ballot_was_open
    )
    if kept.ballot_id == made.kept_ballot_id:
        Idea.objects.filter(pk=kept.pk).update(vote_count=F("vote_count") - left)
    Idea.objects.filter(pk=absorbed.pk).update(vote_count=F("vote_count") - elsewhere)
    IdeaAuthor.objects.filter(idea=kept, brought_by=made).delete()
    if made.handler_before_id is not None and kept.is_open:
        Idea.objects.filter(pk=kept.pk).update(handler=made.handler_before_id)
    replies = merging.return_comments(KIND, kept.pk, absorbed.pk, [absorbed.pk, *_absorbed_by(absorbed.pk)])
    send_followers_back(KIND, absorbed.pk, kept.pk, stay=_speakers(kept))
    return Parted(replies, elsewhere)


def _speakers(idea: Idea) -> list[int]:
    """Those who spoke under an idea: they follow it for themselves."""
    return [pk for pk in commenters(KIND, idea.pk) if pk is not None]


def _absorbed_by(idea_id: UUID) -> list[UUID]:
    """The ideas absorbed by one, and by those, all the way down."""
    found: list[UUID] = []
    layer = [idea_id]
    while layer:
        layer = list(Idea.objects.filter(merged_into__in=layer).values_list("pk", flat=True))
        found += layer
    return found


def _restore(made: IdeaMerge, absorbed: Idea, actor: User, reason: str) -> None:
    """The state and the promise of the absorbed idea, as the merge found them."""
    promise = {name: getattr(made, name) for name in PROMISE}
    move(absorbed, f"unmerge_to_{made.state_before}", actor=actor, note=reason, merged_into=None, **promise)
    if made.completion_id is not None:
        CompletionRequest.objects.filter(pk=made.completion_id, outcome=CompletionEnd.LEFT).update(
            ended_on=None, outcome=""
        )
