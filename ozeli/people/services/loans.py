"""Profiles lent while somebody is away: the borrower is told when it is agreed and when it begins, both when it ends.

A loan is known by the key of its first event, which keeps its terms: a membership may be lent again, or given for good.
"""

from datetime import date, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ozeli.accounts.models import Membership, User
from ozeli.activity.models import Event
from ozeli.activity.services import tell
from ozeli.core import clock

KIND = "loan"
LENT, BEGUN, ENDED = "loan.lent", "loan.begun", "loan.ended"
# A job that slept is not to tell of what is long past.
LATE = timedelta(days=7)


def tell_lent(membership: Membership, giver: User) -> None:
    """Tell the borrower what is lent and when. The names of things are kept: a profile may be renamed."""
    tell(
        LENT,
        KIND,
        uuid4(),
        actor=giver,
        membership=membership.pk,
        borrower=membership.user_id,
        lender=giver.pk,
        profile=membership.profile.name,
        place=membership.organisation.name if membership.organisation else "",
        starts_on=str(membership.starts_on),
        ends_on=str(membership.ends_on),
    )


def tell_taken_back(membership: Membership, giver: User) -> None:
    """Tell the borrower that the giver has the profile back before the day said."""
    loan = _running().filter(data__membership=membership.pk).order_by("-pk").first()
    if loan is not None:
        tell(ENDED, KIND, loan.object_id, actor=giver, **loan.data)


def tell_due() -> int:
    """Tell of the loans that begin or have ended; how many. Run twice, it tells once."""
    return sum(
        _tell_due(loan) for loan in list(_running().order_by("pk").values_list("object_id", flat=True))
    )


@transaction.atomic
def _tell_due(key: UUID) -> bool:
    loan = Event.objects.select_for_update(of=("self",)).get(kind=KIND, type=LENT, object_id=key)
    told = set(Event.objects.filter(kind=KIND, object_id=key).values_list("type", flat=True))
    starts_on, today = date.fromisoformat(loan.data["starts_on"]), clock.today()
    if ENDED in told:
        return False
    if not _stands(loan):
        tell(ENDED, KIND, key, actor=None, **loan.data)
        return True
    agreed_on = timezone.localdate(loan.at)
    if BEGUN in told or not agreed_on < starts_on <= today or starts_on < today - LATE:
        return False
    tell(BEGUN, KIND, key, actor=None, **loan.data)
    return True


def _running() -> QuerySet[Event]:
    """The loans whose end is not told."""
    ended = Event.objects.filter(kind=KIND, type=ENDED).values("object_id")
    return Event.objects.filter(kind=KIND, type=LENT).exclude(object_id__in=ended)


def _stands(loan: Event) -> bool:
    """Whether it is to come or in force: it also falls with the giver’s own profile, or when it is given for good."""
    if loan.actor_id is None:
        return False
    rows = Membership.objects.filter(pk=loan.data["membership"], delegated_by=loan.actor_id)
    to_come = rows.filter(starts_on__gt=clock.today(), ends_on__gte=clock.today())
    return to_come.exists() or rows.in_force().exists()
