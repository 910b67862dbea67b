"""Out of the cimetière: an agent asks, a référent answers."""

from django.db import IntegrityError, transaction

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.activity.services import set_follow, tell
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.services import clean_text
from ozeli.journal.services import record

from .. import rules
from ..enums import RevivalState
from ..models import KIND, Idea, Novelty, RevivalRequest, RevivalSupport
from .circuit import NOTE_MIN_LENGTH, locked, revive

MESSAGE_MIN_LENGTH = 30


@transaction.atomic
def ask_revival(idea: Idea, *, actor: User, novelty: str, message: str) -> RevivalRequest:
    """Ask to bring a non retenue back, saying what is new (`Novelty`) and how; once a round and person."""
    message = clean_text(message)
    if not rules.can_ask_revival(actor, idea):
        raise Refused("Seule une idée non retenue peut être relancée.")
    if novelty not in Novelty.values:
        raise Refused(
            "Choisissez ce qui est nouveau : une règle, un outil, un besoin, une équipe, des moyens."
        )
    if len(message) < MESSAGE_MIN_LENGTH:
        raise Refused(
            f"Dites ce qui a changé depuis la réponse, en {MESSAGE_MIN_LENGTH} caractères au moins."
        )
    try:
        with transaction.atomic():
            request = RevivalRequest.objects.create(
                idea=idea,
                round=idea.round,
                user=actor,
                novelty=novelty,
                message=message,
                asked_on=clock.today(),
            )
    except IntegrityError as error:
        raise Conflict(
            "Vous avez déjà demandé la relance de cette idée. Votre demande est conservée."
        ) from error
    set_follow(KIND, idea.pk, user=actor, wanted=True)
    record("idea.ask_revival", KIND, idea.pk, actor=actor_key(actor))
    tell("idea.revival_asked", KIND, idea.pk, actor=actor, request=request.pk)
    return request


@transaction.atomic
def support_revival(request: RevivalRequest, *, actor: User, wanted: bool) -> None:
    """« Moi aussi »: stand behind a request that waits, or no more. Asking for what already holds changes nothing."""
    idea = locked(request.idea)
    request = RevivalRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not rules.can_ask_revival(actor, idea) or request.state != RevivalState.PENDING:
        raise Refused("Cette demande a reçu sa réponse : elle ne s’appuie plus.")
    if request.round != idea.round or request.user_id == actor.pk:
        raise Refused("On appuie la demande de quelqu’un d’autre, dans le tour présent.")
    if wanted:
        _support, changed = RevivalSupport.objects.get_or_create(
            request=request, user=actor, defaults={"given_on": clock.today()}
        )
    else:
        changed = bool(RevivalSupport.objects.filter(request=request, user=actor).delete()[0])
    if not changed:
        return
    supports = RevivalSupport.objects.filter(request=request).count()
    RevivalRequest.objects.filter(pk=request.pk).update(support_count=supports)
    if wanted:
        set_follow(KIND, idea.pk, user=actor, wanted=True)
        record("idea.support_revival", KIND, idea.pk, actor=actor_key(actor), request=request.pk)


@transaction.atomic
def answer_revival(request: RevivalRequest, *, actor: User, accepted: bool, answer: str) -> None:
    """Accept (the idea starts a new round) or decline with a written reason. Raises Conflict when already answered.

    Accepting answers every request of the round at once: they ask for the same thing.
    """
    idea, answer = locked(request.idea), clean_text(answer)
    if not rules.decides(actor, idea):
        raise Refused("Seul un référent de cet organisme, qui n’a pas signé l’idée, répond à cette demande.")
    if not accepted and len(answer) < NOTE_MIN_LENGTH:
        raise Refused("Expliquez votre refus en une phrase : la personne la lira.")
    pending = RevivalRequest.objects.filter(idea=idea, round=idea.round, state=RevivalState.PENDING)
    if not pending.filter(pk=request.pk).exists():
        raise Conflict("Quelqu’un vient de répondre à cette demande. Sa réponse est affichée.")
    answered = pending if accepted else pending.filter(pk=request.pk)
    answered.update(
        state=RevivalState.ACCEPTED if accepted else RevivalState.DECLINED,
        answer=answer,
        answered_by=actor,
        answered_on=clock.today(),
    )
    if accepted:
        revive(idea, actor=actor, note=answer)
    else:
        record("idea.decline_revival", KIND, idea.pk, actor=actor_key(actor))
        tell("idea.revival_declined", KIND, idea.pk, actor=actor, request=request.pk)
