"""Ideas that look like a text, for the look-alike panel: the shared words, and the passage that holds them."""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from ozeli.accounts.models import User
from ozeli.core.french import plural
from ozeli.core.ui import Link, LookAlike
from ozeli.search.passages import passage_of
from ozeli.search.selectors import look_alikes

from . import standing
from .models import KIND, Idea

SHOWN = 3
SHARED_AT_LEAST = 2


def resembling(
    text: str,
    *,
    user: User,
    exclude: Iterable[UUID] = (),
    limit: int = SHOWN,
    action: Callable[[Idea], Link | None] | None = None,
) -> list[LookAlike]:
    """The ideas that `user` may read and that resemble `text`, the most alike first. One shared word is chance.

    `action` makes the link offered with each.
    """
    hits = look_alikes(text, user=user, exclude=exclude, kinds=[KIND], limit=limit)
    found = [hit for hit in hits if len(hit.shared_words) >= SHARED_AT_LEAST]
    if not found:
        return []
    drawn = _drawn({hit.object_id: hit.shared_words for hit in found}, user, action or _nothing)
    return [drawn[hit.object_id] for hit in found if hit.object_id in drawn]


def to_vote_for(shared: Mapping[UUID, list[str]], user: User) -> Mapping[UUID, LookAlike]:
    """Ideas beside a text that is being written, each with its vote (`Searchable.alike`)."""
    return _drawn(shared, user, _vote)


def _drawn(
    shared: Mapping[UUID, list[str]], user: User, action: Callable[[Idea], Link | None]
) -> dict[UUID, LookAlike]:
    asked = Idea.objects.visible_to(user).select_related("organisation", "branch").filter(pk__in=shared)
    return {idea.pk: shown(idea, shared[idea.pk], action=action(idea)) for idea in asked}


def _nothing(idea: Idea) -> Link | None:
    return None


def _vote(idea: Idea) -> Link | None:
    return Link("Voter pour elle", f"{idea.get_absolute_url()}#voter") if idea.accepts_votes else None


def shown(idea: Idea, shared: list[str], *, action: Link | None = None) -> LookAlike:
    """An idea as the panel shows it, with the words that brought it there."""
    passage, words = passage_of(idea.title, f"{idea.proposal}\n{idea.problem}", shared)
    return LookAlike(
        kind="idea",
        title=idea.title,
        url=idea.get_absolute_url(),
        excerpt=passage,
        shared=words,
        meta=", ".join(said for said in (standing.place(idea), plural(idea.vote_count, "vote")) if said),
        look=idea.look,
        actions=(action,) if action else (),
    )
