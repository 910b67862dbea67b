"""The directory of the demonstration: roles across the regions, pages that some opened, searches that they keep."""

from datetime import date, timedelta

from ozeli.people.enums import RoleState
from ozeli.people.models import DirectoryRole, PersonPage, SavedSearch

from . import sheets
from .cast import Cast, drawn_uuid


def write_directory(cast: Cast, today: date) -> None:
    """Four inserts. Référents are in the directory by their profile: nothing is written for them."""
    held = sheets.directory()
    since = today - timedelta(days=200)
    DirectoryRole.objects.bulk_create(
        DirectoryRole(
            user=cast.people[row["who"]],
            role=row["role"],
            organisation=None if row.get("network") else cast.people[row["who"]].organisation,
            since=since,
        )
        for row in held["roles"]
    )
    DirectoryRole.objects.bulk_create(
        DirectoryRole(
            user=cast.people[row["who"]],
            role="ambassador",
            organisation=cast.people[row["who"]].organisation,
            state=RoleState.ASKED,
            message=row["message"],
            since=today - timedelta(days=3),
        )
        for row in held["asked"]
    )
    PersonPage.objects.bulk_create(
        PersonPage(
            id=drawn_uuid(f"page {row['who']}"),
            user=cast.people[row["who"]],
            is_open=True,
            about=row["about"],
            takes_mail=row.get("takes_mail", False),
        )
        for row in held["pages"]
    )
    SavedSearch.objects.bulk_create(
        SavedSearch(
            owner=cast.people[row["who"]],
            name=row["name"],
            listing=row["listing"],
            query=row["query"],
            created_on=today - timedelta(days=10 + place),
        )
        for place, row in enumerate(held["searches"])
    )
