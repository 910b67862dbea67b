"""The urn: nothing acknowledged is lost, nothing tells when."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from datetime import date
from pathlib import Path

import pytest

from ozeli.airlock import urn
from ozeli.airlock.urn import Batch


def entry(**more: str) -> dict[str, str]:
    return {"key": str(uuid.uuid4()), "kind": "deposit", "digest": "0" * 64, **more}


def test_an_empty_urn_is_no_file(own_urn: Path) -> None:
    assert urn.held() == Batch()
    with urn.take() as batch:
        assert len(batch) == 0
    assert not own_urn.exists()


def test_what_is_put_is_held_once(own_urn: Path) -> None:
    one = entry(title="Un")
    assert urn.put(one)
    assert not urn.put(one | {"title": "Deux"})
    assert urn.holds(one["key"])
    assert [held["title"] for held in urn.held().entries] == ["Un"]


def test_order_size_and_times_tell_nothing(own_urn: Path) -> None:
    entries = [entry() for _ in range(12)]
    for one in entries:
        urn.put(one)
    time.sleep(0.02)
    kept = [one["key"] for one in urn.held().entries]
    assert kept == sorted(one["key"] for one in entries)
    stat = own_urn.stat()
    assert stat.st_size % urn.BLOCK == 0
    assert stat.st_mtime == stat.st_atime == urn.SOME_DAY
    assert own_urn.parent.stat().st_mtime == urn.SOME_DAY
    assert stat.st_mode & 0o077 == 0
    assert [path.name for path in sorted(own_urn.parent.iterdir())] == ["urn", "urn.lock"]


def test_its_age_is_a_day(own_urn: Path) -> None:
    urn.put(entry())
    urn.put(entry())
    assert isinstance(urn.held().since, date)
    body = own_urn.read_bytes()[urn.HEAD :].rstrip(b"\0")
    assert set(json.loads(body)) == {"since", "entries"}


def test_taken_then_emptied(own_urn: Path) -> None:
    urn.put(entry())
    with urn.take() as batch:
        assert len(batch) == 1
    assert urn.held() == Batch()


def test_kept_while_it_is_not_due_and_when_the_work_fails(own_urn: Path) -> None:
    urn.put(entry())
    with urn.take(lambda batch: False) as batch:
        assert not batch.entries
    with pytest.raises(RuntimeError), urn.take() as batch:
        raise RuntimeError
    assert len(urn.held()) == 1


def test_stirred_for_nothing(own_urn: Path) -> None:
    urn.put(entry())
    before, held = own_urn.stat().st_ino, urn.held()
    urn.stir()
    assert urn.held() == held
    assert own_urn.stat().st_ino != before


def test_the_old_file_is_overwritten(own_urn: Path) -> None:
    urn.put(entry(title="Premier secret"))
    with own_urn.open("rb") as old:
        with urn.take():
            pass
        assert old.read().strip(b"\0") == b""


def test_a_full_urn_takes_no_more(own_urn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    urn.put(entry())
    monkeypatch.setattr(urn, "MOST_BYTES", 1000)
    with pytest.raises(urn.Full):
        urn.put(entry(title="x" * 1000))
    assert len(urn.held()) == 1


@pytest.mark.parametrize("harm", [b"not an urn", b"OZURN1\n" + bytes(60)])
def test_a_damaged_urn_is_never_overwritten(own_urn: Path, harm: bytes) -> None:
    own_urn.parent.mkdir(parents=True)
    own_urn.write_bytes(harm)
    with pytest.raises(urn.Damaged):
        urn.put(entry())
    assert own_urn.read_bytes() == harm


WRITER = """
import os, sys, uuid, django
os.environ["DJANGO_SETTINGS_MODULE"] = "ozeli.config.settings"
django.setup()
from django.conf import settings
from pathlib import Path
settings.AIRLOCK_URN = Path(sys.argv[1])
from ozeli.airlock import urn
print("ready", flush=True)
while True:
    key = str(uuid.uuid4())
    urn.put({"key": key, "kind": "deposit", "digest": "0" * 64, "text": "x" * 20_000})
    os.write(1, (key + "\\n").encode())
"""


@pytest.mark.infra
def test_kill_9_anywhere_loses_nothing_acknowledged(own_urn: Path) -> None:
    """Two writers killed at random instants: every key they were told of is there, once."""
    acknowledged: list[str] = []
    for turn in range(3):
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, str(own_urn)],
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ,
            )
            for _ in range(2)
        ]
        for writer in writers:
            assert writer.stdout and writer.stdout.readline() == "ready\n"
        time.sleep(0.05 + 0.031 * turn)
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            out, _ = writer.communicate()
            acknowledged += [line for line in out.split("\n") if len(line) == 36]
    kept = [one["key"] for one in urn.held().entries]
    assert len(kept) == len(set(kept))
    assert acknowledged
    assert set(acknowledged) <= set(kept)
