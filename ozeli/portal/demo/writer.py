"""Turn the sheets into rows: each idea, its answer, and the voices of the network around it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.text import slugify

from ozeli.accounts.models import User
from ozeli.activity.models import Follow
from ozeli.core import clock
from ozeli.core.french import fold
from ozeli.engagement.models import Ballot, Comment, Tag, Tagging, Vote
from ozeli.ideas.enums import RevivalState
from ozeli.ideas.models import KIND, Decision, Idea, IdeaAuthor, IdeaExpert, IdeaMove, RevivalRequest
from ozeli.journal.models import Entry

from . import sheets, story
from .cast import Cast, at, drawn_uuid
from .sheets import IdeaSheet
from .story import Story, working_day

EXPERT_DELAY = timedelta(days=14)


@dataclass(slots=True)
class Rows:
    """Everything that hangs from the ideas, in the order of creation."""

    ballots: list[Ballot] = field(default_factory=list)
    ideas: list[Idea] = field(default_factory=list)
    authors: list[IdeaAuthor] = field(default_factory=list)
    moves: list[IdeaMove] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    experts: list[IdeaExpert] = field(default_factory=list)
    revivals: list[RevivalRequest] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)
    follows: list[Follow] = field(default_factory=list)
    taggings: list[Tagging] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


class Writer:
    """Turns sheets into rows."""

    def __init__(self, cast: Cast, today: date) -> None:
        self.cast, self.today, self.rows = cast, today, Rows()
        self.tags: dict[str, Tag] = {}

    def write(self, sheet: IdeaSheet) -> None:
        """One idea and all that hangs from it."""
        draw = random.Random(f"ozeli {sheet.key}")  # noqa: S311 (the same demonstration every time)
        decider = self._decider(sheet)
        told = story.tell(
            sheet, self.today, decider=sheet.decision.get("by", decider), delay=settings.ANSWER_DELAY_DAYS
        )
        idea = self._idea(sheet, told)
        self._people_of(sheet, idea)
        self._moves(idea, told)
        self._decisions(sheet, idea, told, decider)
        self._expert(sheet, idea, told, decider)
        self._revivals(sheet, idea, decider)
        self._comments(sheet, idea, draw)
        self._votes(sheet, idea, told, draw)
        self._follows(sheet, idea, draw)
        self._tags(sheet, idea)

    # --- the idea ---------------------------------------------------------------------------------------------

    def _decider(self, sheet: IdeaSheet) -> str:
        """The référent of the body unless they signed the idea, else the network's desk."""
        referent = self.cast.referents.get(self._organisation_id(sheet) or 0)
        if referent is not None and sheets.handle(referent.display_name) not in sheet.by:
            return sheets.handle(referent.display_name)
        return sheets.handle(self.cast.network_desk.display_name)

    def _organisation_id(self, sheet: IdeaSheet) -> int | None:
        return self.cast.people[sheet.by[0]].organisation_id if sheet.by else None

    def _idea(self, sheet: IdeaSheet, told: Story) -> Idea:
        key = drawn_uuid(f"idea {sheet.key}")
        ballots = [
            Ballot(kind=KIND, object_id=key, round=number, is_open=number not in told.votes_closed_on)
            for number in range(1, told.round + 1)
        ]
        self.rows.ballots += ballots
        organisation = self.cast.people[sheet.by[0]].organisation if sheet.by else None
        idea = Idea(
            id=key,
            title=sheet.title,
            problem=sheet.problem,
            beneficiaries=sheet.who,
            proposal=sheet.proposal,
            benefit=sheet.benefit,
            domain=self.cast.domains[sheet.domain],
            objective=self.cast.objectives.get(sheet.objective),
            organisation=organisation,
            branch=organisation.branch if organisation else self.cast.branches[sheet.branch],
            audience=sheet.audience,
            is_anonymous=sheet.is_anonymous,
            state=told.state,
            round=told.round,
            ballot=ballots[-1],
            merged_into_id=drawn_uuid(f"idea {sheet.merged_into}") if sheet.merged_into else None,
            handler=self.cast.referents.get(organisation.pk) if organisation else None,
            deposited_on=told.deposited_on,
            waiting_since=told.waiting_since,
            answer_due_on=told.answer_due_on,
            version=len(told.steps),
        )
        self.rows.ideas.append(idea)
        return idea

    def _people_of(self, sheet: IdeaSheet, idea: Idea) -> None:
        self.rows.authors += [
            IdeaAuthor(idea=idea, user=self.cast.people[who], position=place)
            for place, who in enumerate(sheet.by)
        ]

    def _moves(self, idea: Idea, told: Story) -> None:
        for step in told.steps:
            actor = self.cast.people.get(step.actor)
            self.rows.moves.append(
                IdeaMove(
                    idea=idea,
                    transition=step.transition,
                    source=step.source,
                    target=step.target,
                    round=step.round,
                    actor=actor,
                    made_on=step.on,
                    note=step.note,
                )
            )
            if step.transition != "deposit":  # a deposit is no decision: it has no row in the journal
                self._record(
                    f"idea.{step.transition}", idea, step.on, actor, source=step.source, target=step.target
                )

    # --- the answer -------------------------------------------------------------------------------------------

    def _decisions(self, sheet: IdeaSheet, idea: Idea, told: Story, decider: str) -> None:
        if sheet.decision:
            verdict = "not_retained" if "not_retained" in sheet.life else "retained"
            on = told.day_of("decline" if verdict == "not_retained" else "retain")
            self._decision(
                idea, sheet.decision, verdict, sheet.decision.get("by", decider), on, round=1, published=True
            )
        if sheet.prepared:
            on = working_day(self.today, sheet.prepared["day"])
            self._decision(idea, sheet.prepared, sheet.prepared["verdict"], decider, on, round=told.round)

    def _decision(
        self,
        idea: Idea,
        words: Mapping[str, Any],
        verdict: str,
        who: str,
        on: date,
        *,
        round: int,
        published: bool = False,
    ) -> None:
        person = self.cast.people[who]
        self.rows.decisions.append(
            Decision(
                idea=idea,
                round=round,
                verdict=verdict,
                reason=words.get("reason", ""),
                answer=words["answer"],
                prepared_by=person,
                prepared_on=on,
                published_by=person if published else None,
                published_on=on if published else None,
                version=2 if published else 1,
            )
        )
        self._record("decision.prepare", idea, on, person, round=round, verdict=verdict)

    def _expert(self, sheet: IdeaSheet, idea: Idea, told: Story, decider: str) -> None:
        if not sheet.expert:
            return
        asked_on = told.day_of("study", round=told.round)
        given_on = working_day(self.today, sheet.expert["day"]) if "opinion" in sheet.expert else None
        person = self.cast.people[sheet.expert["who"]]
        self.rows.experts.append(
            IdeaExpert(
                idea=idea,
                user=person,
                asked_on=asked_on,
                due_on=asked_on + EXPERT_DELAY,
                opinion=sheet.expert.get("opinion", ""),
                given_on=max(given_on, asked_on) if given_on else None,
            )
        )
        asker, key = self.cast.people[decider], self.cast.actor_keys[person.pk]
        self._record("idea.ask_expert", idea, asked_on, asker, expert=str(key))
        if given_on:
            self._record("idea.give_opinion", idea, given_on, person)

    def _revivals(self, sheet: IdeaSheet, idea: Idea, decider: str) -> None:
        for one in sheet.revival:
            person, on = self.cast.people[one["who"]], working_day(self.today, one["day"])
            row = RevivalRequest(idea=idea, round=1, user=person, message=one["text"], asked_on=on)
            if "accepted" in one:
                row.state, row.answer = RevivalState.ACCEPTED, one["answer"]
                row.answered_by = self.cast.people[decider]
                row.answered_on = working_day(self.today, one["accepted"])
            self.rows.revivals.append(row)
            self._record("idea.ask_revival", idea, on, person)

    def _record(self, verb: str, idea: Idea, on: date, actor: User | None, **details: object) -> None:
        key = self.cast.actor_keys[actor.pk] if actor else None
        self.rows.entries.append(
            Entry(at=at(on), actor=key, verb=verb, kind=KIND, object_id=str(idea.pk), details=details)
        )

    # --- the network's voices ---------------------------------------------------------------------------------

    def _readers(self, idea: Idea) -> list[User]:
        """Who may see the idea by its audience."""
        if idea.audience == "organisation":
            return [one for one in self.cast.spectators if one.organisation_id == idea.organisation_id]
        if idea.audience == "branch":
            return [one for one in self.cast.spectators if one.organisation.branch_id == idea.branch_id]
        return self.cast.spectators

    def _comments(self, sheet: IdeaSheet, idea: Idea, draw: random.Random) -> None:
        thread: Comment | None = None
        latest = at(idea.deposited_on, 8)
        for place, sheet_comment in enumerate(sheet.comments):
            wanted = at(working_day(self.today, sheet_comment.day), draw.randrange(9, 17), draw.randrange(60))
            latest = self._after(latest, wanted, draw, left=len(sheet.comments) - place)
            comment = Comment(
                id=drawn_uuid(f"comment {sheet.key} {place}"),
                kind=KIND,
                object_id=idea.pk,
                parent=thread if sheet_comment.is_reply else None,
                author=self.cast.people[sheet_comment.who],
                body=sheet_comment.body,
                created_at=latest,
            )
            if not sheet_comment.is_reply:
                thread = comment
            self.rows.comments.append(comment)
        idea.comment_count = len(sheet.comments)

    def _after(self, latest: datetime, wanted: datetime, draw: random.Random, *, left: int) -> datetime:
        """The wanted time, later than what was said before and not in the future."""
        later = max(wanted, latest + timedelta(minutes=draw.randrange(4, 40)))
        return min(later, clock.now() - timedelta(minutes=left))

    def _votes(self, sheet: IdeaSheet, idea: Idea, told: Story, draw: random.Random) -> None:
        voters = [one for one in self._readers(idea) if sheets.handle(one.display_name) not in sheet.by]
        for ballot in self.rows.ballots[-told.round :]:
            wanted = sheet.votes if ballot.round == told.round else round(sheet.votes * 1.4)
            opened = told.deposited_on if ballot.round == 1 else told.day_of("revive")
            closed = told.votes_closed_on.get(ballot.round, self.today)
            cast = draw.sample(voters, min(wanted, len(voters)))
            self.rows.votes += [
                Vote(
                    ballot=ballot,
                    voter=voter,
                    cast_on=opened + timedelta(days=_early(draw, (closed - opened).days)),
                )
                for voter in cast
            ]
            idea.vote_count = len(cast)

    def _follows(self, sheet: IdeaSheet, idea: Idea, draw: random.Random) -> None:
        """Authors and those who spoke follow, and some who only look."""
        spoke = [*sheet.by, *(one.who for one in sheet.comments), *(one["who"] for one in sheet.revival)]
        following = {self.cast.people[who].pk for who in spoke}
        readers = [one.pk for one in self._readers(idea)]
        draw.shuffle(readers)
        others = [pk for pk in readers if pk not in following]
        following.update(others[: max(0, sheet.followers - len(following))])
        self.rows.follows += [Follow(kind=KIND, object_id=idea.pk, user_id=pk) for pk in sorted(following)]

    def _tags(self, sheet: IdeaSheet, idea: Idea) -> None:
        for name in sheet.tags:
            slug = slugify(fold(name))
            tag = self.tags.setdefault(slug, Tag(name=name, slug=slug))
            self.rows.taggings.append(Tagging(tag=tag, kind=KIND, object_id=idea.pk))


def _early(draw: random.Random, days: int) -> int:
    """A day of the ballot, more often one of the first."""
    return min(days, int(draw.random() ** 2 * (days + 1)))
