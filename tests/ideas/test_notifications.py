"""Who is told what: the row of each event, what the mails say, and never to those who may not read."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ozeli.accounts.models import MatrixCell, User
from ozeli.activity import delivery, fanout
from ozeli.activity.models import Event, Notification, OutgoingMail
from ozeli.activity.services import set_follow, tell
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.french import long_date, month
from ozeli.core.registry import Pace
from ozeli.engagement.services import add_comment
from ozeli.ideas.enums import State
from ozeli.ideas.models import KIND, Idea
from ozeli.ideas.notifications import TABLE, _moves_of_other_apps
from ozeli.ideas.services import circuit, experts
from ozeli.ideas.services.decisions import prepare_decision, publish_decision
from ozeli.ideas.services.revivals import answer_revival, ask_revival
from ozeli.ideas.services.voices import comment
from ozeli.network.enums import Audience
from tests.factories import ANSWER, IdeaFactory, UserFactory
from tests.personas import Cast

SECRET = "canari-privé-7391"
TITLE = "Rappeler le rendez-vous par SMS"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the pace, every mail leaves at once: here are the people and the words."""
    monkeypatch.setattr("ozeli.activity.paces.pace_of", lambda *_of: Pace.NOW)


@pytest.fixture
def idea(people: Cast) -> Idea:
    """Alice's idea, that Bob follows and Charlie supports; Rita answers it."""
    return prepared(people, State.DEPOSITED)


def prepared(people: Cast, state: str, **traits: Any) -> Idea:
    idea = IdeaFactory(author=people.alice, title=TITLE, state=state, handler=people.rita, **traits)
    set_follow(KIND, idea.pk, user=people.bob, wanted=True)
    idea.ballot.votes.create(voter=people.charlie, cast_on=clock.today())
    return idea


def fan_out(event: Event | None = None) -> Event:
    """Tell the last event to everyone concerned."""
    event = event or Event.objects.latest("pk")
    fanout.tell_batch(event.pk)
    return event


def told() -> set[str]:
    event = fan_out()
    return set(Notification.objects.filter(event=event).values_list("user__email", flat=True))


def mailed() -> set[str]:
    return set(OutgoingMail.objects.values_list("user__email", flat=True))


def emails(*people: User) -> set[str]:
    return {person.email for person in people}


def text_to(person: User) -> str:
    return OutgoingMail.objects.get(user=person).text


def subject_to(person: User) -> str:
    return OutgoingMail.objects.get(user=person).subject


# --- who ------------------------------------------------------------------------------------------------------------

Act = Callable[[Idea, Cast], object]


def decide(verdict: str) -> Act:
    def act(idea: Idea, people: Cast) -> None:
        decision = prepare_decision(idea, actor=people.rita, verdict=verdict, reason="cost", answer=ANSWER)
        publish_decision(decision, actor=people.rita, version=1)

    return act


def postpone(idea: Idea, people: Cast) -> None:
    until = clock.today() + timedelta(days=60)
    circuit.postpone(idea, actor=people.rita, until=until, note="Un test est en cours.")


MOVES: dict[str, tuple[str, Act, set[str]]] = {
    "open_debate": (
        State.DEPOSITED,
        lambda idea, people: circuit.open_debate(idea, actor=people.rita),
        {"alice", "bob"},
    ),
    "ask_completion": (
        State.DEPOSITED,
        lambda idea, people: circuit.ask_completion(
            idea, actor=people.rita, note="Pour combien de personnes ?"
        ),
        {"alice"},
    ),
    "complete": (
        State.TO_COMPLETE,
        lambda idea, people: circuit.complete(idea, actor=people.alice),
        {"bob", "rita"},
    ),
    "study": (State.IN_DEBATE, lambda idea, people: circuit.study(idea, actor=people.rita), {"alice", "bob"}),
    "postpone": (State.UNDER_STUDY, postpone, {"alice", "bob"}),
    "retain": (State.UNDER_STUDY, decide("retained"), {"alice", "bob", "charlie"}),
    "decline": (State.UNDER_STUDY, decide("not_retained"), {"alice", "bob", "charlie"}),
    "revive": (
        State.NOT_RETAINED,
        lambda idea, people: circuit.revive(idea, actor=people.rita),
        {"alice", "bob"},
    ),
    # Nobody but the desk, the authors and the experts reads a withdrawn idea: the followers learn nothing.
    "withdraw": (State.IN_DEBATE, lambda idea, people: circuit.withdraw(idea, actor=people.alice), {"rita"}),
}


@pytest.mark.parametrize("name", MOVES)
def test_move_is_told_to(name: str, people: Cast) -> None:
    state, act, expected = MOVES[name]
    idea = prepared(people, state)
    act(idea, people)
    assert told() == emails(*(getattr(people, one) for one in expected))
    assert mailed() == emails(*(getattr(people, one) for one in expected))


