"""The forms of the desk: what each does, and what it says when it is refused, everything typed kept."""

import uuid
from datetime import timedelta

import pytest

from ozeli.core import clock
from ozeli.ideas.enums import State
from ozeli.ideas.models import Decision, Idea
from tests.factories import ANSWER, IdeaFactory, UserFactory
from tests.personas import Cast

from .test_desk import send


@pytest.fixture
def idea(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, title="Prêter un scanner aux maisons France services")


@pytest.fixture
def studied(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, state=State.UNDER_STUDY, title="Un glossaire commun")


# --- to qualify -------------------------------------------------------------------------------------------------------


def test_opening_the_debate_goes_on_to_the_next(people, sign_in, idea):
    older = IdeaFactory(author=people.alice, deposited_on=clock.today() - timedelta(days=9))
    response = send(
        sign_in(people.rita), older, "qualifier", file="qualifier", move="open_debate", suivant="1"
    )
    assert response.status_code == 302
    assert response.url == f"/animation/{idea.short}/?file=qualifier"
    assert Idea.objects.get(pk=older.pk).state == State.IN_DEBATE


def test_last_of_the_queue_leads_back_to_the_queue(people, sign_in, idea):
    response = send(
        sign_in(people.rita), idea, "qualifier", file="qualifier", move="open_debate", suivant="1"
    )
    assert response.url == "/animation/?file=qualifier"


def test_saving_without_next_stays_on_the_idea(people, sign_in, idea):
    response = send(sign_in(people.rita), idea, "qualifier", file="qualifier", move="open_debate")
    assert response.url == f"/animation/{idea.short}/?file=qualifier"


def test_complement_needs_a_question(people, sign_in, idea):
    response = send(sign_in(people.rita), idea, "qualifier", move="ask_completion", note="Quoi ?")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Posez votre question" in page
    assert "Quoi ?" in page
    assert Idea.objects.get(pk=idea.pk).state == State.DEPOSITED


def test_complement_stops_the_clock_and_completion_starts_it_again(people, sign_in, idea):
    send(
        sign_in(people.rita),
        idea,
        "qualifier",
        move="ask_completion",
        note="Pour combien de personnes par mois ?",
    )
    idea.refresh_from_db()
    assert (idea.state, idea.waiting_since, idea.answer_due_on) == (State.TO_COMPLETE, None, None)
    from ozeli.ideas.services.circuit import complete

    complete(idea, actor=people.alice)
    assert (idea.state, idea.waiting_since) == (State.DEPOSITED, clock.today())
    assert idea.answer_due_on == clock.today() + timedelta(days=30)


def test_form_without_choice_is_refused_in_place(people, sign_in, idea):
    response = send(sign_in(people.rita), idea, "qualifier", note="Un mot déjà écrit")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Choisissez\u00a0: ouvrir le débat" in page
    assert "Un mot déjà écrit" in page


def test_too_long_text_is_refused_whole(people, sign_in, idea):
    response = send(sign_in(people.rita), idea, "qualifier", move="open_debate", note="mot " * 600)
    assert response.status_code == 422
    page = response.content.decode()
    assert "la limite est de 2\u202f000" in page
    assert "mot " * 500 in page


def test_unknown_form_is_absent(people, sign_in, idea):
    assert send(sign_in(people.rita), idea, "detruire").status_code == 404


def test_form_sent_five_times_has_one_effect(people, sign_in, idea):
    client, key = sign_in(people.rita), str(uuid.uuid4())
    answers = [send(client, idea, "qualifier", move="open_debate", idempotency_key=key) for _time in range(5)]
    assert {response.status_code for response in answers} == {302}
    assert len({response.url for response in answers}) == 1
    assert idea.moves.count() == 1


def test_form_without_its_key_is_refused(people, sign_in, idea):
    assert (
        send(sign_in(people.rita), idea, "qualifier", move="open_debate", idempotency_key="").status_code
        == 400
    )
    assert idea.moves.count() == 0


# --- to study ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def debated(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, state=State.IN_DEBATE)


def test_study_closes_the_votes_and_asks_the_expert(people, sign_in, debated):
    due = clock.today() + timedelta(days=10)
    response = send(
        sign_in(people.rita),
        debated,
        "etudier",
        expert="Bob Martin, CPAM du Rhône",
        due_on=due.isoformat(),
        note="À vérifier avec les équipes.",
    )
    assert response.status_code == 302
    debated.refresh_from_db()
    debated.ballot.refresh_from_db()
    assert debated.state == State.UNDER_STUDY
    assert not debated.ballot.is_open
    (asked,) = debated.experts.all()
    assert (asked.user, asked.due_on, asked.asked_on) == (people.bob, due, clock.today())


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Personne Inconnue", "Personne ne porte ce nom"),
        ("Homonyme Parfait", "Plusieurs personnes portent ce nom"),
        ("alice@exemple.test", "a signé l’idée"),
        ("zoe@exemple.test", "n’a pas accès aux idées"),
    ],
)
def test_study_refuses_an_expert_it_cannot_ask(typed, said, people, sign_in, debated):
    for organisation in (people.loire, people.nord):
        UserFactory(display_name="Homonyme Parfait", organisation=organisation)
    response = send(sign_in(people.rita), debated, "etudier", expert=typed, note="Un mot gardé.")
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert typed in page
    assert "Un mot gardé." in page
    debated.refresh_from_db()
    assert debated.state == State.IN_DEBATE
    assert debated.ballot.is_open


def test_opinion_date_needs_a_person_and_the_future(people, sign_in, debated):
    client = sign_in(people.rita)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert "dont l’avis est attendu" in send(client, debated, "etudier", due_on=tomorrow).content.decode()
    past = send(client, debated, "etudier", expert="bob@exemple.test", due_on="2020-01-01")
    assert past.status_code == 422
    assert "Choisissez une date à venir." in past.content.decode()


