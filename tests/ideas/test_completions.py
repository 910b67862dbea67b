"""Complements: precise questions, answered beside the texts; reminders; taken back without waiting."""

import uuid
from datetime import timedelta

import pytest

from ozeli.activity.fanout import messages
from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.registry import event_types
from ozeli.ideas.enums import State
from ozeli.ideas.models import CompletionRequest, Idea
from ozeli.ideas.services import circuit
from ozeli.ideas.services.completions import remind_authors
from ozeli.journal.models import Entry
from tests.factories import IdeaFactory
from tests.personas import Cast

from .test_desk import send

QUESTION = "Combien de personnes par mois ?"


@pytest.fixture
def idea(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice)


@pytest.fixture
def asked(people: Cast, idea: Idea) -> Idea:
    questions = {"general": "Une précision, s’il vous plaît.", "proposal": QUESTION}
    circuit.ask_completion(
        idea, actor=people.rita, note="Une précision, s’il vous plaît.", questions=questions
    )
    return idea


def words(client, idea):
    form = client.get(f"{idea.get_absolute_url()}completer/").context["form"]
    return {name: form[name].value() or "" for name in form.fields} | {"idempotency_key": str(uuid.uuid4())}


def test_each_question_goes_beside_its_text(people, sign_in, idea):
    due = clock.today() + timedelta(days=9)
    response = send(
        sign_in(people.rita), idea, "qualifier", move="ask_completion",
        ask_proposal=QUESTION, ask_benefit="Combien de temps gagné ?", due_on=due.isoformat(),
    )  # fmt: skip
    assert response.status_code == 302
    kept = CompletionRequest.objects.get()
    assert kept.questions == {"proposal": QUESTION, "benefit": "Combien de temps gagné ?"}
    assert (kept.due_on, kept.asked_by, kept.ended_on) == (due, people.rita, None)
    page = sign_in(people.alice).get(f"{idea.get_absolute_url()}completer/").content.decode()
    assert page.index("Combien de personnes par mois") < page.index('name="proposal"')
    assert page.index('name="proposal"') < page.index("Combien de temps gagné") < page.index('name="benefit"')
    assert (
        "Combien de personnes par mois" in sign_in(people.bob).get(idea.get_absolute_url()).content.decode()
    )


def test_questions_typed_stay_when_refused(people, sign_in, idea):
    response = send(sign_in(people.rita), idea, "qualifier", move="ask_completion", ask_problem="Quoi ?")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Posez votre question" in page
    assert "Quoi ?</textarea>" in page


@pytest.mark.parametrize("ahead", [0, -1, 400])
def test_wished_day_is_of_the_coming_year(ahead, people, idea):
    with pytest.raises(Refused, match="une date à venir"):
        circuit.ask_completion(
            idea, actor=people.rita, note="Une précision ?", due_on=clock.today() + timedelta(days=ahead)
        )
    assert not CompletionRequest.objects.exists()


def test_author_answers_and_the_clock_starts_again(people, sign_in, asked):
    client = sign_in(people.alice)
    sent = words(client, asked) | {
        "proposal": "Envoyer un message la veille à mille personnes.",
        "reply": "Merci !",
    }
    response = client.post(f"{asked.get_absolute_url()}completer/", sent)
    assert response.url == asked.get_absolute_url()
    asked.refresh_from_db()
    assert (asked.state, asked.waiting_since) == (State.DEPOSITED, clock.today())
    assert "mille personnes" in asked.proposal
    kept = CompletionRequest.objects.get()
    assert (kept.outcome, kept.ended_on, kept.reply) == ("answered", clock.today(), "Merci !")
    desk = sign_in(people.rita).get(f"/animation/{asked.short}/").content.decode()
    assert "Merci !" in desk
    assert QUESTION in desk
    assert "Merci !" not in sign_in(people.bob).get(asked.get_absolute_url()).content.decode()


def test_page_of_the_questions_is_the_authors(people, sign_in, asked):
    for name, status in {"bob": 403, "rita": 403, "dev": 404, "zoe": 404}.items():
        client = sign_in(getattr(people, name))
        assert client.get(f"{asked.get_absolute_url()}completer/").status_code == status, name


