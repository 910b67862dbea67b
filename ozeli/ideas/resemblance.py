"""Ideas that look like a text, for the look-alike panel: the shared words, and the passage that holds them."""

import re
from collections.abc import Callable, Iterable
from uuid import UUID

from ozeli.accounts.models import User
from ozeli.core.french import plural
from ozeli.core.ui import Link, LookAlike
from ozeli.search.analysis import compose, lexeme, words
from ozeli.search.selectors import look_alikes

from . import standing
from .models import KIND, Idea

EXTRACT_LENGTH = 180
SHOWN = 3
SHARED_AT_LEAST = 2
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


def resembling(
    text: str,
    *,
    user: User,
    exclude: Iterable[UUID] = (),
    limit: int = SHOWN,
    with_vote: bool = False,
    action: Callable[[Idea], Link] | None = None,
) -> list[LookAlike]:
    """The ideas that `user` may read and that resemble `text`, the most alike first. One shared word is chance.

    `action` makes the link offered with each; `with_vote` offers to vote for it.
    """
    hits = look_alikes(text, user=user, exclude=exclude, kinds=[KIND], limit=limit)
    found = [hit for hit in hits if len(hit.shared_words) >= SHARED_AT_LEAST]
    if not found:
        return []
    asked = Idea.objects.visible_to(user).select_related("organisation", "branch")
    ideas = {idea.pk: idea for idea in asked.filter(pk__in=[hit.object_id for hit in found])}
    offered = action or (_vote if with_vote else _nothing)
    shown_ones = [(ideas[hit.object_id], hit.shared_words) for hit in found if hit.object_id in ideas]
    return [shown(idea, shared, action=offered(idea)) for idea, shared in shown_ones]


def _nothing(idea: Idea) -> Link | None:
    return None


def _vote(idea: Idea) -> Link | None:
    return Link("Voter pour elle", f"{idea.get_absolute_url()}#voter") if idea.accepts_votes else None


def shown(idea: Idea, shared: list[str], *, action: Link | None = None) -> LookAlike:
    """An idea as the panel shows it, with the words that brought it there."""
    wanted = {lexeme(word): word for word in shared}
    passage = _passage(f"{idea.proposal}\n{idea.problem}", wanted.keys())
    here = {word.lexeme: _plain(word.surface) for word in words(compose(f"{idea.title} {passage}"))}
    url = idea.get_absolute_url()
    return LookAlike(
        kind="idea",
        title=idea.title,
        url=url,
        excerpt=passage,
        shared=tuple(here.get(stem, typed) for stem, typed in wanted.items()),
        meta=", ".join(said for said in (standing.place(idea), plural(idea.vote_count, "vote")) if said),
        look=idea.look,
        actions=(action,) if action else (),
    )


def _plain(word: str) -> str:
    """Without the capital of a sentence; acronyms keep theirs."""
    return word if word.isupper() else word.lower()


def _passage(text: str, wanted: Iterable[str]) -> str:
    """The sentence that holds most of the wanted lexemes, cut to the length of an extract."""
    stems = set(wanted)
    sentences = [sentence.strip() for sentence in _SENTENCE.split(compose(text)) if sentence.strip()]
    best = max(sentences, key=lambda one: len(stems & {word.lexeme for word in words(one)}), default="")
    return best if len(best) <= EXTRACT_LENGTH else f"{best[:EXTRACT_LENGTH].rsplit(' ', 1)[0]}…"
