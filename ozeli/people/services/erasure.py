"""Erase a person: asked, seven days to change one's mind, done, and done again on an older copy of the base.

Contributions stay, unsigned. What each table does is told by the `holdings` of its app.
"""

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from ozeli.accounts import rules
from ozeli.accounts import selectors as rights
from ozeli.accounts.holdings import is_erased
from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.personal_data import Person, holdings
from ozeli.journal.services import record
from ozeli.search.services import schedule_index

from ..models import KIND, Erasure, ErasureRequest, PersonPage

log = logging.getLogger(__name__)
REFLECTION = timedelta(days=7)
LAST_KEEPER = (
    "Vous êtes la dernière personne qui administre les droits de tout le réseau. "
    "Donnez d’abord ce droit à quelqu’un d’autre."
)


# --- asking -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_erasure(user: User, *, actor: User) -> ErasureRequest:
    """Ask for the erasure of an account, by its person or an administrator: done in seven days, unless called off."""
    from ..tasks import send_erasure_mail

    if actor.pk != user.pk and not rules.may_close(actor, user):
        raise Refused("Vos droits d’administration ne couvrent pas ce compte. Rien n’a été demandé.")
    _refuse_last_keeper(user)
    if is_erased(user):
        raise Conflict("Ce compte est déjà effacé.")
    request, created = ErasureRequest.objects.get_or_create(
        user=user,
        defaults={
            "asked_at": clock.now(),
            "due_on": clock.today() + REFLECTION,
            "by_administrator": actor.pk != user.pk,
        },
    )
    if not created:
        raise Conflict("L’effacement de ce compte est déjà demandé.")
    record("person.ask_erasure", "person", actor_key(user), actor=actor_key(actor))
    send_erasure_mail.defer(user_id=user.pk, what="asked")
    return request


@transaction.atomic
def keep_account(user: User, *, actor: User) -> None:
    """Call the erasure off: the person, or an administrator who could have asked for it."""
    from ..tasks import send_erasure_mail

    if actor.pk != user.pk and not rules.may_close(actor, user):
        raise Refused("Vos droits d’administration ne couvrent pas ce compte. Rien n’a été modifié.")
    removed, _each = ErasureRequest.objects.filter(user=user).delete()
    if not removed:
        raise Conflict("Aucun effacement n’est demandé pour ce compte.")
    record("person.keep_account", "person", actor_key(user), actor=actor_key(actor))
    send_erasure_mail.defer(user_id=user.pk, what="kept")


def _refuse_last_keeper(user: User) -> None:
    keepers = rights.rights_keepers()
    if keepers.filter(user=user).exists() and not keepers.exclude(user=user).exists():
        raise Refused(LAST_KEEPER)


def erase_due() -> int:
    """Erase the accounts whose seven days are over; how many. One that cannot be is left for the next day."""
    erased = 0
    for request in (
        ErasureRequest.objects.filter(due_on__lte=clock.today()).select_related("user").order_by("pk")
    ):
        address, name = request.user.email, request.user.display_name
        try:
            done = erase(request.user_id)
        except Refused as refusal:
            log.warning("erasure %s refused: %s", request.pk, refusal)
            continue
        if done:
            erased += 1
            _say_goodbye(address, name)
    return erased


def _say_goodbye(address: str, name: str) -> None:
    """The last mail: sent from memory, since nothing may keep the address. It may be lost; the erasure is done."""
    from .mails import send

    try:
        send("done", address, name)
    except OSError as error:
        log.warning("the mail that ends an erasure could not leave: %s", type(error).__name__)


# --- erasing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def erase(user_id: int) -> bool:
    """Empty an account and everything that led to its person; False when it was done already."""
    user = User.objects.select_for_update(of=("self",)).filter(pk=user_id).first()
    if user is None or is_erased(user):
        return False
    _refuse_last_keeper(user)
    # Drawn when there was none: the journal tells the erasure under a key, and nothing leads from it to anybody.
    person = Person(user, actor_key(user))
    erasure = Erasure(account=user.pk, proof=proof_of(user), erased_at=clock.now())
    page = PersonPage.objects.filter(user=user).values_list("pk", flat=True).first()
    touched = {one.model: rows for one in holdings() if one.erase is not None and (rows := one.erase(person))}
    record("person.erased", "person", str(person.key), actor=None, rows=sum(touched.values()))
    Erasure.objects.bulk_create([erasure], ignore_conflicts=True)
    if page is not None:
        schedule_index(KIND, [page])
    transaction.on_commit(write_file)
    return True


def proof_of(user: User) -> str:
    """Ties a number to the account that stood there: an emptied account has lost the instant of its arrival."""
    return hashlib.sha256(f"{user.pk}|{user.joined_at.timestamp():.6f}".encode()).hexdigest()


# --- surviving a restore ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did: erasures known, accounts that had come back and were erased again."""

    known: int
    again: int


def file_path() -> Path:
    return Path(settings.PERSONAL_DATA_ROOT) / "erasures.jsonl"


def write_file() -> int:
    """Add to the file the erasures that it does not hold; how many. It names nobody, and is to be kept apart."""
    known = {one["proof"] for one in _read_file()}
    missing = [one for one in Erasure.objects.order_by("pk") if one.proof not in known]
    if missing:
        path = file_path()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
            for one in missing:
                line = {"account": one.account, "proof": one.proof, "erased_at": one.erased_at.isoformat()}
                file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
    return len(missing)


def _read_file() -> Iterator[dict[str, Any]]:
    """The lines of the file; one that was cut by a fault is left out."""
    if not file_path().exists():
        return
    for line in file_path().read_text().splitlines():
        try:
            held = json.loads(line)
            yield {
                "account": int(held["account"]),
                "proof": str(held["proof"]),
                "erased_at": datetime.fromisoformat(held["erased_at"]),
            }
        except (ValueError, KeyError, TypeError):
            log.warning("a line of %s cannot be read", file_path())


def replay() -> Replayed:
    """After the base was restored: erase again everybody that the file or the base says erased."""
    for held in _read_file():
        Erasure.objects.get_or_create(proof=held["proof"], defaults=held)
    erasures = list(Erasure.objects.order_by("pk"))
    back = {user.pk: user for user in User.objects.filter(pk__in={one.account for one in erasures})}
    again = 0
    for one in erasures:
        user = back.get(one.account)
        if user is not None and not is_erased(user) and proof_of(user) == one.proof:
            again += erase(user.pk)
    write_file()
    return Replayed(len(erasures), again)
