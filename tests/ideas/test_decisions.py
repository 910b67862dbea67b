"""Decisions: prepared, read again, published, and two référents at once."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.french import long_date
from ozeli.ideas.enums import State, Verdict
from ozeli.ideas.models import Decision, Idea, IdeaAuthor
from ozeli.ideas.services.circuit import open_debate, postpone, withdraw
from ozeli.ideas.services.decisions import prepare_decision, publish_decision
from ozeli.journal.models import Entry
from tests.factories import ANSWER, DecisionFactory, IdeaFactory
from tests.personas import Cast, cast

YES = "Merci : nous la retenons, et l’essai commence en mars dans trois agences."
OTHER = "Une autre réponse, écrite par quelqu’un d’autre au même moment, et longue de plus de quatre-vingts caractères."


def send(client: Client, idea: Idea, **fields: object):
    data = {"form": "repondre", "version": idea.version, "idempotency_key": str(uuid.uuid4())} | fields
    return client.post(f"/animation/{idea.short}/", data)


def publish(client: Client, idea: Idea, version: object, key: str = ""):
    data = {"version": version, "idempotency_key": key or str(uuid.uuid4())}
    return client.post(f"/animation/{idea.short}/decision/", data)


@pytest.fixture
def studied(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, state=State.UNDER_STUDY)


# --- prepared, then published ---------------------------------------------------------------------------------------


def test_decision_is_prepared_then_read_then_published(people, sign_in, studied):
    client = sign_in(people.rita)
    saved = send(client, studied, decision="not_retained", reason="exists", answer=ANSWER)
    assert saved.url == f"/animation/{studied.short}/decision/"
    assert Idea.objects.get(pk=studied.pk).state == State.UNDER_STUDY
    assert ANSWER not in sign_in(people.alice).get(studied.get_absolute_url()).content.decode()

    preview = client.get(saved.url).content.decode()
    assert ANSWER in preview
    assert "Non retenue, et pourquoi" in preview
    assert "1\u00a0personne sera prévenue" in preview

    assert publish(client, studied, 1).status_code == 302
    studied.refresh_from_db()
    assert (studied.state, studied.waiting_since, studied.answer_due_on) == (State.NOT_RETAINED, None, None)
    decision = studied.decisions.get()
    assert (decision.published_by, decision.published_on) == (people.rita, clock.today())
    assert ANSWER in sign_in(people.bob).get(studied.get_absolute_url()).content.decode()


def test_preview_is_what_the_network_reads(people, sign_in, studied):
    client = sign_in(people.rita)
    send(client, studied, decision="not_retained", reason="cost", answer=ANSWER)

    def card(page: str) -> str:
        found = page.split('<div class="decision')[1].split("</dl></div>")[0]
        return found.replace("h2", "h3")

    before = card(client.get(f"/animation/{studied.short}/decision/").content.decode())
    publish(client, studied, 1)
    assert card(sign_in(people.bob).get(studied.get_absolute_url()).content.decode()) == before
    assert "Rita Martin, CPAM de la Loire" in before
    assert "Coût disproportionné" in before
    assert long_date(clock.today()) in before.replace("<sup>er</sup>", "er")


def test_retained_idea_needs_no_reason_and_its_leftovers_are_dropped(people, sign_in, studied):
    client = sign_in(people.rita)
    send(client, studied, decision="retained", reason="cost", answer=YES)
    decision = studied.decisions.get()
    assert (decision.verdict, decision.reason, decision.answer) == (Verdict.RETAINED, "", YES)
    publish(client, studied, 1)
    assert Idea.objects.get(pk=studied.pk).state == State.RETAINED


def test_saving_and_going_on_keeps_the_decision_for_later(people, sign_in, studied):
    other = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    client = sign_in(people.rita)
    response = client.post(
        f"/animation/{studied.short}/?file=repondre",
        {
            "form": "repondre",
            "version": studied.version,
            "idempotency_key": str(uuid.uuid4()),
            "decision": "retained",
            "answer": YES,
            "suivant": "1",
        },
    )
    assert response.url == f"/animation/{other.short}/?file=repondre"
    desk = client.get("/animation/").content.decode()
    assert "1\u00a0décision préparée à publier" in desk
    listed = client.get("/animation/decisions/").content.decode()
    assert studied.title in listed
    assert YES in listed


def test_prepared_decisions_stay_within_their_desk(people, sign_in):
    elsewhere = IdeaFactory(author=people.bob, state=State.UNDER_STUDY)
    DecisionFactory(idea=elsewhere)
    client = sign_in(people.rita)
    assert elsewhere.title not in client.get("/animation/decisions/").content.decode()
    assert client.get(f"/animation/{elsewhere.short}/decision/").status_code == 404
    assert publish(client, elsewhere, 1).status_code == 404
    assert sign_in(people.alice).get("/animation/decisions/").status_code == 403


def test_preview_without_a_decision_is_absent(people, sign_in, studied):
    client = sign_in(people.rita)
    assert client.get(f"/animation/{studied.short}/decision/").status_code == 404
    assert publish(client, studied, 1).status_code == 404


@pytest.mark.parametrize("url", ["/animation/decisions/"])
def test_prepared_decisions_take_the_same_queries_for_one_row_and_three(
    url, people, sign_in, django_assert_num_queries
):
    client = sign_in(people.rita)

    def one_more():
        idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
        DecisionFactory(idea=idea, prepared_by=people.rita)

    one_more()
    client.get(url)
    with django_assert_num_queries(10):
        client.get(url)
    one_more()
    one_more()
    with django_assert_num_queries(10):
        client.get(url)


def test_decision_is_journaled_and_told(people, studied):
    decision = prepare_decision(
        studied, actor=people.rita, verdict="not_retained", reason="cost", answer=ANSWER
    )
    publish_decision(decision, actor=people.nora, version=1)
    verbs = list(
        Entry.objects.filter(object_id=str(studied.pk)).order_by("pk").values_list("verb", flat=True)
    )
    assert verbs == ["decision.prepare", "idea.decline"]
    (event,) = Event.objects.all()
    assert (event.type, event.actor) == ("idea.decline", people.nora)
    move = studied.moves.get()
    assert (move.source, move.target, move.note) == (State.UNDER_STUDY, State.NOT_RETAINED, ANSWER)


def test_number_of_people_told_counts_those_who_may_read(people, sign_in):
    idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY, audience="organisation")
    for voter in (people.bob, people.charlie, people.rita, people.alice):
        idea.ballot.votes.create(voter=voter, cast_on=clock.today())
    DecisionFactory(idea=idea)
    page = sign_in(people.rita).get(f"/animation/{idea.short}/decision/").content.decode()
    assert "1\u00a0personne sera prévenue" in page


@pytest.mark.parametrize("anonymous", [False, True])
def test_card_tells_the_delay_but_never_of_an_anonymous_idea(anonymous, people, sign_in):
    idea = IdeaFactory(author=people.alice, is_anonymous=anonymous, state=State.UNDER_STUDY)
    DecisionFactory(idea=idea, prepared_by=people.nora)
    page = sign_in(people.nora).get(f"/animation/{idea.short}/decision/").content.decode()
    assert ("5\u00a0jours après le dépôt" in page) is not anonymous


@pytest.mark.parametrize("length", [79, 80])
def test_refusal_needs_eighty_characters(length, people, studied):
    words = ("mot " * 40)[: length - 1].rstrip().ljust(length, "x")
    attempt = {"actor": people.rita, "verdict": "not_retained", "reason": "cost", "answer": words}
    if length < 80:
        with pytest.raises(Refused, match="au moins 80 caractères"):
            prepare_decision(studied, **attempt)
    else:
        assert prepare_decision(studied, **attempt).answer == words


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"verdict": ""}, "Choisissez une décision"),
        ({"verdict": "postpone"}, "Choisissez une décision"),
        ({"reason": ""}, "Choisissez le motif"),
        ({"reason": "inconnu"}, "Choisissez le motif"),
        ({"answer": ""}, "au moins 80"),
        ({"answer": "Non." + "\n " * 90 + "Merci."}, "au moins 80"),
        ({"verdict": "retained", "answer": " Oui. "}, "Écrivez la réponse"),
    ],
)
def test_service_refuses_an_answer_that_is_not_one(change, said, people, studied):
    words = {"verdict": "not_retained", "reason": "cost", "answer": ANSWER} | change
    with pytest.raises(Refused, match=said):
        prepare_decision(studied, actor=people.rita, **words)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "dev", "zoe"])
def test_only_a_referent_of_the_idea_decides(name, people, studied):
    actor = getattr(people, name)
    with pytest.raises(Refused, match="Seul un référent"):
        prepare_decision(studied, actor=actor, verdict="retained", answer=YES)
    decision = DecisionFactory(idea=studied)
    with pytest.raises(Refused, match="Seul un référent"):
        publish_decision(decision, actor=actor, version=1)
    assert Idea.objects.get(pk=studied.pk).state == State.UNDER_STUDY


def test_referent_who_signs_after_the_preparation_does_not_publish(people, sign_in, studied):
    DecisionFactory(idea=studied, prepared_by=people.nora)
    IdeaAuthor.objects.create(idea=studied, user=people.rita, position=1)
    response = publish(sign_in(people.rita), studied, 1)
    assert response.status_code == 422
    assert "Seul un référent" in response.content.decode()


def test_publication_posted_five_times_has_one_effect(people, sign_in, studied):
    DecisionFactory(idea=studied)
    client, key = sign_in(people.rita), str(uuid.uuid4())
    answers = [publish(client, studied, 1, key) for _time in range(5)]
    assert {(one.status_code, one.url) for one in answers} == {(302, studied.get_absolute_url())}
    assert studied.moves.count() == 1
    assert Event.objects.count() == 1


@pytest.mark.parametrize("version", ["", "x", "99"])
def test_publication_of_another_version_is_a_conflict(version, people, sign_in, studied):
    DecisionFactory(idea=studied)
    response = publish(sign_in(people.rita), studied, version)
    assert response.status_code == 409
    assert Idea.objects.get(pk=studied.pk).state == State.UNDER_STUDY


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


def together(*attempts: Callable[[], Any]) -> list[Any]:
    """Run the attempts at once, each on a connection of its own; what each returned or raised."""
    barrier = threading.Barrier(len(attempts))

    def run(attempt: Callable[[], Any]) -> Any:
        try:
            barrier.wait(5)
            return attempt()
        except Refused as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(run, attempts))


def kinds(results: list[Any]) -> list[bool]:
    """Whether each was a conflict, sorted."""
    return sorted(isinstance(result, Conflict) for result in results)


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
