"""The right to an answer: what is promised, who is reminded, how a late answer goes up, and where it stops."""

from datetime import date, timedelta

import pytest

from ozeli.activity.fanout import messages
from ozeli.activity.models import DigestItem, Event, OutgoingMail
from ozeli.challenges.models import ChallengeAnimator
from ozeli.core import clock, memo
from ozeli.core.errors import Conflict, Refused
from ozeli.core.registry import event_types
from ozeli.ideas.enums import AnswerLevel, PromiseOrigin, State
from ozeli.ideas.models import AnswerLead, AnswerStep, Idea
from ozeli.ideas.services import circuit, promises
from ozeli.ideas.services.decisions import prepare_decision, publish_decision
from ozeli.ideas.services.leads import end_leads, name_lead
from ozeli.ideas.services.promises import keep_promises
from ozeli.journal.models import Entry
from ozeli.network import services as network
from ozeli.network.selectors import AnswerSteps
from tests.factories import ANSWER, ChallengeFactory, IdeaFactory, UserFactory
from tests.personas import Cast

SINCE = timedelta(days=90)


def due_in(days: int, **kwargs) -> Idea:
    """An idea deposited long ago, whose answer is promised so many days from now (before: late)."""
    idea = IdeaFactory(deposited_on=clock.today() - SINCE, **kwargs)
    Idea.objects.filter(pk=idea.pk).update(answer_due_on=clock.today() + timedelta(days=days))
    idea.refresh_from_db()
    return idea


def told() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("type", flat=True))


def words(event: Event) -> dict:
    """Who is told what of an event."""
    type = event_types[event.type]
    return messages(event, type, sorted({pk for pk in type.recipients(event) if pk}))


@pytest.fixture
def lead(people: Cast):
    """Léa answers for the answers of the Loire."""
    named = {"display_name": "Léa Second", "email": "lea@exemple.test"}
    user = UserFactory(organisation=people.loire, profile="contributor", profile__scope=people.loire, **named)
    AnswerLead.objects.create(organisation=people.loire, user=user, named_on=clock.today())
    return user


# --- what is promised -------------------------------------------------------------------------------------------------


def test_promise_tells_whose_delay_it_keeps(people):
    today = clock.today()
    assert circuit.promise(people.loire, today)["promise_origin"] == PromiseOrigin.NETWORK
    people.loire.answer_delay_days = 12
    own = circuit.promise(people.loire, today)
    assert (own["promise_origin"], own["answer_due_on"]) == (PromiseOrigin.BODY, today + timedelta(days=12))
    of_challenge = circuit.promise(people.loire, today, 5)
    assert of_challenge["promise_origin"] == PromiseOrigin.CHALLENGE
    assert of_challenge["answer_due_on"] == today + timedelta(days=5)
    assert circuit.promise(None, today, 5)["promise_origin"] == PromiseOrigin.NETWORK


def test_changed_delay_leaves_the_promises_made(people):
    idea = IdeaFactory(author=people.alice)
    before = idea.answer_due_on
    people.loire.answer_delay_days = 3
    people.loire.save()
    network.set_default_answer_delay(4, version=0, actor=None)
    idea.refresh_from_db()
    assert idea.answer_due_on == before


def test_complement_stops_the_clock_and_promises_again(people):
    idea = due_in(-5, author=people.alice)
    circuit.ask_completion(idea, actor=people.rita, note="Une précision, s’il vous plaît.")
    idea.refresh_from_db()
    assert (idea.waiting_since, idea.answer_due_on, idea.promise_origin) == (None, None, "")
    assert keep_promises()
    assert not AnswerStep.objects.exists()
    circuit.complete(idea, actor=people.alice)
    assert idea.answer_due_on > clock.today()
    assert idea.promise_origin == PromiseOrigin.NETWORK


