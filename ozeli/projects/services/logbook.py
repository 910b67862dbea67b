"""The logbook: everyone around the project writes, corrects and withdraws their own posts."""

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.services import clean_text

from .. import rules
from ..enums import EntryTone
from ..models import KIND, LogEntry, Project
from .held import STALE, hold, note, touch

BODY_MAX_LENGTH = 3_000
NOT_YOURS = "Le journal de bord est tenu par ceux qui sont autour du projet."
NOT_YOUR_POST = "Un billet est corrigé par la personne qui l’a écrit."
GONE = "Ce billet n’est plus dans le journal de bord."


@transaction.atomic
def write(project: Project, body: str, *, tone: EntryTone, actor: User) -> LogEntry:
    """Add a post; those who follow the project are told."""
    held = hold(project)
    if not rules.writes_logbook(actor, held):
        raise Refused(NOT_YOURS)
    entry = LogEntry.objects.create(
        project=held, tone=tone, body=_checked(body), author=actor, written_on=clock.today()
    )
    note("logged", held, actor, post=str(entry.pk), tone=tone.value)
    tell("project.logged", KIND, held.pk, actor=actor, post=str(entry.pk))
    touch(held)
    return entry


@transaction.atomic
def correct(entry: LogEntry, body: str, *, tone: EntryTone, actor: User, version: int) -> LogEntry:
    """Give one's post other words. Raises Conflict when it is not the version that was on the screen."""
    held = hold(entry.project)
    stands = _held(entry)
    if stands.author_id != actor.pk or not rules.can_see(actor, held):
        raise Refused(NOT_YOUR_POST)
    if stands.version != version:
        raise Conflict(STALE)
    body = _checked(body)
    if (stands.body, stands.tone) == (body, tone):
        return stands
    stands.body, stands.tone, stands.edited_on = body, tone, clock.today()
    stands.version += 1
    stands.save(update_fields=["body", "tone", "edited_on", "version"])
    note("log_corrected", held, actor, post=str(stands.pk))
    touch(held, is_news=False)
    return stands


@transaction.atomic
def remove(entry: LogEntry, *, actor: User) -> None:
    """Take a post out: its author, or the desk of the body that carries the project."""
    held = hold(entry.project)
    stands = _held(entry)
    if not may_remove(actor, stands, held):
        raise Refused("Un billet est retiré par la personne qui l’a écrit, ou par l’équipe d’animation.")
    stands.delete()
    note("log_removed", held, actor, post=str(entry.pk))
    touch(held, is_news=False)


def may_remove(user: User, entry: LogEntry, project: Project) -> bool:
    return entry.author_id == user.pk or rules.works_desk(user, project)


def _held(entry: LogEntry) -> LogEntry:
    stands = LogEntry.objects.select_for_update(of=("self",)).filter(pk=entry.pk).first()
    if stands is None:
        raise Conflict(GONE)
    return stands


def _checked(body: str) -> str:
    body = clean_text(body)
    if not body:
        raise Refused("Écrivez votre billet : une phrase suffit.")
    if len(body) > BODY_MAX_LENGTH:
        raise Refused("Ce billet est trop long : coupez-le en deux.")
    return body
