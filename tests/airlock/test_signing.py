"""« Signer plus tard » : by the person, on the portal, for good."""

from typing import Any

import pytest

from ozeli.airlock import receipts, services
from ozeli.airlock.enums import DepositState
from ozeli.airlock.models import Deposit
from ozeli.airlock.services.signing import sign
from ozeli.core import recovery
from ozeli.core.errors import Conflict, Refused
from ozeli.ideas.models import Idea, IdeaAuthor, IdeaExpert
from ozeli.ideas.services import circuit
from ozeli.journal.models import Entry
from tests.factories import DecisionFactory
from tests.personas import Cast

from .factories import DepositFactory

pytestmark = pytest.mark.django_db
URL = "/mes-idees/signer/"
KEY = "11111111-1111-4111-8111-{:012d}"


@pytest.fixture
def code() -> str:
    return receipts.new()


@pytest.fixture
def idea(code: str, people: Cast) -> Idea:
    return services.accept(DepositFactory(code=code), actor=people.nora)


def form(number: int, code: str, **said: str) -> dict[str, str]:
    return {"idempotency_key": KEY.format(number), "receipt_password": code, **said}


def test_signed_it_bears_a_name_and_a_body(people: Cast, code: str, idea: Idea) -> None:
    signed = sign(receipts.shown(code), person=people.alice)
    assert signed.pk == idea.pk
    assert (signed.is_anonymous, signed.organisation, signed.branch) == (
        False,
        people.loire,
        people.loire.branch,
    )
    assert [author.user for author in IdeaAuthor.objects.filter(idea=idea)] == [people.alice]
    assert Deposit.objects.get().state == DepositState.SIGNED
    assert Entry.objects.filter(verb="airlock.sign").count() == 1
    with pytest.raises(Conflict):
        sign(code, person=people.bob)


def test_what_cannot_be_signed(people: Cast, code: str) -> None:
    for wrong in ("0" * 21, receipts.new()):
        with pytest.raises(Refused):
            sign(wrong, person=people.alice)
    DepositFactory(code=code)
    with pytest.raises(Refused, match="publiée"):
        sign(code, person=people.alice)


def test_nobody_signs_what_they_answered(people: Cast, code: str, idea: Idea) -> None:
    """As with every signature: neither who answered the idea, prepared the answer, nor gives an opinion on it."""
    Idea.objects.filter(pk=idea.pk).update(handler=people.rita)
    asked = IdeaExpert.objects.create(
        idea=idea, user=people.bob, asked_by=people.nora, asked_on=idea.deposited_on
    )
    with pytest.raises(Conflict, match="avis"):
        sign(code, person=people.bob)
    asked.delete()
    prepared = DecisionFactory(idea=idea, prepared_by=people.nora)
    with pytest.raises(Conflict, match="répondu"):
        sign(code, person=people.nora)
    prepared.delete()
    assert sign(code, person=people.rita).handler != people.rita


def test_an_answered_idea_is_not_followed_by_force(people: Cast, code: str, idea: Idea) -> None:
    circuit.withdraw(idea, actor=None)
    assert sign(code, person=people.alice).is_anonymous is False


def test_on_the_page(people: Cast, code: str, idea: Idea, sign_in: Any) -> None:
    client = sign_in(people.alice)
    page = client.get(URL).text
    assert people.alice.display_name in page
    assert people.loire.name in page
    unsure = client.post(URL, form(1, code))
    assert unsure.status_code == 422
    assert not IdeaAuthor.objects.exists()
    assert client.post(URL, form(2, "0" * 21, is_sure="on")).status_code == 422
    done = client.post(URL, form(3, code, is_sure="on"))
    assert done.url == Idea.objects.get().get_absolute_url()
    assert client.post(URL, form(3, code, is_sure="on")).status_code == 302  # the same form again
    assert sign_in(people.bob).post(URL, form(4, code, is_sure="on")).status_code == 409


def test_tries_are_counted_by_person(people: Cast, sign_in: Any, code: str, idea: Idea) -> None:
    client = sign_in(people.alice)
    statuses = [client.post(URL, form(n, "0" * 21, is_sure="on")).status_code for n in range(12)]
    assert statuses == [422] * 10 + [429] * 2
    assert sign_in(people.bob).post(URL, form(1, code, is_sure="on")).status_code == 302


def test_busy(people: Cast, sign_in: Any, code: str, idea: Idea, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(code: str) -> str:
        raise receipts.Busy

    monkeypatch.setattr(receipts, "digest", busy)
    assert sign_in(people.alice).post(URL, form(1, code, is_sure="on")).status_code == 503


def test_the_code_is_not_kept_by_an_expired_session(rf: Any, code: str) -> None:
    assert recovery.typed_fields(rf.post(URL, {"receipt_password": code})) == {}
