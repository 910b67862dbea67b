"""The services of the circuit: what each move brings with it, opinions, clocks and ballots."""

import uuid
from datetime import timedelta
from functools import partial

import pytest

from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.ideas.enums import State
from ozeli.ideas.models import Idea, IdeaExpert
from ozeli.ideas.services import circuit, experts
from ozeli.ideas.services.deposits import handler_for
from ozeli.ideas.services.voices import vote
from ozeli.journal.models import Entry
from tests.factories import IdeaFactory, UserFactory
from tests.personas import Cast, cast

from .at_once import together


@pytest.fixture
def studied(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, state=State.UNDER_STUDY)


def test_move_writes_its_step_its_act_and_its_event(people: Cast) -> None:
    idea = IdeaFactory(author=people.alice)
    step = circuit.open_debate(idea, actor=people.rita, note="  Belle idée. ")
    assert (step.source, step.target, step.note) == (State.DEPOSITED, State.IN_DEBATE, "Belle idée.")
    assert (step.actor, step.made_on, step.round) == (people.rita, clock.today(), 1)
    assert (idea.state, idea.version) == (State.IN_DEBATE, 2)
    (act,) = Entry.objects.filter(object_id=str(idea.pk))
    assert (act.verb, act.details) == ("idea.open_debate", {"source": "deposited", "target": "in_debate"})
    assert act.actor == people.rita.actor_key.key
    (event,) = Event.objects.all()
    assert (event.type, event.data) == ("idea.open_debate", {"step": step.pk})


def test_refused_move_writes_nothing(people: Cast) -> None:
    idea = IdeaFactory(author=people.alice)
    with pytest.raises(Refused):
        circuit.open_debate(idea, actor=people.bob)
    with pytest.raises(Conflict):
        circuit.open_debate(idea, actor=people.rita, version=9)
    assert not idea.moves.exists()
    assert not Entry.objects.exists()
    assert not Event.objects.exists()


def test_votes_close_with_the_study_and_stay_closed_when_it_is_refused(people: Cast) -> None:
    idea = IdeaFactory(author=people.alice, state=State.IN_DEBATE)
    with pytest.raises(Refused):
        circuit.study(idea, actor=people.bob)
    idea.ballot.refresh_from_db()
    assert idea.ballot.is_open
    circuit.study(idea, actor=people.rita)
    idea.ballot.refresh_from_db()
    assert not idea.ballot.is_open
    with pytest.raises(Refused, match="votes sont clos"):
        vote(idea, voter=people.bob, wanted=True)


def test_withdrawal_ends_the_wait_and_the_votes(people: Cast, studied: Idea) -> None:
    circuit.withdraw(studied, actor=people.alice)
    assert (studied.state, studied.waiting_since, studied.answer_due_on) == (State.WITHDRAWN, None, None)
    studied.ballot.refresh_from_db()
    assert not studied.ballot.is_open


def test_promise_follows_the_delay_of_the_body(people: Cast) -> None:
    people.loire.answer_delay_days = 12
    people.loire.save()
    assert circuit.answer_due_on(people.loire, clock.today()) == clock.today() + timedelta(days=12)
    assert circuit.answer_due_on(people.rhone, clock.today()) == clock.today() + timedelta(days=30)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_postponing_needs_a_day_of_the_coming_year(days: int, people: Cast, studied: Idea) -> None:
    with pytest.raises(Refused, match="Choisissez une date"):
        circuit.postpone(
            studied,
            actor=people.rita,
            until=clock.today() + timedelta(days=days),
            note="Un test est en cours.",
        )


def test_nobody_is_given_their_own_idea_to_answer(people: Cast) -> None:
    assert handler_for(people.loire, people.alice) == people.rita
    assert handler_for(people.loire, people.rita) is None
    second = UserFactory(organisation=people.loire, profile="contributor", profile__scope=people.loire)
    assert handler_for(people.loire, people.rita) == second


# --- opinions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "expert", "said"),
    [
        ("alice", "bob", "Seul un référent"),
        ("rita", "alice", "a signé l’idée"),
        ("rita", "zoe", "n’a pas accès"),
        ("rita", "dev", "n’a pas accès"),
    ],
)
def test_opinion_is_asked_by_the_desk_of_somebody_able(
    actor: str, expert: str, said: str, people: Cast, studied: Idea
) -> None:
    with pytest.raises(Refused, match=said):
        experts.ask_expert(studied, getattr(people, expert), actor=getattr(people, actor))
    assert not studied.experts.exists()


