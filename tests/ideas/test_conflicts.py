"""Somebody came first: what won is shown, one's own words are kept; and two référents at the very same time."""

import uuid
from datetime import timedelta
from functools import partial

import pytest

from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.errors import Conflict
from ozeli.ideas.enums import State
from ozeli.ideas.models import Decision, Idea
from ozeli.ideas.services.circuit import open_debate, postpone, withdraw
from ozeli.ideas.services.decisions import prepare_decision, publish_decision
from tests.factories import ANSWER, DecisionFactory, IdeaFactory
from tests.personas import Cast, cast

from .at_once import kinds, together
from .test_decisions import OTHER, YES, publish, send


@pytest.fixture
def studied(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, state=State.UNDER_STUDY)


# --- somebody came first (one after the other) ----------------------------------------------------------------------


def test_second_decision_gets_the_winners_and_keeps_its_words(people, sign_in, studied):
    """The idea was answered while the form was open: 409, the published card, the own text ready to be copied."""
    late, version = sign_in(people.nora), studied.version
    decision = prepare_decision(
        studied, actor=people.rita, verdict="not_retained", reason="cost", answer=ANSWER
    )
    publish_decision(decision, actor=people.rita, version=1)
    response = late.post(
        f"/animation/{studied.short}/",
        {
            "form": "repondre",
            "version": version,
            "idempotency_key": str(uuid.uuid4()),
            "decision": "retained",
            "answer": YES,
        },
    )
    assert response.status_code == 409
    page = response.content.decode()
    assert "La décision publiée" in page
    assert ANSWER in page
    assert "par Rita Martin" in page
    assert f"readonly>{YES}</textarea>" in page
    assert studied.decisions.count() == 1


def test_two_prepared_texts_are_both_shown_and_the_second_may_replace_the_first(people, sign_in, studied):
    rita, nora = sign_in(people.rita), sign_in(people.nora)
    send(rita, studied, decision="not_retained", reason="cost", answer=ANSWER)
    response = send(nora, studied, decision="not_retained", reason="legal", answer=OTHER)
    assert response.status_code == 409
    page = response.content.decode()
    assert ANSWER in page
    assert OTHER in page
    assert "La décision préparée par Rita Martin" in page
    assert studied.decisions.get().answer == ANSWER
    again = response.context["form"]["decision_version"].value()
    replaced = send(
        nora, studied, decision="not_retained", reason="legal", answer=OTHER, decision_version=again
    )
    assert replaced.status_code == 302
    decision = studied.decisions.get()
    assert (decision.answer, decision.prepared_by, decision.version) == (OTHER, people.nora, 2)


def test_prepared_decision_is_edited_at_the_version_read(people, sign_in, studied):
    rita = sign_in(people.rita)
    send(rita, studied, decision="not_retained", reason="cost", answer=ANSWER)
    page = rita.get(f"/animation/{studied.short}/").content.decode()
    assert ANSWER in page
    assert 'name="decision_version" value="1"' in page
    send(rita, studied, decision="not_retained", reason="cost", answer=OTHER, decision_version=1)
    stale = send(rita, studied, decision="not_retained", reason="cost", answer=ANSWER, decision_version=1)
    assert stale.status_code == 409
    assert studied.decisions.get().answer == OTHER


def test_decision_changed_after_the_preview_is_not_published(people, sign_in, studied):
    decision = DecisionFactory(idea=studied, prepared_by=people.nora)
    prepare_decision(
        studied, actor=people.nora, verdict="not_retained", reason="cost", answer=OTHER, version=1
    )
    response = publish(sign_in(people.rita), studied, decision.version)
    assert response.status_code == 409
    page = response.content.decode()
    assert OTHER in page
    assert "vient d’être changée ou publiée" in page
    assert studied.decisions.get().published_on is None


def test_step_read_before_another_is_a_conflict(people, sign_in):
    """The author rewrote the text while the référent was reading the old one."""
    idea = IdeaFactory(author=people.alice)
    Idea.objects.filter(pk=idea.pk).update(version=2, proposal="Une tout autre proposition.")
    response = sign_in(people.rita).post(
        f"/animation/{idea.short}/",
        {
            "form": "qualifier",
            "version": 1,
            "idempotency_key": str(uuid.uuid4()),
            "move": "open_debate",
            "note": "Bravo pour ce texte.",
        },
    )
    assert response.status_code == 409
    page = response.content.decode()
    assert "Une tout autre proposition." in page
    assert "Bravo pour ce texte." in page
    assert Idea.objects.get(pk=idea.pk).state == State.DEPOSITED