def test_answer_keeps_the_first_day_promised(people):
    idea = due_in(-2, author=people.alice, state=State.UNDER_STUDY)
    first, since = idea.answer_due_on, idea.waiting_since
    for days in (20, 40):
        circuit.postpone(
            idea, actor=people.rita, until=clock.today() + timedelta(days=days), note="Nous chiffrons encore."
        )
    assert (idea.first_due_on, idea.answer_due_on) == (first, clock.today() + timedelta(days=40))
    decision = prepare_decision(idea, actor=people.rita, verdict="not_retained", reason="cost", answer=ANSWER)
    publish_decision(decision, actor=people.rita, version=decision.version)
    decision.refresh_from_db()
    assert (decision.due_on, decision.awaited_since) == (first, since)
    idea.refresh_from_db()
    assert (idea.answer_due_on, idea.first_due_on, idea.promise_origin) == (None, None, "")


# --- reminders --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "event"),
    [(8, None), (7, "idea.answer_soon"), (2, "idea.answer_soon"), (0, "idea.answer_day")],
)
def test_desk_is_reminded_before_the_day_and_on_it(days, event, people):
    due_in(days, author=people.alice)
    keep_promises()
    assert told() == ([event] if event else [])
    keep_promises()
    assert told() == ([event] if event else [])


def test_each_reminder_comes_in_its_turn(people, monkeypatch):
    due_in(7, author=people.alice)
    start, seen = clock.today(), []
    for day in range(20):
        monkeypatch.setattr(clock, "today", lambda day=day: start + timedelta(days=day))
        before = Event.objects.count()
        keep_promises()
        if Event.objects.count() > before:
            seen.append((day, told()[-1]))
    assert seen == [
        (0, "idea.answer_soon"),
        (5, "idea.answer_soon"),
        (7, "idea.answer_day"),
        (10, "idea.answer_late_network"),  # nobody answers for this body: the network at once, and once
    ]
    assert AnswerStep.objects.count() == 5


def test_reminder_that_was_missed_is_not_told_after_the_next(people):
    due_in(1, author=people.alice)
    keep_promises()
    assert told() == ["idea.answer_soon"]
    assert set(AnswerStep.objects.values_list("level", flat=True)) == {AnswerLevel.FIRST, AnswerLevel.LAST}


def test_short_promise_has_no_reminder_before_it_was_made(people):
    idea = IdeaFactory(author=people.alice, deposited_on=clock.today())
    Idea.objects.filter(pk=idea.pk).update(answer_due_on=clock.today() + timedelta(days=5))
    keep_promises()
    assert told() == []
    assert AnswerStep.objects.get().level == AnswerLevel.FIRST


def test_handler_is_reminded_else_the_desk_and_never_an_author(people, lead):
    due_in(7, author=people.alice, handler=people.rita)
    keep_promises()
    assert set(words(Event.objects.get())) == {people.rita.pk}
    Event.objects.all().delete()
    due_in(7, author=people.rita)
    keep_promises()
    assert set(words(Event.objects.get())) == {lead.pk}


def test_animators_are_reminded_of_what_nobody_handles_in_their_challenge(people, lead):
    """By a page that each may open: the desk for who works one, else the idea."""
    challenge = ChallengeFactory()
    for person in (people.charlie, people.alice):
        ChallengeAnimator.objects.create(challenge=challenge, user=person)
    memo.forget_all()
    idea = due_in(7, author=people.alice, challenge=challenge)
    keep_promises()
    said = words(Event.objects.get())
    assert set(said) == {people.rita.pk, lead.pk, people.charlie.pk}, "the desk, and no author"
    assert said[people.charlie.pk].url == idea.get_absolute_url()
    assert said[people.rita.pk].url == f"/animation/{idea.short}/"
    Event.objects.all().delete()
    due_in(7, author=people.alice, challenge=challenge, handler=people.rita)
    keep_promises()
    assert set(words(Event.objects.get())) == {people.rita.pk}


