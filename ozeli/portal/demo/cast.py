"""Write the network and its people, with the rights that each holds."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from ozeli.accounts.models import ActorKey, Membership, Profile, User
from ozeli.core.french import sort_key
from ozeli.journal.models import Entry
from ozeli.network.models import Branch, Domain, Organisation, StrategicObjective
from ozeli.portal.models import ToolLink

from . import sheets
from .sheets import PersonSheet

PASSWORD = "ozeli-demo"  # public on purpose: the demonstration listens on loopback only


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """A local time of a day."""
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour, minute))  # noqa: DTZ001


def drawn_uuid(name: str) -> UUID:
    """A version 4 UUID, always the same for a name."""
    return UUID(int=random.Random(f"ozeli {name}").getrandbits(128), version=4)  # noqa: S311


@dataclass(slots=True)
class Cast:
    """What the ideas refer to, by code or handle."""

    branches: dict[str, Branch]
    organisations: dict[str, Organisation]
    domains: dict[str, Domain]
    objectives: dict[str, StrategicObjective]
    people: dict[str, User]
    actor_keys: dict[int, UUID]
    referents: dict[int, User]
    network_desk: User
    spectators: list[User]


def write_cast(opened_on: date) -> Cast:
    """Create everything that stands before the first idea; rights are given on `opened_on`."""
    network = sheets.network()
    branches = {row["code"]: Branch(**row) for row in network["branches"]}
    Branch.objects.bulk_create(branches.values())
    organisations = _write_organisations(network["organisations"], branches)
    domains = _write_domains(network["domains"])
    objectives = {
        row["code"]: StrategicObjective(code=row["code"], title=row["name"], position=place)
        for place, row in enumerate(network["objectives"], start=1)
    }
    StrategicObjective.objects.bulk_create(objectives.values())
    ToolLink.objects.bulk_create(
        ToolLink(name=row["name"], url=row["url"], description=row["summary"], position=place)
        for place, row in enumerate(sheets.tools(), start=1)
    )
    cast = sheets.people()
    people = _write_people(cast, organisations, opened_on)
    keys = {user.pk: drawn_uuid(f"actor {name}") for name, user in people.items()}
    ActorKey.objects.bulk_create(ActorKey(user_id=pk, key=key) for pk, key in keys.items())
    _write_rights(cast, people, keys, opened_on)
    return Cast(
        branches=branches,
        organisations=organisations,
        domains=domains,
        objectives=objectives,
        people=people,
        actor_keys=keys,
        referents={people[one.handle].organisation_id: people[one.handle] for one in cast if one.referent},
        network_desk=next(people[one.handle] for one in cast if one.profile == "contributor"),
        spectators=[people[one.handle] for one in cast if one.profile != "developer"],
    )


def _write_organisations(rows: list[dict[str, str]], branches: dict[str, Branch]) -> dict[str, Organisation]:
    """National bodies come first in the file, so that they can be the parents of the others."""
    found: dict[str, Organisation] = {}
    for is_local in (False, True):
        some = {
            row["code"]: Organisation(
                code=row["code"],
                name=row["name"],
                sort_name=sort_key(row["name"]),
                branch=branches[row["branch"]],
                parent=found.get(row.get("parent", "")),
                region=row["region"],
                department=row["department"],
                size_band=row["size"],
            )
            for row in rows
            if ("parent" in row) == is_local
        }
        Organisation.objects.bulk_create(some.values())
        found |= some
    return found


def _write_domains(rows: list[dict[str, object]]) -> dict[str, Domain]:
    sectors = {
        str(row["code"]): Domain(code=str(row["code"]), name=str(row["name"]), position=place * 10)
        for place, row in enumerate(rows, start=1)
    }
    Domain.objects.bulk_create(sectors.values())
    children = {
        code: Domain(code=code, name=name, parent=sectors[str(row["code"])], position=place)
        for row in rows
        for place, (code, name) in enumerate(row["children"].items(), start=1)  # type: ignore[attr-defined]
    }
    Domain.objects.bulk_create(children.values())
    return sectors | children


def _write_people(
    cast: list[PersonSheet], organisations: dict[str, Organisation], opened_on: date
) -> dict[str, User]:
    """Everybody shares one password: it is hashed once, since a hash is slow by design."""
    password = make_password(PASSWORD)
    people = {
        one.handle: User(
            email=one.email,
            password=password,
            display_name=one.name,
            sort_name=sort_key(one.name),
            organisation=organisations[one.body],
            job_family=one.job,
            is_manager=one.manager,
            joined_at=at(opened_on, 9),
        )
        for one in cast
    }
    User.objects.bulk_create(people.values())
    return people


def _write_rights(
    cast: list[PersonSheet], people: dict[str, User], keys: dict[int, UUID], opened_on: date
) -> None:
    profiles = {profile.code: profile for profile in Profile.objects.all()}
    rows = list(_memberships(cast, people, profiles))
    Membership.objects.bulk_create(rows)
    Entry.objects.bulk_create(
        Entry(
            at=at(opened_on, 9),
            actor=None,
            verb="rights.grant_membership",
            kind="person",
            object_id=str(keys[row.user_id]),
            details={
                "profile": row.profile.code,
                "organisation": row.organisation.code if row.organisation else "",
                "ends_on": row.ends_on.isoformat() if row.ends_on else "",
            },
        )
        for row in rows
    )


def _memberships(
    cast: list[PersonSheet], people: dict[str, User], profiles: dict[str, Profile]
) -> Iterator[Membership]:
    for one in cast:
        user = people[one.handle]
        yield Membership(user=user, profile=profiles[one.profile])
        if one.referent:
            yield Membership(user=user, profile=profiles["contributor"], organisation=user.organisation)


def year_before(today: date) -> date:
    """The day on which the demonstration's network opened its portal."""
    return today - timedelta(days=364)
