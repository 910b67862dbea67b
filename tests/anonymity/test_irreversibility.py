"""With the whole base and the secret key but no receipt, nothing leads from an idea to anybody, nor to another idea."""

import hashlib
import hmac
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured

from ozeli.accounts.models import User
from ozeli.activity.models import Follow
from ozeli.airlock import receipts, urn
from ozeli.airlock.models import Deposit
from ozeli.airlock.services import accept, release
from ozeli.engagement.models import Vote
from ozeli.ideas.models import KIND, Idea, IdeaAuthor
from ozeli.ideas.services.deposits import IdeaText, deposit_idea
from ozeli.people.services import erasure
from tests.factories import DomainFactory
from tests.personas import Cast

from .acts import columns_of_people, everything, put

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def urn_apart(settings: Any, tmp_path: Any) -> None:
    settings.AIRLOCK_URN = tmp_path / "urn"
    settings.PERSONAL_DATA_ROOT = tmp_path
    DomainFactory(code="accueil")


@pytest.fixture
def codes(people: Cast) -> list[str]:
    """Four published ideas of two unknown authors: the first two of one, the others of the other."""
    given = [receipts.new() for _ in range(4)]
    for number, code in enumerate(given):
        put(code, f"Idée anonyme {number}")
    assert release(force=True) == 4
    for one in Deposit.objects.order_by("pk"):
        accept(one, actor=people.nora)
    return given


def sign(people: Cast, title: str = "Idée signée") -> Idea:
    """The control: the same idea, deposited by Alice on the portal."""
    text = IdeaText(
        title=title, problem="Perdu.", proposal="Un casier.", domain=DomainFactory(code="accueil")
    )
    return deposit_idea(text, author=people.alice)


# --- from an idea to a person -------------------------------------------------------------------------------------


def around(*starts: str, steps: int = 3) -> dict[str, list[dict[str, Any]]]:
    """The rows that hold one of these values, then those that hold a key of these rows, and so on."""
    base, known = everything(), set(starts)
    reached: dict[str, list[dict[str, Any]]] = {}
    for _step in range(steps):
        for table, rows in base.items():
            for row in rows:
                held = {str(value) for value in row.values() if isinstance(value, str) and len(value) >= 30}
                if held & known and row not in reached.setdefault(table, []):
                    reached[table].append(row)
        known |= {
            str(value)
            for rows in reached.values()
            for row in rows
            for value in row.values()
            if _is_key(value)
        }
    return {table: rows for table, rows in reached.items() if rows}


