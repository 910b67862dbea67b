"""Give, ask for, refuse and end the roles of the directory. Each act but the asking is journaled."""

from datetime import date

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.journal.services import record
from ozeli.network.models import Organisation

from .. import rules
from ..enums import GIVEN_ROLES, Role, RoleState
from ..models import DirectoryRole

NOT_YOURS = "Vous ne donnez pas de rôle sur cet organisme. Rien n’a été modifié."


@transaction.atomic
def give_role(
    user: User, role: str, *, actor: User, organisation: Organisation | None, ends_on: date | None = None
) -> DirectoryRole:
    """Give a role on one body, or on the whole network (None), until the end of a day or for good."""
    _refuse_stranger(actor, organisation.pk if organisation else None)
    if role not in GIVEN_ROLES:
        raise Refused("Un référent se nomme en lui donnant le profil Contributeur sur son organisme.")
    given, created = DirectoryRole.objects.select_for_update(of=("self",)).get_or_create(
        user=user, role=role, organisation=organisation, defaults={"since": clock.today(), "ends_on": ends_on}
    )
    if not created:
        if given.state == RoleState.GIVEN and given.ends_on == ends_on:
            raise Conflict(f"{user} a déjà ce rôle.")
        _set(given, state=RoleState.GIVEN, since=clock.today(), ends_on=ends_on)
    _record("directory.give_role", given, actor)
    return given


@transaction.atomic
def ask_ambassador(user: User, message: str) -> DirectoryRole:
    """Offer oneself as ambassadeur of one's body; its référents say yes or no."""
    asked, created = DirectoryRole.objects.select_for_update(of=("self",)).get_or_create(
        user=user,
        role=Role.AMBASSADOR,
        organisation=user.organisation,
        defaults={"state": RoleState.ASKED, "message": message, "since": clock.today()},
    )
    if not created:
        if asked.state == RoleState.ASKED:
            raise Conflict("Votre demande est déjà envoyée : votre référent vous répondra.")
        if asked.state == RoleState.GIVEN and (asked.ends_on is None or asked.ends_on >= clock.today()):
            raise Conflict("Vous êtes déjà ambassadeur de votre organisme.")
        _set(asked, state=RoleState.ASKED, message=message, since=clock.today(), ends_on=None)
    return asked


@transaction.atomic
def answer_request(pk: int, *, actor: User, accepted: bool) -> DirectoryRole:
    """Say yes or no to somebody who asked."""
    asked = _locked(pk)
    _refuse_stranger(actor, asked.organisation_id)
    if asked.state != RoleState.ASKED:
        raise Conflict("Quelqu’un a déjà répondu à cette demande.")
    if asked.user_id == actor.pk:
        raise Refused("On ne répond pas à sa propre demande.")
    _set(asked, state=RoleState.GIVEN if accepted else RoleState.REFUSED, since=clock.today())
    _record("directory.give_role" if accepted else "directory.refuse_role", asked, actor)
    return asked


@transaction.atomic
def end_role(pk: int, *, actor: User) -> DirectoryRole:
    """End a role at once: by those who give it, or by the person who holds it."""
    held = _locked(pk)
    if held.user_id != actor.pk:
        _refuse_stranger(actor, held.organisation_id)
    if held.state != RoleState.GIVEN:
        raise Conflict("Ce rôle n’est plus en vigueur.")
    record_of = held.organisation.code if held.organisation else ""
    person = actor_key(held.user)
    held.delete()
    record(
        "directory.end_role", "person", person, actor=actor_key(actor), role=held.role, organisation=record_of
    )
    return held


def _locked(pk: int) -> DirectoryRole:
    found = DirectoryRole.objects.select_for_update(of=("self",)).select_related("user", "organisation")
    role = found.filter(pk=pk).first()
    if role is None:
        raise Conflict("Ce rôle n’existe plus.")
    return role


def _refuse_stranger(actor: User, organisation_id: int | None) -> None:
    if not rules.may_give_role(actor, organisation_id):
        raise Refused(NOT_YOURS)


def _set(role: DirectoryRole, **values: object) -> None:
    for name, value in values.items():
        setattr(role, name, value)
    role.save(update_fields=list(values))


def _record(verb: str, role: DirectoryRole, actor: User) -> None:
    record(
        verb,
        "person",
        actor_key(role.user),
        actor=actor_key(actor),
        role=role.role,
        organisation=role.organisation.code if role.organisation else "",
        ends_on=role.ends_on.isoformat() if role.ends_on else "",
    )