def test_settings_move_the_days(people):
    steps = AnswerSteps(remind_first=20, remind_last=10, lead_after=1, network_after=2)
    network.set_answer_steps(steps, version=0, actor=None)
    due_in(19, author=people.alice)
    keep_promises()
    assert told() == ["idea.answer_soon"]


@pytest.mark.parametrize("steps", [(2, 2, 3, 10), (7, 0, 3, 10), (7, 2, 3, 3), (7, 2, 0, 3)])
def test_steps_out_of_order_are_refused(steps, people):
    with pytest.raises(Refused):
        network.set_answer_steps(AnswerSteps(*steps), version=0, actor=None)


# --- going up ---------------------------------------------------------------------------------------------------------


def test_late_answer_goes_up_to_the_lead_then_to_the_network(people, lead):
    idea = due_in(-3, author=people.alice)
    keep_promises()
    assert told() == ["idea.answer_day", "idea.answer_late"]
    assert set(words(Event.objects.last())) == {lead.pk}
    step = AnswerStep.objects.get(level=AnswerLevel.LEAD)
    assert (step.lead, step.made_on) == (lead, clock.today())

    Idea.objects.filter(pk=idea.pk).update(answer_due_on=clock.today() - timedelta(days=10))
    AnswerStep.objects.update(due_on=clock.today() - timedelta(days=10))
    keep_promises()
    assert told()[-1] == "idea.answer_late_network"
    assert set(words(Event.objects.last())) == {people.adam.pk, people.sonia.pk}
    keep_promises()
    assert len(told()) == 3


def test_without_lead_the_network_is_told_once(people):
    idea = due_in(-30, author=people.alice)
    keep_promises()
    assert told() == ["idea.answer_day", "idea.answer_late_network"]
    assert AnswerStep.objects.filter(idea=idea).count() == 5


def test_lead_who_signed_the_idea_is_passed_over(people, lead):
    due_in(-4, author=lead)
    keep_promises()
    assert told()[-1] == "idea.answer_late_network"


def test_answered_and_hidden_ideas_go_nowhere(people, lead):
    due_in(-30, author=people.alice, is_hidden=True)
    answered = due_in(-30, author=people.alice, state=State.UNDER_STUDY)
    decision = prepare_decision(
        answered, actor=people.rita, verdict="not_retained", reason="cost", answer=ANSWER
    )
    publish_decision(decision, actor=people.rita, version=decision.version)
    Event.objects.all().delete()
    keep_promises()
    assert told() == []


def test_promise_put_off_begins_its_steps_again(people, lead):
    idea = due_in(-4, author=people.alice, state=State.UNDER_STUDY)
    keep_promises()
    circuit.postpone(
        idea, actor=people.rita, until=clock.today() + timedelta(days=7), note="Nous chiffrons encore."
    )
    event = Event.objects.get(type="idea.answer_late")
    assert words(event) == {}  # what was told of the former day falls silent
    Event.objects.all().delete()
    keep_promises()
    assert told() == ["idea.answer_soon"]


def test_event_of_an_answered_idea_says_nothing(people, lead):
    idea = due_in(-4, author=people.alice, state=State.UNDER_STUDY)
    keep_promises()
    events = list(Event.objects.all())
    circuit.withdraw(idea, actor=people.alice)
    assert [words(event) for event in events] == [{}, {}]


def test_anonymous_idea_tells_months_alone(people):
    idea = IdeaFactory(author=people.alice, is_anonymous=True, deposited_on=date(2026, 3, 1))
    keep_promises()
    for event in Event.objects.all():
        for message in words(event).values():
            assert str(idea.answer_due_on.day) not in message.text
    assert told() == ["idea.answer_day", "idea.answer_late_network"]


def test_row_written_by_another_worker_tells_nothing_again(people):
    idea = due_in(0, author=people.alice)
    assert promises._tell_level(idea.pk, AnswerLevel.DAY, AnswerSteps())
    assert not promises._tell_level(idea.pk, AnswerLevel.DAY, AnswerSteps())
    assert told() == ["idea.answer_day"]


