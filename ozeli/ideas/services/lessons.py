"""« Ce que nous avons appris »: a few words for a reason, in a domain or in all, or for one answer."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.services import clean_text
from ozeli.journal.services import record
from ozeli.network.models import Domain

from .. import rules
from ..enums import Reason, Verdict
from ..models import KIND, Decision, Lesson

TEXT_MIN_LENGTH = 30
TEXT_MAX_LENGTH = 400
NOT_YOURS = "Seul un référent écrit une leçon ; la sienne, ou toutes au bureau du réseau."


def may_write(user: User) -> bool:
    return user.level("ideas") >= Level.CONTRIBUTE


def may_change(user: User, lesson: Lesson) -> bool:
    """Its writer, the desk of the network, and the desk of the idea that taught it."""
    if not may_write(user):
        return False
    if lesson.decision is not None:
        return rules.decides(user, lesson.decision.idea)
    return lesson.written_by_id == user.pk or user.contribution_scope("ideas") is None


@transaction.atomic
def write(
    text: str,
    *,
    actor: User,
    reason: str = "",
    domain: Domain | None = None,
    decision: Decision | None = None,
) -> Lesson:
    """Write a lesson: of a declined idea (`decision`, whose reason it takes), or of a reason.

    Raises Refused, and Conflict when that reason (or that answer) has its lesson already.
    """
    text = checked(text)
    if decision is not None:
        if not rules.decides(actor, decision.idea):
            raise Refused("Seul un référent de l’idée, qui ne l’a pas signée, en tire une leçon.")
        if decision.verdict != Verdict.NOT_RETAINED or not decision.is_published:
            raise Refused("Une leçon se tire d’une réponse publiée à une idée non retenue.")
        reason, domain = decision.reason, decision.idea.domain
    elif not may_write(actor):
        raise Refused(NOT_YOURS)
    if reason not in Reason.values:
        raise Refused("Choisissez le motif dont on tire cette leçon.")
    today = clock.today()
    by_month = decision is not None and decision.idea.is_anonymous
    try:
        with transaction.atomic():
            lesson = Lesson.objects.create(
                decision=decision,
                reason=reason,
                domain=domain,
                text=text,
                written_by=actor,
                written_on=today.replace(day=1) if by_month else today,
            )
    except IntegrityError as error:
        raise Conflict("Une leçon est déjà écrite ici : complétez-la plutôt.") from error
    _record("lesson.write", lesson, actor)
    return lesson


@transaction.atomic
def change(lesson: Lesson, text: str, *, actor: User, version: int) -> None:
    """Rewrite a lesson, read at `version`. Raises Conflict when somebody rewrote it first."""
    text = checked(text)
    if not may_change(actor, lesson):
        raise Refused(NOT_YOURS)
    as_read = Lesson.objects.filter(pk=lesson.pk, version=version)
    if not as_read.update(text=text, version=F("version") + 1):
        raise Conflict(
            "Cette leçon vient d’être modifiée par quelqu’un d’autre. Son texte est affiché plus haut."
        )
    _record("lesson.change", lesson, actor)


@transaction.atomic
def remove(lesson: Lesson, *, actor: User) -> None:
    if not may_change(actor, lesson):
        raise Refused(NOT_YOURS)
    deleted, _each = Lesson.objects.filter(pk=lesson.pk).delete()
    if deleted:
        _record("lesson.remove", lesson, actor)


def checked(text: str) -> str:
    """The words on one line. Raises Refused when they say too little or too much."""
    text = " ".join(clean_text(text).split())
    if len(text) < TEXT_MIN_LENGTH:
        raise Refused(
            f"Une leçon se dit en {TEXT_MIN_LENGTH} caractères au moins ; la vôtre en compte {len(text)}."
        )
    if len(text) > TEXT_MAX_LENGTH:
        raise Refused(f"Une leçon tient en {TEXT_MAX_LENGTH} caractères ; la vôtre en compte {len(text)}.")
    return text


def _record(verb: str, lesson: Lesson, actor: User) -> None:
    kept: dict[str, Any] = {"reason": str(Reason(lesson.reason).label), "lesson": lesson.pk}
    if lesson.decision is not None:
        record(verb, KIND, lesson.decision.idea_id, actor=actor_key(actor), **kept)
    else:
        record(verb, "lesson", lesson.pk, actor=actor_key(actor), **kept)
