"""What moderators see: the cases of their desk, and one case with all that helps to judge it.

Who reported is never read here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.french import days, long_date, month
from ozeli.core.paging import Page, keyset_page
from ozeli.core.ui import BadgeLook
from ozeli.engagement.enums import CaseState, ReportReason
from ozeli.engagement.models import Comment, ModerationAct, ModerationCase, Report
from ozeli.network.models import Organisation

from .. import standing
from ..models import KIND, Idea, IdeaAuthor
from ..services.moderation import COMMENT
from .places import place_ideas, place_people

EXTRACT = 220
BATCH = 500
LOOKS = {
    CaseState.OPEN: BadgeLook("À traiter", "todo", "wait"),
    CaseState.HIDDEN: BadgeLook("Masqué", "hidden", "rest"),
    CaseState.WARNED: BadgeLook("Auteur averti", "mail"),
    CaseState.DISMISSED: BadgeLook("Classé sans suite", "stop", "rest"),
    CaseState.RESTORED: BadgeLook("Rétabli", "okc", "done"),
}
WHAT = {KIND: "Idée", COMMENT: "Commentaire"}
HEADER = (
    "dossier",
    "objet",
    "sur l’idée",
    "organisme",
    "état",
    "signalements",
    "raisons",
    "ouvert",
    "décision",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; `state` empty is every state."""

    state: str = CaseState.OPEN
    kind: str = ""
    reason: str = ""
    organisation: Organisation | None = None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as the list shows it."""

    key: int
    url: str
    what: str
    title: str
    place: str
    extract: str
    count: int
    reasons: list[str]
    since: str
    look: BadgeLook
    is_pressing: bool


def cases_of(user: User) -> QuerySet[ModerationCase]:
    """The cases of this person's desk, but those about what they wrote themselves."""
    signed = IdeaAuthor.objects.filter(user=user, idea=OuterRef("object_id"))
    written = Comment.objects.filter(author=user, pk=OuterRef("object_id"))
    return (
        ModerationCase.objects.filter(
            context_kind=KIND, context_id__in=Idea.objects.in_scope_of(user).values("pk")
        )
        .exclude(Exists(signed), kind=KIND)
        .exclude(Exists(written), kind=COMMENT)
    )


def open_cases(user: User) -> QuerySet[ModerationCase]:
    return cases_of(user).filter(state=CaseState.OPEN)


def matching(user: User, wanted: Wanted) -> QuerySet[ModerationCase]:
    cases = cases_of(user)
    if wanted.state:
        cases = cases.filter(state=wanted.state)
    if wanted.kind:
        cases = cases.filter(kind=wanted.kind)
    if wanted.reason:
        cases = cases.filter(Exists(Report.objects.filter(case=OuterRef("pk"), reason=wanted.reason)))
    if wanted.organisation is not None:
        cases = cases.filter(context_id__in=wanted.organisation.idea_set.values("pk"))
    return cases


def page(cases: QuerySet[ModerationCase], wanted: Wanted, cursor: str = "", size: int = 15) -> Page:
    """A page of `CaseRow`: open ones by urgency then age, the others the latest first."""
    reasons = Report.objects.filter(case=OuterRef("pk")).order_by("reason").values("reason").distinct()
    cases = cases.annotate(reasons=ArraySubquery(reasons))
    if wanted.state == CaseState.OPEN:
        found = keyset_page(cases, ("priority", "opened_at", "id"), cursor, size, ascending=True)
    else:
        found = keyset_page(cases, ("opened_at", "id"), cursor, size)
    ideas = _ideas({case.context_id for case in found.rows})
    comments = Comment.objects.in_bulk([case.object_id for case in found.rows if case.kind == COMMENT])
    rows = [_row(case, ideas[case.context_id], comments.get(case.object_id)) for case in found.rows]
    return Page(rows, found.next, found.previous)


def export_lines(cases: QuerySet[ModerationCase], wanted: Wanted) -> Iterator[list[object]]:
    """The rows of the file: neither who reported, nor the texts."""
    cursor, is_first = "", True
    while cursor or is_first:
        some = page(cases, wanted, cursor, BATCH)
        acts = last_acts([row.key for row in some.rows])
        for row in some.rows:
            act = acts.get(row.key)
            yield [
                row.key, row.what, row.title, row.place, row.look.label, row.count, ", ".join(row.reasons), row.since,
                act.reason if act else "",
            ]  # fmt: skip
        cursor, is_first = some.next, False


