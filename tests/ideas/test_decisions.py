"""Decisions: prepared, read again, published."""

import uuid

import pytest
from django.test import Client

from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.french import long_date
from ozeli.ideas.enums import State, Verdict
from ozeli.ideas.models import Decision, Idea, IdeaAuthor
from ozeli.ideas.services.decisions import prepare_decision, publish_decision
from ozeli.journal.models import Entry
from tests.factories import ANSWER, DecisionFactory, IdeaFactory
from tests.personas import Cast

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