def test_opinion_is_asked_during_the_study_only(people: Cast) -> None:
    idea = IdeaFactory(author=people.alice, state=State.IN_DEBATE)
    with pytest.raises(Conflict):
        experts.ask_expert(idea, people.bob, actor=people.rita)


def test_opinion_is_asked_for_a_day_to_come(people: Cast, studied: Idea) -> None:
    with pytest.raises(Refused, match="Choisissez une date à venir"):
        experts.ask_expert(studied, people.bob, actor=people.rita, due_on=clock.today())
    assert not studied.experts.exists()


def test_asking_again_changes_the_date_and_tells_nobody_twice(people: Cast, studied: Idea) -> None:
    due = clock.today() + timedelta(days=5)
    experts.ask_expert(studied, people.bob, actor=people.rita)
    experts.ask_expert(studied, people.bob, actor=people.rita, due_on=due)
    assert studied.experts.get().due_on == due
    assert Event.objects.count() == 1


@pytest.fixture
def asked(people: Cast, studied: Idea) -> IdeaExpert:
    Idea.objects.filter(pk=studied.pk).update(audience="organisation")
    return experts.ask_expert(studied, people.charlie, actor=people.rita)


def opinion_url(asked: IdeaExpert) -> str:
    return f"{asked.idea.get_absolute_url()}avis/"


def give(client, asked, words):
    return client.post(opinion_url(asked), {"opinion": words, "idempotency_key": str(uuid.uuid4())})


def test_expert_reads_the_idea_and_gives_the_opinion(people, sign_in, asked):
    client = sign_in(people.charlie)
    page = client.get(opinion_url(asked)).content.decode()
    assert asked.idea.title in page
    assert give(client, asked, "Nous l’avons fait à Lille : deux mois de travail.").status_code == 302
    asked.refresh_from_db()
    assert (asked.opinion, asked.given_on) == (
        "Nous l’avons fait à Lille : deux mois de travail.",
        clock.today(),
    )
    desk = sign_in(people.rita).get(f"/animation/{asked.idea.short}/").content.decode()
    assert "deux mois de travail" in desk
    assert "deux mois de travail" not in client.get(asked.idea.get_absolute_url()).content.decode()
    assert give(client, asked, "Tout bien pesé : trois mois de travail.").status_code == 302


@pytest.mark.parametrize("name", ["alice", "bob", "rita", "nora", "dev", "zoe"])
def test_opinion_page_is_absent_for_the_others(name, people, sign_in, asked):
    client = sign_in(getattr(people, name))
    assert client.get(opinion_url(asked)).status_code == 404
    assert give(client, asked, "Un avis que personne n’a demandé.").status_code == 404


def test_expert_has_no_desk(people, sign_in, asked):
    assert sign_in(people.charlie).get("/animation/").status_code == 403


@pytest.mark.parametrize("words", ["", "   ", "Bof."])
def test_opinion_too_short_is_refused_in_place(words, people, sign_in, asked):
    response = give(sign_in(people.charlie), asked, words)
    assert response.status_code == 422
    assert "en une phrase au moins" in response.content.decode()


def test_opinion_after_the_answer_is_a_conflict_that_keeps_the_words(people, sign_in, asked):
    Idea.objects.filter(pk=asked.idea_id).update(state=State.WITHDRAWN)
    response = give(sign_in(people.charlie), asked, "Mon avis arrive un peu tard.")
    assert response.status_code == 409
    page = response.content.decode()
    assert "n’est plus à l’étude" in page
    assert "Mon avis arrive un peu tard." in page
    with pytest.raises(Refused, match="une autre personne"):
        experts.give_opinion(asked, "L’avis d’une autre personne.", actor=people.bob)


# --- at once --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_votes_during_the_closing_are_counted_or_refused() -> None:
    """Twelve votes while the idea goes to study: no deadlock, and the counter says what the ballot holds."""
    people = cast()
    idea = IdeaFactory(author=people.alice, state=State.IN_DEBATE)
    voters = [UserFactory(organisation=people.rhone) for _each in range(12)]
    attempts = [partial(vote, Idea.objects.get(pk=idea.pk), voter=voter, wanted=True) for voter in voters]
    attempts.insert(6, partial(circuit.study, Idea.objects.get(pk=idea.pk), actor=people.rita))
    results = together(*attempts)
    idea.refresh_from_db()
    assert idea.state == State.UNDER_STUDY
    assert idea.vote_count == idea.ballot.votes.count()
    assert idea.vote_count == sum(isinstance(result, int) for result in results)
