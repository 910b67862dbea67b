"""Three hundred deposits at known moments, and an attacker who owns the machine: nothing links one to the other.

Fifteen batches of twenty go through the real urn, the real release, the real moderation. Whatever the order looked at,
it must match no better than chance. The red controls are a naive deposit, and our own path with its two draws off.
"""

import random
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from ozeli.airlock import receipts, urn
from ozeli.airlock.models import Deposit
from ozeli.airlock.services import accept, release
from ozeli.files.models import StoredFile
from tests.factories import DomainFactory
from tests.personas import Cast, cast

from .acts import put, quick_digest
from .linking import Order, correlation, exact, position, ranked, rows, times_of, wal_since

pytestmark = [pytest.mark.infra, pytest.mark.django_db(transaction=True)]

DEPOSITS, BATCH = 300, 20
BATCHES = [list(range(start, start + BATCH)) for start in range(0, DEPOSITS, BATCH)]
# By chance, fifteen of three hundred are right, give or take four, and the mean of fifteen correlations strays by
# 0.06. The bounds are five spreads away: once in a million runs for each of the orders looked at.
MOST_EXACT, MOST_CORRELATED = 40, 0.31


@pytest.fixture
def people(transactional_db: None, settings: Any, tmp_path: Path) -> Cast:
    settings.AIRLOCK_URN = tmp_path / "urn"
    settings.AIRLOCK_BATCH = BATCH
    DomainFactory(code="accueil")
    return cast()


def title(rank: int) -> str:
    return f"Idée numéro {rank:03d} du couloir"


def run(people: Cast) -> dict[str, Order]:
    """All the deposits, release by release, then their publication; every order that an attacker sees."""
    return released() | published(people)


def released() -> dict[str, Order]:
    """As far as the base."""
    seen: dict[str, Order] = {}
    stolen: dict[str, int] = {}
    written: dict[str, int] = {}
    for batch in BATCHES:
        start = position()
        for rank in batch:
            put(receipts.new(), title(rank), digest=quick_digest())
        for place, entry in enumerate(urn.held().entries):  # the urn stolen just before it leaves
            stolen[entry["title"]] = place
        assert release() == BATCH
        wal = wal_since(start)
        written |= {title(rank): wal.find(title(rank).encode()) for rank in batch}
    true = {title(rank): rank for rank in range(DEPOSITS)}
    seen["order in the stolen urn"] = ranked(stolen, true, lambda place: place)
    held = {row["title"]: row for row in rows("airlock_deposit", "id").values()}
    for name in ("xmin", "ctid", "id", "digest", "released_on", "version"):
        seen[f"deposit: {name}"] = ranked(held, true, lambda row, name=name: row[name])
    seen |= pictures(true)
    assert sum(offset >= 0 for offset in written.values()) > DEPOSITS / 2
    seen["order in the WAL"] = ranked(written, true, lambda offset: offset)
    return seen


def published(people: Cast) -> dict[str, Order]:
    """Once the desk has accepted them all."""
    seen: dict[str, Order] = {}
    true = {title(rank): rank for rank in range(DEPOSITS)}
    for one in Deposit.objects.visible_to(people.nora).order_by("released_on", "pk"):
        accept(one, actor=people.nora)
    ideas = {row["title"]: row for row in rows("ideas_idea", "id").values()}
    for name in (
        "xmin",
        "ctid",
        "id",
        "ballot_id",
        "deposited_on",
        "waiting_since",
        "answer_due_on",
        "shuffle",
    ):
        seen[f"idea: {name}"] = ranked(ideas, true, lambda row, name=name: row[name])
    for table, key in (("ideas_ideamove", "idea_id"), ("search_doc", "key")):
        around = rows(table, key)
        for name in ("xmin", "ctid"):
            places = {
                idea["title"]: around[idea["id"]][name] for idea in ideas.values() if idea["id"] in around
            }
            if places:
                seen[f"{table}: {name}"] = ranked(places, true, lambda place: place)
    return seen


def pictures(true: dict[str, int]) -> dict[str, Order]:
    """Their rows, and their files on the disk with all their times."""
    titles = {str(pk): name for pk, name in Deposit.objects.values_list("pk", "title")}
    root = Path(settings.STORAGES["files"]["OPTIONS"]["location"])
    seen: dict[str, dict[str, Any]] = {}
    kept = {root / row["folder"] / "received": row for row in rows("files_storedfile", "id").values()}
    for path, times in times_of(list(kept)).items():
        row = kept[path]
        for name, value in {**row, **times}.items():
            if name in ("xmin", "ctid", "id", "folder", "created_on", "mtime", "ctime", "birth", "inode"):
                seen.setdefault(f"picture: {name}", {})[titles[row["object_id"]]] = value
    assert StoredFile.objects.count() == DEPOSITS
    return {name: ranked(values, true, lambda value: value) for name, values in seen.items()}


