"""The desk's side of the thread with an author whom nobody knows."""

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.engagement.services import clean_text

from .. import rules
from ..enums import Side
from ..models import AirlockMessage, Deposit
from .replies import add_message

LONGEST = 2000


@transaction.atomic
def write(deposit: Deposit, body: str, *, actor: User) -> AirlockMessage:
    """Write to the author, who reads it with the receipt: the month alone is kept. Raises Refused."""
    held = Deposit.objects.select_for_update(of=("self",)).select_related("idea").get(pk=deposit.pk)
    if not rules.talks(actor, held):
        raise Refused("Ce dépôt ne reçoit plus de message, ou il n’est pas de votre bureau.")
    body = clean_text(body)
    if not body:
        raise Refused("Écrivez votre message.")
    if len(body) > LONGEST:
        raise Refused(f"Un message tient en {LONGEST} caractères.")
    month = clock.today().replace(day=1)
    return add_message(held, Side.DESK, body, month=month, by=actor)
