"""People, as the search finds them: those who opened their page, and nobody else."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from ozeli.core.registry import Searchable, SearchCard, SearchDocument, searchables

from .models import KIND, PersonPage
from .selectors.directory import roles_of


def _open(ids: Sequence[UUID]) -> Iterable[PersonPage]:
    pages = PersonPage.objects.filter(pk__in=ids, is_open=True, user__is_active=True)
    return pages.select_related("user__organisation__branch")


def load(ids: Sequence[UUID]) -> Iterable[SearchDocument]:
    for page in _open(ids):
        body = page.user.organisation
        roles = [str(one.get_role_display()) for one in roles_of(page.user)] if page.shows_roles else []
        yield SearchDocument(
            kind=KIND,
            object_id=page.pk,
            title=page.user.display_name,
            body={
                "B": " ".join([*roles, page.user.job_family if page.shows_job else ""]),
                "C": f"{page.about}\n{body.name}",
            },
            organisation_id=body.pk,
            branch_id=body.branch_id,
        )


def ids() -> Iterable[UUID]:
    pages = PersonPage.objects.filter(is_open=True, user__is_active=True)
    return pages.order_by("pk").values_list("pk", flat=True).iterator()


def load_cards(wanted: Sequence[UUID], user: Any) -> Iterable[SearchCard]:
    """Every signed-in person who consults the directory reads the open pages; the brick was checked before."""
    for page in _open(wanted):
        notes = [page.user.organisation.name, page.user.job_family if page.shows_job else ""]
        yield SearchCard(
            page.pk,
            page.user.display_name,
            page.get_absolute_url(),
            text=page.about,
            notes=[one for one in notes if one],
        )


def register() -> None:
    searchables.register(
        Searchable(
            kind=KIND,
            brick="directory",
            label="personne",
            label_plural="personnes",
            load=load,
            ids=ids,
            load_cards=load_cards,
            position=70,
            scoped=False,
        )
    )
