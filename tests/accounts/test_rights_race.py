"""Two administrators at once: one change of rights waits for the other.

Whoever changes first keeps the transaction open until the other waits for it, or has changed too: without the lock
both would always pass.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, connections, transaction

from ozeli.accounts import selectors, services
from ozeli.accounts.models import Profile
from ozeli.core.access import Level
from ozeli.core.errors import Refused
from tests.personas import cast

pytestmark = pytest.mark.django_db(transaction=True)


SECONDS = 20  # a busy machine
WAITING = """
    select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and pg_backend_pid() = any(pg_blocking_pids(pid))
"""


def hold_until_the_other_waits_or_ends(ended: Event) -> None:
    """Keep this transaction open until another one waits for it, or has changed its own rows unhindered."""
    end = time.monotonic() + SECONDS
    with connection.cursor() as cursor:
        while not ended.wait(0.01):
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
            assert time.monotonic() < end, "the other change neither waits nor ends"


def at_once(*acts: Callable[[], object]) -> list[bool]:
    """Whether each act passed, all started together; nobody commits before the other waits or has acted."""
    start, done = Barrier(len(acts)), [Event() for _ in acts]

    def passes(place: int) -> bool:
        try:
            with transaction.atomic():
                start.wait(timeout=SECONDS)
                acts[place]()
                done[place].set()
                hold_until_the_other_waits_or_ends(done[1 - place])
        except Refused:
            return False
        finally:
            done[place].set()
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(passes, range(len(acts))))


def test_two_keepers_cannot_remove_each_other() -> None:
    people = cast()
    of_adam, of_sonia = people.adam.memberships.get(), people.sonia.memberships.get()

    done = at_once(
        lambda: services.end_membership(of_sonia, actor=people.adam),
        lambda: services.end_membership(of_adam, actor=people.sonia),
    )

    assert done == [False, True]
    assert selectors.rights_keepers().count() == 1


def test_two_editors_of_one_cell_get_one_winner() -> None:
    people, reader = cast(), Profile.objects.get(code="reader")

    def change(level: Level) -> Callable[[], object]:
        wanted = services.LevelChange(reader, "ideas", Level.CONSULT, level)
        return lambda: services.set_levels([wanted], actor=people.adam)

    assert at_once(change(Level.CONTRIBUTE), change(Level.ADMIN)) == [False, True]
