"""A decision as the network reads it: the same words on the sheet, at the desk before publication, in the cimetière."""

from dataclasses import dataclass

from ozeli.core import clock
from ozeli.core.french import long_date, month, plural

from .enums import Reason, Verdict
from .models import Decision, Idea

VERDICTS = {
    Verdict.RETAINED: ("Retenue", "yes"),
    Verdict.NOT_RETAINED: ("Non retenue, et pourquoi", "no"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the decision card shows (`ideas/_answer.html`)."""

    verdict: str
    tone: str
    who: str
    when: str
    why: str
    text: str


def verdict_word(decision: Decision) -> str:
    """« Retenue », « Non retenue »."""
    return VERDICTS[Verdict(decision.verdict)][0].partition(",")[0]


def shown(decision: Decision, idea: Idea) -> Answer:
    """The card of a decision. Before its publication, as if it were published today by who prepared it.

    Reads `published_by` (or `prepared_by`) with its body: bring them with the decision.
    """
    verdict, tone = VERDICTS[Verdict(decision.verdict)]
    by = decision.published_by if decision.is_published else decision.prepared_by
    return Answer(
        verdict=verdict,
        tone=tone,
        who=f"{by.display_name}, {by.organisation.name}" if by else "",
        when=_when(decision, idea),
        why=str(Reason(decision.reason).label) if decision.reason else "",
        text=decision.answer,
    )


def _when(decision: Decision, idea: Idea) -> str:
    """The day of the answer, and the time it took; the month alone for an anonymous idea."""
    day = decision.published_on or clock.today()
    if idea.is_anonymous:
        return month(day)
    if decision.round > 1 or idea.is_imported:
        return long_date(day)
    waited = (day - idea.deposited_on).days
    after = f"{plural(waited, 'jour')} après le dépôt" if waited > 0 else "le jour même du dépôt"
    return f"{long_date(day)}, {after}"
