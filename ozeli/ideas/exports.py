"""The list of ideas in CSV, as it was filtered, by batches of keys."""

from collections.abc import Iterator

from django.db.models import Prefetch

from ozeli.core.french import number
from ozeli.core.paging import keyset_page
from ozeli.engagement.selectors import tags_of

from . import standing
from .models import KIND, Idea, IdeaAuthor, IdeaQuerySet

LIMIT = 10_000
BATCH = 500
HEADER = (
    "identifiant", "titre", "état", "déposée", "signée par", "organisme", "branche", "domaine", "votes",
    "commentaires", "mots-clés", "problème", "pour qui", "proposition", "ce que cela changerait",
)  # fmt: skip


def export_lines(ideas: IdeaQuerySet, keys: tuple[str, ...]) -> Iterator[list[object]]:
    """The rows of the file, in the order of the list; past `LIMIT`, a last one says that there are more."""
    signatures = IdeaAuthor.objects.select_related("user").only("idea", "position", "user__display_name")
    found = ideas.select_related("organisation", "branch", "domain").prefetch_related(
        Prefetch("authors", signatures)
    )
    cursor = ""
    for _batch in range(LIMIT // BATCH):
        page = keyset_page(found, keys, cursor, BATCH)
        tags = tags_of(KIND, [idea.pk for idea in page.rows])
        for idea in page.rows:
            yield _line(idea, ", ".join(tag.name for tag in tags.get(idea.pk, [])))
        if not (cursor := page.next):
            return
    yield [
        f"Export arrêté à {number(LIMIT)} idées\u00a0: choisissez un domaine ou un organisme pour avoir les suivantes."
    ]


def _line(idea: Idea, tags: str) -> list[object]:
    day = idea.deposited_on
    return [
        idea.short,
        idea.title,
        idea.look.label,
        f"{day:%Y-%m}" if idea.is_anonymous else day.isoformat(),
        standing.signature(idea, idea.signatories),
        idea.organisation.name if idea.organisation else "",
        idea.branch.name if idea.branch else "",
        idea.domain.name,
        idea.vote_count,
        idea.comment_count,
        tags,
        idea.problem,
        idea.beneficiaries,
        idea.proposal,
        idea.benefit,
    ]
