"""Out of the cimetière: asked once a round and person, answered once."""

import uuid
from functools import partial

import pytest
from django.test import Client

from ozeli.activity.models import Event, Follow
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.models import Ballot
from ozeli.ideas.enums import RevivalState, State
from ozeli.ideas.models import KIND, Idea, RevivalRequest
from ozeli.ideas.services.circuit import revive
from ozeli.ideas.services.revivals import answer_revival, ask_revival
from tests.factories import IdeaFactory
from tests.personas import Cast, cast

from .at_once import kinds, together

MESSAGE = "Depuis le printemps, l’outil commun permet ces messages sans surcoût."


@pytest.fixture
def buried(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, state=State.NOT_RETAINED)


@pytest.fixture
def asked(people: Cast, buried: Idea) -> RevivalRequest:
    return ask_revival(buried, actor=people.bob, novelty="tool", message=MESSAGE)


def ask(client: Client, idea: Idea, message: str):
    data = {"novelty": "tool", "message": message, "idempotency_key": str(uuid.uuid4())}
    return client.post(f"{idea.get_absolute_url()}relance/", data)


def reply(client: Client, request: RevivalRequest, **fields: str):
    return client.post(f"/animation/relances/{request.pk}/", {"idempotency_key": str(uuid.uuid4())} | fields)


def test_anybody_who_reads_it_may_ask(people, sign_in, buried):
    client = sign_in(people.bob)
    page = client.get(f"{buried.get_absolute_url()}relance/").content.decode()
    assert "Non retenue, et pourquoi" in page
    assert ask(client, buried, MESSAGE).url == buried.get_absolute_url()
    request = RevivalRequest.objects.get()
    assert (request.user, request.round, request.message) == (people.bob, 1, MESSAGE)
    assert Follow.objects.filter(kind=KIND, object_id=buried.pk, user=people.bob).exists()
    assert Event.objects.get().type == "idea.revival_asked"
    again = client.get(f"{buried.get_absolute_url()}relance/").content.decode()
    assert "En attente" in again
    assert "Envoyer ma demande" not in again


@pytest.mark.parametrize("message", ["", "x" * 29, " " * 60, "\u200b" * 60])
def test_message_must_say_what_changed(message, people, sign_in, buried):
    response = ask(sign_in(people.bob), buried, message)
    assert response.status_code == 422
    assert "30" in response.content.decode()
    with pytest.raises(Refused):
        ask_revival(buried, actor=people.bob, novelty="tool", message=message)


def test_second_request_of_the_round_is_a_conflict_that_keeps_the_words(people, sign_in, asked):
    words = "Encore une demande, avec d’autres raisons que la première."
    response = ask(sign_in(people.bob), asked.idea, words)
    assert response.status_code == 409
    page = response.content.decode()
    assert "déjà demandé" in page
    assert MESSAGE in page
    assert words in page
    assert RevivalRequest.objects.count() == 1


@pytest.mark.parametrize(
    "state", [state for state in State if state not in ("draft", "merged", "not_retained")]
)
def test_only_a_non_retenue_is_revived(state, people, sign_in):
    idea = IdeaFactory(author=people.bob, state=state)
    response = ask(sign_in(people.bob), idea, MESSAGE)
    assert response.status_code == 422
    assert "Seule une idée non retenue" in response.content.decode()


def test_idea_that_one_may_not_read_is_not_revived(people, sign_in):
    idea = IdeaFactory(author=people.alice, state=State.NOT_RETAINED, audience="organisation")
    assert ask(sign_in(people.bob), idea, MESSAGE).status_code == 404


def test_desk_reads_the_requests_of_its_scope(people, sign_in, asked):
    elsewhere = IdeaFactory(author=people.bob, state=State.NOT_RETAINED, title="Une idée du Rhône")
    other = ask_revival(elsewhere, actor=people.alice, novelty="tool", message=MESSAGE)
    client = sign_in(people.rita)
    queue = client.get("/animation/?file=relances").content.decode()
    assert asked.idea.title in queue
    assert "Une idée du Rhône" not in queue
    page = client.get(f"/animation/relances/{asked.pk}/").content.decode()
    assert MESSAGE in page
    assert client.get(f"/animation/relances/{other.pk}/").status_code == 404
    assert reply(client, other, accepted="1").status_code == 404
    assert sign_in(people.alice).get(f"/animation/relances/{asked.pk}/").status_code == 403