def last_acts(cases: list[int]) -> dict[int, ModerationAct]:
    acts = ModerationAct.objects.filter(case__in=cases).order_by("case_id", "-pk").distinct("case_id")
    return {act.case_id: act for act in acts}


def _ideas(wanted: set[UUID]) -> dict[UUID, Idea]:
    found = Idea.objects.in_bulk(wanted)
    place_ideas(found.values())
    return found


def told_day(idea: Idea, when: datetime) -> str:
    """The day of what happened around an idea; the month alone for an anonymous one."""
    return month(when) if idea.is_anonymous else f"le {long_date(when)}"


def _since(idea: Idea, when: datetime) -> str:
    """« depuis 3 jours »: how long it waits; the month alone for an anonymous idea."""
    if idea.is_anonymous:
        return f"depuis {month(when)}"
    age = (clock.today() - timezone.localdate(when)).days
    return f"depuis {days(age)}" if age else "depuis aujourd’hui"


def _row(case: Any, idea: Idea, comment: Comment | None) -> CaseRow:
    text = idea.proposal if comment is None else comment.body
    return CaseRow(
        key=case.pk,
        url=reverse("ideas:case", args=[case.pk]),
        what=WHAT[case.kind],
        title=idea.title,
        place=standing.place(idea),
        extract=text if len(text) <= EXTRACT else f"{text[:EXTRACT].rsplit(' ', 1)[0]}…",
        count=case.report_count,
        reasons=[str(ReportReason(one).label) for one in case.reasons],
        since=_since(idea, case.opened_at) if case.is_open else told_day(idea, case.opened_at),
        look=LOOKS[CaseState(case.state)],
        is_pressing=case.is_pressing,
    )


# --- one case ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with what surrounds it. `said` are the reports: (reason, words, day), never by whom."""

    case: ModerationCase
    idea: Idea
    comment: Any
    said: list[tuple[str, str, str]]
    acts: list[tuple[BadgeLook, ModerationAct, str]]
    others: int


def file_of(user: User, pk: int) -> CaseFile | None:
    """A case of this person's desk, None for an absent one and one of another desk alike."""
    case = cases_of(user).filter(pk=pk).first()
    if case is None:
        return None
    idea = Idea.objects.prefetch_related("authors__user").get(pk=case.context_id)
    place_ideas([idea])
    place_people(idea.signatories)
    rows = Comment.objects.select_related("author__organisation", "parent__author")
    comment = rows.filter(pk=case.object_id).first() if case.kind == COMMENT else None
    reports = case.reports.order_by("pk").values_list("reason", "words", "reported_at")
    acts = case.acts.select_related("actor__organisation")
    earlier = ModerationCase.objects.filter(kind=case.kind, object_id=case.object_id).exclude(pk=case.pk)
    return CaseFile(
        case=case,
        idea=idea,
        comment=comment,
        said=[(str(ReportReason(reason).label), words, told_day(idea, at)) for reason, words, at in reports],
        acts=[(LOOKS[CaseState(act.state)], act, told_day(idea, act.made_at)) for act in acts],
        others=earlier.count(),
    )


def why_hidden(idea: Idea) -> str:
    """What the author was told when the idea was hidden."""
    acts = ModerationAct.objects.filter(case__kind=KIND, case__object_id=idea.pk, state=CaseState.HIDDEN)
    return acts.order_by("-pk").values_list("message", flat=True).first() or ""


# --- what a person has reported ---------------------------------------------------------------------------------------

OUTCOMES = {
    CaseState.OPEN: "Un modérateur va le lire.",
    CaseState.HIDDEN: "Ce contenu est masqué.",
    CaseState.WARNED: "Son auteur a été averti.",
    CaseState.DISMISSED: "Après examen, ce contenu reste affiché.",
    CaseState.RESTORED: "Masqué un temps, ce contenu est de nouveau affiché.",
}


def reports_of(user: User, cursor: str = "") -> Page:
    """What this person has reported, latest first, with what became of it; nothing of the object itself."""
    rows = Report.objects.filter(reporter=user).select_related("case")
    found = keyset_page(rows, ("reported_at", "id"), cursor)
    for one in found.rows:
        one.what, one.look = WHAT[one.kind], LOOKS[CaseState(one.case.state)]
        one.outcome = OUTCOMES[CaseState(one.case.state)]
    return found


def reported(user: User, kind: str, object_id: UUID) -> bool:
    return Report.objects.filter(Q(reporter=user, kind=kind, object_id=object_id)).exists()
