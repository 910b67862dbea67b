"""Lend a profile while one is away: within one’s own rights, to one person, between two dates."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction

from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import days
from ozeli.journal.services import record
from ozeli.network.models import Organisation

from .. import selectors
from ..models import Membership, User
from . import actor_key

LONGEST = timedelta(days=92)
Teller = Callable[[Membership, User], None]
_tellers: dict[str, Teller] = {}


def told_by(*, lent: Teller, taken_back: Teller) -> None:
    """Let the app that tells people know of each delegation, in its transaction."""
    _tellers.update(lent=lent, taken_back=taken_back)


@transaction.atomic
def delegate(
    membership: Membership,
    to: User,
    *,
    starts_on: date,
    ends_on: date,
    actor: User,
    organisation: Organisation | None = None,
) -> Membership:
    """Lend one’s profile. One held on the whole network may be lent on a single body."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=to.pk)
    _refuse_terms(membership, to, starts_on, ends_on, actor)
    scope = membership.organisation or organisation
    held = Membership.objects.select_for_update(of=("self",)).filter(
        user=to, profile=membership.profile, organisation=scope
    )
    terms = {"starts_on": starts_on, "ends_on": ends_on, "delegated_by": actor}
    row = held.first()
    if row is not None and (row.ends_on is None or row.ends_on >= clock.today()):
        raise Refused(f"{to} a déjà ce profil, sur ce même périmètre.")
    if row is None:
        row = Membership.objects.create(user=to, profile=membership.profile, organisation=scope, **terms)
    else:
        row.starts_on, row.ends_on, row.delegated_by = starts_on, ends_on, actor
        row.save(update_fields=list(terms))
    _record("rights.delegate", row, actor)
    _tellers["lent"](row, actor)
    return row


@transaction.atomic
def end_delegation(delegation: Membership, *, actor: User) -> None:
    """Take back at once what one lent."""
    locked = Membership.objects.select_for_update(of=("self",)).select_related(
        "profile", "organisation", "user"
    )
    row = locked.get(pk=delegation.pk)
    yesterday = clock.today() - timedelta(days=1)
    if row.delegated_by_id != actor.pk or (row.ends_on or yesterday) <= yesterday:
        raise Conflict("Cette délégation a déjà pris fin.")
    row.ends_on = yesterday
    row.save(update_fields=["ends_on"])
    _record("rights.end_delegation", row, actor)
    _tellers["taken_back"](row, actor)


def _refuse_terms(membership: Membership, to: User, starts_on: date, ends_on: date, actor: User) -> None:
    if membership not in selectors.delegable_by(actor):
        raise Refused("Vous n’avez pas ce profil en votre nom\u00a0: il ne se délègue pas.")
    if to.pk == actor.pk:
        raise Refused("Choisissez quelqu’un d’autre que vous-même.")
    if not to.is_active:
        raise Refused("Le compte de cette personne est fermé.")
    if membership.organisation_id and to.organisation_id != membership.organisation_id:
        raise Refused(
            f"Choisissez une personne de {membership.organisation}\u00a0: ce profil n’y vaut que là."
        )
    if starts_on < clock.today():
        raise Refused("Le premier jour est déjà passé.")
    if ends_on < starts_on:
        raise Refused("Le dernier jour vient avant le premier.")
    if ends_on - starts_on > LONGEST:
        raise Refused(
            f"Une délégation dure {days(LONGEST.days)} au plus. Au-delà, demandez un profil pour cette personne."
        )
    if membership.ends_on and ends_on > membership.ends_on:
        raise Refused("Votre profil finit avant cette date\u00a0: la délégation ne peut pas durer davantage.")


def _record(verb: str, row: Membership, actor: User) -> None:
    record(
        verb,
        "person",
        actor_key(row.user),
        actor=actor_key(actor),
        profile=row.profile.code,
        organisation=row.organisation.code if row.organisation else "",
        starts_on=row.starts_on.isoformat() if row.starts_on else "",
        ends_on=row.ends_on.isoformat() if row.ends_on else "",
    )