def test_accepting_starts_a_new_round(people, sign_in, asked):
    idea = asked.idea
    idea.ballot.votes.create(voter=people.charlie, cast_on=clock.today())
    Idea.objects.filter(pk=idea.pk).update(vote_count=1)
    first_ballot = idea.ballot_id
    same = ask_revival(Idea.objects.get(pk=idea.pk), actor=people.charlie, novelty="tool", message=MESSAGE)
    response = reply(sign_in(people.rita), asked, accepted="1", answer="Vous avez raison, l’outil existe.")
    assert response.url == "/animation/?file=relances"
    idea.refresh_from_db()
    assert (idea.state, idea.round, idea.vote_count) == (State.DEPOSITED, 2, 0)
    assert (idea.waiting_since, idea.answer_due_on is not None) == (clock.today(), True)
    assert idea.ballot_id != first_ballot
    assert idea.ballot.is_open
    assert idea.ballot.round == 2
    assert Ballot.objects.get(pk=first_ballot).votes.count() == 1
    assert idea.decisions.get().round == 1
    for request in (asked, same):
        request.refresh_from_db()
        assert (request.state, request.answered_by) == (RevivalState.ACCEPTED, people.rita)
    assert idea.moves.get().note == "Vous avez raison, l’outil existe."


def test_declining_needs_a_word(people, sign_in, asked):
    client = sign_in(people.rita)
    response = reply(client, asked, accepted="0", answer="Non.")
    assert response.status_code == 422
    assert "Expliquez votre refus" in response.content.decode()
    assert reply(client, asked, answer="Une réponse sans choix.").status_code == 422
    assert (
        reply(client, asked, accepted="0", answer="L’outil ne couvre pas encore les mineurs.").status_code
        == 302
    )
    asked.refresh_from_db()
    assert asked.state == RevivalState.DECLINED
    assert Idea.objects.get(pk=asked.idea_id).state == State.NOT_RETAINED
    assert Event.objects.filter(type="idea.revival_declined").count() == 1


def test_request_answered_by_another_is_a_conflict_that_keeps_the_words(people, sign_in, asked):
    words = "L’outil ne couvre pas encore les mineurs."
    answer_revival(asked, actor=people.nora, accepted=False, answer="Pas avant l’an prochain, hélas.")
    response = reply(sign_in(people.rita), asked, accepted="0", answer=words)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Pas avant l’an prochain, hélas." in page
    assert "par Nora Martin" in page
    assert words in page


@pytest.mark.parametrize("accepted", [True, False])
def test_request_of_a_round_that_is_over_is_not_answered(accepted, people, asked):
    """The request was read before somebody else revived the idea."""
    stale = RevivalRequest.objects.select_related("idea").get(pk=asked.pk)
    revive(asked.idea, actor=people.nora)
    with pytest.raises(Conflict):
        answer_revival(stale, actor=people.rita, accepted=accepted, answer="Trop tard pour répondre.")
    assert asked.idea.moves.count() == 1
    asked.refresh_from_db()
    assert asked.state == RevivalState.PENDING


def test_service_declines_with_a_reason_only(people, asked):
    with pytest.raises(Refused, match="Expliquez votre refus"):
        answer_revival(asked, actor=people.rita, accepted=False, answer=" Non. ")


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "dev", "zoe"])
def test_only_the_desk_answers(name, people, asked):
    with pytest.raises(Refused, match="Seul un référent"):
        answer_revival(asked, actor=getattr(people, name), accepted=True, answer="")


@pytest.mark.django_db(transaction=True)
def test_two_referents_accept_two_requests_at_once():
    """One new round, one new ballot, no deadlock."""
    people = cast()
    for _time in range(4):
        idea = IdeaFactory(author=people.alice, state=State.NOT_RETAINED)
        requests = [
            ask_revival(idea, actor=person, novelty="tool", message=MESSAGE)
            for person in (people.bob, people.charlie)
        ]
        answers = together(
            partial(answer_revival, requests[0], actor=people.rita, accepted=True, answer=""),
            partial(answer_revival, requests[1], actor=people.nora, accepted=True, answer=""),
            partial(revive, Idea.objects.get(pk=idea.pk), actor=people.adam),
        )
        assert kinds(answers) == [False, True, True]
        idea.refresh_from_db()
        assert (idea.round, idea.moves.count()) == (2, 1)
        assert Ballot.objects.filter(object_id=idea.pk).count() == 2


@pytest.mark.django_db(transaction=True)
def test_one_person_asking_five_times_at_once_asks_once():
    people = cast()
    idea = IdeaFactory(author=people.alice, state=State.NOT_RETAINED)
    attempts = [
        partial(ask_revival, Idea.objects.get(pk=idea.pk), actor=people.bob, novelty="tool", message=MESSAGE)
        for _n in range(5)
    ]
    assert kinds(together(*attempts)) == [False, True, True, True, True]
    assert RevivalRequest.objects.count() == 1
