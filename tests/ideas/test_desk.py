"""The desk: who comes in, what waits in which queue, and each of its forms."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.http import urlencode
from pytest_django import DjangoAssertNumQueries

from ozeli.core import clock
from ozeli.ideas.enums import State
from ozeli.ideas.models import Decision, Idea, IdeaExpert
from ozeli.ideas.selectors.desk import Queue, counts
from tests.factories import ANSWER, DecisionFactory, IdeaFactory, UserFactory
from tests.personas import Cast


def send(client: Client, idea: Idea, form: str, *, file: str = "", **fields: object):
    """Post a form of the desk as the browser does, with its key and the version that was read."""
    data = {"form": form, "version": idea.version, "idempotency_key": str(uuid.uuid4())} | fields
    return client.post(f"/animation/{idea.short}/?{urlencode({'file': file})}", data)


@pytest.fixture
def idea(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, title="Prêter un scanner aux maisons France services")


@pytest.fixture
def studied(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, state=State.UNDER_STUDY, title="Un glossaire commun")


# --- who comes in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("alice", 403),
        ("bob", 403),
        ("rita", 200),
        ("nora", 200),
        ("adam", 200),
        ("sonia", 200),
        ("dev", 404),
        ("zoe", 404),
    ],
)
def test_desk_is_open_to_contributors(name, status, people, sign_in):
    assert sign_in(getattr(people, name)).get("/animation/").status_code == status


def test_desk_shows_only_the_ideas_of_the_scope(people, sign_in, idea):
    IdeaFactory(author=people.bob, title="Une idée du Rhône")
    page = sign_in(people.rita).get("/animation/").content.decode()
    assert idea.title in page
    assert "Une idée du Rhône" not in page


def test_idea_of_another_desk_is_absent(people, sign_in):
    other = IdeaFactory(author=people.bob)
    client = sign_in(people.rita)
    assert client.get(f"/animation/{other.short}/").status_code == 404
    assert client.get("/animation/zzzzzzzzzzzz/").status_code == 404
    assert send(client, other, "qualifier", move="open_debate").status_code == 404
    assert Idea.objects.get(pk=other.pk).state == State.DEPOSITED


def test_empty_desk_says_so(people, sign_in):
    page = sign_in(people.rita).get("/animation/").content.decode()
    assert "Rien ne vous attend" in page


# --- queues -----------------------------------------------------------------------------------------------------------


def test_each_queue_holds_its_states(people):
    for state in State:
        if state not in (State.DRAFT, State.MERGED):
            IdeaFactory(author=people.alice, state=state)
    late = IdeaFactory(
        author=people.alice, state=State.IN_DEBATE, deposited_on=clock.today() - timedelta(days=40)
    )
    IdeaFactory(author=people.alice, state=State.TO_COMPLETE, deposited_on=clock.today() - timedelta(days=40))
    DecisionFactory(idea=IdeaFactory(author=people.alice, state=State.UNDER_STUDY))
    assert late.is_overdue
    assert counts(people.rita) == {
        Queue.LATE: 1, Queue.ANSWER: 1, Queue.STUDY: 2, Queue.QUALIFY: 1, Queue.REVIVALS: 0, "preparees": 1,
    }  # fmt: skip


def test_queue_begins_with_the_oldest_wait(people, sign_in):
    for days in (3, 9, 6):
        IdeaFactory(
            author=people.alice,
            title=f"Attend {days} jours",
            deposited_on=clock.today() - timedelta(days=days),
        )
    page = sign_in(people.rita).get("/animation/?file=qualifier").content.decode()
    assert page.index("Attend 9 jours") < page.index("Attend 6 jours") < page.index("Attend 3 jours")


def test_queue_is_paged_by_key(people, sign_in):
    for days in range(20):
        IdeaFactory(
            author=people.alice, title=f"Idée {days:02}", deposited_on=clock.today() - timedelta(days=days)
        )
    client = sign_in(people.rita)
    first = client.get("/animation/?file=qualifier")
    assert len(first.context["rows"]) == 15
    assert first.context["rows"][0].title == "Idée 19"
    second = client.get("/animation/" + first.context["next_url"])
    assert [row.title for row in second.context["rows"]] == [f"Idée {day:02}" for day in (4, 3, 2, 1, 0)]


def test_anonymous_idea_shows_months_only(people, sign_in):
    since = clock.today().replace(day=1) - timedelta(days=50)
    IdeaFactory(author=people.alice, is_anonymous=True, deposited_on=since)
    response = sign_in(people.nora).get("/animation/?file=retard")
    (row,) = response.context["rows"]
    assert row.wait.startswith("depuis ")
    page = response.content.decode()
    assert "jours" not in page.split('<nav class="queue"')[1].split("</nav>")[-2]
    assert str(since.day) not in row.wait


def test_anonymous_idea_has_no_desk_but_the_network(people, sign_in):
    idea = IdeaFactory(author=people.alice, is_anonymous=True)
    assert sign_in(people.rita).get(f"/animation/{idea.short}/").status_code == 404
    assert sign_in(people.nora).get(f"/animation/{idea.short}/").status_code == 200


@pytest.mark.parametrize("file", ["retard", "repondre", "etudier", "qualifier", "relances"])
def test_desk_takes_the_same_queries_for_one_row_and_three(
    file, people, sign_in, django_assert_num_queries: DjangoAssertNumQueries
):
    client = sign_in(people.rita)
    old = {"author": people.alice, "deposited_on": clock.today() - timedelta(days=40)}

    def one_more():
        for state in (State.DEPOSITED, State.IN_DEBATE, State.UNDER_STUDY):
            IdeaFactory(state=state, **old)
        buried = IdeaFactory(state=State.NOT_RETAINED, **old)
        buried.revivals.create(user=people.bob, round=1, message="x" * 40, asked_on=clock.today())

    one_more()
    expected = QUERIES[file]
    client.get(f"/animation/?file={file}")
    with django_assert_num_queries(expected):
        client.get(f"/animation/?file={file}")
    one_more()
    one_more()
    with django_assert_num_queries(expected):
        client.get(f"/animation/?file={file}")


QUERIES = {"retard": 19, "repondre": 18, "etudier": 18, "qualifier": 18, "relances": 10}


def test_idea_page_takes_the_same_queries_with_one_expert_and_three(
    people, sign_in, studied, django_assert_num_queries: DjangoAssertNumQueries
):
    client = sign_in(people.rita)
    url = f"/animation/{studied.short}/"
    IdeaExpert.objects.create(idea=studied, user=people.bob, asked_on=clock.today())
    client.get(url)
    with django_assert_num_queries(18):
        client.get(url)
    for expert in (people.charlie, people.nora):
        IdeaExpert.objects.create(idea=studied, user=expert, asked_on=clock.today())
    with django_assert_num_queries(18):
        client.get(url)


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
    for state in (State.TO_COMPLETE, State.RETAINED, State.WITHDRAWN, State.NOT_RETAINED):
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
