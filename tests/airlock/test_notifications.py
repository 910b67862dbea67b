"""What an anonymous author writes is told to those who talk with them: the month, and nothing else."""

import uuid
from typing import Any

import pytest

from ozeli.activity.fanout import messages
from ozeli.activity.models import Event
from ozeli.airlock import services
from ozeli.airlock.enums import EntryKind
from ozeli.airlock.models import KIND, Deposit
from ozeli.airlock.services import dialogue, replies
from ozeli.core import clock
from ozeli.core.french import month
from ozeli.core.registry import event_types
from ozeli.ideas.models import Idea
from tests.factories import DomainFactory
from tests.personas import Cast

from .factories import DepositFactory

pytestmark = pytest.mark.django_db
SECRET = "Le casier du premier étage est celui dont je parle."


def write(deposit: Deposit, kind: EntryKind = EntryKind.MESSAGE) -> None:
    entry = {"key": str(uuid.uuid4()), "kind": str(kind), "digest": deposit.digest, "body": SECRET}
    assert replies.take_in(entry, clock.today().replace(day=1))


def told(deposit: Deposit) -> dict[int, Any]:
    event = Event.objects.get(type=replies.REPLIED, kind=KIND, object_id=deposit.pk)
    assert (event.actor, event.data) == (None, {})
    type = event_types[event.type]
    return messages(event, type, sorted(type.recipients(event)))


@pytest.fixture
def deposit() -> Deposit:
    DomainFactory(code="accueil")
    return DepositFactory()


def test_words_about_what_waits_are_told_to_those_who_read_it(people: Cast, deposit: Deposit) -> None:
    write(deposit)
    said = told(deposit)
    assert set(said) == {people.nora.pk}
    message = said[people.nora.pk]
    assert message.url == f"/animation/sas/{deposit.pk}/#echange"
    assert deposit.title not in message.subject, "nobody else has read it yet"
    whole = " ".join([message.text, message.subject, *message.lines])
    assert SECRET not in whole and month(clock.today()) in whole
    assert list(event_types[replies.REPLIED].visible(people.nora, [deposit.pk])) == [deposit.pk]
    assert list(event_types[replies.REPLIED].visible(people.rita, [deposit.pk])) == []
    assert event_types[replies.REPLIED].titles([deposit.pk]) == {deposit.pk: deposit.title}


def test_words_about_a_published_idea_go_to_who_handles_it(people: Cast, deposit: Deposit) -> None:
    idea = services.accept(deposit, actor=people.nora)
    Idea.objects.filter(pk=idea.pk).update(handler=people.adam)
    write(deposit)
    said = told(deposit)
    assert set(said) == {people.adam.pk}
    assert idea.title in said[people.adam.pk].subject
    assert event_types[replies.REPLIED].titles([deposit.pk]) == {deposit.pk: idea.title}


def test_without_contributors_of_the_network_its_administrators_are_told(
    people: Cast, deposit: Deposit
) -> None:
    people.nora.memberships.all().delete()
    write(deposit)
    assert people.adam.pk in told(deposit) and people.rita.pk not in told(deposit)


def test_what_is_answered_meanwhile_is_not_told(people: Cast, deposit: Deposit) -> None:
    write(deposit)
    dialogue.write(deposit, "Merci, c’est noté, nous regardons cela.", actor=people.nora)
    assert told(deposit) == {}


def test_a_withdrawal_is_told_otherwise(deposit: Deposit) -> None:
    write(deposit, EntryKind.WITHDRAWAL)
    assert not Event.objects.filter(type=replies.REPLIED).exists()
