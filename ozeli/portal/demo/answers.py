"""The right to an answer in the demonstration: whose delay was promised, what was kept, how far late ideas went up."""

from collections import defaultdict
from datetime import date, timedelta

from ozeli.ideas.enums import AnswerLevel, PromiseOrigin
from ozeli.ideas.models import AnswerLead, AnswerStep, Decision, Idea, IdeaMove
from ozeli.ideas.services.circuit import answer_due_on
from ozeli.ideas.services.promises import RUNNING, after_days
from ozeli.network.models import Organisation
from ozeli.network.selectors import AnswerSteps

from .cast import Cast
from .sheets import handle
from .writer import Rows

ADMIN = handle("Stéphane Mercier")
LEADS = ("cpam-44", "caf-59", "urssaf-idf")
STARTS = {"deposit", "complete", "resume", "revive"}


def write_answers(cast: Cast, rows: Rows, today: date) -> None:
    """Fill what the services would have kept, then the steps that each late promise went through."""
    leads = _leads(cast, today)
    moves: dict[object, list[IdeaMove]] = defaultdict(list)
    for move in rows.moves:
        moves[move.idea_id].append(move)
    ideas = [idea for idea in rows.ideas if idea.answer_due_on is not None]
    for idea in ideas:
        idea.promise_origin = _origin(idea.organisation)
        if any(move.transition == "postpone" for move in moves[idea.pk]) and idea.waiting_since:
            idea.first_due_on = answer_due_on(idea.organisation, idea.waiting_since)
    Idea.objects.bulk_update(ideas, ["promise_origin", "first_due_on"])
    answered = [one for one in rows.decisions if one.published_on is not None]
    for one in answered:
        one.awaited_since = _since(moves[one.idea_id], one.published_on or today)
        one.due_on = answer_due_on(one.idea.organisation, one.awaited_since)
    Decision.objects.bulk_update(answered, ["awaited_since", "due_on"])
    AnswerStep.objects.bulk_create(
        step for idea in ideas if idea.state in RUNNING for step in _steps(idea, leads, today)
    )


def _leads(cast: Cast, today: date) -> dict[int, AnswerLead]:
    found = {}
    for code in LEADS:
        body = cast.organisations[code]
        named = {"named_by": cast.people[ADMIN], "named_on": today - timedelta(days=200)}
        found[body.pk] = AnswerLead(organisation=body, user=cast.referents[body.pk], **named)
    AnswerLead.objects.bulk_create(found.values())
    return found


def _origin(organisation: Organisation | None) -> str:
    is_own = organisation is not None and organisation.answer_delay_days is not None
    return PromiseOrigin.BODY if is_own else PromiseOrigin.NETWORK


def _since(moves: list[IdeaMove], day: date) -> date:
    """The last day, before the answer, when the clock started."""
    return max(move.made_on for move in moves if move.transition in STARTS and move.made_on <= day)


def _steps(idea: Idea, leads: dict[int, AnswerLead], today: date) -> list[AnswerStep]:
    lead = leads.get(idea.organisation_id or 0)
    found, days = [], AnswerSteps()
    for level in AnswerLevel:
        assert idea.answer_due_on is not None
        on = idea.answer_due_on + timedelta(days=after_days(level, days))
        if on <= today:
            to = lead.user if lead and level == AnswerLevel.LEAD else None
            row = {"round": idea.round, "due_on": idea.answer_due_on, "level": level, "made_on": on}
            found.append(AnswerStep(idea=idea, lead=to, **row))
    return found
