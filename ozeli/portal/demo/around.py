"""What people do around ideas: a team, an amendment, an invitation to sign, reports at the desk of moderation."""

from collections import Counter
from datetime import date, timedelta

from ozeli.accounts.models import User
from ozeli.engagement.enums import CaseState, ReportReason
from ozeli.engagement.models import Comment, ModerationAct, ModerationCase, Report
from ozeli.ideas.enums import OPEN_STATES, VOTING_STATES, TeamState
from ozeli.ideas.models import KIND, CoauthorInvitation, Idea, IdeaAmendment, TeamMember
from ozeli.ideas.services.moderation import COMMENT

from .cast import Cast, at
from .writer import Rows


def write_around(cast: Cast, rows: Rows, today: date) -> None:
    people = {user.email: user for user in cast.people.values()}
    _write_team(people["direction@demo.test"], list(people.values()), today)
    signed = _signed(rows)
    _name_a_team(rows.ideas, signed)
    _amend(rows.ideas, signed, people["agent@demo.test"], today)
    _invite(rows.ideas, signed, people["agent@demo.test"], today)
    _report(rows, signed, people["referente@demo.test"], today)


def _signed(rows: Rows) -> dict[object, list[User]]:
    signed: dict[object, list[User]] = {}
    for author in rows.authors:
        signed.setdefault(author.idea_id, []).append(author.user)
    return signed


def _write_team(manager: User, people: list[User], today: date) -> None:
    """Her colleagues; the last one has not answered."""
    colleagues = [one for one in people if one.organisation_id == manager.organisation_id and one != manager]
    TeamMember.objects.bulk_create(
        TeamMember(
            manager=manager,
            member=one,
            state=TeamState.PENDING if one is colleagues[-1] else TeamState.ACCEPTED,
            asked_on=today - timedelta(days=40),
            answered_on=None if one is colleagues[-1] else today - timedelta(days=38),
        )
        for one in colleagues
    )


def _name_a_team(ideas: list[Idea], signed: dict[object, list[User]]) -> None:
    idea = next((one for one in ideas if len(signed.get(one.pk, ())) > 1), None)
    if idea is not None:
        idea.team = "Accueil et courrier"
        idea.save(update_fields=["team"])


def _amend(ideas: list[Idea], signed: dict[object, list[User]], agent: User, today: date) -> None:
    """An idea of the agent that others support: its author has since made the proposal more precise."""
    mine = [one for one in ideas if agent in signed.get(one.pk, ()) and one.vote_count > 1]
    idea = next((one for one in mine if one.state in VOTING_STATES), mine[0] if mine else None)
    if idea is None:
        return
    before = idea.proposal.rsplit(". ", 1)[0].rstrip(".") + ", au moins dans un premier temps."
    IdeaAmendment.objects.create(
        idea=idea,
        number=1,
        author=agent,
        made_on=max(idea.deposited_on, today - timedelta(days=2)),
        reason="Je précise ma proposition, d’après vos commentaires.",
        changes=[{"field": "proposal", "before": before, "after": idea.proposal}],
    )


def _invite(ideas: list[Idea], signed: dict[object, list[User]], agent: User, today: date) -> None:
    """A colleague asks the agent to sign."""
    for idea in ideas:
        authors = signed.get(idea.pk, [])
        theirs = authors and authors[0].organisation_id == agent.organisation_id and agent not in authors
        if theirs and idea.state in OPEN_STATES:
            CoauthorInvitation.objects.create(
                idea=idea,
                invitee=agent,
                invited_by=authors[0],
                invited_on=max(idea.deposited_on, today - timedelta(days=1)),
            )
            return


def _report(rows: Rows, signed: dict[object, list[User]], moderator: User, today: date) -> None:
    """Two things to look at on the desk of the référente, the first by three people; and one looked at already."""
    ideas = {
        one.pk: one
        for one in rows.ideas
        if one.organisation_id == moderator.organisation_id and one.state in OPEN_STATES
    }
    people = sorted({comment.author for comment in rows.comments if comment.author}, key=lambda one: one.pk)
    said = [one for one in rows.comments if one.object_id in ideas and one.author != moderator]
    if len(said) < 2 or not ideas:
        return
    busiest = Counter(one.object_id for one in said).most_common(1)[0][0]
    first, second = said[0], next(one for one in reversed(said) if one.pk != said[0].pk)
    quiet = next((one for key, one in ideas.items() if key != busiest), ideas[busiest])
    _case(
        first, [ReportReason.TARGETED, ReportReason.TARGETED, ReportReason.OFFENSIVE], people, today, days=3
    )
    _case(
        quiet,
        [ReportReason.PERSONAL],
        [one for one in people if one not in signed.get(quiet.pk, ())],
        today,
        days=1,
    )
    done = _case(second, [ReportReason.OFF_TOPIC], people, today, days=20)
    ModerationCase.objects.filter(pk=done.pk).update(state=CaseState.DISMISSED, version=2)
    ModerationAct.objects.create(
        case=done,
        state=CaseState.DISMISSED,
        reason="Une réserve sur le coût, dite sans détour : c’est le débat.",
        actor=moderator,
        made_at=at(today - timedelta(days=19), 10),
    )


def _case(
    thing: Idea | Comment, reasons: list[ReportReason], people: list[User], today: date, *, days: int
) -> ModerationCase:
    is_idea = isinstance(thing, Idea)
    about = {"kind": KIND if is_idea else COMMENT, "object_id": thing.pk}
    author = None if is_idea else thing.author  # type: ignore[union-attr]
    reporters = [one for one in people if one != author][: len(reasons)]
    opened = at(today - timedelta(days=days), 9)
    case = ModerationCase.objects.create(
        **about,
        context_kind=KIND,
        context_id=thing.pk if is_idea else thing.object_id,  # type: ignore[union-attr]
        report_count=len(reporters),
        priority=0 if len(reporters) > 2 else 1,
        opened_at=opened,
    )
    Report.objects.bulk_create(
        Report(case=case, **about, reporter=person, reason=reason, reported_at=opened)
        for person, reason in zip(reporters, reasons, strict=False)
    )
    return case
