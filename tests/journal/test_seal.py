"""The journal is append-only, sealed up to the transaction horizon, and tells when it was touched."""

import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction

from ozeli.journal import services, tasks
from ozeli.journal.models import Block, Entry, Seal
from tests.infra.processes import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def write(count: int = 3) -> list[Entry]:
    return [
        services.record("test.act", "thing", number, actor=None, number=number) for number in range(count)
    ]


def seal() -> int:
    """Seal once no older transaction is open: other tests run on the same server, and the horizon is the server's."""
    eventually(_is_under_horizon, seconds=60, what="the horizon passes our acts")
    return services.seal()


def _is_under_horizon() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select not exists (select from journal_entry where xid >= pg_snapshot_xmin(pg_current_snapshot()))"
        )
        return cursor.fetchone()[0]


def force(statement: str) -> None:
    """Write over the journal as somebody who holds the database would: without its triggers."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("set session_replication_role = origin")


def test_seal_takes_each_act_once_in_order() -> None:
    entries = write()

    assert seal() == 3
    assert seal() == 0
    assert list(Seal.objects.order_by("position").values_list("entry_id", flat=True)) == [
        one.pk for one in entries
    ]
    assert list(services.verify()) == []


def test_blocks_are_chained() -> None:
    for _ in range(3):
        write(2)
        seal()

    blocks = list(Block.objects.order_by("pk"))
    assert blocks[0].previous == services.GENESIS
    assert [block.previous for block in blocks[1:]] == [block.head for block in blocks[:-1]]
    assert list(services.verify()) == []


def test_act_of_an_open_transaction_waits_for_the_next_seal() -> None:
    written, sealed = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            services.record("test.slow", "thing", "slow", actor=None)
            written.set()
            sealed.wait(timeout=10)
        connections.close_all()

    writer = threading.Thread(target=write_slowly)
    writer.start()
    written.wait(timeout=10)
    write(2)
    during = services.seal()
    sealed.set()
    writer.join()

    assert during == 0
    assert seal() == 3
    assert list(services.verify()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "update journal_entry set verb = 'x'",
        "delete from journal_entry",
        "truncate journal_seal",
        "update journal_block set head = 'x'",
        "delete from journal_seal",
    ],
)
def test_database_refuses_to_write_again(statement: str) -> None:
    write()
    seal()

    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("update journal_entry set details = '{}' where object_id = '1'", "a été modifié"),
        ("update journal_entry set actor = gen_random_uuid() where object_id = '0'", "a été modifié"),
        ("delete from journal_seal where position = 1", "3 actes scellés, 2 présents"),
        ("update journal_block set previous = repeat('1', 64)", "ne suit pas"),
    ],
)
def test_verify_tells_what_was_touched(statement: str, said: str) -> None:
    write()
    seal()

    force(statement)

    assert any(said in fault.replace("\u00a0", " ") for fault in services.verify())


def test_record_disappears_with_its_transaction() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write(1)
        raise RuntimeError

    assert not Entry.objects.exists()


def test_busy_sealer_leaves_the_work_to_the_other() -> None:
    write()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [services._LOCK])
            held.set()
            done.wait(timeout=10)
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(timeout=10)
    while_busy = services.seal()
    done.set()
    other.join()

    assert while_busy == 0
    assert seal() == 3


def test_job_seals_until_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    write(5)

    eventually(_is_under_horizon, seconds=60, what="the horizon passes our acts")

    tasks.seal(timestamp=0)

    assert Seal.objects.count() == 5
    assert Block.objects.count() == 3