def test_step_on_an_idea_that_moved_keeps_its_words(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    open_debate(Idea.objects.get(pk=idea.pk), actor=people.nora)
    response = sign_in(people.rita).post(
        f"/animation/{idea.short}/",
        {
            "form": "qualifier",
            "version": 1,
            "idempotency_key": str(uuid.uuid4()),
            "move": "ask_completion",
            "note": "Pour combien de personnes ?",
        },
    )
    assert response.status_code == 409
    page = response.content.decode()
    assert "Dernier pas\u00a0: en débat, par Nora Martin" in page
    assert "readonly>Pour combien de personnes ?</textarea>" in page
    assert idea.moves.count() == 1


def test_prepared_decision_of_a_withdrawn_idea_is_not_published(people, sign_in, studied):
    DecisionFactory(idea=studied)
    withdraw(studied, actor=people.alice)
    response = publish(sign_in(people.rita), studied, 1)
    assert response.status_code == 409
    assert Idea.objects.get(pk=studied.pk).state == State.WITHDRAWN


# --- at the very same time, on separate connections -------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_referents_at_once():
    """Opposite decisions, editions, publications and postponements at once: never two winners, never an error."""
    people = cast()
    for _time in range(4):
        idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
        no = {"verdict": "not_retained", "reason": "cost"}
        prepared = together(
            partial(prepare_decision, idea, actor=people.rita, verdict="retained", answer=YES),
            partial(prepare_decision, idea, actor=people.nora, answer=ANSWER, **no),
        )
        assert kinds(prepared) == [False, True]
        decision = idea.decisions.get()
        winner = next(one for one in prepared if not isinstance(one, Conflict))
        assert (decision.verdict, decision.answer) == (winner.verdict, winner.answer)

        changed = together(
            partial(prepare_decision, idea, actor=people.nora, answer=OTHER, version=1, **no),
            partial(publish_decision, decision, actor=people.rita, version=1),
            partial(publish_decision, Decision.objects.get(pk=decision.pk), actor=people.nora, version=1),
        )
        assert kinds(changed) == [False, True, True]
        idea.refresh_from_db()
        answered = idea.state in (State.RETAINED, State.NOT_RETAINED)
        assert answered == idea.decisions.get().is_published
        assert idea.moves.count() == int(answered)


@pytest.mark.django_db(transaction=True)
def test_author_withdraws_while_the_referent_publishes():
    people = cast()
    for _time in range(4):
        idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
        decision = DecisionFactory(idea=idea)
        answers = together(
            partial(publish_decision, decision, actor=people.rita, version=1),
            partial(withdraw, Idea.objects.get(pk=idea.pk), actor=people.alice),
        )
        assert kinds(answers) == [False, True]
        assert idea.moves.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_referents_at_once_through_the_browser(sign_in):
    """Each receives a page: the winner a redirect, the other 409 with the decision that won and the own words."""
    people = cast()
    idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    DecisionFactory(idea=idea, prepared_by=people.rita)
    rita, nora = sign_in(people.rita), sign_in(people.nora)
    answers = together(lambda: publish(rita, idea, 1), lambda: publish(nora, idea, 1))
    assert sorted(one.status_code for one in answers) == [302, 409]
    loser = next(one for one in answers if one.status_code == 409)
    assert ANSWER in loser.content.decode()
    assert "Cette réponse est publiée." in loser.content.decode()
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_postponing_and_deciding_at_once_leaves_one_story():
    people = cast()
    idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    decision = DecisionFactory(idea=idea)
    until = clock.today() + timedelta(days=60)
    together(
        partial(postpone, idea, actor=people.nora, until=until, note="Un test est en cours.", version=1),
        partial(publish_decision, decision, actor=people.rita, version=1),
    )
    idea.refresh_from_db()
    assert idea.state == State.NOT_RETAINED
    assert idea.answer_due_on is None
