"""What the desks of the demonstration keep for themselves: answer templates, complements, notes, words to experts."""

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ozeli.ideas.enums import CompletionEnd, State
from ozeli.ideas.models import AnswerTemplate, CompletionRequest, DeskNote, ExpertNote, IdeaExpert, IdeaMove

from .cast import Cast
from .sheets import FOLDER
from .writer import Rows

REMINDED_EVERY = 7


def write_desk(cast: Cast, rows: Rows, today: date) -> None:
    """Everything, in bulk; the ideas, their moves and their experts are already saved."""
    with (FOLDER / "desk.toml").open("rb") as file:
        told = tomllib.load(file)
    AnswerTemplate.objects.bulk_create(_templates(cast, told["templates"], today))
    CompletionRequest.objects.bulk_create(_completions(rows, told["precise"], today))
    awaited = [one for one in rows.experts if one.given_on is None and one.idea.state == State.UNDER_STUDY]
    for expert in awaited:
        expert.message = told["message"]
        expert.asked_by = expert.idea.handler
    IdeaExpert.objects.bulk_update(awaited, ["message", "asked_by"])
    ExpertNote.objects.bulk_create(_exchange(awaited, told["exchange"]))
    DeskNote.objects.bulk_create(_notes(rows, told["notes"], today))


def _templates(cast: Cast, told: list[dict[str, Any]], today: date) -> Iterator[AnswerTemplate]:
    for one in told:
        writer = cast.people[one["by"]]
        yield AnswerTemplate(
            title=one["title"],
            verdict=one["verdict"],
            reason=one.get("reason", ""),
            text=one["text"].strip(),
            organisation=writer.organisation if one.get("own") else None,
            written_by=writer,
            written_on=today - timedelta(days=one["day"]),
        )


def _completions(rows: Rows, precise: str, today: date) -> Iterator[CompletionRequest]:
    """One for each time a complement was asked; still open on the ideas that wait for their author."""
    answered = {(move.idea_id, move.round): move for move in rows.moves if move.transition == "complete"}
    for asked in rows.moves:
        if asked.transition != "ask_completion":
            continue
        end = answered.get((asked.idea_id, asked.round))
        questions = {"general": asked.note} if end else {"general": asked.note, "beneficiaries": precise}
        yield CompletionRequest(
            idea=asked.idea,
            round=asked.round,
            questions=questions,
            asked_by=asked.actor,
            asked_on=asked.made_on,
            reminders=_reminders(asked, end, today),
            ended_on=end.made_on if end else None,
            outcome=CompletionEnd.ANSWERED if end else "",
        )


def _reminders(asked: IdeaMove, end: IdeaMove | None, today: date) -> int:
    waited = ((end.made_on if end else today) - asked.made_on).days
    return min(2, waited // REMINDED_EVERY)


def _exchange(awaited: list[IdeaExpert], words: list[str]) -> Iterator[ExpertNote]:
    """A question of the first experts, and the answer of the desk."""
    for expert in [one for one in awaited if one.asked_by][:2]:
        for body, author in zip(words, (expert.user, expert.asked_by), strict=True):
            yield ExpertNote(expertise=expert, author=author, body=body, written_on=expert.asked_on)


def _notes(rows: Rows, bodies: list[str], today: date) -> Iterator[DeskNote]:
    """On signed ideas at study, by who answers them."""
    studied = [idea for idea in rows.ideas if idea.state == State.UNDER_STUDY and idea.handler]
    for place, idea in enumerate(studied[:9]):
        yield DeskNote(
            idea=idea,
            author=idea.handler,
            body=bodies[place % len(bodies)],
            written_on=max(idea.deposited_on, today - timedelta(days=3 + place)),
        )
