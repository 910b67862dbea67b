"""The team of a challenge: each arrival and departure is journaled, and told to the person."""

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import set_follow, tell
from ozeli.core.access import Level
from ozeli.core.errors import Conflict, Refused

from .. import rules
from ..enums import AnimatorRole, ChallengeState
from ..models import KIND, Challenge, ChallengeAnimator
from .held import hold, note, touch

MOST = 20


@transaction.atomic
def add(challenge: Challenge, person: User, *, actor: User) -> ChallengeAnimator:
    """Put a person in the team: they follow the challenge, and work the desk of its ideas."""
    held = _led(challenge, actor)
    if not person.is_active or person.level("challenges") < Level.CONSULT:
        raise Refused(f"{person.display_name} n’a pas accès aux défis : choisissez une autre personne.")
    team = {one.user_id for one in held.animators.all()}
    if person.pk in team:
        raise Conflict(f"{person.display_name} est déjà dans l’équipe.")
    if len(team) >= MOST:
        raise Refused(f"Une équipe compte {MOST} personnes au plus.")
    row = ChallengeAnimator.objects.create(challenge=held, user=person)
    set_follow(KIND, held.pk, user=person, wanted=True)
    _note("add_animator", held, actor, person)
    tell("challenge.animator_added", KIND, held.pk, actor=actor, person=person.pk)
    _touch(held)
    return row


@transaction.atomic
def remove(challenge: Challenge, person_id: int, *, actor: User) -> User:
    """Take a person off the team, oneself included; a challenge keeps somebody to lead it."""
    held = hold(challenge)
    if person_id != actor.pk:
        _check_led(held, actor)
    row = held.animators.select_related("user").filter(user=person_id).first()
    if row is None:
        raise Conflict("Cette personne n’est plus dans l’équipe.")
    if row.role == AnimatorRole.LEAD and not _other_leads(held, person_id):
        raise Refused("Nommez d’abord un autre responsable : un défi en garde toujours un.")
    row.delete()
    _note("remove_animator", held, actor, row.user)
    tell("challenge.animator_removed", KIND, held.pk, actor=actor, person=person_id)
    _touch(held)
    return row.user


@transaction.atomic
def set_role(challenge: Challenge, person_id: int, role: AnimatorRole, *, actor: User) -> User:
    """Make a person of the team its lead, or an animator like the others."""
    held = _led(challenge, actor)
    row = held.animators.select_related("user").filter(user=person_id).first()
    if row is None:
        raise Conflict("Cette personne n’est plus dans l’équipe.")
    if role != AnimatorRole.LEAD and row.role == AnimatorRole.LEAD and not _other_leads(held, person_id):
        raise Refused("Nommez d’abord un autre responsable : un défi en garde toujours un.")
    if row.role != role:
        row.role = role
        row.save(update_fields=["role"])
        _note("set_lead" if role == AnimatorRole.LEAD else "unset_lead", held, actor, row.user)
        tell("challenge.animator_added", KIND, held.pk, actor=actor, person=person_id, role=role.value)
        _touch(held)
    return row.user


def _led(challenge: Challenge, actor: User) -> Challenge:
    held = hold(challenge)
    _check_led(held, actor)
    return held


def _check_led(held: Challenge, actor: User) -> None:
    if held.state == ChallengeState.CANCELLED:
        raise Refused("Ce défi est annulé : il ne change plus.")
    if not rules.leads(actor, held):
        raise Refused("L’équipe revient au responsable du défi.")


def _other_leads(held: Challenge, person_id: int) -> bool:
    return held.animators.filter(role=AnimatorRole.LEAD).exclude(user=person_id).exists()


def _note(verb: str, held: Challenge, actor: User, person: User) -> None:
    note(verb, held, actor, person=str(actor_key(person)))


def _touch(held: Challenge) -> None:
    touch(held, is_shown=held.state == ChallengeState.PUBLISHED)
