"""Reports and what moderators make of them: everything that writes them.

The caller has checked who may see the object and who moderates it, and makes what is decided happen to the object in
the same transaction. Nothing is ever hidden by a number of reports: it only puts a case on top.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.journal.services import record

from .enums import PRESSING, SOURCES, CaseState, ReportReason
from .models import ModerationAct, ModerationCase, Report
from .services import clean_text

WORDS_MAX_LENGTH = 1_000
REASON_MIN_LENGTH = 10
MESSAGE_MIN_LENGTH = 20
TELLS_AUTHOR = frozenset({CaseState.HIDDEN, CaseState.WARNED})
ALREADY = "Vous avez déjà signalé ce contenu. Votre signalement est gardé."
DECIDED_FIRST = (
    "Un autre modérateur vient de décider sur ce dossier. Sa décision est affichée, rien n’a été écrasé."
)


@dataclass(frozen=True, slots=True)
class About:
    """What is reported, and the object that bears it."""

    kind: str
    object_id: UUID
    context_kind: str
    context_id: UUID


@transaction.atomic
def report(about: About, *, reporter: User, reason: str, words: str = "") -> ModerationCase:
    """Report an object, once for a person; the case it joins, opened when there is none.

    Raises Refused on an unknown reason, Conflict when this person has reported it already.
    """
    words = clean_text(words)
    if reason not in ReportReason.values:
        raise Refused("Choisissez la raison de votre signalement.")
    if reason == ReportReason.OTHER and not words:
        raise Refused("Dites en quelques mots ce qui pose problème.")
    if len(words) > WORDS_MAX_LENGTH:
        raise Refused(f"Vos précisions dépassent {WORDS_MAX_LENGTH} caractères : raccourcissez-les.")
    case = _open_case(about)
    try:
        with transaction.atomic():
            Report.objects.create(
                case=case,
                kind=about.kind,
                object_id=about.object_id,
                reporter=reporter,
                reason=reason,
                words=words,
                reported_at=clock.now(),
            )
    except IntegrityError as error:
        raise Conflict(ALREADY) from error
    case.report_count += 1
    case.priority = 0 if case.report_count >= PRESSING else 1
    case.save(update_fields=["report_count", "priority"])
    return case


def _open_case(about: About) -> ModerationCase:
    """The open case of an object, held until the end of the transaction."""
    same = {"kind": about.kind, "object_id": about.object_id, "state": CaseState.OPEN}
    context = {"context_kind": about.context_kind, "context_id": about.context_id}
    case, created = ModerationCase.objects.get_or_create(
        **same, defaults=context | {"opened_at": clock.now()}
    )
    if created:
        return case
    held = (
        ModerationCase.objects.select_for_update(of=("self",))
        .filter(pk=case.pk, state=CaseState.OPEN)
        .first()
    )
    # Decided while we waited: what is reported now is another case.
    return held or ModerationCase.objects.create(**same, **context, opened_at=clock.now())


@transaction.atomic
def decide(
    case: ModerationCase, state: str, *, actor: User, reason: str, message: str = "", version: int
) -> ModerationAct:
    """Take one decision on a case read at `version`. Its reason stays with the act, which the journal names.

    Raises Refused when it is not explained, Conflict when somebody decided first.
    """
    reason, message = clean_text(reason), clean_text(message)
    if state not in SOURCES:
        raise Refused("Choisissez une décision.")
    if len(reason) < REASON_MIN_LENGTH:
        raise Refused("Écrivez la raison de votre décision en une phrase : elle reste au dossier.")
    if state in TELLS_AUTHOR and len(message) < MESSAGE_MIN_LENGTH:
        raise Refused(
            "Écrivez à l’auteur ce qui pose problème et ce qu’il peut faire, en une phrase au moins."
        )
    standing = ModerationCase.objects.filter(
        pk=case.pk, version=version, state__in=sorted(SOURCES[CaseState(state)])
    )
    if not standing.update(state=state, version=F("version") + 1):
        raise Conflict(DECIDED_FIRST)
    case.refresh_from_db()
    act = ModerationAct.objects.create(
        case=case,
        state=state,
        reason=reason,
        message=message if state in TELLS_AUTHOR or state == CaseState.RESTORED else "",
        actor=actor,
        made_at=clock.now(),
    )
    record(
        f"moderation.{state}",
        case.kind,
        case.object_id,
        actor=actor_key(actor),
        case=case.pk,
        reports=case.report_count,
        act=act.pk,
    )
    return act