def test_one_more_opinion_may_be_asked_during_the_study(people, sign_in, studied):
    client = sign_in(people.rita)
    assert send(client, studied, "expert", expert="bob@exemple.test").status_code == 302
    assert send(client, studied, "expert", expert="").status_code == 422
    assert [one.user for one in studied.experts.all()] == [people.bob]
    page = client.get(f"/animation/{studied.short}/").content.decode()
    assert "Avis demandés" in page
    assert "Bob Martin" in page


def test_people_are_suggested_by_the_beginning_of_their_names(people, sign_in):
    response = sign_in(people.rita).get("/animation/personnes/?q=mart bo")
    assert [one["label"] for one in response.json()["results"]] == ["Bob Martin, CPAM du Rhône"]
    assert sign_in(people.rita).get("/animation/personnes/?q=").json() == {"results": []}
    assert sign_in(people.alice).get("/animation/personnes/?q=bo").status_code == 403


# --- to answer: what the form says (what becomes of a decision is in test_decisions) -------------------------------


def test_answer_form_keeps_everything_when_refused(people, sign_in, studied):
    response = send(sign_in(people.rita), studied, "repondre", decision="not_retained", answer="Non, désolé.")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Choisissez le motif" in page
    assert "Votre réponse compte 12 caractères" in page
    assert "Non, désolé." in page
    assert not Decision.objects.exists()


def test_blanks_do_not_make_an_answer_long(people, sign_in, studied):
    padded = "Non." + "\u00a0 \n" * 60 + "Vraiment."
    response = send(
        sign_in(people.rita), studied, "repondre", decision="not_retained", reason="cost", answer=padded
    )
    assert response.status_code == 422
    assert "caractères" in response.content.decode()


@pytest.mark.parametrize("decision", ["retained", "postpone"])
def test_every_answer_needs_words(decision, people, sign_in, studied):
    response = send(sign_in(people.rita), studied, "repondre", decision=decision, answer=" Oui. ")
    assert response.status_code == 422
    assert "Écrivez la réponse que la personne lira." in response.content.decode()


def test_idea_that_waits_for_nobody_has_no_form(people, sign_in):
    for state in (State.RETAINED, State.WITHDRAWN, State.NOT_RETAINED):
        idea = IdeaFactory(author=people.alice, state=state, waiting_since=None, answer_due_on=None)
        page = sign_in(people.rita).get(f"/animation/{idea.short}/").content.decode()
        assert 'name="form"' not in page, state
        assert ("La réponse donnée" in page) == (state == State.NOT_RETAINED)


def test_starter_is_added_to_what_is_written(people, sign_in, studied):
    response = send(
        sign_in(people.rita),
        studied,
        "repondre",
        answer="Déjà écrit.",
        starter="exists",
        inserer="1",
        decision="not_retained",
    )
    assert response.status_code == 200
    page = response.content.decode()
    assert "Déjà écrit." in page
    assert "Nous ne lançons pas d’essai séparé" in page
    assert page.count("checked") == 1
    assert not Decision.objects.exists()


def test_starter_left_to_complete_is_refused(people, sign_in, studied):
    left = f"{ANSWER} [à compléter\u00a0: qui le fait déjà]"
    response = send(
        sign_in(people.rita), studied, "repondre", decision="not_retained", reason="exists", answer=left
    )
    assert response.status_code == 422
    assert "Il reste un passage du modèle à compléter" in response.content.decode()


def test_author_does_not_answer_their_own_idea(people, sign_in):
    own = IdeaFactory(author=people.rita, state=State.UNDER_STUDY)
    client = sign_in(people.rita)
    assert "un autre référent y répondra" in client.get(f"/animation/{own.short}/").content.decode()
    response = send(client, own, "repondre", decision="retained", answer="Je la retiens moi-même, bravo.")
    assert response.status_code == 422
    assert "qui n’en est pas l’auteur" in response.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("until", ["", "2020-01-01", "2090-01-01", "demain"])
def test_postponing_needs_a_date_that_is_a_promise(until, people, sign_in, studied):
    response = send(
        sign_in(people.rita),
        studied,
        "repondre",
        decision="postpone",
        until=until,
        answer="Un test est en cours à Lille.",
    )
    assert response.status_code == 422
    assert "Un test est en cours à Lille." in response.content.decode()
    studied.refresh_from_db()
    assert studied.version == 1


def test_postponing_publishes_a_new_promise(people, sign_in, studied):
    until = clock.today() + timedelta(days=45)
    response = send(
        sign_in(people.rita),
        studied,
        "repondre",
        file="repondre",
        decision="postpone",
        until=until.isoformat(),
        answer="Un test est en cours à Lille.",
    )
    assert response.url == f"/animation/{studied.short}/?file=repondre"
    studied.refresh_from_db()
    assert (studied.state, studied.answer_due_on) == (State.UNDER_STUDY, until)
    assert studied.moves.get().note == "Un test est en cours à Lille."


def test_typed_words_come_back_after_a_lost_session(people, sign_in, studied):
    lost = sign_in(None)
    response = send(
        lost, studied, "repondre", decision="retained", answer="Une longue réponse écrite avec soin."
    )
    assert response.status_code == 401
    packed = response.content.decode().split('name="reprise" value="')[1].split('"')[0]
    lost.post(
        "/connexion/",
        {"login": people.rita.email, "password": "un-mot-de-passe-sûr", "reprise": packed, "next": "/"},
    )
    page = lost.get(f"/animation/{studied.short}/").content.decode()
    assert "Une longue réponse écrite avec soin." in page
