"""Bodies, branches, domains and objectives, which every page names and nobody changes often: a minute old at most.

They are given to ideas and people here, so that no query of a page has to join them. Read only.
"""

from collections.abc import Iterable
from typing import Any

from ozeli.accounts.models import User
from ozeli.core.memo import kept_for
from ozeli.network.models import Branch, Domain, Organisation, StrategicObjective

from ..models import Idea


@kept_for(60)
def organisations() -> dict[int, Organisation]:
    return {one.pk: one for one in Organisation.objects.select_related("branch")}


@kept_for(60)
def branches() -> dict[int, Branch]:
    return {one.pk: one for one in Branch.objects.all()}


@kept_for(60)
def domains() -> dict[int, Domain]:
    """Domains by id, each with its parent."""
    return {one.pk: one for one in Domain.objects.select_related("parent")}


@kept_for(60)
def objectives() -> dict[int, StrategicObjective]:
    return {one.pk: one for one in StrategicObjective.objects.all()}


def place_ideas(ideas: Iterable[Idea]) -> None:
    """Give ideas their body, branch, domain and objective. One that is too new for us stays to be fetched."""
    for idea in ideas:
        _give(idea, "organisation", organisations())
        _give(idea, "branch", branches())
        _give(idea, "domain", domains())
        _give(idea, "objective", objectives())


def place_people(people: Iterable[User | None]) -> None:
    """Give people their body."""
    for person in people:
        if person is not None:
            _give(person, "organisation", organisations())


def _give(row: Any, name: str, known: dict[int, Any]) -> None:
    """Nothing when the column was left out of the query, or is empty."""
    key = row.__dict__.get(f"{name}_id")
    if key in known:
        setattr(row, name, known[key])
