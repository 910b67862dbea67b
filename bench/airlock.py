"""`python -m bench.airlock [DEPOSITS]`: anonymous deposits over HTTP while airlock, worker and database are killed -9.

Releases are asked for without end meanwhile. A form whose answer did not come is sent again as it was, as a browser
would. At the end each receipt that was shown leads to one deposit, held, and there is no other. Ends with 1 on a loss.
"""

import json
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from html import unescape
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from . import server

DATABASE = "oz_bench_airlock"
CLIENTS = 4
BETWEEN_KILLS = 12  # receipts shown
BATCH = "7"
TEXT = {
    "problem": "Des courriers partent sans que personne n’ose dire qu’ils sont ambigus.",
    "beneficiaries": "Les assurés qui les reçoivent",
    "benefit": "Moins d’appels",
    "branch": "",
    "challenge": "",
}


class Depositor:
    """Fills the two forms until a receipt is shown; `receipts` are those that were."""

    def __init__(self, port: int, domain: str = "d0-0") -> None:
        self.text = TEXT | {"domain": domain}
        self.door = f"http://localhost:{port}"
        self.receipts: list[str] = []
        self.again = 0
        self.lock = threading.Lock()

    def run(self, count: int, clients: int = CLIENTS) -> None:
        numbers = iter(range(count))
        threads = [threading.Thread(target=self._deposit_on, args=(numbers,)) for _each in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _deposit_on(self, numbers: Iterable[int]) -> None:
        while True:
            with self.lock:
                number = next(iter(numbers), None)
            if number is None:
                return
            code = self.deposit(number)
            with self.lock:
                self.receipts.append(code)

    def deposit(self, number: int) -> str:
        """The receipt. The last form is the same however often it is sent: its ticket makes the receipt."""
        typed = self.text | {"proposal": f"Ouvrir un canal où chacun signale un courrier ambigu ({number})."}
        page = self._insist("/deposer/")
        carried = {"ticket": hidden(page, "ticket"), "pictures": ""}
        page = self._insist("/deposer/", typed | carried)
        carried = {
            "ticket": hidden(page, "ticket"),
            "pictures": "",
            "title": f"Signaler les courriers {number}",
        }
        return hidden(self._insist("/relire/", typed | carried), "code")

    def _insist(self, path: str, form: dict[str, str] | None = None) -> str:
        """Ask until the page comes; the quota (429) is a page to wait for too."""
        data = urlencode(form).encode() if form is not None else None
        while True:
            request = urllib.request.Request(self.door + path, data, {"Sec-Fetch-Site": "same-origin"})
            with suppress(OSError):
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return str(answer.read().decode())
            with self.lock:
                self.again += 1
            time.sleep(0.2)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found, f"no field {name}: {page[:2000]}"
    return unescape(found[1])


def killing(running: server.Server, depositor: Depositor, stop: threading.Event) -> Counter[str]:
    """Kill -9 airlock, worker and database in turn, each time that deposits have been shown again since the last."""
    killed: Counter[str] = Counter()
    for name in cycle(("airlock", "worker", "postgres")):
        shown = len(depositor.receipts)
        while len(depositor.receipts) < shown + BETWEEN_KILLS and not stop.wait(0.1):
            continue
        if stop.wait(random.uniform(0, 0.5)):
            return killed
        for pid in getattr(running, name)()[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed[name] += 1
    raise AssertionError("never ends")


# --- in the bench database, in a process of its own -------------------------------------------------------------------


def ask_releases() -> None:
    """A release a second, until killed. Asked by the clock every ten minutes, it would seldom meet a kill."""
    from django.db import connections

    from ozeli.airlock.tasks import release

    while True:
        with suppress(Exception):  # the lock of one that waits, a database that comes back
            release.defer(timestamp=0)
        connections.close_all()
        time.sleep(1)


def seen_in_database(codes: list[str]) -> dict[str, Any]:
    """After a last release: how many deposits each receipt leads to, and how many there are."""
    from ozeli.airlock import receipts, urn
    from ozeli.airlock.models import Deposit
    from ozeli.airlock.services import releases

    waited = len(urn.held())
    releases.release(force=True)
    held = Counter(Deposit.objects.filter(state="held").values_list("digest", flat=True))
    found = Counter(held[receipts.digest(code)] for code in codes)
    return {
        "left_for_the_last_release": waited,
        "lost": found[0],
        "once": found[1],
        "doubled": sum(times for count, times in found.items() if count > 1),
        "deposits": Deposit.objects.count(),
        "urn": len(urn.held()),
    }


def _home() -> Path:
    return Path(server.environment(DATABASE)["OZELI_HOME"])


def main() -> int:
    words = sys.argv[1:]
    if words and words[0] in ("releases", "seen"):
        import django

        django.setup()
        if words[0] == "releases":
            ask_releases()
        print(json.dumps(seen_in_database(json.load(sys.stdin))))
        return 0
    count = int(words[0]) if words else 400
    server.fresh_database(DATABASE, 100)
    folder = _home() / f"airlock-{secrets.token_hex(4)}"
    more = {"OZELI_AIRLOCK_BATCH": BATCH, "OZELI_AIRLOCK_URN": str(folder / "urn")}
    env = server.environment(DATABASE) | more
    with server.serving(DATABASE, **more) as running:
        asking = subprocess.Popen(
            [sys.executable, "-m", "bench.airlock", "releases"], env=env, cwd=server.ROOT
        )
        depositor, stop, killed = Depositor(running.port + 1), threading.Event(), Counter[str]()
        killer = threading.Thread(target=lambda: killed.update(killing(running, depositor, stop)))
        begin = time.monotonic()
        killer.start()
        depositor.run(count)
        seconds = time.monotonic() - begin
        stop.set()
        killer.join()
        asking.kill()
        asking.wait()
        # Through the base that comes back, with the urn that this run filled.
        server._wait(f"http://127.0.0.1:{running.port}/readyz", running.process)
        done = subprocess.run(
            [sys.executable, "-m", "bench.airlock", "seen"],
            input=json.dumps(depositor.receipts),
            env=env,
            cwd=server.ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    seen = json.loads(done.stdout.splitlines()[-1])
    (folder / "urn").unlink(missing_ok=True)
    shown = len(set(depositor.receipts))
    print(
        f"{shown} reçus montrés en {seconds:.0f} s, {sum(killed.values())} kill -9 ({dict(killed)}),"
        f" {depositor.again} renvois : {seen}"
    )
    return int(not shown == count == seen["once"] == seen["deposits"] or bool(seen["urn"]))


if __name__ == "__main__":
    sys.exit(main())
