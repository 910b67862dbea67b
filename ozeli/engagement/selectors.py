"""What pages read of votes, comments and tags. The caller has checked that the person may see the objects."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Model, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from ozeli.accounts.models import User
from ozeli.core.french import fold
from ozeli.core.paging import Page, keyset_page

from .models import Comment, Spending, Tag, Tagging, Vote

THREADS_PAGE = 20
REPLIES_SHOWN = 10
_TAGS_AMONG = 1000
_TAGS_CONSIDERED = 200


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads comments: what is hidden is shown to its author, and to the desk of the object."""

    user: User | None = None
    is_desk: bool = False

    def shown(self) -> Q:
        if self.is_desk:
            return Q()
        return Q(is_hidden=False) if self.user is None else Q(is_hidden=False) | Q(author=self.user)

    def sees(self, comment: Comment) -> bool:
        """Object form of `shown`."""
        return (
            self.is_desk
            or not comment.is_hidden
            or (self.user is not None and comment.author_id == self.user.pk)
        )


EVERYBODY = Reader()


def threads(kind: str, object_id: UUID, cursor: str = "", reader: Reader = EVERYBODY) -> Page:
    """The threads of an object, newest first, 20 a page, in two queries (one when nobody replied).

    Each first comment bears `thread_replies`, its latest replies in the order they were written (10 at most), and
    `earlier_replies`, the number of those before them (`replies` pages through all).
    """
    answers = Comment.objects.filter(reader.shown(), parent=OuterRef("pk")).order_by().values("parent")
    counted = Coalesce(Subquery(answers.annotate(count=Count("pk")).values("count")), 0)
    firsts = _shown(kind, object_id, reader).filter(parent__isnull=True).annotate(replies_count=counted)
    page = keyset_page(firsts, ("created_at", "id"), cursor, THREADS_PAGE)
    counts = {first.pk: first.replies_count for first in page.rows if first.replies_count}
    replies = _latest_replies(kind, object_id, counts, reader)
    for first in page.rows:
        first.thread_replies = replies.get(first.pk, [])
        first.earlier_replies = max(0, first.replies_count - len(first.thread_replies))
    return page


def replies(first: Comment, cursor: str = "", reader: Reader = EVERYBODY) -> Page:
    """Every reply of a thread, in the order they were written, 20 a page."""
    rows = _shown(first.kind, first.object_id, reader).filter(parent=first)
    return keyset_page(rows, ("created_at", "id"), cursor, THREADS_PAGE, ascending=True)


def _shown(kind: str, object_id: UUID, reader: Reader) -> QuerySet[Comment]:
    return (
        Comment.objects.about(kind, object_id).filter(reader.shown()).select_related("author__organisation")
    )


def _latest_replies(
    kind: str, object_id: UUID, counts: dict[UUID, int], reader: Reader
) -> dict[UUID, list[Comment]]:
    """The latest replies of threads, of which `counts` says the lengths: a rank is asked for long ones only."""
    if not counts:
        return {}
    rows = _shown(kind, object_id, reader).filter(parent__in=counts).order_by("parent_id", "created_at", "id")
    if max(counts.values()) > REPLIES_SHOWN:
        newest = [F("created_at").desc(), F("id").desc()]
        rank = Window(RowNumber(), partition_by="parent_id", order_by=newest)
        rows = rows.annotate(rank=rank).filter(rank__lte=REPLIES_SHOWN)
    return {parent: list(group) for parent, group in groupby(rows, key=lambda reply: reply.parent_id)}


def own_votes(ballot_ids: Iterable[int], voter: User) -> set[int]:
    """Those of the ballots in which this person has a vote, in one query."""
    wanted = list(ballot_ids)
    if not wanted:
        return set()
    return set(Vote.objects.filter(voter=voter, ballot_id__in=wanted).values_list("ballot_id", flat=True))


def votes_given(kind: str, object_id: UUID, voter: User) -> int:
    """How many votes of the poll of an object, which counts them, this person has given."""
    spent = Spending.objects.filter(poll__kind=kind, poll__object_id=object_id, voter=voter)
    return spent.values_list("spent", flat=True).first() or 0


def voters(ballot_id: int) -> QuerySet[Vote, int]:
    """The ids of the people who voted, to tell them what became of it. Never for a screen."""
    return Vote.objects.filter(ballot_id=ballot_id).values_list("voter_id", flat=True)


def commenters(kind: str, object_id: UUID) -> QuerySet[Comment, int | None]:
    """The ids of the people whose comments are shown on an object."""
    shown = Comment.objects.about(kind, object_id).filter(
        is_hidden=False, is_removed=False, author__isnull=False
    )
    return shown.order_by("author_id").values_list("author_id", flat=True).distinct()


def tags_of(kind: str, ids: Iterable[UUID]) -> dict[UUID, list[Tag]]:
    """The tags of each object that has some, in alphabetical order, in one query."""
    found: dict[UUID, list[Tag]] = defaultdict(list)
    wanted = list(ids)
    if wanted:
        rows = (
            Tagging.objects.filter(kind=kind, object_id__in=wanted)
            .select_related("tag")
            .order_by("tag__slug")
        )
        for row in rows:
            found[row.object_id].append(row.tag)
    return dict(found)


def tagged(kind: str, slug: str) -> QuerySet[Tagging, UUID]:
    """The ids of the objects that bear a tag, as a subquery for a filter."""
    return Tagging.objects.filter(kind=kind, tag__slug=slug).values_list("object_id", flat=True)


def popular_tags(kind: str, among: QuerySet[Any], limit: int = 12) -> list[Tag]:
    """The tags most put on the first 1,000 objects of `among`, which the caller has limited to what one may see.

    A tag can say much of a confidential text: it is never suggested from an object that the person cannot read.
    """
    objects = among.values("pk")[:_TAGS_AMONG]
    return list(
        Tag.objects.filter(taggings__kind=kind, taggings__object_id__in=objects)
        .annotate(uses=Count("taggings"))
        .order_by("-uses", "slug")[:limit]
    )


def suggest_tags(text: str, kind: str, among: QuerySet[Model], limit: int = 5) -> list[Tag]:
    """Known tags (see `popular_tags`) whose every word stands in the text."""
    words = set(_words(text))
    known = popular_tags(kind, among, _TAGS_CONSIDERED)
    return [tag for tag in known if words.issuperset(_words(tag.name))][:limit]


def _words(text: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in fold(text)).split()
