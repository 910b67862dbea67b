"""The life of a project as its sheet shows it: who is around, what is measured, what it costs, what is told."""

from dataclasses import dataclass, field

from django.db.models import Count, Window

from ozeli.accounts.models import User
from ozeli.files.models import StoredFile
from ozeli.files.selectors import Picture, files_of, picture

from .. import rules
from ..enums import EntryTone
from ..models import KIND, Indicator, LogEntry, Project
from .charts import Measured, Spending, measured, spending_of
from .team import Team, team_of

POSTS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the logbook: `lead` says its tone when it is not plain news."""

    entry: LogEntry
    who: str

    @property
    def lead(self) -> str:
        return "" if self.entry.tone == EntryTone.NEWS else EntryTone(self.entry.tone).label

    @property
    def paragraphs(self) -> list[str]:
        return [text.strip() for text in self.entry.body.split("\n\n") if text.strip()]


@dataclass(frozen=True, slots=True)
class Documents:
    """The files of a project: what all read; how many wait or were refused, for those who look after them."""

    pictures: list[tuple[StoredFile, Picture]] = field(default_factory=list)
    papers: list[StoredFile] = field(default_factory=list)
    waiting: int = 0
    refused: int = 0

    def __bool__(self) -> bool:
        return bool(self.pictures or self.papers)


@dataclass(frozen=True, slots=True)
class Life:
    """`edits` writes the sheet, `writes` posts in the logbook; `url` is that of the sheet, each page follows it."""

    url: str
    team: Team
    indicators: list[Measured]
    budget: Spending
    posts: list[Post]
    more_posts: int
    documents: Documents
    edits: bool
    writes: bool

    @property
    def first(self) -> Measured | None:
        """The indicator that the sheet draws: the first that was measured, else the first."""
        return next((one for one in self.indicators if one.points), None) or next(iter(self.indicators), None)

    @property
    def other_indicators(self) -> list[Measured]:
        return [one for one in self.indicators if one is not self.first]


def life_of(project: Project, user: User) -> Life:
    """For a project brought by the loader: five queries, one more for a sponsor of a body of the team."""
    posts, total = last_posts(project)
    return Life(
        url=project.get_absolute_url(),
        team=team_of(project, user),
        indicators=measured(list(Indicator.objects.filter(project=project).order_by("position", "pk"))),
        budget=spending_of(project),
        posts=posts,
        more_posts=total - len(posts),
        documents=documents_of(project, looks_after=rules.edits(user, project)),
        edits=rules.edits(user, project),
        writes=rules.writes_logbook(user, project),
    )


def last_posts(project: Project, count: int = POSTS_SHOWN) -> tuple[list[Post], int]:
    """The newest posts of the logbook, and how many there are in all: one query."""
    entries = LogEntry.objects.filter(project=project).select_related("author")
    rows = list(
        entries.annotate(total=Window(Count("pk"))).order_by("-written_on", "-written_at", "-id")[:count]
    )
    return [post_of(one) for one in rows], rows[0].total if rows else 0


def post_of(entry: LogEntry) -> Post:
    return Post(entry, entry.author.display_name if entry.author else "Une personne partie depuis")


def documents_of(project: Project, *, looks_after: bool) -> Documents:
    """The files of a project, in one query."""
    files = files_of(KIND, project.pk)
    published = [one for one in files if one.is_published]
    return Documents(
        pictures=[(one, picture(one)) for one in published if one.is_image],
        papers=[one for one in published if not one.is_image],
        waiting=sum(1 for one in files if not (one.is_published or one.is_refused)) if looks_after else 0,
        refused=sum(1 for one in files if one.is_refused) if looks_after else 0,
    )
