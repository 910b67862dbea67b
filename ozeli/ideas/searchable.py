"""Ideas, as the search finds them: neither hidden nor withdrawn ones, and the cimetière with its answers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from ozeli.core.registry import Searchable, SearchCard, SearchDocument, searchables
from ozeli.network.enums import Audience

from . import resemblance, standing
from .enums import State
from .models import KIND, Decision, Idea, IdeaQuerySet


def findable() -> IdeaQuerySet:
    """A merged idea is found through the one that was kept, which bears its words."""
    return Idea.objects.filter(is_hidden=False).exclude(state__in=(State.WITHDRAWN, State.MERGED))


def load(ids: Sequence[UUID]) -> Iterable[SearchDocument]:
    published = Prefetch("decisions", Decision.objects.filter(published_on__isnull=False), to_attr="answers")
    absorbed = Prefetch("merged", Idea.objects.filter(is_hidden=False), to_attr="absorbed")
    for idea in findable().filter(pk__in=ids).select_related("domain").prefetch_related(published, absorbed):
        yield SearchDocument(
            kind=KIND,
            object_id=idea.pk,
            title=idea.title,
            body={
                "B": f"{idea.problem}\n{idea.proposal}",
                "C": "\n".join((idea.beneficiaries, idea.benefit, idea.domain.name, *_absorbed(idea))),
                "D": "\n".join(decision.answer for decision in idea.answers),
            },
            audience=idea.audience,
            organisation_id=idea.organisation_id,
            branch_id=idea.branch_id,
            domain_id=idea.domain_id,
            status=idea.state,
            year=idea.deposited_on.year,
            score=_score(idea.vote_count, idea.comment_count),
        )


def _absorbed(idea: Any) -> Iterable[str]:
    """The words of the ideas that were merged into one, as long as both have the same readers."""
    for one in idea.absorbed:
        if (one.audience, one.branch_id) == (
            idea.audience,
            idea.branch_id,
        ) or one.audience == Audience.NETWORK:
            yield f"{one.title}\n{one.problem}\n{one.proposal}"


def ids() -> Iterable[UUID]:
    return findable().order_by("pk").values_list("pk", flat=True).iterator(5_000)


def scores(wanted: Sequence[UUID]) -> Mapping[UUID, float]:
    rows = Idea.objects.filter(pk__in=wanted).values_list("pk", "vote_count", "comment_count")
    return {pk: _score(votes, comments) for pk, votes, comments in rows}


def load_cards(wanted: Sequence[UUID], user: Any) -> Iterable[SearchCard]:
    for idea in Idea.objects.visible_to(user).filter(pk__in=wanted).select_related("organisation", "domain"):
        yield SearchCard(
            object_id=idea.pk,
            title=idea.title,
            url=idea.get_absolute_url(),
            text="\n".join(filter(None, (idea.problem, idea.proposal, idea.beneficiaries, idea.benefit))),
            notes=_notes(idea),
            item=idea,
            template="ideas/_search_card.html",
        )


def register() -> None:
    searchables.register(
        Searchable(
            kind=KIND,
            brick="ideas",
            label="idée",
            label_plural="idées",
            load=load,
            ids=ids,
            load_cards=load_cards,
            scores=scores,
            position=10,
            alike=resemblance.to_vote_for,
        )
    )


def _score(votes: int, comments: int) -> float:
    return votes + comments / 2


def _notes(idea: Idea) -> list[str]:
    """Who and what about; an anonymous idea names no body, an imported one its origin."""
    if idea.is_imported:
        return [standing.origin(idea), idea.domain.name]
    return ["Idée anonyme" if idea.is_anonymous else str(idea.organisation), idea.domain.name]
