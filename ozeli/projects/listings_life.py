"""The logbook of a project, to follow as a feed."""

from collections.abc import Sequence

from django.http import QueryDict

from ozeli.accounts.models import User
from ozeli.core.french import quoted
from ozeli.core.ids import uuid_range
from ozeli.core.listings import ListEntry, Listing, listings

from .enums import EntryTone
from .models import LogEntry, Project
from .selectors.life import post_of

CODE = "project_log"
SUMMARY = 600


def _asked(user: User, query: QueryDict) -> Project | None:
    """The project that the address names, if this person may read it."""
    try:
        low, high = uuid_range(query.get("projet", ""))
    except ValueError:
        return None
    return Project.objects.visible_to(user).filter(pk__gte=low, pk__lte=high).first()


def _posts(user: User, query: QueryDict, limit: int) -> Sequence[ListEntry]:
    project = _asked(user, query)
    if project is None:
        return []
    rows = LogEntry.objects.filter(project=project).select_related("author")
    url = f"{project.get_absolute_url()}journal/"
    return [
        ListEntry(
            id=one.pk,
            title=f"{EntryTone(one.tone).label}, {quoted(project.title)}",
            url=f"{url}#b-{one.pk}",
            day=one.written_on,
            author=post_of(one).who,
            summary=one.body[:SUMMARY],
        )
        for one in rows.order_by("-written_on", "-written_at", "-id")[:limit]
    ]


def register() -> None:
    listings.register(
        Listing(
            CODE,
            "Le journal de bord d’un projet",
            "projects",
            "/projets/",
            ("projet",),
            _posts,
            # Nothing more than the name that its owner gave it.
            lambda query: "",
            position=37,
            open_to=lambda user, query: _asked(user, query) is not None,
            address=lambda query: f"/projets/{query.get('projet', '')}-projet/journal/",
            is_filtered=False,
        )
    )
