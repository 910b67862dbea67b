"""What administrators change on the sheet of a person, and the undo of an ended profile."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ozeli.core.errors import Conflict, Refused
from ozeli.journal.services import record

from .. import rules, selectors
from ..models import Membership, User
from . import NOT_YOURS, _record_membership, actor_key, grant_membership
from .accounts import NOT_HERE

FIELDS = ("display_name", "organisation_id", "job_family", "is_manager")


class PersonConflict(Conflict):
    """Somebody else changed the sheet meanwhile; `person` is what stands."""

    def __init__(self, person: User) -> None:
        super().__init__("Quelqu’un a modifié cette fiche pendant que vous l’aviez sous les yeux.")
        self.person = person


def values_of(person: User) -> dict[str, Any]:
    return {name: getattr(person, name) for name in FIELDS}


@transaction.atomic
def edit_person(person: User, values: Mapping[str, Any], *, seen: Mapping[str, Any], actor: User) -> User:
    """Change the sheet. What was on the screen is its version; names stay out of the journal, fields are named."""
    stands = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    _refuse_stranger(actor, stands.organisation_id)
    _refuse_stranger(actor, values["organisation_id"])
    if actor.pk != stands.pk and not rules.may_close(actor, stands):
        raise Refused(NOT_HERE)
    if values_of(stands) != dict(seen):
        raise PersonConflict(stands)
    changed = [name for name in FIELDS if getattr(stands, name) != values[name]]
    if changed:
        for name in changed:
            setattr(stands, name, values[name])
        stands.save(update_fields=[*changed, "sort_name"])
        record("people.edit", "person", actor_key(stands), actor=actor_key(actor), fields=changed)
    return stands


@transaction.atomic
def restore_membership(membership: Membership, *, actor: User) -> Membership:
    """Undo the end of a profile: it takes back the end it had. Refused when that end has passed meanwhile."""
    former = selectors.restorable(membership.user)
    if membership.pk not in former:
        raise Refused("Ce profil ne se rétablit pas\u00a0: donnez-le de nouveau, avec une date à venir.")
    row = grant_membership(
        membership.user,
        membership.profile,
        organisation=membership.organisation,
        ends_on=former[membership.pk],
        actor=actor,
    )
    _record_membership("rights.restore_membership", row, actor)
    return row


def _refuse_stranger(actor: User, organisation_id: int) -> None:
    if not rules.grants_on(actor, organisation_id):
        raise Refused(NOT_YOURS)
