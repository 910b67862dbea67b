"""Receipts: forgeries, their cost, what the base keeps."""

import statistics
import threading
import time

import pytest

from ozeli.airlock import receipts


def test_a_receipt_is_ours_however_it_is_typed() -> None:
    code = receipts.new()
    assert len(code) == 21
    for typed in (code, code.lower(), receipts.shown(code), receipts.shown(code).replace(" ", " - ")):
        assert receipts.is_well_formed(typed)
    assert receipts.digest(receipts.shown(code).lower()) == receipts.digest(code)
    misread = code.replace("0", "O").replace("1", "l")
    assert receipts.is_well_formed(misread)


def test_receipts_do_not_repeat() -> None:
    assert len({receipts.new() for _ in range(2000)}) == 2000


def test_one_spelling_only() -> None:
    code = receipts.new()
    twins = [code[:-1] + last for last in "0123456789ABCDEFGHJKMNPQRSTVWXYZ"]
    assert [one for one in twins if receipts.is_well_formed(one)] == [code]


@pytest.mark.parametrize("forged", ["", "A", "U" * 21, "0" * 21, "é" * 21, "0" * 5000])
def test_a_forged_code_is_never_hashed(forged: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts.hashlib, "scrypt", lambda *a, **k: pytest.fail("hashed"))
    assert not receipts.is_well_formed(forged)
    with pytest.raises(ValueError, match="never hashed"):
        receipts.digest(forged)


def test_ten_thousand_guesses_pass_none() -> None:
    code = receipts.new()
    near = [code[:-4] + f"{n:04d}" for n in range(10_000)]
    assert sum(map(receipts.is_well_formed, near)) <= 1  # the code itself, perhaps


def test_the_time_of_a_refusal_does_not_tell_how_near() -> None:
    """A guess whose check is almost right takes as long as any other."""
    code = receipts.new()
    far, near = "Z" * 21, code[:-1] + ("0" if code[-1] != "0" else "2")
    times: dict[str, list[float]] = {far: [], near: []}
    for _ in range(3000):
        for one, spent in times.items():
            begin = time.perf_counter_ns()
            receipts.is_well_formed(one)
            spent.append(time.perf_counter_ns() - begin)
    first, second = (statistics.median(spent) for spent in times.values())
    assert 0.5 < first / second < 2


def test_the_pepper_makes_all(settings: object) -> None:
    code = receipts.new()
    digest = receipts.digest(code)
    settings.AIRLOCK_PEPPER = b"another pepper"
    assert not receipts.is_well_formed(code)
    other = receipts.new()
    settings.AIRLOCK_PEPPER = b"a pepper of the tests"
    assert not receipts.is_well_formed(other)
    assert receipts.digest(code) == digest


def test_the_same_content_and_ticket_make_the_same_receipt() -> None:
    first = receipts.drawn_from(b"ticket", b"content")
    assert first == receipts.drawn_from(b"ticket", b"content")
    assert first != receipts.drawn_from(b"ticket", b"other")
    assert first != receipts.drawn_from(b"other", b"content")
    assert receipts.is_well_formed(first)
    assert receipts.key_of(first) == receipts.key_of(receipts.shown(first))
    assert receipts.key_from(b"a", b"b") != receipts.key_from(b"a", b"c")


def test_slow_hashes_have_two_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "SECONDS_WAITED", 0.05)
    code = receipts.new()
    held, let_go = threading.Barrier(3), threading.Event()

    def hold() -> None:
        with receipts._one_place():
            held.wait(5)
            let_go.wait(5)

    threads = [threading.Thread(target=hold) for _ in range(2)]
    for thread in threads:
        thread.start()
    held.wait(5)
    with pytest.raises(receipts.Busy):
        receipts.digest(code)
    let_go.set()
    for thread in threads:
        thread.join()
    assert receipts.digest(code)


def test_receipts_of_the_demonstration_open_nothing_elsewhere(settings: object) -> None:
    code = receipts.of_demonstration("held")
    assert code == receipts.of_demonstration("held") != receipts.of_demonstration("refused")
    settings.AIRLOCK_PEPPER = b"another installation"
    assert not receipts.is_well_formed(code)
