"""Invite, send again, cancel, accept. The link is made when the mail leaves: no table ever holds it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import transaction

from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.journal.models import Entry
from ozeli.journal.services import record
from ozeli.network.models import Organisation

from .. import rules, selectors
from ..models import Invitation, Profile, User
from . import LONGER_THAN_YOURS, MORE_THAN_YOURS, NOT_YOURS, actor_key, grant_membership, hold
from .accounts import open_account

MOST = 200
A_DAY = 600
SENT = ("invitation.send", "invitation.send_again")
_SIGNER = Signer(salt="ozeli.accounts.invitation", sep="~")


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation promises: a body, a profile, where it holds, until when."""

    organisation: Organisation
    profile: Profile
    scope: Organisation | None = None
    ends_on: date | None = None


class LinesRefused(Refused):
    """Some addresses cannot be invited. None is: `faults` says why, line by line (line number, address, reason)."""

    def __init__(self, faults: Sequence[tuple[int, str, str]]) -> None:
        super().__init__(
            "Aucune invitation n’est partie\u00a0: corrigez les lignes signalées, ou retirez-les."
        )
        self.faults = list(faults)


@dataclass(slots=True)
class _Lines:
    """The addresses of a text, and the faults met so far."""

    good: list[str] = field(default_factory=list)
    faults: list[tuple[int, str, str]] = field(default_factory=list)


@transaction.atomic
def invite(text: str, offer: Offer, *, actor: User) -> list[Invitation]:
    """Invite the addresses of a text, one a line, all or none; the mails leave with the transaction."""
    if not rules.grants_on(actor, offer.organisation.pk):
        raise Refused(NOT_YOURS)
    if not rules.may_give(actor, offer.profile, offer.scope.pk if offer.scope else None):
        raise Refused(MORE_THAN_YOURS)
    if not rules.may_give_until(actor, offer.profile, offer.scope.pk if offer.scope else None, offer.ends_on):
        raise Refused(LONGER_THAN_YOURS)
    if offer.ends_on is not None and offer.ends_on < clock.today():
        raise Refused("La date de fin est déjà passée : choisissez aujourd’hui ou un jour à venir.")
    lines = _read(text, actor)
    if lines.faults:
        raise LinesRefused(lines.faults)
    _check_pace(actor, len(lines.good))
    return [_open(email, offer, actor) for email in lines.good]


@transaction.atomic
def send_again(invitation: Invitation, *, actor: User) -> None:
    """Send another link, valid for another week; the former one is worth nothing any more."""
    locked = _locked(invitation, actor)
    if not rules.may_give(actor, locked.profile, locked.scope_id):
        raise Refused(MORE_THAN_YOURS)
    if not rules.may_give_until(actor, locked.profile, locked.scope_id, locked.ends_on):
        raise Refused(LONGER_THAN_YOURS)
    _check_pace(actor, 1)
    locked.key, locked.expires_at, locked.sent_at = uuid4(), _expiry(), None
    locked.invited_by = actor
    locked.save(update_fields=["key", "expires_at", "sent_at", "invited_by"])
    _send(locked)
    _record("invitation.send_again", locked, actor)


@transaction.atomic
def cancel(invitation: Invitation, *, actor: User) -> None:
    locked = _locked(invitation, actor)
    locked.cancelled_at = clock.now()
    locked.save(update_fields=["cancelled_at"])
    _record("invitation.cancel", locked, actor)


def link_token(invitation: Invitation) -> str:
    return _SIGNER.sign(f"{invitation.pk}.{invitation.key.hex}")


def find(token: str) -> Invitation | None:
    """The invitation that this link opens, as long as it is worth something."""
    try:
        pk, _, key = _SIGNER.unsign(token).partition(".")
    except BadSignature:
        return None
    rows = Invitation.objects.live().select_related("organisation", "profile", "scope", "invited_by")
    invitation = rows.filter(pk=pk, key=key).first()
    return invitation if invitation is not None and stands(invitation) else None


def stands(invitation: Invitation) -> bool:
    """Whether who invited may still give what was promised: a right taken back takes its invitations with it."""
    sender, ends_on = invitation.invited_by, invitation.ends_on
    return (
        sender is not None
        and (ends_on is None or ends_on >= clock.today())
        and sender.is_active
        and rules.grants_on(sender, invitation.organisation_id)
        and rules.may_give(sender, invitation.profile, invitation.scope_id)
        and rules.may_give_until(sender, invitation.profile, invitation.scope_id, ends_on)
    )


