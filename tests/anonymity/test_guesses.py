"""Ten thousand forged receipts: none opens anything, none costs a slow hash, and no answer tells how near it was."""

import base64
import hashlib
import secrets
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse

from ozeli.airlock import quotas, receipts, tokens
from ozeli.airlock.pages import follow
from tests.airlock.visitor import Visitor
from tests.factories import BranchFactory, DomainFactory

GUESSES = 10_000
AT_THE_DOOR = 1_000  # twice the quota; the others meet the same page once past the door, less its HTML
pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(settings: Any, tmp_path: Path) -> Visitor:
    settings.AIRLOCK_URN = tmp_path / "urn"
    settings.AIRLOCK_URL = "http://localhost:8001"
    quotas.forget_all()
    DomainFactory(code="accueil")
    BranchFactory(code="maladie")
    yield Visitor()
    quotas.forget_all()


@pytest.fixture
def slow_hashes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many times the slow hash was asked for; it costs nothing here."""
    asked: list[int] = []

    def counted(raw: bytes, **how: Any) -> bytes:
        asked.append(how["n"])
        return hashlib.sha256(raw + how["salt"]).digest()[: how["dklen"]]

    monkeypatch.setattr(hashlib, "scrypt", counted)
    return asked


def forged() -> str:
    """Of the right length and letters, as a program would draw them."""
    drawn = base64.b32encode(secrets.token_bytes(15)).decode()
    return drawn[: receipts.LENGTH].translate(receipts._FROM_STANDARD)


def test_ten_thousand_guesses_open_nothing(
    visitor: Visitor, slow_hashes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = visitor.deposit().code
    slow_hashes.clear()
    ticket = visitor.get("/suivre/").hidden("ticket")
    sent = ({"ticket": ticket, "code": forged()} for _each in range(GUESSES))

    statuses = Counter(visitor.post("/suivre/", next(sent)).status for _each in range(AT_THE_DOOR))
    assert set(statuses) == {422, 429}, statuses
    with monkeypatch.context() as patched:
        patched.setattr(follow, "render", lambda template, context, status: HttpResponse(status=status))
        statuses += Counter(follow.follow(past_the_door(form)).status_code for form in sent)

    assert sum(statuses.values()) == GUESSES
    assert set(statuses) == {422, 429}, statuses
    # One guess in sixteen million passes the check; then, and only then, is it hashed.
    assert len(slow_hashes) <= 1
    assert statuses[429] >= GUESSES - quotas.FORGED_AN_HOUR - len(slow_hashes)
    assert visitor.follow(mine).status == 200, "whoever holds a receipt passes, whatever others try"


def past_the_door(form: dict[str, str]) -> Any:
    return SimpleNamespace(method="POST", POST=form, META={"HTTP_SEC_FETCH_SITE": "same-origin"})


def test_control_without_the_check_guesses_cost_slow_hashes(
    visitor: Visitor, slow_hashes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts.hmac, "compare_digest", lambda one, other: True)
    monkeypatch.setattr(tokens.hmac, "compare_digest", lambda one, other: True)
    ticket = visitor.get("/suivre/").hidden("ticket")
    for _ in range(20):
        visitor.post("/suivre/", {"ticket": ticket, "code": forged()})
    assert slow_hashes


def test_control_without_the_quota_nothing_says_stop(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "FORGED_AN_HOUR", GUESSES * 2)
    ticket = visitor.get("/suivre/").hidden("ticket")
    statuses = {visitor.post("/suivre/", {"ticket": ticket, "code": forged()}).status for _ in range(600)}
    assert statuses == {422}


def test_a_near_guess_costs_as_little_as_a_far_one(visitor: Visitor, slow_hashes: list[int]) -> None:
    """Time would tell if one were hashed and not the other: neither is, and both answers are the same."""
    code = visitor.deposit().code
    slow_hashes.clear()
    last = receipts._LETTERS[(receipts._LETTERS.index(code[-2]) + 1) % 32]
    near = code[:-2] + last + code[-1]
    answers = [visitor.follow(guess) for guess in (near, forged(), "Z" * 21)]

    assert slow_hashes == []
    assert {answer.status for answer in answers} == {422}
    assert len({_without(answer.text, near) for answer in answers}) <= 3
    assert all("Ce code n’est pas un des nôtres" in answer.text for answer in answers)


def _without(page: str, words: str) -> str:
    return page.replace(words, "")


def test_what_is_known_and_what_is_not_cost_one_hash_each(visitor: Visitor, slow_hashes: list[int]) -> None:
    known, unknown = visitor.deposit().code, receipts.new()
    slow_hashes.clear()
    assert visitor.follow(known).status == 200
    assert len(slow_hashes) == 1
    assert visitor.follow(unknown).status == 422
    assert len(slow_hashes) == 2


def test_a_receipt_has_eighty_random_bits() -> None:
    """Drawn by the system; each of the eighty bits is set half the time, over a thousand receipts."""
    assert receipts.RANDOM_BYTES * 8 >= 80
    drawn = [receipts._random_part(receipts.new()) for _ in range(1000)]
    assert len(set(drawn)) == 1000
    for bit in range(receipts.RANDOM_BYTES * 8):
        ones = sum(int.from_bytes(one or b"", "big") >> bit & 1 for one in drawn)
        assert 370 < ones < 630, bit  # eight spreads: never by chance


def test_the_receipt_of_a_deposit_follows_from_the_ticket_and_the_pepper() -> None:
    """Sixteen random bytes and the pepper: neither the text alone nor the ticket alone gives it."""
    assert tokens.TICKET_BYTES * 8 >= 80
    ticket = secrets.token_bytes(tokens.TICKET_BYTES)
    assert receipts.drawn_from(ticket, b"text") == receipts.drawn_from(ticket, b"text")
    others = {receipts.drawn_from(secrets.token_bytes(tokens.TICKET_BYTES), b"text") for _ in range(100)}
    assert len(others) == 100


def test_guesses_of_the_check_are_one_in_sixteen_million() -> None:
    assert receipts.CHECK_BYTES * 8 >= 24
    assert sum(receipts.is_well_formed(forged()) for _ in range(50_000)) <= 1
