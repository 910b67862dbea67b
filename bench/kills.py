"""`python -m bench.kills [WRITES]`: comments posted at 30 a second while web, worker and database are killed in turn.

A write that the server said yes to must be there at the end, once; one that failed is posted again with the same key,
as a browser would. Every event must have been told once the noise is over. Prints what was seen; ends with 1 on a loss.
"""

import json
import os
import random
import signal
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from typing import Any

from . import client, server
from .__main__ import as_bytes

RATE = 30
CLIENTS = 6
SECONDS_BETWEEN_KILLS = 7
DATABASE = "oz_bench_kills"
DRAINED_WITHIN = 180
MARK = "kill-"


class Writer:
    """Threads that post comments at a steady rate, and what the server acknowledged."""

    def __init__(self, port: int, kit: dict[str, Any], writes: int) -> None:
        self.port, self.writes = port, writes
        self.targets = cycle(zip(cycle(kit["pages"]), kit["sessions"], strict=False))
        self.acknowledged: list[str] = []
        self.again = 0
        self.lock = threading.Lock()
        self.begin = time.monotonic()
        self.left = iter(range(writes))

    def run(self) -> None:
        threads = [threading.Thread(target=self._write_on) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _write_on(self) -> None:
        while True:
            with self.lock:
                number = next(self.left, None)
                if number is None:
                    return
                page, session = next(self.targets)
            time.sleep(max(0.0, self.begin + number / RATE - time.monotonic()))
            self._insist(page, session, f"{MARK}{number}")

    def _insist(self, page: str, session: str, body: str) -> None:
        """Post until the server says yes, always with the same key."""
        fields = {"body": body, "idempotency_key": str(uuid.uuid4())}
        request = as_bytes(("POST", page + "commentaires/", fields, session))
        while True:
            with suppress(AssertionError, OSError):
                connection = client.Connection(self.port)
                try:
                    connection.ask(request, (302, 303))
                finally:
                    connection.socket.close()
                with self.lock:
                    self.acknowledged.append(body)
                return
            with self.lock:
                self.again += 1
            time.sleep(0.2)


def killing(running: server.Server, stop: threading.Event) -> Counter[str]:
    """Kill -9 a random part every few seconds until `stop`."""
    killed: Counter[str] = Counter()
    while not stop.wait(SECONDS_BETWEEN_KILLS):
        name, pid = random.choice(list(victims(running)))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed[name] += 1
    return killed


def victims(running: server.Server) -> Iterator[tuple[str, int]]:
    yield from (("web", pid) for pid in running.web())
    yield from (("worker", pid) for pid in running.worker())
    yield from (("base", pid) for pid in running.postgres()[:1])


def seen_in_database() -> dict[str, Any]:
    """What the database holds: the comments, the events not told yet, the people told twice of one event."""
    import django

    django.setup()
    from django.db.models import Count

    from ozeli.activity.models import Event, Notification
    from ozeli.engagement.models import Comment

    told = Notification.objects.values("event", "user").annotate(times=Count("id"))
    return {
        "comments": list(Comment.objects.filter(body__startswith=MARK).values_list("body", flat=True)),
        "waiting": Event.objects.filter(is_fanned_out=False).count(),
        "told_twice": told.filter(times__gt=1).count(),
    }


def _seen() -> dict[str, Any]:
    return json.loads(server.python(DATABASE, "bench.kills", "seen").splitlines()[-1])


def main() -> int:
    if sys.argv[1:] == ["seen"]:
        print(json.dumps(seen_in_database()))
        return 0
    writes = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    kit = server.fresh_database(DATABASE, 1_000)
    with server.serving(DATABASE) as running:
        writer, stop, killed = Writer(running.port, kit, writes), threading.Event(), Counter[str]()
        killer = threading.Thread(target=lambda: killed.update(killing(running, stop)))
        killer.start()
        writer.run()
        stop.set()
        killer.join()
        seconds = time.monotonic() - writer.begin
        deadline = time.monotonic() + DRAINED_WITHIN
        while (seen := _seen())["waiting"] and time.monotonic() < deadline:
            time.sleep(1)
    kept = Counter(seen["comments"])
    lost = [body for body in writer.acknowledged if not kept[body]]
    twice = [body for body, times in kept.items() if times > 1]
    print(
        f"{len(writer.acknowledged)} écritures acquittées en {seconds:.0f} s, {sum(killed.values())} kill -9"
        f" ({dict(killed)}), {writer.again} renvois : {len(lost)} perdue(s), {len(twice)} en double,"
        f" {seen['waiting']} événement(s) non annoncé(s), {seen['told_twice']} annoncé(s) deux fois"
    )
    return int(bool(lost or twice or seen["waiting"] or seen["told_twice"]))


if __name__ == "__main__":
    sys.exit(main())
