"""Phases open and close rights by themselves: nothing runs at their hours, the database's clock is asked."""

from uuid import UUID

from django.db import connection
from django.db.models import Max, Min

from ozeli.core.errors import Refused
from ozeli.engagement.models import Poll

from ..enums import DEPOSIT_PHASES, VOTING_PHASES
from ..models import Challenge

_IS_OPEN = """
select exists (
    select from challenges_phase p join challenges_challenge c on c.id = p.challenge_id
    where c.id = %s and c.state = 'published' and p.kind = any(%s)
    and p.opens_at <= clock_timestamp() and (p.closes_at is null or p.closes_at > clock_timestamp())
)
"""
DEPOSIT_IS_OVER = (
    "Ce défi n’accepte pas de dépôt en ce moment. Votre texte est gardé : déposez l’idée hors défi,"
    " ou gardez-la en brouillon."
)


def check_deposits_open(challenge_id: UUID) -> None:
    """Raise Refused unless ideas may be deposited in this challenge now, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_OPEN, [challenge_id, sorted(DEPOSIT_PHASES)])
        if not cursor.fetchone()[0]:
            raise Refused(DEPOSIT_IS_OVER)


def settle_dates(challenge: Challenge) -> None:
    """Write what hangs from the phases: the span of the challenge and the window of its votes."""
    phases = list(challenge.phases.order_by("opens_at"))
    voting = [phase for phase in phases if phase.kind in VOTING_PHASES]
    endless = any(phase.closes_at is None for phase in voting)
    Poll.objects.filter(pk=challenge.poll_id).update(
        opens_at=min((phase.opens_at for phase in voting), default=None),
        closes_at=None
        if endless
        else max((phase.closes_at for phase in voting if phase.closes_at), default=None),
        votes_each=challenge.votes_each,
    )
    span = challenge.phases.aggregate(first=Min("opens_at"), last=Max("closes_at"))
    last = None if phases and phases[-1].closes_at is None else span["last"]
    Challenge.objects.filter(pk=challenge.pk).update(opens_at=span["first"], closes_at=last)