@transaction.atomic
def accept(invitation: Invitation, display_name: str, password: str | None) -> User:
    """Open the account that was offered; once. Without a password it is entered by single sign-on alone."""
    rows = Invitation.objects.select_for_update(of=("self",)).live()
    locked = rows.select_related("organisation", "profile", "scope", "invited_by").filter(
        pk=invitation.pk, key=invitation.key
    )
    invitation = locked.first()  # type: ignore[assignment]
    if invitation is None or not stands(invitation):
        raise Conflict(
            "Cette invitation ne vaut plus. Demandez-en une autre à la personne qui vous l’a envoyée."
        )
    user = open_account(
        invitation.email, display_name, invitation.organisation, password, source="invitation"
    )
    grant_membership(
        user,
        invitation.profile,
        organisation=invitation.scope,
        ends_on=invitation.ends_on,
        actor=invitation.invited_by,
    )
    invitation.accepted_at, invitation.account = clock.now(), user
    invitation.save(update_fields=["accepted_at", "account"])
    _record("invitation.accept", invitation, user)
    return user


def _read(text: str, actor: User) -> _Lines:
    """The addresses of the text, lower-cased; several may stand on a line, apart by commas or semicolons."""
    wanted = [
        (number, word.strip().lower())
        for number, line in enumerate(text.splitlines(), 1)
        for word in line.replace(";", ",").split(",")
        if word.strip()
    ]
    if len(wanted) > MOST:
        raise Refused(f"{MOST} adresses au plus à la fois\u00a0: il y en a {len(wanted)}.")
    if not wanted:
        raise Refused("Écrivez au moins une adresse.")
    emails = [email for _number, email in wanted]
    known = {user.email.lower(): user for user in selectors.people_at(emails)}
    waiting = selectors.invited_among(emails)
    lines, first_at = _Lines(), dict[str, int]()
    for number, email in wanted:
        reason = _fault(email, known.get(email), actor)
        if not reason and email in waiting:
            reason = "déjà invitée : renvoyez l’invitation depuis la liste, ou annulez-la"
        if not reason and email in first_at:
            reason = f"déjà à la ligne {first_at[email]}"
        first_at.setdefault(email, number)
        if reason:
            lines.faults.append((number, email, reason))
        else:
            lines.good.append(email)
    return lines


def _check_pace(actor: User, wanted: int) -> None:
    """So many mails to strangers in a day, sent again included: an account taken over writes to no more."""
    hold(actor)
    since = clock.now() - timedelta(days=1)
    sent = Entry.objects.filter(verb__in=SENT, actor=actor_key(actor), at__gt=since).count()
    if sent + wanted > A_DAY:
        left = max(0, A_DAY - sent)
        may = f"il vous en reste {left} aujourd’hui" if left else "reprenez demain"
        raise Refused(f"{A_DAY} invitations au plus partent en un jour\u00a0: {may}.")


def _fault(email: str, account: User | None, actor: User) -> str:
    """Why that address cannot be invited. An account that the actor may not see is not told: its owner will be."""
    try:
        validate_email(email)
    except ValidationError:
        return "ce n’est pas une adresse électronique"
    if not email.isascii():
        return "une adresse s’écrit sans accent"
    if account is None or not rules.sees_person(actor, account):
        return ""
    state = "" if account.is_active else ", fermé : rouvrez-le depuis sa page"
    return f"{account.display_name} a déjà un compte{state}"


def _open(email: str, offer: Offer, actor: User) -> Invitation:
    """One open invitation an address: one that is out of date gives way to the new one."""
    Invitation.objects.unanswered().filter(email=email).update(cancelled_at=clock.now())
    invitation = Invitation.objects.create(
        email=email,
        organisation=offer.organisation,
        profile=offer.profile,
        scope=offer.scope,
        ends_on=offer.ends_on,
        invited_by=actor,
        expires_at=_expiry(),
    )
    _send(invitation)
    _record("invitation.send", invitation, actor)
    return invitation


def _locked(invitation: Invitation, actor: User) -> Invitation:
    if not rules.grants_on(actor, invitation.organisation_id):
        raise Refused(NOT_YOURS)
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("organisation", "profile")
    locked = rows.get(pk=invitation.pk)
    if locked.accepted_at:
        raise Conflict("Cette invitation est déjà acceptée.")
    if locked.cancelled_at:
        raise Conflict("Cette invitation est déjà annulée.")
    return locked


def _expiry() -> Any:
    return clock.now() + timedelta(days=settings.INVITATION_DAYS)


def _send(invitation: Invitation) -> None:
    from ..tasks import send_invitation

    send_invitation.defer(invitation_id=invitation.pk, key=invitation.key.hex)


def _record(verb: str, invitation: Invitation, actor: User) -> None:
    """The address stays out of the journal: it belongs to a person who may want to be forgotten."""
    record(
        verb,
        "invitation",
        invitation.pk,
        actor=actor_key(actor),
        profile=invitation.profile.code,
        organisation=invitation.organisation.code,
    )