def test_idea_that_moved_meanwhile_is_left_alone(people):
    idea = due_in(0, author=people.alice, state=State.UNDER_STUDY)
    Idea.objects.filter(pk=idea.pk).update(answer_due_on=clock.today() + timedelta(days=30))
    assert not promises._tell_level(idea.pk, AnswerLevel.DAY, AnswerSteps())
    Idea.objects.filter(pk=idea.pk).update(answer_due_on=None)
    assert not promises._tell_level(idea.pk, AnswerLevel.DAY, AnswerSteps())


def test_short_shift_leaves_the_rest_to_the_next(people):
    due_in(0, author=people.alice)
    assert not keep_promises(seconds=-1)
    assert told() == []


def test_many_late_answers_make_one_mail(people, lead):
    from ozeli.activity.fanout import tell_batch

    for _number in range(8):
        due_in(-3, author=people.alice, handler=people.rita)
    keep_promises()
    for event in Event.objects.order_by("pk"):
        tell_batch(event.pk)
    assert OutgoingMail.objects.count() == 0
    assert DigestItem.objects.filter(user=lead).count() == 8
    assert DigestItem.objects.filter(user=people.rita).count() == 8


# --- who answers for the answers of a body ----------------------------------------------------------------------------


def test_lead_is_named_told_and_journaled(people):
    name_lead(people.loire, people.rita, actor=people.adam, read=None)
    assert AnswerLead.objects.get().user == people.rita
    event = Event.objects.get(type="answers.lead_named")
    assert set(words(event)) == {people.rita.pk}
    assert "CPAM de la Loire" in words(event)[people.rita.pk].text
    assert Entry.objects.get(verb="answers.lead").details["name"] == "CPAM de la Loire"
    name_lead(people.loire, people.rita, actor=people.adam, read=people.rita.pk)
    assert Entry.objects.filter(verb="answers.lead").count() == 1


def test_lead_is_replaced_then_removed(people, lead):
    name_lead(people.loire, people.rita, actor=people.adam, read=lead.pk)
    assert set(words(Event.objects.get(type="answers.lead_relieved"))) == {lead.pk}
    name_lead(people.loire, None, actor=people.adam, read=people.rita.pk)
    assert not AnswerLead.objects.exists()


def test_lead_is_refused_to_who_does_not_work_the_desk(people):
    with pytest.raises(Refused, match="n’anime pas"):
        name_lead(people.loire, people.bob, actor=people.adam, read=None)


def test_lead_is_named_by_who_administers_the_body_alone(people):
    for actor in (people.rita, people.nora, people.alice):
        with pytest.raises(Refused, match="administrent"):
            name_lead(people.loire, people.rita, actor=actor, read=None)


def test_lead_changed_by_somebody_else_is_a_conflict(people, lead):
    with pytest.raises(Conflict):
        name_lead(people.loire, people.rita, actor=people.adam, read=None)


def test_lead_ends_with_the_account_or_the_profile(people, lead):
    assert end_leads() == 0
    idea = due_in(-3, author=people.alice)
    lead.is_active = False
    lead.save()
    assert promises.lead_of(idea) is None
    assert end_leads() == 1
    assert not AnswerLead.objects.exists()
    assert Entry.objects.get(verb="answers.lead").actor is None


def test_idea_without_body_has_no_lead(people):
    assert promises.lead_of(IdeaFactory(author=people.alice, is_anonymous=True)) is None


def test_challenge_delay_is_kept_by_a_revival(people):
    challenge = ChallengeFactory(answer_delay_days=9)
    idea = IdeaFactory(author=people.alice, state=State.NOT_RETAINED, challenge=challenge)
    circuit.revive(idea, actor=people.rita)
    assert idea.answer_due_on == clock.today() + timedelta(days=9)
    assert idea.promise_origin == PromiseOrigin.CHALLENGE
