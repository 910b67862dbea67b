"""The ideas of the demonstration's challenges, with their votes, their answers and a prize."""

import random
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from ozeli.accounts.models import User
from ozeli.activity.models import Follow
from ozeli.challenges.enums import VOTING_PHASES, VotingRule
from ozeli.challenges.models import Challenge
from ozeli.core import clock
from ozeli.core.french import typographic
from ozeli.engagement.models import Ballot, Comment, Spending, Vote
from ozeli.ideas.enums import OPEN_STATES, VOTING_STATES, State
from ozeli.ideas.models import KIND, Decision, Idea, IdeaAuthor, IdeaMove, IdeaPrize, ResultsTold, Selection
from ozeli.ideas.services.circuit import kept_day, promise
from ozeli.network.enums import Audience

from .cast import Cast, at, drawn_uuid
from .sheets import FOLDER

# From the deposit to each state, as the circuit goes.
_STEPS = {
    State.DEPOSITED: (),
    State.IN_DEBATE: ("open_debate",),
    State.UNDER_STUDY: ("open_debate", "study"),
    State.RETAINED: ("open_debate", "study", "retain"),
    State.NOT_RETAINED: ("open_debate", "study", "decline"),
}
_TARGETS = {
    "open_debate": State.IN_DEBATE,
    "study": State.UNDER_STUDY,
    "retain": State.RETAINED,
    "decline": State.NOT_RETAINED,
}
_ANSWERED = timedelta(days=40)


@dataclass(slots=True)
class _Rows:
    ballots: list[Ballot] = field(default_factory=list)
    ideas: list[Idea] = field(default_factory=list)
    authors: list[IdeaAuthor] = field(default_factory=list)
    moves: list[IdeaMove] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    follows: list[Follow] = field(default_factory=list)
    selections: list[Selection] = field(default_factory=list)
    prizes: list[IdeaPrize] = field(default_factory=list)
    spent: dict[tuple[int, int], int] = field(default_factory=dict)


def write_challenge_ideas(cast: Cast, today: date) -> int:
    """Write them all, in bulk; how many ideas."""
    with (FOLDER / "challenge_ideas.toml").open("rb") as file:
        told = tomllib.load(file)["idea"]
    known = {one.slug: one for one in Challenge.objects.prefetch_related("phases", "bodies", "prizes")}
    rows, draw = _Rows(), random.Random("challenge ideas")  # noqa: S311 (the same demonstration each time)
    for one in told:
        _write(rows, cast, known[one["challenge"]], one, today, draw)
    _save(rows, known, today)
    return len(rows.ideas)


def _write(
    rows: _Rows, cast: Cast, challenge: Challenge, told: dict[str, Any], today: date, draw: random.Random
) -> None:
    key, author = drawn_uuid(f"challenge idea {told['title']}"), cast.people.get(told.get("by", ""))
    state, body = State(told.get("state", "deposited")), author.organisation if author else None
    day = kept_day(body, today + timedelta(days=told["day"]))
    ballot = Ballot(
        kind=KIND, object_id=key, round=1, poll_id=challenge.poll_id, is_open=state in VOTING_STATES
    )
    waits = state in OPEN_STATES
    idea = Idea(
        id=key,
        **{name: typographic(told[name]) for name in ("title", "problem", "proposal")},
        domain=cast.domains[told["domain"]],
        objective_id=challenge.objective_id,
        organisation=body,
        branch=author.organisation.branch if author else cast.branches[told["branch"]],
        audience=told.get("audience", _audience(challenge)),
        is_anonymous=author is None,
        state=state,
        ballot=ballot,
        challenge=challenge,
        shuffle=draw.random(),
        handler=_handler(cast, author),
        deposited_on=day,
        waiting_since=day if waits else None,
        **(promise(body, day, challenge.answer_delay_days) if waits else {}),
    )
    rows.ballots.append(ballot)
    rows.ideas.append(idea)
    if author is not None:
        rows.authors.append(IdeaAuthor(idea=idea, user=author))
        rows.follows.append(Follow(kind=KIND, object_id=key, user=author))
    _votes(rows, cast, challenge, idea, author, told["votes"], draw, today)
    _steps(rows, cast, challenge, idea, author, told)
    _comments(rows, cast, idea, told)


def _handler(cast: Cast, author: User | None) -> User | None:
    """The référent of the body, unless they signed the idea themselves."""
    found = cast.referents.get(author.organisation_id) if author else None
    return None if found == author else found


def _audience(challenge: Challenge) -> str:
    if challenge.audience == Audience.ORGANISATION and len(challenge.bodies.all()) > 1:
        return Audience.NETWORK
    return challenge.audience


def _voters(cast: Cast, challenge: Challenge) -> list[User]:
    if challenge.audience == Audience.BRANCH:
        return [one for one in cast.spectators if one.organisation.branch_id == challenge.branch_id]
    if challenge.audience == Audience.ORGANISATION:
        invited = {row.organisation_id for row in challenge.bodies.all()}
        return [one for one in cast.spectators if one.organisation_id in invited]
    return cast.spectators


