"""From the urn to the base: when, how, and only once."""

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from ozeli.airlock import receipts, services, tasks, urn
from ozeli.airlock.enums import DepositState, EntryKind, Side
from ozeli.airlock.models import KIND, AirlockMessage, Deposit
from ozeli.airlock.pictures import made_anew
from ozeli.airlock.services import releases, replies
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.files.models import StoredFile
from ozeli.ideas.enums import State
from ozeli.ideas.models import CompletionRequest, Idea, IdeaAmendment
from ozeli.ideas.services import circuit
from tests.factories import BranchFactory, ChallengeFactory, CommentFactory, DomainFactory
from tests.personas import Cast

from .factories import DepositFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def domain() -> Any:
    return DomainFactory(code="accueil")


def entry(**more: Any) -> dict[str, Any]:
    said = {
        "key": str(uuid.uuid4()),
        "kind": "deposit",
        "digest": uuid.uuid4().hex * 2,
        "title": "Un titre",
        "problem": "Un problème",
        "beneficiaries": "",
        "proposal": "Une proposition",
        "benefit": "",
        "domain": "accueil",
        "branch": "",
        "challenge": "",
        "pictures": [],
    }
    return said | more


def reply(deposit: Deposit, kind: EntryKind, **more: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "kind": str(kind), "digest": deposit.digest, "body": "", **more}


def published(people: Cast, **more: Any) -> tuple[Deposit, Idea]:
    deposit = DepositFactory(**more)
    idea = services.accept(deposit, actor=people.nora)
    deposit.refresh_from_db()
    return deposit, idea


# --- when ---------------------------------------------------------------------------------------------------------


def test_nothing_leaves_before_its_time(settings: Any) -> None:
    for _ in range(settings.AIRLOCK_BATCH - 1):
        urn.put(entry())
    assert services.release() == 0
    with clock.stopped(clock.now() + timedelta(days=settings.AIRLOCK_DAYS - 1)):
        assert services.release() == 0
    assert Deposit.objects.count() == 0
    urn.put(entry())
    assert services.release() == settings.AIRLOCK_BATCH
    assert Deposit.objects.count() == settings.AIRLOCK_BATCH
    assert len(urn.held()) == 0


def test_the_first_does_not_wait_for_ever(settings: Any) -> None:
    urn.put(entry())
    with clock.stopped(clock.now() + timedelta(days=settings.AIRLOCK_DAYS)):
        assert services.release() == 1


def test_the_job_stirs_when_there_is_nothing_to_release(own_urn: Any, settings: Any) -> None:
    urn.put(entry())
    before = own_urn.stat().st_ino
    tasks.release(0)
    assert own_urn.stat().st_ino != before
    assert len(urn.held()) == 1
    settings.AIRLOCK_BATCH = 1
    tasks.release(0)
    assert len(urn.held()) == 0


# --- how --------------------------------------------------------------------------------------------------------------


def test_rows_are_of_one_transaction_and_of_a_month(settings: Any) -> None:
    from django.db import connection

    first = entry(title="Le premier")
    urn.put(first)
    for _ in range(19):
        urn.put(entry())
    services.release()
    with connection.cursor() as cursor:
        cursor.execute("select count(distinct xmin::text) from airlock_deposit")
        assert cursor.fetchone() == (1,)
    deposit = Deposit.objects.get(title="Le premier")
    assert str(deposit.pk) == first["key"]
    assert deposit.released_on == clock.today().replace(day=1)
    assert deposit.state == DepositState.HELD


