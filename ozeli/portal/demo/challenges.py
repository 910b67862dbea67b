"""The challenges of the demonstration: one in each of their moments. Their ideas and votes are written elsewhere."""

import tomllib
from datetime import date, timedelta
from typing import Any

from ozeli.activity.models import Follow
from ozeli.challenges.communication import proposed
from ozeli.challenges.days import end_of, start_of
from ozeli.challenges.enums import AnimatorRole, ChallengeState
from ozeli.challenges.formats import models
from ozeli.challenges.models import (
    KIND,
    Challenge,
    ChallengeAnimator,
    ChallengeBody,
    CommunicationStep,
    Phase,
    PhaseChange,
    Prize,
)
from ozeli.challenges.services.phases import settle_dates
from ozeli.core.french import typographic
from ozeli.engagement.models import Poll
from ozeli.journal.models import Entry

from .cast import Cast, at, drawn_uuid
from .sheets import FOLDER

PREPARED = timedelta(days=30)


def write_challenges(cast: Cast, today: date) -> dict[str, Challenge]:
    """Write them all; slug → challenge."""
    with (FOLDER / "challenges.toml").open("rb") as file:
        told = tomllib.load(file)["challenge"]
    return {one["slug"]: _write(cast, one, today) for one in told}


def _write(cast: Cast, told: dict[str, Any], today: date) -> Challenge:
    key = drawn_uuid(f"challenge {told['slug']}")
    begins = min(days[0] for days in told["phases"].values())
    challenge = Challenge.objects.create(
        id=key,
        slug=told["slug"],
        title=told["title"],
        question=typographic(told["question"]),
        theme=told.get("theme", ""),
        presentation=typographic(told["why"]),
        rules_text=models()[told["format"]].rules,
        format=told["format"],
        state=told.get("state", ChallengeState.PUBLISHED),
        organisation=cast.organisations[told["body"]],
        audience=told["audience"],
        branch=cast.branches[told["branch"]] if "branch" in told else None,
        objective=cast.objectives.get(told.get("objective", "")),
        domain=cast.domains.get(told.get("domain", "")),
        voting_rule=told["rule"],
        votes_each=told.get("votes_each"),
        threshold=told.get("threshold"),
        poll=Poll.objects.create(kind=KIND, object_id=key),
        answer_delay_days=told["delay"],
        created_by=cast.people[told["lead"]],
        created_on=min(today, today + timedelta(days=begins)) - PREPARED,
    )
    ChallengeBody.objects.bulk_create(
        ChallengeBody(challenge=challenge, organisation=cast.organisations[code])
        for code in told.get("bodies", [])
    )
    _people(cast, challenge, told)
    phases = _phases(challenge, told, today)
    Prize.objects.bulk_create(
        Prize(challenge=challenge, position=place, title=title, description=description)
        for place, (title, description) in enumerate(told.get("prizes", []))
    )
    _communication(cast, challenge, phases, told, today)
    settle_dates(challenge)
    _journal(cast, challenge, told)
    return challenge


def _people(cast: Cast, challenge: Challenge, told: dict[str, Any]) -> None:
    names = [told["lead"], *told["team"]]
    ChallengeAnimator.objects.bulk_create(
        ChallengeAnimator(
            challenge=challenge,
            user=cast.people[name],
            role=AnimatorRole.LEAD if name == told["lead"] else AnimatorRole.ANIMATOR,
        )
        for name in names
    )
    Follow.objects.bulk_create(
        Follow(kind=KIND, object_id=challenge.pk, user=cast.people[name]) for name in names
    )


def _phases(challenge: Challenge, told: dict[str, Any], today: date) -> list[Phase]:
    """Those of the past were told in their time."""
    rows = []
    for kind, (first, *last) in told["phases"].items():
        opens = start_of(today + timedelta(days=first))
        closes = end_of(today + timedelta(days=last[0])) if last else None
        row = Phase(challenge=challenge, kind=kind, opens_at=opens, closes_at=closes)
        row.told_opening_at = opens - timedelta(days=1) if first <= 1 else None
        row.told_closing_at = closes - timedelta(days=1) if closes and last[0] < 1 else None
        rows.append(row)
    Phase.objects.bulk_create(rows)
    if moved := told.get("moved"):
        PhaseChange.objects.create(
            challenge=challenge,
            kind=moved["phase"],
            closed_at=end_of(today + timedelta(days=moved["was"])),
            closes_at=next(row.closes_at for row in rows if row.kind == moved["phase"]),
            reason=moved["why"],
            actor=challenge.created_by,
            made_at=at(today + timedelta(days=moved["on"]), 10),
        )
    return rows


def _communication(
    cast: Cast, challenge: Challenge, phases: list[Phase], told: dict[str, Any], today: date
) -> None:
    """The proposed plan, done up to some days ago: the last step due still waits."""
    steps = proposed(challenge, phases, f"http://localhost:8000{challenge.get_absolute_url()}")
    for step in steps:
        if step.due_on < today - timedelta(days=4):
            step.done_on, step.done_by = step.due_on, cast.people[told["lead"]]
    CommunicationStep.objects.bulk_create(steps)


def _journal(cast: Cast, challenge: Challenge, told: dict[str, Any]) -> None:
    if challenge.state != ChallengeState.DRAFT:
        Entry.objects.create(
            at=at(challenge.created_on + timedelta(days=20), 10),
            actor=cast.actor_keys[cast.people[told["lead"]].pk],
            verb="challenge.publish",
            kind=KIND,
            object_id=str(challenge.pk),
            details={"title": challenge.title},
        )
