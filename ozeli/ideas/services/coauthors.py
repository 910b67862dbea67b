"""Who signs an idea: invitations, the order of signatures, leaving and removing. Nothing shows until it is accepted."""

from collections.abc import Collection
from datetime import timedelta

from django.db import IntegrityError, transaction

from ozeli.accounts.models import User
from ozeli.accounts.selectors import answerer_for, referents_of
from ozeli.accounts.services import actor_key
from ozeli.activity.services import set_follow, tell
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import of_name
from ozeli.engagement.services import clean_text
from ozeli.journal.services import record
from ozeli.network.models import Organisation

from .. import rules
from ..enums import InvitationState
from ..models import KIND, CoauthorInvitation, Idea, IdeaAuthor
from ..models_people import INVITATION_DAYS
from .circuit import locked

MAX_COAUTHORS = 10
TEAM_MAX_LENGTH = 80
NOT_SIGNED = "Seuls les auteurs de l’idée gèrent ses signatures."
LAST_ONE = "Vous êtes le dernier à signer cette idée : retirez l’idée plutôt que votre signature."


def clean_team(name: str) -> str:
    """The name of a team, on one line; Refused when too long."""
    name = " ".join(clean_text(name).split())
    if len(name) > TEAM_MAX_LENGTH:
        raise Refused(f"Le nom de l’équipe tient en {TEAM_MAX_LENGTH} caractères.")
    return name


def handler_for(organisation: Organisation, authors: Collection[User]) -> User | None:
    """Who answers an idea of these authors: the first référent of the body who is none of them."""
    first = answerer_for(organisation)
    if first not in authors:
        return first
    return next((person for person in referents_of(organisation) if person not in authors), None)


@transaction.atomic
def invite(idea: Idea, invitee: User, *, actor: User) -> CoauthorInvitation:
    """Ask a person to sign; they are told, and have 30 days to answer.

    Raises Refused (not an author, too many, cannot read ideas, asked as an expert) and Conflict (already asked or
    signing).
    """
    idea = locked(idea)
    _check_author(actor, idea)
    if not idea.is_open or idea.is_hidden:
        raise Refused("Cette idée a reçu sa réponse, ou elle est masquée : ses signatures ne changent plus.")
    if IdeaAuthor.objects.filter(idea=idea, user=invitee).exists():
        raise Conflict(f"{invitee.display_name} signe déjà cette idée.")
    if not invitee.is_active or invitee.level("ideas") < Level.CONSULT:
        raise Refused(f"{invitee.display_name} n’a pas accès aux idées : choisissez une autre personne.")
    if idea.experts.filter(user=invitee, declined_on__isnull=True).exists():
        raise Refused(
            f"L’avis {of_name(invitee.display_name)} est demandé sur cette idée : un expert ne la signe pas."
        )
    _expire(idea, invitee)
    awaited = CoauthorInvitation.objects.filter(idea=idea).awaited()
    if IdeaAuthor.objects.filter(idea=idea).count() - 1 + awaited.count() >= MAX_COAUTHORS:
        raise Refused(f"Une idée porte {MAX_COAUTHORS} co-auteurs au plus, invitations comprises.")
    try:
        with transaction.atomic():
            invitation = CoauthorInvitation.objects.create(
                idea=idea, invitee=invitee, invited_by=actor, invited_on=clock.today()
            )
    except IntegrityError as error:
        raise Conflict(f"{invitee.display_name} est déjà invité : sa réponse est attendue.") from error
    tell("idea.coauthor_invited", KIND, idea.pk, actor=actor, invitation=invitation.pk)
    return invitation


def _expire(idea: Idea, invitee: User) -> None:
    """Close an invitation that waited too long, so that the person may be asked again."""
    old = clock.today() - timedelta(days=INVITATION_DAYS)
    pending = CoauthorInvitation.objects.filter(idea=idea, invitee=invitee, state=InvitationState.PENDING)
    pending.filter(invited_on__lte=old).update(state=InvitationState.EXPIRED)


def _check_author(actor: User, idea: Idea) -> None:
    if not rules.is_author(actor, idea):
        raise Refused(NOT_SIGNED)


