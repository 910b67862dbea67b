"""The team of a manager: asked, accepted, left, removed. Each step is journaled."""

from django.db import IntegrityError, transaction

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.journal.services import record

from ..enums import TeamState
from ..models import TeamMember

KIND = "team"
MAX_MEMBERS = 60
OPEN = (TeamState.PENDING, TeamState.ACCEPTED)


@transaction.atomic
def ask(member: User, *, manager: User) -> TeamMember:
    """Ask a colleague of one's own body to be counted in one's team; nothing is shown before they accept."""
    if not manager.is_manager:
        raise Refused("Cette page est celle des personnes qui encadrent une équipe.")
    if member == manager or not member.is_active or member.organisation_id != manager.organisation_id:
        raise Refused("Choisissez une personne de votre organisme.")
    held = User.objects.select_for_update(of=("self",)).get(pk=manager.pk)
    if TeamMember.objects.filter(manager=held, state__in=OPEN).count() >= MAX_MEMBERS:
        raise Refused(f"Une équipe compte {MAX_MEMBERS} personnes au plus.")
    try:
        with transaction.atomic():
            row = TeamMember.objects.create(manager=manager, member=member, asked_on=clock.today())
    except IntegrityError as error:
        raise Conflict(
            f"{member.display_name} est déjà dans votre équipe, ou doit encore répondre."
        ) from error
    _record("team.ask", row, manager)
    tell("team.asked", KIND, actor_key(manager), actor=manager, place=row.pk)
    return row


@transaction.atomic
def answer(row: TeamMember, *, actor: User, accepted: bool) -> None:
    if row.member_id != actor.pk:
        raise Refused("Cette demande est adressée à une autre personne.")
    _move(row, (TeamState.PENDING,), TeamState.ACCEPTED if accepted else TeamState.DECLINED)
    _record("team.accept" if accepted else "team.decline", row, actor)


@transaction.atomic
def leave(row: TeamMember, *, actor: User) -> None:
    """The person leaves, whenever they want and without giving a reason."""
    if row.member_id != actor.pk:
        raise Refused("Vous ne faites pas partie de cette équipe.")
    _move(row, (TeamState.ACCEPTED,), TeamState.LEFT)
    _record("team.leave", row, actor)


@transaction.atomic
def remove(row: TeamMember, *, actor: User) -> None:
    """The manager no longer counts the person, or takes the request back."""
    if row.manager_id != actor.pk:
        raise Refused("Cette équipe est celle d’une autre personne.")
    _move(row, OPEN, TeamState.REMOVED)
    _record("team.remove", row, actor)


def _move(row: TeamMember, sources: tuple[TeamState, ...], target: TeamState) -> None:
    standing = TeamMember.objects.filter(pk=row.pk, state__in=sources)
    if not standing.update(state=target, answered_on=clock.today()):
        raise Conflict("Cette demande n’attend plus de réponse, ou la personne n’est plus dans l’équipe.")
    row.refresh_from_db()


def _record(verb: str, row: TeamMember, actor: User) -> None:
    manager, member = actor_key(row.manager), actor_key(row.member)
    record(verb, KIND, manager, actor=actor_key(actor), member=str(member))
