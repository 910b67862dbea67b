"""What the team changes of its sheet, its withdrawal from the lists, and a word to whoever carries it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from ozeli.accounts import services as accounts
from ozeli.accounts.models import User
from ozeli.activity.models import Event
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.engagement.services import clean_text
from ozeli.search.services import schedule_index

from .. import rules
from ..enums import Role
from ..models import KIND, REPORT_KIND, Project, StageReport
from .held import hold, note, touch

HELP = "project.help_offered"
LETTERS_A_DAY = 5
REASON_MIN_LENGTH = 10
# What only those who decide of a project may change.
OWNED = frozenset({"audience", "organisation"})
NOT_YOURS = "Cette fiche est tenue par l’équipe du projet."
NOT_YOURS_TO_OPEN = "Le porteur du projet, ou l’équipe d’animation de son organisme, décide de qui le lit."
ENDS_FIRST = "La fin prévue vient après le démarrage."
ENDED_FIRST = "Un projet finit après avoir démarré\u00a0: vérifiez la date de démarrage."


@transaction.atomic
def save_sheet(project: Project, values: Mapping[str, Any], *, actor: User, version: int) -> Project:
    """Give the sheet other words. Raises Conflict when it is not the version that the person had before them."""
    held = hold(project, version)
    if not rules.edits(actor, held):
        raise Refused(NOT_YOURS)
    changed = [name for name, value in values.items() if getattr(held, name) != value]
    if OWNED & set(changed):
        _check_reach(held, values, actor)
    before = {name: _plain(getattr(held, name)) for name in changed}
    for name in changed:
        setattr(held, name, values[name])
    _check_days(held)
    if "organisation" in changed:
        held.branch = held.organisation.branch
        changed.append("branch")
    if not changed:
        return held
    held.save(update_fields=changed)
    changes = {name: [said, _plain(getattr(held, name))] for name, said in before.items()}
    note("edited", held, actor, changes=changes)
    touch(held)
    if {"audience", "organisation", "domain_id", "title"} & set(changed):
        _index_reports(held)
    return held


def _check_reach(held: Project, values: Mapping[str, Any], actor: User) -> None:
    """Raises Refused when this person may not say who carries the project, or who reads it."""
    if not rules.owns(actor, held):
        raise Refused(NOT_YOURS_TO_OPEN)
    body = values.get("organisation", held.organisation)
    if body == held.organisation or body.pk == actor.organisation_id:
        return
    if not actor.contributes_to("projects", body.pk):
        raise Refused("Vous ne tenez pas les projets de cet organisme.")


def _check_days(held: Project) -> None:
    start: date | None = held.started_on
    if start and held.expected_end_on and held.expected_end_on < start:
        raise Refused(ENDS_FIRST)
    if start and held.ended_on and held.ended_on < start:
        raise Refused(ENDED_FIRST)


def _plain(value: Any) -> Any:
    """A value as the journal keeps it."""
    return value if isinstance(value, (str, int, list)) or value is None else str(value)


def _index_reports(held: Project) -> None:
    """What its stages teach is read by those who read the project."""
    told = StageReport.objects.filter(project=held, is_told=True).values_list("pk", flat=True)
    schedule_index(REPORT_KIND, list(told))


@transaction.atomic
def set_withdrawn(project: Project, wanted: bool, *, actor: User, reason: str = "") -> Project:
    """Take the project out of the lists, or put it back. Nothing is lost: its team and its desk still read it."""
    held, reason = hold(project), clean_text(reason)
    if not rules.owns(actor, held):
        raise Refused(NOT_YOURS_TO_OPEN)
    if held.is_withdrawn == wanted:
        return held
    if wanted and len(reason) < REASON_MIN_LENGTH:
        raise Refused("Dites en une phrase pourquoi ce projet quitte les listes.")
    held.is_withdrawn = wanted
    held.save(update_fields=["is_withdrawn"])
    verb = "withdrawn" if wanted else "put_back"
    note(verb, held, actor, **({"reason": reason} if reason else {}))
    touch(held, is_news=not wanted)
    _index_reports(held)
    if wanted:
        tell("project.withdrawn", KIND, held.pk, actor=actor, reason=reason)
    return held


@transaction.atomic
def write_to_owner(project: Project, words: str, *, actor: User) -> None:
    """Send a word to whoever carries the project. Their address is not shown; the writer's goes with the message."""
    if not rules.can_see(actor, project):
        raise Refused(NOT_YOURS)
    if not project.members.filter(role=Role.OWNER, user__is_active=True).exclude(user=actor).exists():
        raise Refused("Personne du portail ne porte encore ce projet\u00a0: il n’y a pas à qui écrire.")
    accounts.hold(actor)
    since = clock.now() - timedelta(days=1)
    if Event.objects.filter(type=HELP, actor=actor, at__gt=since).count() >= LETTERS_A_DAY:
        raise Refused(f"Vous avez écrit {LETTERS_A_DAY} messages en un jour\u00a0: reprenez demain.")
    tell(HELP, KIND, project.pk, actor=actor, words=clean_text(words))
