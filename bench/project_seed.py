"""Fill a database seeded by `bench.seed` with N projects and four times as many stage reports, by SQL.

`python -m bench.project_seed N` prints what a client needs (addresses of sheets) as JSON. The lifecycles are those
shipped, the bodies and agents those of `bench.seed`; every constraint and every kept counter holds.
"""

import json
import sys
from pathlib import Path
from typing import Any

SQL = Path(__file__).with_name("project_seed.sql").read_text()
WORDS = Path(__file__).with_name("words.txt").read_text().split()
PAGES = 50
# Who carries the projects, besides a few of each signed-in agent.
OWNERS = 5_000
# Their triggers count each row for the consolidation: counted at once afterwards.
TALLIED = ("projects_project", "projects_stagereport", "projects_projectmove")


def seed(n: int) -> dict[str, Any]:
    """Create the rows; the addresses and figures that the client will use."""
    from django.db import connection

    from ozeli.core.paging import cursor_after
    from ozeli.projects.models import Project, StageReport
    from ozeli.projects.services import tally

    _owners()
    with connection.cursor() as cursor:
        _triggers(cursor, "disable")
        for statement in SQL.split(";\n\n"):
            cursor.execute(statement, {"n": n, "words": WORDS})
        _triggers(cursor, "enable")
        tally.recount()
        cursor.execute("vacuum analyze")
    recent = Project.objects.filter(audience="network", is_withdrawn=False).order_by("-touched_on", "-id")
    told = recent.filter(state="under_way", log__isnull=False).distinct()
    return {
        "projects": Project.objects.count(),
        "reports": StageReport.objects.count(),
        "pages": [project.get_absolute_url() for project in told[:PAGES]],
        "deep": cursor_after(recent[n // 2]),
    }


def _owners() -> None:
    from ozeli.accounts.models import User
    from ozeli.network.models import Organisation

    bodies = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    User.objects.bulk_create(
        User(
            email=f"p{i}@bench.test",
            display_name=f"Porteur {i}",
            sort_name=f"porteur {i}",
            organisation_id=bodies[i % len(bodies)],
        )
        for i in range(OWNERS)
    )


def _triggers(cursor: Any, what: str) -> None:
    for table in TALLIED:
        cursor.execute(f"alter table {table} {what} trigger user")


def main() -> None:
    import django

    django.setup()
    print(json.dumps(seed(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