def test_a_crash_before_the_urn_is_emptied_doubles_nothing(people: Cast, monkeypatch: Any) -> None:
    deposit, _idea = published(people)
    urn.put(entry())
    urn.put(reply(deposit, EntryKind.MESSAGE, body="Bonjour"))
    write = releases._write

    def killed(entries: Any) -> None:
        write(entries)
        raise KeyboardInterrupt

    monkeypatch.setattr(releases, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        releases.release(force=True)
    monkeypatch.undo()
    assert len(urn._read()) in (0, 2)
    assert Deposit.objects.count() == 2


def test_an_entry_found_twice_is_written_once(people: Cast) -> None:
    deposit, _idea = published(people)
    both = [entry(), reply(deposit, EntryKind.MESSAGE, body="Bonjour")]
    releases._write(both)
    releases._write(both)
    assert Deposit.objects.count() == 2
    assert AirlockMessage.objects.count() == 1


def test_where_it_belongs_is_found_again() -> None:
    branch, challenge = BranchFactory(code="famille"), ChallengeFactory(slug="ete")
    releases._write(
        [entry(branch="famille", challenge=str(challenge.pk)), entry(domain="disparu", branch="x")]
    )
    placed = Deposit.objects.get(branch=branch)
    assert placed.challenge == challenge
    lost = Deposit.objects.get(branch=None)
    assert lost.domain is not None
    assert lost.challenge is None


def test_images_wait_for_their_inspection_under_the_month(monkeypatch: Any) -> None:
    file = io.BytesIO()
    Image.new("RGB", (600, 400), (9, 80, 90)).save(file, "PNG")
    picture = made_anew(SimpleUploadedFile("x", file.getvalue()), "Un guichet")
    one = entry(pictures=[picture])
    releases._write([one])
    releases._write([one])  # found again after a crash: neither the deposit nor its images double
    stored = StoredFile.objects.get(kind=KIND)
    assert (stored.uploader, stored.created_at, stored.created_on.day) == (None, None, 1)
    assert stored.name == "image-1.webp"

    def refuse(*args: Any, **more: Any) -> None:
        raise Refused("non")

    monkeypatch.setattr(releases, "join_file", refuse)
    releases._write([entry(pictures=[picture])])
    assert Deposit.objects.count() == 2


# --- replies ----------------------------------------------------------------------------------------------------------


def test_a_word_to_the_desk(people: Cast) -> None:
    deposit, _idea = published(people)
    assert replies.take_in(reply(deposit, EntryKind.MESSAGE, body="Merci"), clock.today().replace(day=1))
    (word,) = deposit.messages.all()
    assert (word.side, word.body, word.written_by, word.month.day) == (Side.AUTHOR, "Merci", None, 1)


def test_a_reply_to_nothing_is_dropped() -> None:
    stranger = DepositFactory.build(digest="f" * 64)
    assert not replies.take_in(reply(stranger, EntryKind.MESSAGE, body="?"), clock.today())


def test_a_complement_rewrites_and_redeposits(people: Cast) -> None:
    deposit, idea = published(people)
    CommentFactory(idea=idea, author=people.bob)
    circuit.ask_completion(idea, actor=people.nora, note="Dites-nous quels courriers.")
    words = {name: getattr(idea, name) for name in replies.TEXTS} | {
        "proposal": "Tous les courriers de refus."
    }
    said = reply(deposit, EntryKind.COMPLEMENT, **words) | {"body": "Voilà."}
    releases._write([said])
    idea.refresh_from_db()
    assert (idea.state, idea.proposal) == (State.DEPOSITED, "Tous les courriers de refus.")
    assert idea.waiting_since.day == 1
    assert IdeaAmendment.objects.get(idea=idea).author is None
    assert CompletionRequest.objects.get(idea=idea).reply == "Voilà."
    assert "J’ai complété" in deposit.messages.get().body
    # Once more: nothing.
    releases._write([said])
    assert IdeaAmendment.objects.count() == 1


def test_a_complement_that_changes_nothing_or_comes_late(people: Cast) -> None:
    deposit, idea = published(people)
    words = {name: getattr(idea, name) for name in replies.TEXTS}
    circuit.ask_completion(idea, actor=people.nora, note="Dites-nous quels courriers.")
    releases._write([reply(deposit, EntryKind.COMPLEMENT, **words)])
    assert not IdeaAmendment.objects.exists()
    late = words | {"proposal": "Trop tard."}
    releases._write([reply(deposit, EntryKind.COMPLEMENT, **late)])
    idea.refresh_from_db()
    assert idea.proposal != "Trop tard."
    assert deposit.messages.count() == 2
    held = DepositFactory()
    releases._write([reply(held, EntryKind.COMPLEMENT, **late)])
    assert held.messages.count() == 1


def test_a_withdrawal_before_and_after_publication(people: Cast) -> None:
    held, (deposit, idea) = DepositFactory(), published(people)
    releases._write([reply(held, EntryKind.WITHDRAWAL), reply(deposit, EntryKind.WITHDRAWAL)])
    for one in (held, deposit):
        one.refresh_from_db()
        assert (one.state, one.title, one.proposal) == (DepositState.WITHDRAWN, "", "")
    idea.refresh_from_db()
    assert idea.state == State.WITHDRAWN


def test_a_withdrawal_that_comes_too_late(people: Cast, monkeypatch: Any) -> None:
    deposit, idea = published(people)
    circuit.withdraw(idea, actor=None)
    releases._write([reply(deposit, EntryKind.WITHDRAWAL)])
    deposit.refresh_from_db()
    assert deposit.state == DepositState.PUBLISHED
    assert deposit.messages.count() == 1

    def moved(*args: Any, **more: Any) -> None:
        raise Refused("déjà")

    monkeypatch.setattr(replies, "_act", moved)
    assert replies.take_in(reply(deposit, EntryKind.WITHDRAWAL), clock.today().replace(day=1))
    assert deposit.messages.count() == 2


def test_receipts_open_what_was_released() -> None:
    code = receipts.new()
    releases._write([entry(digest=receipts.digest(code))])
    assert Deposit.objects.get(digest=receipts.digest(code))
