"""A receipt that was shown is never lost: kill -9 of the airlock while it takes deposits, and of what releases them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from bench.airlock import Depositor
from bench.server import Server
from ozeli.airlock import receipts, urn
from ozeli.airlock.models import Deposit
from ozeli.airlock.services import releases
from tests.factories import BranchFactory, DomainFactory
from tests.plugins.database import server_environment

from .test_process import ROOT, ask, free_ports

pytestmark = [pytest.mark.infra, pytest.mark.django_db(transaction=True)]
A_ROUND, ROUNDS = 10, 2
COST = receipts.COST  # the server's, not that of the tests around
RELEASES = """
import django, time
django.setup()
from ozeli.airlock.services import releases
print("ready", flush=True)
while True:
    releases.release()
    time.sleep(0.02)
"""


@contextmanager
def started(env: dict[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, *words], env=env, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        process.wait(30)


def strike(running: Server, depositor: Depositor, env: dict[str, str]) -> None:
    """A round of deposits while they are released; the airlock and the release die together in the middle of it."""
    with started(env, "-c", RELEASES) as releasing:
        assert releasing.stdout is not None
        assert releasing.stdout.readline()
        shown, round = len(depositor.receipts), threading.Thread(target=depositor.run, args=(A_ROUND, 3))
        round.start()
        while len(depositor.receipts) < shown + A_ROUND // 2:
            time.sleep(0.005)
        for pid in (releasing.pid, *running.airlock()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        round.join()


def test_what_was_acknowledged_is_held_once(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "COST", COST)
    DomainFactory(code="accueil")
    BranchFactory(code="maladie")
    port, settings.AIRLOCK_URN = free_ports(), tmp_path / "urn"
    env = os.environ | server_environment(str(connection.settings_dict["NAME"])) | {"PORT": str(port)}
    env |= {
        "DJANGO_SETTINGS_MODULE": "ozeli.config.settings",
        "OZELI_AIRLOCK_URN": str(tmp_path / "urn"),
        "OZELI_AIRLOCK_PEPPER": settings.AIRLOCK_PEPPER.decode(),
        "OZELI_AIRLOCK_URL": f"http://localhost:{port + 1}",
        "OZELI_AIRLOCK_BATCH": "3",
    }
    depositor = Depositor(port + 1, "accueil")
    serve = ("-m", "ozeli.cli", "serve", "--port", str(port), "--without-worker", "--workers", "1")
    with started(env, *serve) as process:
        deadline = time.monotonic() + 60
        while ask(port + 1) != 200 and time.monotonic() < deadline:
            time.sleep(0.1)
        running = Server(process, port, 0)
        assert running.airlock(), "there is something to kill"
        for _round in range(ROUNDS):
            strike(running, depositor, env)
    released_on_the_way = Deposit.objects.count()
    releases.release(force=True)

    assert depositor.again, "forms had to be sent again"
    assert released_on_the_way
    assert len(set(depositor.receipts)) == A_ROUND * ROUNDS
    held = list(Deposit.objects.filter(state="held").values_list("digest", flat=True))
    assert sorted(held) == sorted(receipts.digest(code) for code in depositor.receipts)
    assert not len(urn.held())
