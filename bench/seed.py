"""Fill a database with N ideas that keep every rule, by SQL: fifty agents, their votes and comments.

`python -m bench.seed N` prints what the client needs (sessions, addresses) as JSON.
"""

import json
import random
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

AGENTS = 50
SQL = Path(__file__).with_name("seed.sql").read_text()
WORDS = Path(__file__).with_name("words.txt").read_text().split()
COMMENTED = 50  # ideas that carry twenty comments


def seed(n: int) -> dict[str, object]:
    """Create the rows; the sessions and addresses that the client will use."""
    from django.db import connection

    from ozeli.core.paging import cursor_after
    from ozeli.ideas.models import Idea

    users = _agents(_network())
    with connection.cursor() as cursor:
        for statement in SQL.split(";\n\n"):
            cursor.execute(statement, {"n": n, "words": WORDS, "commented": min(COMMENTED, n)})
        cursor.execute("vacuum analyze")
    ideas = Idea.objects.order_by("-deposited_on", "-id")
    return {
        "sessions": [_session(user) for user in users],
        "filter": "domaine=d3",
        "deep": "page=" + cursor_after(ideas[n // 2]),
        "pages": [idea.get_absolute_url() for idea in ideas.filter(comment_count=20)[:COMMENTED]],
        "votes": [
            idea.get_absolute_url() for idea in ideas.filter(state__in=("deposited", "in_debate"))[:200]
        ],
    }


def _network() -> list[Any]:
    """Five branches, a hundred bodies, nine sectors of four domains; the bodies."""
    from ozeli.network.models import Branch, Domain, Organisation

    branches = [Branch.objects.create(code=f"b{i}", name=f"Branche {i}") for i in range(5)]
    for i in range(9):
        sector = Domain.objects.create(code=f"d{i}", name=f"Secteur {i}", position=i)
        for j in range(4):
            Domain.objects.create(code=f"d{i}-{j}", name=f"Domaine {i}.{j}", parent=sector, position=j)
    return [
        Organisation.objects.create(code=f"o{i}", name=f"Caisse {i}", branch=branches[i % 5])
        for i in range(100)
    ]


def _agents(bodies: list[Any]) -> list[Any]:
    from ozeli.accounts.models import Membership, Profile, User

    reader = Profile.objects.get(code="reader")
    users = [
        User(
            email=f"a{i}@bench.test",
            display_name=f"Agent {i}",
            sort_name=f"agent {i}",
            organisation=bodies[i],
        )
        for i in range(AGENTS)
    ]
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users)
    Membership.objects.bulk_create(Membership(user=user, profile=reader) for user in users)
    return users


def _session(user: Any) -> str:
    """The key of an open session."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from ozeli.accounts import presence

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    presence.mark_opened(session)
    session.create()
    return str(session.session_key)


def main() -> None:
    import django

    django.setup()
    random.seed(42)
    print(json.dumps(seed(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
