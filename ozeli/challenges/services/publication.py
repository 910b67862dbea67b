"""A challenge is published, then may be cancelled: both are decided once, journaled and told."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.text import slugify

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.models import Poll

from .. import rules
from ..calendar import Planned, faults
from ..enums import ChallengeState, PhaseKind
from ..models import KIND, Challenge
from . import communication, drafts
from .held import hold, note, touch
from .phases import settle_dates

_ADDRESSES = 7_290_431  # advisory lock: one address is chosen at a time
SLUG_LENGTH = 50
RESERVED = frozenset({"nouveau", "suggestions", "personnes", "export", "flux"})
REASON_MIN_LENGTH = 10
REASON_TOO_SHORT = "Dites pourquoi en une phrase : elle sera lue par tous ceux qui prennent part au défi."


@dataclass(frozen=True, slots=True)
class Lack:
    """What a draft still needs, and the step of its preparation where it is given."""

    step: str
    message: str


def lacks(draft: Challenge) -> list[Lack]:
    """Everything that stands between a draft and its publication."""
    found = []
    if not draft.title:
        found.append(Lack("question", "Donnez un nom au défi."))
    if not draft.question:
        found.append(Lack("question", "Écrivez la question posée."))
    if not draft.rules_text:
        found.append(Lack("participants", "Écrivez le règlement, même en quelques lignes."))
    planned = [Planned(PhaseKind(one.kind), one.opens_at, one.closes_at) for one in draft.phases.all()]
    found += [Lack("calendrier", fault.message) for fault in faults(planned, today=clock.today())]
    return found


@transaction.atomic
def publish(challenge: Challenge, *, actor: User, version: int) -> Challenge:
    """Open the challenge to those who take part: its address is fixed, its plan written, and it is told."""
    held = hold(challenge, version)
    if held.state != ChallengeState.DRAFT:
        raise Conflict("Ce défi est déjà publié.")
    if not rules.leads(actor, held):
        raise Refused("La publication revient au responsable du défi.")
    drafts.check_reach(held, actor)
    if missing := lacks(held):
        raise Refused(" ".join(lack.message for lack in missing))
    former = communication.address_of(held)
    held.slug, held.state = _free_slug(held.title), ChallengeState.PUBLISHED
    held.save(update_fields=["slug", "state"])
    settle_dates(held)
    if held.communication.exists():
        communication.follow_address(held, former)
    else:
        communication.propose(held)
    note("publish", held, actor)
    tell("challenge.published", KIND, held.pk, actor=actor)
    touch(held)
    return held


@transaction.atomic
def cancel(challenge: Challenge, *, actor: User, reason: str, version: int) -> Challenge:
    """Stop a published challenge for good: nothing enters any more, and every idea stays."""
    held = hold(challenge, version)
    if held.state != ChallengeState.PUBLISHED:
        raise Conflict("Ce défi n’est pas publié, ou il est déjà annulé.")
    if not rules.leads(actor, held):
        raise Refused("L’annulation revient au responsable du défi.")
    if len(reason.strip()) < REASON_MIN_LENGTH:
        raise Refused(REASON_TOO_SHORT)
    held.state, held.cancel_reason = ChallengeState.CANCELLED, reason.strip()
    held.save(update_fields=["state", "cancel_reason"])
    Poll.objects.filter(pk=held.poll_id).update(opens_at=None, closes_at=None)
    note("cancel", held, actor, reason=held.cancel_reason)
    tell("challenge.cancelled", KIND, held.pk, actor=actor)
    touch(held)
    return held


def _free_slug(title: str) -> str:
    """The title as an address that no other challenge bears; publications of one moment wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_ADDRESSES])
    base = slugify(title.replace("’", " ").replace("'", " "))[:SLUG_LENGTH].strip("-") or "defi"
    taken = set(Challenge.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    if base not in taken:
        return base
    return next(slug for number in range(2, 10_000) if (slug := f"{base}-{number}") not in taken)