@transaction.atomic
def answer(invitation: CoauthorInvitation, *, actor: User, accepted: bool) -> None:
    """Accept (the person signs from now on) or decline. Raises Conflict when it cannot be answered any more."""
    if invitation.invitee_id != actor.pk:
        raise Refused("Cette invitation est adressée à une autre personne.")
    idea = locked(invitation.idea)
    if accepted and (not idea.is_open or idea.is_hidden):
        raise Conflict("Cette idée a reçu sa réponse, ou elle est masquée : elle ne se signe plus.")
    if accepted and idea.experts.filter(user=actor, declined_on__isnull=True).exists():
        raise Conflict("Votre avis est demandé sur cette idée : un expert ne la signe pas.")
    state = InvitationState.ACCEPTED if accepted else InvitationState.DECLINED
    waiting = CoauthorInvitation.objects.awaited().filter(pk=invitation.pk)
    if not waiting.update(state=state, answered_on=clock.today()):
        raise Conflict(
            "Cette invitation n’attend plus de réponse : elle est annulée, expirée ou déjà répondue."
        )
    if accepted:
        _sign(idea, actor)
    tell("idea.coauthor_answered", KIND, idea.pk, actor=actor, invitation=invitation.pk)


def _sign(idea: Idea, person: User) -> None:
    """Sign last; nobody answers an idea they sign."""
    last = (
        IdeaAuthor.objects.filter(idea=idea).order_by("-position").values_list("position", flat=True).first()
    )
    IdeaAuthor.objects.create(idea=idea, user=person, position=(last or 0) + 1)
    set_follow(KIND, idea.pk, user=person, wanted=True)
    if idea.handler_id == person.pk and idea.organisation is not None:
        people = [author.user for author in idea.authors.select_related("user")]
        Idea.objects.filter(pk=idea.pk).update(handler=handler_for(idea.organisation, people))
    record("idea.sign", KIND, idea.pk, actor=actor_key(person))


@transaction.atomic
def cancel(invitation: CoauthorInvitation, *, actor: User) -> None:
    """Take an invitation back. Raises Conflict when it was answered meanwhile."""
    _check_author(actor, locked(invitation.idea))
    waiting = CoauthorInvitation.objects.filter(pk=invitation.pk, state=InvitationState.PENDING)
    if not waiting.update(state=InvitationState.CANCELLED, answered_on=clock.today()):
        raise Conflict("Cette invitation vient de recevoir sa réponse.")


@transaction.atomic
def leave(idea: Idea, *, actor: User) -> None:
    """Take one's signature off. The last author cannot: the idea is withdrawn instead."""
    idea = locked(idea)
    _check_author(actor, idea)
    _unsign(idea, actor)
    record("idea.unsign", KIND, idea.pk, actor=actor_key(actor))
    tell("idea.coauthor_left", KIND, idea.pk, actor=actor)


@transaction.atomic
def remove(idea: Idea, person: User, *, actor: User) -> None:
    """The first author takes somebody's signature off; that person is told."""
    idea = locked(idea)
    if not rules.is_first_author(actor, idea) or person == actor:
        raise Refused("Seul le premier auteur retire une autre signature que la sienne.")
    _unsign(idea, person)
    record("idea.remove_signature", KIND, idea.pk, actor=actor_key(actor), person=str(actor_key(person)))
    tell("idea.coauthor_removed", KIND, idea.pk, actor=actor, person=person.pk)


def _unsign(idea: Idea, person: User) -> None:
    if IdeaAuthor.objects.filter(idea=idea).count() < 2:
        raise Refused(LAST_ONE)
    gone, _each = IdeaAuthor.objects.filter(idea=idea, user=person).delete()
    if not gone:
        raise Conflict("Cette personne ne signe plus l’idée.")


@transaction.atomic
def raise_signature(idea: Idea, person: User, *, actor: User) -> None:
    """Move a signature one place up; the first author decides of the order."""
    idea = locked(idea)
    if not rules.is_first_author(actor, idea):
        raise Refused("Seul le premier auteur change l’ordre des signatures.")
    rows = list(IdeaAuthor.objects.filter(idea=idea).order_by("position", "pk"))
    place = next((at for at, row in enumerate(rows) if row.user_id == person.pk), 0)
    if place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    for at, row in enumerate(rows):
        row.position = at
    IdeaAuthor.objects.bulk_update(rows, ["position"])