def broken(seen: dict[str, Order]) -> dict[str, tuple[int, float]]:
    """The orders that do better than chance, with how well."""
    judged = {name: (exact(order, BATCHES), correlation(order, BATCHES)) for name, order in seen.items()}
    return {
        name: (right, round(related, 2))
        for name, (right, related) in judged.items()
        if right > MOST_EXACT or abs(related) > MOST_CORRELATED
    }


def test_no_order_links_a_deposit_to_its_moment(people: Cast) -> None:
    seen = run(people)

    assert len(seen) >= 25
    assert all(len(order) == DEPOSITS for order in seen.values()), {name: len(o) for name, o in seen.items()}
    assert broken(seen) == {}
    # What is the same for twenty tells nothing about one.
    for name in ("deposit: xmin", "deposit: released_on", "idea: deposited_on", "picture: created_on"):
        for batch in BATCHES:
            assert len({seen[name][rank] for rank in batch}) == 1, name


@pytest.fixture
def without_cleaning(transactional_db: None) -> Iterator[None]:
    """A page cleaned meanwhile is filled again: rows would not stand in the order in which they were written."""
    tables = ("airlock_deposit", "files_storedfile")

    def autovacuum(told: str) -> None:
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"alter table {table} {told}")

    autovacuum("set (autovacuum_enabled = off)")
    yield
    autovacuum("reset (autovacuum_enabled)")


@pytest.fixture
def without_draws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Our own path with its protections off: keys that follow one another, no shuffle."""
    monkeypatch.setattr(random.SystemRandom, "shuffle", lambda self, entries: None)
    count = iter(range(10_000))
    monkeypatch.setattr(receipts, "key_of", lambda code: str(uuid.UUID(int=next(count) | 4 << 76 | 8 << 60)))
    yield


def test_control_without_the_draws_everything_is_linked_again(
    people: Cast, without_cleaning: None, without_draws: None
) -> None:
    seen = released()

    for name in ("deposit: id", "order in the stolen urn", "picture: mtime", "picture: ctime"):
        assert exact(seen[name], BATCHES) == DEPOSITS, name
    for name in ("deposit: ctid", "picture: ctid"):
        assert exact(seen[name], BATCHES) >= DEPOSITS / 2, (
            name
        )  # a page that was cleaned meanwhile is filled again
    assert exact(seen["order in the WAL"], BATCHES) >= DEPOSITS / 2  # others may have recycled some of it
    assert exact(seen["deposit: xmin"], BATCHES) <= MOST_EXACT, "one transaction for a batch still hides"


def test_control_a_naive_deposit_is_linked_300_times_of_300() -> None:
    """A row for each deposit, a file for each deposit: no column says when, and everything does."""
    true = {title(rank): rank for rank in range(DEPOSITS)}
    with connection.cursor() as cursor, tempfile.TemporaryDirectory() as folder:
        cursor.execute("create table naive (id uuid primary key default gen_random_uuid(), title text)")
        try:
            start = position()
            for name in true:
                cursor.execute("insert into naive (title) values (%s)", [name])
                Path(folder, f"{uuid.uuid4().hex}.txt").write_text(name)
                time.sleep(0.005)  # the clock of files has ticks, and people are slower
            held = {row["title"]: row for row in rows("naive", "id").values()}
            wal = wal_since(start)
        finally:
            cursor.execute("drop table naive")
        files = {path.read_text(): told for path, told in times_of(list(Path(folder).iterdir())).items()}
    seen: dict[str, Order] = {
        f"file: {name}": ranked(files, true, _look(name)) for name in ("mtime", "ctime")
    }
    seen |= {f"row: {name}": ranked(held, true, _look(name)) for name in ("xmin", "ctid")}
    if wal:  # unless another test had it recycled meanwhile
        seen["wal"] = ranked({name: wal.find(name.encode()) for name in true}, true, lambda offset: offset)

    everything = [list(range(DEPOSITS))]
    assert {name: exact(order, everything) for name, order in seen.items()} == dict.fromkeys(seen, DEPOSITS)
    assert exact(ranked(held, true, _look("id")), everything) < 10, "only the random key tells nothing"


def _look(name: str) -> Callable[[Any], Any]:
    return lambda row: row[name]


def test_the_measures_tell_chance_from_knowledge() -> None:
    drawn = random.Random(4)
    known = {rank: rank for rank in range(DEPOSITS)}
    reverse = {rank: -rank for rank in range(DEPOSITS)}
    alike = dict.fromkeys(range(DEPOSITS), 0)
    chance = {rank: drawn.random() for rank in range(DEPOSITS)}
    half = {rank: rank // 2 for rank in range(DEPOSITS)}

    assert exact(known, BATCHES) == exact(reverse, BATCHES) == DEPOSITS
    assert correlation(known, BATCHES) == pytest.approx(1)
    assert correlation(reverse, BATCHES) == pytest.approx(-1)
    assert exact(alike, BATCHES) == len(BATCHES)
    assert correlation(alike, BATCHES) == 0
    assert exact(half, BATCHES) == DEPOSITS // 2
    assert exact(chance, BATCHES) <= MOST_EXACT
    assert abs(correlation(chance, BATCHES)) < MOST_CORRELATED
