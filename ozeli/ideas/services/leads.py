"""Who answers for the answers of each body: named and relieved by those who administer its ideas."""

from uuid import uuid4

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.errors import Conflict, Refused
from ozeli.journal.services import record
from ozeli.network.models import Organisation

from ..models import AnswerLead
from .promises import may_lead

KIND = "answers"
NAMED, RELIEVED = "answers.lead_named", "answers.lead_relieved"


def administers(user: User, organisation_id: int) -> bool:
    scope = user.scope("ideas", Level.ADMIN)
    return user.level("ideas") >= Level.ADMIN and (scope is None or organisation_id in scope)


@transaction.atomic
def name_lead(organisation: Organisation, person: User | None, *, actor: User, read: int | None) -> None:
    """Say who answers for the answers of a body; None leaves them to the network. The one named is told.

    `read` is the one whom the screen showed: Conflict when somebody changed it meanwhile. Nothing is written when it
    is already so.
    """
    if not administers(actor, organisation.pk):
        raise Refused(
            "Seules les personnes qui administrent les idées de cet organisme nomment son responsable."
        )
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    stands = AnswerLead.objects.filter(organisation=organisation).select_related("user").first()
    before = stands.user if stands else None
    if (before.pk if before else None) != read:
        raise Conflict("Quelqu’un vient de changer le responsable de cet organisme. Le voici.")
    if person is not None and not may_lead(person.pk, organisation.pk):
        raise Refused(
            f"{person.display_name} n’anime pas les idées de cet organisme."
            " Donnez-lui d’abord ce profil, depuis sa page."
        )
    if (person.pk if person else None) == read:
        return
    if person is None:
        AnswerLead.objects.filter(organisation=organisation).delete()
    else:
        named = {"user": person, "named_by": actor, "named_on": clock.today()}
        AnswerLead.objects.update_or_create(organisation=organisation, defaults=named)
    _record(organisation, before, person, actor)
    _tell(organisation, before, person, actor)


def end_leads() -> int:
    """End those whose account is closed or who no longer work the desk of the body; how many."""
    ended = 0
    for row in AnswerLead.objects.select_related("user", "organisation").order_by("pk"):
        if not may_lead(row.user_id, row.organisation_id):
            ended += _end(row)
    return ended


@transaction.atomic
def _end(row: AnswerLead) -> bool:
    if not AnswerLead.objects.filter(pk=row.pk, user=row.user_id).delete()[0]:
        return False
    _record(row.organisation, row.user, None, None)
    return True


def _tell(organisation: Organisation, before: User | None, after: User | None, actor: User) -> None:
    """Each by an event of its own, that nobody else may read."""
    for event, person in ((RELIEVED, before), (NAMED, after)):
        if person is not None:
            tell(event, KIND, uuid4(), actor=actor, person=person.pk, body=organisation.name)


def _record(organisation: Organisation, before: User | None, after: User | None, actor: User | None) -> None:
    record(
        "answers.lead",
        KIND,
        organisation.pk,
        actor=actor_key(actor) if actor else None,
        name=organisation.name,
        before=str(actor_key(before)) if before else "",
        lead=str(actor_key(after)) if after else "",
    )
