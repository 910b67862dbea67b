"""From received to published, refused or quarantined: once, whatever is run again, with the scanner here or away."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from ozeli.activity.models import Event
from ozeli.files import health, scanner, selectors, settling, storage, tasks
from ozeli.files.enums import State
from ozeli.files.models import StoredFile
from ozeli.files.settling import settle
from ozeli.journal.models import Entry

from .conftest import drawn


def bytes_of(file: StoredFile, name: str = storage.MAIN) -> bytes:
    with storage.opened(file.folder, name) as content:
        return content.read()


def kept_folders() -> set[str]:
    return set(storage.folders(older_than=-60))


def test_published_image_has_its_sizes(join):
    file = join(drawn(size=(2000, 1000)))

    assert file.state == State.PUBLISHED
    assert (file.width, file.height) == (2000, 1000)
    assert file.renditions == [[480, 240], [960, 480], [1600, 800]]
    for width, _height in file.renditions:
        assert bytes_of(file, f"{width}.webp")[8:12] == b"WEBP"
        assert bytes_of(file, f"{width}.avif")[4:12] == b"ftypavif"


def test_small_image_is_never_enlarged(join):
    assert join(drawn(size=(300, 100))).renditions == [[300, 100]]


def test_bytes_are_closed_to_others_under_a_random_name(join):
    file = join(name="Mon-guichet.png")
    folder = Path(django_settings.FILES_ROOT) / "kept" / file.folder

    assert str(file.pk) not in str(folder)
    assert "guichet" not in str(folder)
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in folder.iterdir()} == {"main", "320.webp", "320.avif"}


def test_received_bytes_are_gone_once_published(join):
    file = join(inspected=False)
    received = file.folder
    settle(file.pk)
    file.refresh_from_db()

    assert file.folder != received
    assert received not in kept_folders()


def test_inspection_run_again_changes_nothing(join):
    file = join()
    before = StoredFile.objects.filter(pk=file.pk).values().get()
    for _time in range(3):
        assert settle(file.pk) == ""

    assert StoredFile.objects.filter(pk=file.pk).values().get() == before
    assert kept_folders() >= {file.folder}


def test_file_removed_while_it_is_inspected_leaves_nothing(join, monkeypatch):
    file = join(inspected=False)
    inspect = settling.sandbox.inspect

    def removed_meanwhile(*given):
        StoredFile.objects.filter(pk=file.pk).delete()
        return inspect(*given)

    monkeypatch.setattr(settling.sandbox, "inspect", removed_meanwhile)
    before = kept_folders()
    assert settle(file.pk) == ""
    assert kept_folders() <= before


def test_lost_bytes_are_refused_in_french(join):
    file = join(inspected=False)
    storage.delete(file.folder)
    settle(file.pk)
    file.refresh_from_db()

    assert file.state == State.REFUSED
    assert file.reason == settling.LOST


def test_refused_file_keeps_no_byte_and_tells_its_uploader(join, people):
    file = join(drawn()[:200], inspected=False)
    received = file.folder
    settle(file.pk)
    file.refresh_from_db()

    assert file.state == State.REFUSED
    assert "abîmé ou incomplet" in file.reason
    assert received not in kept_folders()
    told = Event.objects.get(type="idea.file_refused")
    assert told.data["uploader"] == people.alice.pk


# --- the process ------------------------------------------------------------------------------------------------------


def test_child_knows_nothing_of_ours(join, monkeypatch, tmp_path):
    """No key, no database: the environment of the child holds what it needs to run, and no more."""
    monkeypatch.setenv("OZELI_SECRET_KEY", "canari-secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://canari")
    given = {}
    run = subprocess.run

    def seen(command, **how):
        given.update(how["env"])
        return run(command, **how)

    monkeypatch.setattr(settling.sandbox.subprocess, "run", seen)
    assert join().state == State.PUBLISHED
    assert set(given) == {
        "PATH",
        "PYTHONPATH",
        "PYTHONDONTWRITEBYTECODE",
        "INSPECTION_PARENT",
        "LC_ALL",
        "TMPDIR",
    }


@pytest.mark.parametrize("said", [b"", b"{}", b"[]", b'{"width": 1}', b"\xff\xfe", b"Traceback"])
def test_child_that_says_nonsense_is_not_believed(join, monkeypatch, said):
    done = subprocess.CompletedProcess([], 0, said, b"")
    monkeypatch.setattr(settling.sandbox.subprocess, "run", lambda *given, **how: done)
    assert join().state == State.REFUSED


def test_child_that_never_ends_is_refused(join, monkeypatch):
    def never(*given, **how):
        raise subprocess.TimeoutExpired("inspection", 120)

    monkeypatch.setattr(settling.sandbox.subprocess, "run", never)
    assert "trop long à lire" in join().reason


def test_child_is_bounded_by_the_kernel(tmp_path):
    """Without its limits this child would take the gigabytes that it asks for."""
    code = (
        "from ozeli.files.inspection import __main__ as door; door.bound()\n"
        "held = [bytearray(200_000_000) for _time in range(12)]"
    )
    environment = os.environ | {"INSPECTION_PARENT": str(os.getpid())}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "MemoryError" in done.stderr


def test_child_dies_with_its_worker(tmp_path):
    """kill -9 of the one who waits: nothing goes on decoding."""
    code = (
        "import subprocess, sys, os\n"
        "child = subprocess.Popen([sys.executable, '-c', 'from ozeli.files.inspection import __main__ as door;"
        " door.bound(); print(1, flush=True); import time; time.sleep(60)'],"
        " env=os.environ | {'INSPECTION_PARENT': str(os.getpid())}, stdout=subprocess.PIPE)\n"
        "child.stdout.readline(); print(child.pid, flush=True); child.wait()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as worker:
        child = int(worker.stdout.readline())
        worker.send_signal(signal.SIGKILL)
    for _time in range(50):
        if not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]:
            return
        time.sleep(0.1)
    pytest.fail("the inspection outlived its worker")


# --- the scanner ------------------------------------------------------------------------------------------------------


def test_clean_file_is_published_after_the_scanner_saw_all_of_it(join, clamd):
    content = drawn(size=(1500, 900))
    assert join(content).state == State.PUBLISHED
    assert clamd.streams == [content]


def test_infected_file_is_refused_journaled_and_told(join, clamd):
    clamd.answer = "infected"
    file = join()

    assert file.state == State.REFUSED
    assert "programme malveillant" in file.reason
    assert Entry.objects.get(verb="file.infected").details["infection"] == "Eicar-Test-Signature"
    assert Event.objects.filter(type="idea.file_refused").count() == 1


@pytest.mark.parametrize("answer", ["slow", "garbage", "cut", "error"])
def test_scanner_without_a_clear_answer_leaves_the_file_in_quarantine(join, clamd, monkeypatch, answer):
    monkeypatch.setattr(scanner, "LONGEST_SCAN", 1.0)
    clamd.answer = answer
    assert join().state == State.QUARANTINED


def test_scanner_away_leaves_the_file_in_quarantine_until_it_is_back(join, clamd, settings):
    address, settings.CLAMAV = settings.CLAMAV, "unix:/nulle/part.ctl"
    file = join()
    assert file.state == State.QUARANTINED
    assert selectors.quarantined() == 1
    settle(file.pk)
    file.refresh_from_db()
    assert file.state == State.QUARANTINED

    settings.CLAMAV = address
    assert settle(file.pk) == State.PUBLISHED


@pytest.mark.parametrize("address", ["unix:/nulle/part.ctl", "tcp://127.0.0.1:1", "127.0.0.1:1"])
def test_scanner_away_is_said(address, settings):
    settings.CLAMAV = address
    with pytest.raises(scanner.ScannerAway):
        scanner.ping()
    assert "quarantaine" in health.antivirus().advice


def test_scanner_present_or_absent_is_said(clamd, settings):
    assert health.antivirus().said.startswith("ClamAV répond")
    clamd.answer = "garbage"
    assert health.antivirus().advice
    settings.CLAMAV = ""
    assert health.antivirus() == health.State(health.antivirus().said)
    assert "aucun" in health.antivirus().said


# --- jobs -------------------------------------------------------------------------------------------------------------


def test_joining_queues_one_inspection(join, django_assert_num_queries):
    from procrastinate.contrib.django.models import ProcrastinateJob

    file = join(inspected=False)
    assert [job.args for job in ProcrastinateJob.objects.filter(task_name="files.inspect")] == [
        {"file_id": str(file.pk)}
    ]
    assert selectors.forgotten_ids() == []


def test_waiting_files_without_a_job_are_swept(join, settings):
    from procrastinate.contrib.django.models import ProcrastinateJob

    settings.CLAMAV = "unix:/nulle/part.ctl"
    file = join()
    ProcrastinateJob.objects.filter(task_name="files.inspect").delete()
    join()
    tasks.sweep(0)
    jobs = ProcrastinateJob.objects.filter(task_name="files.inspect")
    assert sorted(job.args["file_id"] for job in jobs) == sorted(
        str(pk) for pk in StoredFile.objects.values_list("pk", flat=True)
    )
    assert selectors.forgotten_ids() == []
    assert file.state == State.QUARANTINED