def test_answer_refused_keeps_everything(people, sign_in, asked):
    client = sign_in(people.alice)
    sent = words(client, asked) | {"title": "", "reply": "Un mot gardé."}
    response = client.post(f"{asked.get_absolute_url()}completer/", sent)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Un mot gardé." in page
    assert QUESTION in page
    assert Idea.objects.get(pk=asked.pk).state == State.TO_COMPLETE


def test_answer_after_the_desk_went_on_is_a_conflict_that_keeps_the_words(people, sign_in, asked):
    client = sign_in(people.alice)
    sent = words(client, asked) | {"reply": "Trop tard, mais voilà."}
    circuit.resume(asked, actor=people.rita, note="Le texte suffit finalement.")
    response = client.post(f"{asked.get_absolute_url()}completer/", sent)
    assert response.status_code == 409
    assert "Trop tard, mais voilà." in response.content.decode()
    assert client.get(f"{asked.get_absolute_url()}completer/").url == asked.get_absolute_url()


# --- taken back -------------------------------------------------------------------------------------------------------


def test_desk_goes_on_without_waiting_and_says_why(people, sign_in, asked):
    client = sign_in(people.rita)
    refused = send(client, asked, "reprendre", note="Bof.")
    assert refused.status_code == 422
    assert "Bof." in refused.content.decode()
    assert send(client, asked, "reprendre", note="Nous avons trouvé la réponse ailleurs.").status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.waiting_since) == (State.DEPOSITED, clock.today())
    assert asked.answer_due_on == clock.today() + timedelta(days=30)
    assert CompletionRequest.objects.get().outcome == "resumed"
    act = Entry.objects.get(verb="idea.resume")
    assert act.details["reason"] == "Nous avons trouvé la réponse ailleurs."
    sheet = sign_in(people.bob).get(asked.get_absolute_url()).content.decode()
    assert "Reprise sans attendre le complément" in sheet


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "dev", "zoe"])
def test_only_the_desk_goes_on_without_waiting(name, people, asked):
    with pytest.raises(Refused):
        circuit.resume(asked, actor=getattr(people, name), note="Nous avons trouvé la réponse.")
    assert Idea.objects.get(pk=asked.pk).state == State.TO_COMPLETE


def test_withdrawal_ends_the_wait_for_the_author(people, asked):
    circuit.withdraw(asked, actor=people.alice)
    assert CompletionRequest.objects.get().outcome == "left"
    assert remind_authors() == 0


# --- reminders --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ago", "already", "told"),
    [(6, 0, 0), (7, 0, 1), (7, 1, 0), (13, 1, 0), (14, 1, 1), (14, 0, 1), (60, 2, 0)],
)
def test_author_is_reminded_after_seven_and_fourteen_days(ago, already, told, people, asked):
    since = clock.today() - timedelta(days=ago)
    CompletionRequest.objects.update(asked_on=since, reminders=already)
    Event.objects.all().delete()
    assert remind_authors() == told
    assert remind_authors() == 0
    assert Event.objects.filter(type="idea.completion_awaited").count() == told


def test_reminder_quotes_the_questions_to_the_author_alone(people, asked):
    CompletionRequest.objects.update(asked_on=clock.today() - timedelta(days=7))
    remind_authors()
    event = Event.objects.get(type="idea.completion_awaited")
    kind = event_types[event.type]
    assert set(kind.recipients(event)) == {people.alice.pk}
    (said,) = messages(event, kind, [people.alice.pk]).values()
    assert said.action_required
    assert QUESTION in "\n".join(said.lines)
    assert QUESTION not in said.subject
    assert said.url == f"{asked.get_absolute_url()}completer/"


def test_job_reminds_experts_and_authors(people, asked):
    from ozeli.ideas.tasks import remind

    CompletionRequest.objects.update(asked_on=clock.today() - timedelta(days=7))
    remind(0)
    remind(0)
    assert Event.objects.filter(type="idea.completion_awaited").count() == 1
