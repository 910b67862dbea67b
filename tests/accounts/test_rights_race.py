"""Two administrators at once: one change of rights waits for the other.

Each side keeps its transaction open a moment after its change, so that without the lock both would always pass.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from ozeli.accounts import selectors, services
from ozeli.accounts.models import Profile
from ozeli.core.access import Level
from ozeli.core.errors import Refused
from tests.personas import cast

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[bool]:
    """Whether each act passed, all started together and committed late."""
    start = Barrier(len(acts))

    def passes(act: Callable[[], object]) -> bool:
        try:
            with transaction.atomic():
                start.wait(timeout=5)
                act()
                time.sleep(0.3)
        except Refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(passes, acts))


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
