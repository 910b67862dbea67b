"""« Idées voisines »: two ideas that stay apart, each shown on the sheet of the other."""

from django.db import IntegrityError, transaction

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.services import clean_text
from ozeli.journal.services import record

from .. import rules
from ..enums import State
from ..models import KIND, Idea, IdeaLink
from .circuit import NOTE_MIN_LENGTH
from .merges import recount_kin

REASON_MAX_LENGTH = 300


@transaction.atomic
def link(one: Idea, other: Idea, *, actor: User, reason: str) -> IdeaLink:
    """Say that two ideas are neighbours, and why. Raises Refused, and Conflict when they are already."""
    reason = " ".join(clean_text(reason).split())
    if one.pk == other.pk:
        raise Refused("C’est la même fiche : choisissez une autre idée.")
    first, second = _held(one, other)
    if not (rules.works_desk(actor, first) and rules.works_desk(actor, second)):
        raise Refused("Seul un référent des deux idées les dit voisines.")
    if any(idea.is_hidden or idea.state in (State.WITHDRAWN, State.MERGED) for idea in (first, second)):
        raise Refused("L’une des deux n’est plus affichée, ou elle est déjà regroupée : elle ne se lie pas.")
    if len(reason) < NOTE_MIN_LENGTH:
        raise Refused("Dites en une phrase ce qui les rapproche : elle est lue sur les deux fiches.")
    if len(reason) > REASON_MAX_LENGTH:
        raise Refused(f"Ce qui les rapproche se dit en {REASON_MAX_LENGTH} caractères au plus.")
    anonymous = first.is_anonymous or second.is_anonymous
    today = clock.today()
    try:
        with transaction.atomic():
            made = IdeaLink.objects.create(
                one=first,
                other=second,
                reason=reason,
                made_by=actor,
                made_on=today.replace(day=1) if anonymous else today,
            )
    except IntegrityError as error:
        raise Conflict("Ces deux idées sont déjà dites voisines.") from error
    _settle(made)
    record("idea.link", KIND, first.pk, actor=actor_key(actor), other=str(second.pk), reason=reason)
    return made


@transaction.atomic
def unlink(made: IdeaLink, *, actor: User) -> None:
    """Take the link away from both sheets. Raises Conflict when somebody did so first."""
    first, second = _held(made.one, made.other)
    if not (rules.works_desk(actor, first) or rules.works_desk(actor, second)):
        raise Refused("Seul un référent de l’une des deux idées retire ce lien.")
    if not IdeaLink.objects.filter(pk=made.pk).delete()[0]:
        raise Conflict("Ce lien vient d’être retiré.")
    _settle(made)
    record("idea.unlink", KIND, first.pk, actor=actor_key(actor), other=str(second.pk), reason=made.reason)


def _held(one: Idea, other: Idea) -> tuple[Idea, Idea]:
    """Both, held in the order of their keys, which is that of the row."""
    pair = Idea.objects.filter(pk__in=[one.pk, other.pk]).order_by("pk")
    first, second = pair.select_for_update(of=("self",))
    return first, second


def _settle(made: IdeaLink) -> None:
    recount_kin(made.one_id)
    recount_kin(made.other_id)