def test_deposit_is_told_to_the_handler(people: Cast, idea: Idea) -> None:
    tell("idea.deposited", KIND, idea.pk, actor=people.alice)
    assert told() == emails(people.rita)
    assert Notification.objects.get().url == f"/animation/{idea.short}/"


def test_deposit_without_handler_is_told_to_the_referents_of_the_body(people: Cast) -> None:
    second = UserFactory(organisation=people.loire, profile="contributor", profile__scope=people.loire)
    idea = IdeaFactory(author=people.alice, handler=None)
    tell("idea.deposited", KIND, idea.pk, actor=people.alice)
    assert told() == emails(people.rita, second)


@pytest.mark.parametrize("case", ["of a body without référent", "of its only référent", "anonymous"])
def test_deposit_falls_to_the_desk_of_the_network(case: str, people: Cast) -> None:
    author = {"of a body without référent": people.bob, "of its only référent": people.rita}.get(
        case, people.alice
    )
    idea = IdeaFactory(author=author, is_anonymous=case == "anonymous", handler=None)
    tell("idea.deposited", KIND, idea.pk, actor=None if idea.is_anonymous else author)
    assert told() == emails(people.nora)


def test_handler_who_left_the_desk_is_not_told(people: Cast) -> None:
    idea = IdeaFactory(author=people.alice, handler=people.bob)
    tell("idea.deposited", KIND, idea.pk, actor=people.alice)
    assert told() == emails(people.rita)


def test_expert_is_asked_and_the_handler_gets_the_opinion(people: Cast) -> None:
    idea = prepared(people, State.UNDER_STUDY)
    asked = experts.ask_expert(idea, people.charlie, actor=people.rita)
    assert told() == emails(people.charlie)
    assert Notification.objects.get().url == f"{idea.get_absolute_url()}avis/"
    assert subject_to(people.charlie).startswith("Action requise")
    experts.give_opinion(asked, f"Un avis réservé au bureau, {SECRET}.", actor=people.charlie)
    assert told() == emails(people.rita)
    assert SECRET not in text_to(people.rita)


def test_opinion_no_longer_asked_is_told_to_nobody(people: Cast) -> None:
    idea = prepared(people, State.UNDER_STUDY)
    tell("idea.expert_asked", KIND, idea.pk, actor=people.rita, expert=people.charlie.pk)
    assert told() == set()


def test_network_without_any_desk_tells_nobody(people: Cast) -> None:
    MatrixCell.objects.filter(brick="ideas").update(level=Level.CONSULT)
    tell("idea.deposited", KIND, IdeaFactory(author=people.alice).pk, actor=people.alice)
    assert told() == set()


def test_revival_is_told_to_the_handler_then_to_the_asker(people: Cast) -> None:
    idea = prepared(people, State.NOT_RETAINED)
    request = ask_revival(
        idea, actor=people.charlie, novelty="tool", message="Ce qui a changé depuis : tout, ou presque tout."
    )
    assert told() == emails(people.rita)
    assert "tout, ou presque tout" in text_to(people.rita)
    answer_revival(request, actor=people.rita, accepted=False, answer="L’outil n’est pas encore prêt.")
    assert told() == emails(people.charlie)
    assert "L’outil n’est pas encore prêt." in text_to(people.charlie)


def test_comment_is_told_and_mailed_to_all(people: Cast, idea: Idea) -> None:
    comment(idea, author=people.charlie, body=f"Un commentaire {SECRET}.")
    assert told() == emails(people.alice, people.bob)
    assert mailed() == emails(people.alice, people.bob)
    assert SECRET in text_to(people.alice)
    assert SECRET not in subject_to(people.alice)
    assert {row.url for row in Notification.objects.all()} == {f"{idea.get_absolute_url()}#commentaires"}


def test_comment_hidden_meanwhile_is_told_to_nobody(people: Cast, idea: Idea) -> None:
    written = add_comment(KIND, idea.pk, author=people.charlie, body="Un propos retiré aussitôt.")
    written.is_hidden = True
    written.save()
    tell("idea.commented", KIND, idea.pk, actor=people.charlie, comment=str(written.pk))
    assert told() == set()


def test_move_of_a_later_app_is_told_with_its_state(people: Cast) -> None:
    idea = prepared(people, State.RETAINED)
    circuit.move(idea, "experiment", actor=None)
    assert told() == emails(people.alice, people.bob)
    assert "est maintenant en expérimentation" in Notification.objects.filter(user=people.alice).get().text


# --- never to those who may not read --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["retain", "decline", "study", "postpone"])
def test_idea_of_one_body_is_told_within_it(name: str, people: Cast) -> None:
    state, act, _expected = MOVES[name]
    idea = prepared(people, state, audience=Audience.ORGANISATION)
    act(idea, people)
    assert told() == emails(people.alice)
    assert mailed() == emails(people.alice)