def _is_key(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 36 and bool(uuid.UUID(value))
    except ValueError:
        return False


def people_reached(idea: Idea) -> set[int]:
    """The accounts that some row around the idea leads to."""
    leading, reached = columns_of_people(), around(str(idea.pk))
    return {
        row[column]
        for table, rows in reached.items()
        for row in rows
        for name, column in leading
        if name == table and row[column] is not None
    }


def test_an_anonymous_idea_leads_to_nobody_but_its_desk(people: Cast, codes: list[str]) -> None:
    assert len(columns_of_people()) > 30
    for idea in Idea.objects.filter(is_anonymous=True):
        assert people_reached(idea) <= {people.nora.pk}


def test_control_a_signed_idea_leads_to_its_author(people: Cast) -> None:
    assert people.alice.pk in people_reached(sign(people))


def test_control_a_kept_author_would_be_seen(people: Cast, codes: list[str]) -> None:
    idea = Idea.objects.filter(is_anonymous=True)[0]
    IdeaAuthor.objects.create(idea=idea, user=people.alice)
    assert people.alice.pk in people_reached(idea)


# --- from an idea to another ----------------------------------------------------------------------------------------


def shared(one: Idea, other: Idea) -> set[tuple[str, str]]:
    """The columns whose value is the same around both ideas (two steps: a third goes through those who publish)."""
    first, second = around(str(one.pk), steps=2), around(str(other.pk), steps=2)
    return {
        (table, column)
        for table in first.keys() & second.keys()
        for column in first[table][0]
        if {str(row[column]) for row in first[table]} & {str(row[column]) for row in second[table]} - {"None"}
    }


def test_two_ideas_of_one_author_share_no_more_than_those_of_two(people: Cast, codes: list[str]) -> None:
    ideas = list(Idea.objects.filter(is_anonymous=True).order_by("title"))
    mine, ours = shared(ideas[0], ideas[1]), shared(ideas[0], ideas[2])

    assert mine == ours
    assert ("ideas_idea", "is_anonymous") in mine, "the comparison sees what they share"
    assert not {column for _table, column in mine} & {
        "digest",
        "object_id",
        "deposit_id",
        "idea_id",
        "folder",
    }


def test_control_a_mark_of_the_author_would_link_them(people: Cast, codes: list[str]) -> None:
    ideas = list(Idea.objects.filter(is_anonymous=True).order_by("title"))
    mark = hashlib.sha256(b"alice" + configured.SECRET_KEY.encode()).hexdigest()[:80]
    for idea in ideas[:2]:
        Idea.objects.filter(pk=idea.pk).update(team=mark)
    assert shared(ideas[0], ideas[1]) - shared(ideas[0], ideas[2]) == {("ideas_idea", "team")}


# --- from an idea to a receipt --------------------------------------------------------------------------------------


def guesses(code: str) -> Iterator[str]:
    """What one would compute of the right receipt, with everything but the pepper."""
    secret = configured.SECRET_KEY.encode()
    random_part = receipts._random_part(code)
    assert random_part is not None
    for text in (code.encode(), receipts.shown(code).encode(), random_part, random_part.hex().encode()):
        for name in ("md5", "sha1", "sha256", "sha512"):
            yield hashlib.new(name, text).hexdigest()
            for key in (secret, b"", b"pepper", configured.SECRET_KEY[:32].encode()):
                yield hmac.new(key, text, name).hexdigest()
        for salt in (b"", secret, b"salt", hmac.new(secret, b"salt\0", hashlib.sha256).digest()):
            yield hashlib.scrypt(
                text, salt=salt, n=receipts.COST, r=receipts.BLOCK_SIZE, p=1, dklen=32, maxmem=2**26
            ).hex()


def test_a_receipt_is_not_found_without_the_pepper(codes: list[str]) -> None:
    """Even by somebody who guesses it right."""
    kept = set(Deposit.objects.values_list("digest", flat=True))
    assert {receipts.digest(code) for code in codes} == kept, "with it, each receipt finds its deposit"

    for code in codes[:1]:
        tried = set(guesses(code))
        assert len(tried) > 50
        assert not {guess[:64] for guess in tried} & kept
    assert configured.AIRLOCK_PEPPER not in str(everything()).encode()
    assert configured.SECRET_KEY.encode() != configured.AIRLOCK_PEPPER


def test_control_a_plain_hash_would_be_found(codes: list[str]) -> None:
    for code, deposit in zip(codes, Deposit.objects.order_by("title"), strict=True):
        Deposit.objects.filter(pk=deposit.pk).update(digest=hashlib.sha256(code.encode()).hexdigest())
    kept = set(Deposit.objects.values_list("digest", flat=True))
    assert {guess[:64] for guess in guesses(codes[0])} & kept


def test_another_pepper_knows_no_receipt(codes: list[str], settings: Any) -> None:
    """A base that is stolen without the file of the pepper is of no use for trying codes."""
    settings.AIRLOCK_PEPPER = b"another"
    assert not any(receipts.is_well_formed(code) for code in codes)


def test_every_digest_costs_one_slow_hash(codes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    costs, slow = [], hashlib.scrypt

    def counted(raw: bytes, **asked: Any) -> bytes:
        costs.append((asked["n"], asked["r"], len(asked["salt"])))
        return slow(raw, **asked)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    receipts.digest(codes[0])
    assert len(costs) == 1
    cost, block, salt = costs[0]
    assert cost * block >= 2**16
    assert salt >= 16


# --- what the author does elsewhere ---------------------------------------------------------------------------------


def unsigned_rows() -> dict[str, list[dict[str, Any]]]:
    """All that the base holds of anonymous ideas and of their deposits."""
    keys = {str(pk) for pk in Idea.objects.filter(is_anonymous=True).values_list("pk", flat=True)}
    keys |= {str(pk) for pk in Deposit.objects.values_list("pk", flat=True)}
    return {
        table: [row for row in rows if keys & {str(value) for value in row.values()}]
        for table, rows in everything().items()
    }


def test_erasing_the_account_of_the_author_changes_nothing(people: Cast, codes: list[str]) -> None:
    before = unsigned_rows()
    assert sum(map(len, before.values())) > 12
    assert erasure.erase(people.alice.pk)
    assert unsigned_rows() == before


def test_control_erasing_the_author_of_a_signed_idea_is_seen(people: Cast) -> None:
    idea = sign(people)
    assert erasure.erase(people.alice.pk)
    assert User.objects.get(pk=people.alice.pk).email != "alice@exemple.test"
    assert not IdeaAuthor.objects.filter(idea=idea, user=people.alice).exists()


def test_the_author_neither_votes_nor_follows(people: Cast, codes: list[str]) -> None:
    """A signed deposit makes its author follow the idea: here nobody does, and no vote is given."""
    ideas = Idea.objects.filter(is_anonymous=True)
    assert not Follow.objects.filter(kind=KIND, object_id__in=[idea.pk for idea in ideas]).exists()
    assert not Vote.objects.filter(ballot__in=[idea.ballot_id for idea in ideas]).exists()


def test_control_a_signed_deposit_follows(people: Cast) -> None:
    assert Follow.objects.filter(kind=KIND, object_id=sign(people).pk, user=people.alice).exists()


# --- alone in a batch -----------------------------------------------------------------------------------------------


def test_the_words_of_one_author_do_not_let_a_lone_deposit_go(people: Cast, settings: Any) -> None:
    """Whoever writes twenty times is one: a batch is due when enough authors hide one another, not enough entries."""
    settings.AIRLOCK_BATCH = 5
    talker = receipts.digest(receipts.new())
    for number in range(8):
        words = {"kind": "message", "key": str(uuid.uuid4()), "digest": talker, "body": f"Message {number}"}
        assert urn.put(words)
    put(receipts.new(), "Le seul dépôt")
    assert release() == 0
    for number in range(3):
        put(receipts.new(), f"Un autre dépôt {number}")
    assert release() == 12
