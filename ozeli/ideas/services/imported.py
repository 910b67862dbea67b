"""Write imported ideas, hundreds at a time."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F

from ozeli.accounts.models import User
from ozeli.challenges.models import Challenge
from ozeli.core import clock
from ozeli.core.imports import Line
from ozeli.engagement.models import Ballot, Tag, Tagging
from ozeli.engagement.services import settle_ballot
from ozeli.network.models import Domain

from ..enums import EDITABLE_STATES, State
from ..models import KIND, Idea, IdeaMove, IdeaQuerySet

UNSORTED = ("a-classer", "À classer")
_TEXTS = ("title", "problem", "proposal", "beneficiaries", "benefit")


def write_ideas(lines: Sequence[Line], *, actor: User | None, options: Mapping[str, str]) -> None:
    """Create or update one idea a line, in the caller's transaction. Those already written are left as they are."""
    wanted = {(one.source, one.external_id): one for line in lines if (one := line.payload) is not None}
    sources = {source for source, _identifier in wanted}
    identifiers = [identifier for _source, identifier in wanted]
    standing = Idea.objects.filter(source__in=sources, external_id__in=identifiers)
    entered = _enter(standing, wanted)
    found = {
        (idea.source, idea.external_id): idea
        for idea in standing.select_for_update(of=("self",)).order_by("pk")
    }
    domains = _domains(wanted.values())
    for key, idea in found.items():
        if key in wanted:
            wanted[key].id = idea.pk
            _update(idea, wanted[key], domains, enters=idea.pk in entered)
    _create([one for key, one in wanted.items() if key not in found], actor, domains)


def _enter(standing: IdeaQuerySet, wanted: Mapping[Any, Any]) -> set[uuid.UUID]:
    """Give the ballots of ideas that enter a challenge its votes, before any idea is held; the keys of those ideas.

    One that has a vote stays where it is.
    """
    free = standing.filter(challenge__isnull=True).order_by("ballot_id")
    polls = _polls(wanted.values())
    entered = set()
    for key, ballot, *name in free.values_list("pk", "ballot", "source", "external_id"):
        challenge = wanted[tuple(name)].challenge if tuple(name) in wanted else None
        if challenge is not None and settle_ballot(ballot, polls[challenge]):
            entered.add(key)
    return entered


def _polls(ideas: Any) -> dict[uuid.UUID, int]:
    named = {one.challenge for one in ideas if one.challenge is not None}
    return dict(Challenge.objects.filter(pk__in=named).values_list("pk", "poll")) if named else {}


def _domains(ideas: Any) -> dict[str, Domain]:
    """Domains by code; « » is the one of ideas that no domain claims, made when it is first needed."""
    domains = {one.code: one for one in Domain.objects.all()}
    if any(not one.domain for one in ideas):
        code, name = UNSORTED
        domains[""] = Domain.objects.get_or_create(code=code, defaults={"name": name, "position": 999})[0]
    return domains


def _update(idea: Idea, one: Any, domains: Mapping[str, Domain], *, enters: bool) -> None:
    changes: dict[str, Any] = {}
    if idea.state in EDITABLE_STATES:
        changes = {name: getattr(one, name) for name in _TEXTS if getattr(one, name)}
        if one.domain:
            changes["domain"] = domains[one.domain]
    if one.support is not None:
        changes["imported_support"] = one.support
    if enters:
        changes["challenge_id"] = one.challenge
    changes |= {"deposited_on": one.day, "is_undated": one.is_undated}
    if any(getattr(idea, name) != value for name, value in changes.items()):
        Idea.objects.filter(pk=idea.pk).update(**changes, version=F("version") + 1)


def _create(ideas: Sequence[Any], actor: User | None, domains: Mapping[str, Domain]) -> None:
    polls = _polls(ideas)
    ballots = Ballot.objects.bulk_create(
        [Ballot(kind=KIND, object_id=one.id, round=1, poll_id=polls.get(one.challenge)) for one in ideas]
    )
    Idea.objects.bulk_create(
        [
            Idea(
                id=one.id,
                **{name: getattr(one, name) for name in _TEXTS},
                domain=domains[one.domain],
                ballot=ballot,
                challenge_id=one.challenge,
                source=one.source,
                external_id=one.external_id,
                imported_support=one.support,
                is_undated=one.is_undated,
                is_hidden=one.is_hidden,
                deposited_on=one.day,
            )
            for one, ballot in zip(ideas, ballots, strict=True)
        ]
    )
    IdeaMove.objects.bulk_create(
        [
            IdeaMove(
                idea_id=one.id,
                transition="import",
                source=State.DRAFT,
                target=State.DEPOSITED,
                round=1,
                actor=actor,
                made_on=clock.today(),
            )
            for one in ideas
        ]
    )
    _tag(ideas)


def _tag(ideas: Sequence[Any]) -> None:
    names = {slug: name for one in ideas for slug, name in one.tags.items()}
    Tag.objects.bulk_create(
        [Tag(slug=slug, name=names[slug]) for slug in sorted(names)], ignore_conflicts=True
    )
    tags = Tag.objects.in_bulk(list(names), field_name="slug")
    Tagging.objects.bulk_create(
        [Tagging(tag=tags[slug], kind=KIND, object_id=one.id) for one in ideas for slug in one.tags],
        ignore_conflicts=True,
    )