def test_hidden_idea_is_told_to_its_author_alone(people: Cast) -> None:
    idea = prepared(people, State.UNDER_STUDY, is_hidden=True)
    circuit.postpone(
        idea,
        actor=people.rita,
        until=clock.today().replace(year=clock.today().year + 1, day=1),
        note="En vérification.",
    )
    assert told() == emails(people.alice)


def test_readers_are_worked_out_in_the_same_queries_for_one_and_for_fifty(people: Cast) -> None:
    def queries(idea: Idea) -> int:
        decide("not_retained")(idea, people)
        event = Event.objects.latest("pk")
        with CaptureQueriesContext(connection) as captured:
            fanout.tell_batch(event.pk)
        return len(captured)

    few = queries(prepared(people, State.UNDER_STUDY))
    many = prepared(people, State.UNDER_STUDY)
    for _each in range(50):
        many.ballot.votes.create(voter=UserFactory(organisation=people.rhone), cast_on=clock.today())
    assert queries(many) == few
    assert Notification.objects.filter(event=Event.objects.latest("pk")).count() == 53


# --- in which words -------------------------------------------------------------------------------------------------


def test_author_reads_the_whole_answer_by_mail(people: Cast) -> None:
    idea = prepared(people, State.UNDER_STUDY)
    decide("not_retained")(idea, people)
    fan_out()
    for one in OutgoingMail.objects.all():
        delivery.deliver(one.pk, mail.get_connection())
    (to_alice,) = (one for one in mail.outbox if people.alice.email in one.to[0])
    assert to_alice.subject == f"Réponse à votre idée\u00a0: «\u202f{TITLE}\u202f»"
    assert f"Votre idée «\u202f{TITLE}\u202f» n’est pas retenue" in to_alice.body
    assert "Motif\u00a0: Coût disproportionné." in to_alice.body
    assert "voici comment y participer" in to_alice.body
    assert idea.get_absolute_url() in to_alice.body
    (to_bob,) = (one for one in mail.outbox if people.bob.email in one.to[0])
    assert to_bob.subject.startswith("Une idée que vous suivez ou soutenez a sa réponse")
    assert f"L’idée «\u202f{TITLE}\u202f» n’est pas retenue" in to_bob.body


ACTION = {"idea.ask_completion", "idea.expert_asked", "idea.opinion_soon", "idea.opinion_late"}


@pytest.mark.parametrize("audience", Audience)
def test_subjects_bear_no_private_word(audience: str, people: Cast) -> None:
    """Every event of the table, told with a canary in each text that somebody wrote."""
    idea = prepared(people, State.UNDER_STUDY, audience=audience)
    step = idea.moves.create(
        transition="study",
        source="in_debate",
        target="under_study",
        round=1,
        made_on=clock.today(),
        note=SECRET,
    )
    written = add_comment(KIND, idea.pk, author=people.rita, body=SECRET)
    request = idea.revivals.create(
        user=people.alice, round=1, message=SECRET, answer=SECRET, asked_on=clock.today()
    )
    experts.ask_expert(idea, people.bob, actor=people.rita)
    expertise = idea.experts.get()
    note = expertise.notes.create(author=people.rita, body=SECRET, written_on=clock.today())
    data = {
        "step": step.pk,
        "comment": str(written.pk),
        "request": request.pk,
        "expert": people.bob.pk,
        "people": [people.bob.pk],
        "expertise": expertise.pk,
        "handler": people.rita.pk,
        "note": note.pk,
        "lead": people.nora.pk,
        "due": idea.answer_due_on.isoformat(),
    }
    seen = 0
    for code in [row.code for row in [*TABLE, *_moves_of_other_apps()]]:
        event = fan_out(tell(code, KIND, idea.pk, actor=people.nora, **data))
        for sent in OutgoingMail.objects.filter(event=event):
            seen += 1
            assert SECRET not in sent.subject, code
            assert (TITLE in sent.subject) == (audience == Audience.NETWORK), code
            assert sent.subject.startswith("Action requise") == (code in ACTION), code
            assert "  " not in sent.text.replace("\n\n", "")
        for line in Notification.objects.filter(event=event):
            assert SECRET not in line.text, code
    assert seen > 15


@pytest.mark.parametrize("anonymous", [False, True])
def test_postponed_date_of_an_anonymous_idea_is_a_month(anonymous: bool, people: Cast) -> None:
    idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY, is_anonymous=anonymous)
    set_follow(KIND, idea.pk, user=people.bob, wanted=True)
    until = clock.today() + timedelta(days=60)
    circuit.postpone(idea, actor=people.nora, until=until, note="Un test est en cours.")
    fan_out()
    assert (long_date(until) in text_to(people.bob)) is not anonymous
    assert month(until) in text_to(people.bob)
