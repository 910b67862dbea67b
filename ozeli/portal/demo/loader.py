"""Load the demonstration: rows as the services would have written them over a year, in bulk and in one transaction."""

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.activity.models import Follow
from ozeli.core import clock
from ozeli.engagement.models import Ballot, Comment, Tag, Tagging, Vote
from ozeli.ideas.models import Decision, Idea, IdeaAuthor, IdeaExpert, IdeaMove, RevivalRequest
from ozeli.journal.models import Entry
from ozeli.network.models import Organisation
from ozeli.search.services import reindex

from . import sheets
from .airlock import write_airlock
from .answers import write_answers
from .around import write_around
from .cast import write_cast, year_before
from .challenge_ideas import write_challenge_ideas
from .challenges import write_challenges
from .desk import write_desk
from .directory import write_directory
from .entrance import write_entrance
from .files import join_files
from .home import write_home
from .imports import write_imports
from .kin import write_kin
from .projects import write_projects
from .recent import tell_recent
from .sheets import IdeaSheet
from .writer import Rows, Writer


class BaseInUseError(Exception):
    """The base already holds a network that is not the demonstration's."""


def is_loaded() -> bool:
    return User.objects.filter(email="agent@demo.test").exists()


@transaction.atomic
def load() -> int:
    """Write the whole demonstration; the number of ideas, 0 when it is already there.

    Raises BaseInUseError rather than mixing invented people with a real network.
    """
    if is_loaded():
        return 0
    if Organisation.objects.exists():
        raise BaseInUseError("La base contient déjà un réseau : la démonstration ne s’y mélange pas.")
    today = clock.today()
    cast = write_cast(year_before(today))
    write_challenges(cast, today)
    writer = Writer(cast, today)
    for sheet in _merged_last(sheets.ideas()):
        writer.write(sheet)
    _save(writer.rows)
    write_answers(cast, writer.rows, today)
    join_files(writer.rows)
    write_desk(cast, writer.rows, today)
    write_around(cast, writer.rows, today)
    write_kin(cast, today)
    write_projects(cast, today)
    tell_recent(cast, writer.rows, today)
    write_directory(cast, today)
    write_home(cast, writer.rows, today)
    write_entrance(cast, today)
    write_imports(cast, today)
    write_airlock(cast, writer.rows, today)
    write_challenge_ideas(cast, today)
    reindex(now=True)
    return len(writer.rows.ideas)


def _merged_last(ideas: list[IdeaSheet]) -> list[IdeaSheet]:
    return sorted(ideas, key=lambda sheet: bool(sheet.merged_into))


def _save(rows: Rows) -> None:
    Ballot.objects.bulk_create(rows.ballots)
    Idea.objects.bulk_create(rows.ideas)
    Tag.objects.bulk_create({tagging.tag.slug: tagging.tag for tagging in rows.taggings}.values())
    IdeaAuthor.objects.bulk_create(rows.authors)
    IdeaMove.objects.bulk_create(rows.moves)
    Decision.objects.bulk_create(rows.decisions)
    IdeaExpert.objects.bulk_create(rows.experts)
    RevivalRequest.objects.bulk_create(rows.revivals)
    Comment.objects.bulk_create(sorted(rows.comments, key=lambda comment: comment.created_at))
    Vote.objects.bulk_create(sorted(rows.votes, key=lambda vote: vote.cast_on))
    Follow.objects.bulk_create(rows.follows)
    Tagging.objects.bulk_create(rows.taggings)
    Entry.objects.bulk_create(sorted(rows.entries, key=lambda entry: entry.at))
