"""People and the journal as files: lists that may be long."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from ozeli.core.access import Level
from ozeli.core.exports import LONG, Export, exports
from ozeli.journal.models import Entry

from . import rules, selectors
from .forms import PeopleForm
from .models import User

CHUNK = 500
PEOPLE = ("nom", "adresse électronique", "organisme", "profils", "compte")
JOURNAL = ("numéro", "date", "qui", "acte", "sur quoi", "détail", "clé d’acteur")


def _people(user: Any, query: QueryDict) -> QuerySet[User]:
    return selectors.people_administered_by(user, PeopleForm(query).wanted())


def _people_rows(user: Any, query: QueryDict) -> Iterator[list[Any]]:
    rows = _people(user, query).order_by("sort_name", "id").iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        profiles = selectors.profiles_of(chunk)
        for one in chunk:
            held = [
                f"{row.profile.name} ({row.organisation or 'réseau'})" for row in profiles.get(one.pk, [])
            ]
            state = "ouvert" if one.is_active else "fermé"
            yield [one.display_name, one.email, one.organisation.name, ", ".join(held), state]


def _journal_rows(user: Any, query: QueryDict) -> Iterator[list[Any]]:
    from .views.journal import narrowed, readable

    rows = narrowed(query)[1].order_by("-id").iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        for act in readable(chunk, user):
            when = timezone.localtime(act["at"]).strftime("%Y-%m-%d %H:%M:%S")
            about = act["about"][0]
            yield [act["id"], when, act["who"], act["act"], about, act["details"], act["actor"] or ""]


def _journal(query: QueryDict) -> QuerySet[Entry]:
    from .views.journal import narrowed

    return narrowed(query)[1]


def register() -> None:
    exports.register(
        Export(
            "people",
            "Personnes et profils",
            "personnes",
            "rights",
            PEOPLE,
            _people_rows,
            lambda user, query: _people(user, query).order_by()[: LONG + 1].count(),
            level=Level.ADMIN,
        )
    )
    exports.register(
        Export(
            "journal",
            "Journal",
            "journal",
            "rights",
            JOURNAL,
            _journal_rows,
            lambda user, query: _journal(query).order_by()[: LONG + 1].count(),
            level=Level.ADMIN,
            allowed=rules.administers_rights,
        )
    )
