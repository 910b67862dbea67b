"""Several people at the very same time, each on a connection of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from ozeli.core.errors import Conflict, Refused


def together(*attempts: Callable[[], Any]) -> list[Any]:
    """Run the attempts at once, each on a connection of its own; what each returned or raised."""
    barrier = threading.Barrier(len(attempts))

    def run(attempt: Callable[[], Any]) -> Any:
        try:
            barrier.wait(5)
            return attempt()
        except Refused as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(run, attempts))


def kinds(results: list[Any]) -> list[bool]:
    """Whether each was a conflict, sorted."""
    return sorted(isinstance(result, Conflict) for result in results)
