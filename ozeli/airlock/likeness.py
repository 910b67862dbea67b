"""Ideas that resemble a text, among those that everybody reads: asked for nobody in particular."""

from dataclasses import dataclass

from ozeli.core.access import Level
from ozeli.core.ui import BadgeLook
from ozeli.ideas.models import KIND, Idea
from ozeli.search.selectors import look_alikes

SHOWN = 3
SHARED_AT_LEAST = 2
EXCERPT = 180


class Anybody:
    """Reads what the whole network may read of ideas, and belongs to no body."""

    organisation_id = None

    def level(self, brick: str) -> Level:
        return Level.CONSULT if brick == "ideas" else Level.NONE

    def contribution_scope(self, brick: str) -> frozenset[int]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class Alike:
    title: str
    excerpt: str
    shared: tuple[str, ...]
    look: BadgeLook


def alike(text: str) -> list[Alike]:
    """The three ideas of the whole network that resemble a text most."""
    hits = look_alikes(text, user=Anybody(), kinds=[KIND], limit=SHOWN)
    found = {hit.object_id: hit for hit in hits if len(hit.shared_words) >= SHARED_AT_LEAST}
    ideas = {idea.pk: idea for idea in Idea.objects.open_to_all().filter(pk__in=found)}
    return [
        Alike(ideas[key].title, _cut(ideas[key].proposal), tuple(hit.shared_words), ideas[key].look)
        for key, hit in found.items()
        if key in ideas
    ]


def _cut(text: str) -> str:
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT].rsplit(' ', 1)[0]}…"