def _votes(
    rows: _Rows,
    cast: Cast,
    challenge: Challenge,
    idea: Idea,
    author: User | None,
    wanted: int,
    draw: random.Random,
    today: date,
) -> None:
    window = [phase for phase in challenge.phases.all() if phase.kind in VOTING_PHASES]
    # A challenge without a phase of votes yet shows those its ideas are meant to have once they have been open.
    first = max(window[0].opens_at.date(), idea.deposited_on) if window else idea.deposited_on
    last = min(today, *(phase.closes_at.date() for phase in window if phase.closes_at), today)
    people = [one for one in _voters(cast, challenge) if one != author]
    chosen = draw.sample(people, min(wanted, len(people)))
    for voter in chosen:
        day = first + timedelta(days=draw.randrange(max(1, (last - first).days)))
        rows.votes.append(Vote(ballot=idea.ballot, voter=voter, cast_on=min(day, today)))
        if challenge.votes_each:
            pair = (challenge.poll_id, voter.pk)
            rows.spent[pair] = rows.spent.get(pair, 0) + 1
    idea.vote_count = len(chosen)
    threshold = challenge.threshold if challenge.voting_rule == VotingRule.THRESHOLD else None
    if threshold is not None and idea.vote_count >= threshold:
        rows.selections.append(
            Selection(
                idea=idea,
                round=1,
                challenge=challenge,
                threshold=threshold,
                selected_on=kept_day(idea.organisation, last),
            )
        )


def _steps(
    rows: _Rows, cast: Cast, challenge: Challenge, idea: Idea, author: User | None, told: dict[str, Any]
) -> None:
    desk = idea.handler or cast.network_desk
    answered = kept_day(idea.organisation, idea.deposited_on + _ANSWERED)
    source = State.DRAFT
    for name in ("deposit", *_STEPS[State(idea.state)]):
        target = _TARGETS.get(name, State.DEPOSITED)
        on = idea.deposited_on if name in ("deposit", "open_debate") else min(answered, clock.today())
        actor = author if name == "deposit" else desk
        rows.moves.append(
            IdeaMove(
                idea=idea,
                transition=name,
                source=source,
                target=target,
                round=1,
                actor=actor,
                made_on=on,
                note=typographic(told["answer"]) if name in ("retain", "decline") else "",
            )
        )
        source = target
    if "answer" in told:
        retained = idea.state == State.RETAINED
        rows.decisions.append(
            Decision(
                idea=idea,
                round=1,
                verdict="retained" if retained else "not_retained",
                reason=told.get("reason", ""),
                answer=typographic(told["answer"]),
                prepared_by=desk,
                published_by=desk,
                prepared_on=answered,
                published_on=answered,
            )
        )
    if "prize" in told:
        prize = challenge.prizes.all()[0]
        rows.prizes.append(
            IdeaPrize(
                idea=idea, prize=prize, words=typographic(told["prize"]), given_by=desk, given_on=answered
            )
        )


def _comments(rows: _Rows, cast: Cast, idea: Idea, told: dict[str, Any]) -> None:
    for place, (who, body) in enumerate(told.get("comments", [])):
        moment: datetime = min(at(idea.deposited_on + timedelta(days=2 + place), 11), clock.now())
        rows.comments.append(
            Comment(
                id=drawn_uuid(f"challenge comment {told['title']} {place}"),
                kind=KIND,
                object_id=idea.pk,
                author=cast.people[who],
                body=typographic(body),
                created_at=moment,
            )
        )
    idea.comment_count = len(told.get("comments", []))


def _save(rows: _Rows, known: dict[str, Challenge], today: date) -> None:
    Ballot.objects.bulk_create(rows.ballots)
    Idea.objects.bulk_create(rows.ideas)
    IdeaAuthor.objects.bulk_create(rows.authors)
    IdeaMove.objects.bulk_create(rows.moves)
    Decision.objects.bulk_create(rows.decisions)
    Comment.objects.bulk_create(sorted(rows.comments, key=lambda one: one.created_at))
    Vote.objects.bulk_create(sorted(rows.votes, key=lambda one: one.cast_on))
    Follow.objects.bulk_create(rows.follows)
    Selection.objects.bulk_create(rows.selections)
    IdeaPrize.objects.bulk_create(rows.prizes)
    Spending.objects.bulk_create(
        Spending(poll_id=poll, voter_id=voter, spent=spent) for (poll, voter), spent in rows.spent.items()
    )
    over = [one for one in known.values() if any(phase.kind == "results" for phase in one.phases.all())]
    ResultsTold.objects.bulk_create(
        ResultsTold(challenge=one, told_on=today)
        for one in over
        if any(phase.kind == "results" and phase.opens_at <= clock.now() for phase in one.phases.all())
    )
