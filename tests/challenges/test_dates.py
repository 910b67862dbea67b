"""Ends move with a reason, never by surprise; each opening and closing is told the day before, once."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction

from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import DigestItem, Event, Notification, OutgoingMail
from ozeli.activity.services import set_follow
from ozeli.challenges import audience
from ozeli.challenges.enums import AnimatorRole, ChallengeState, PhaseKind
from ozeli.challenges.models import (
    KIND,
    Challenge,
    ChallengeAnimator,
    CommunicationStep,
    Phase,
    PhaseChange,
)
from ozeli.challenges.services import reminders
from ozeli.challenges.services.dates import move_end
from ozeli.challenges.tasks import tell_tomorrow
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.models import Poll
from ozeli.journal.models import Entry
from tests.factories import ChallengeFactory
from tests.ideas.at_once import kinds, together
from tests.personas import Cast, cast

pytestmark = pytest.mark.django_db
WHY = "Les caisses d’outre-mer demandent une semaine."
DEPOSIT, DEBATE, RESULTS = PhaseKind.DEPOSIT, PhaseKind.DEBATE, PhaseKind.RESULTS


@pytest.fixture
def found(people: Cast) -> Challenge:
    return make(people)


def make(people: Cast) -> Challenge:
    return ChallengeFactory(
        organisation=people.loire, phases={DEPOSIT: (-5, 5), DEBATE: (5, 15), RESULTS: (20, 30)}
    )


def end_of(found: Challenge, kind: PhaseKind):
    return found.phases.get(kind=kind).closes_at


def push(found: Challenge, kind: PhaseKind, days: float, actor, **kwargs):
    version = Challenge.objects.get(pk=found.pk).version
    end = end_of(found, kind) + timedelta(days=days)
    return move_end(found, kind, end, actor=actor, reason=WHY, **{"version": version} | kwargs)


def test_the_following_phases_are_shifted(found, people):
    before = {phase.kind: (phase.opens_at, phase.closes_at) for phase in found.phases.all()}
    CommunicationStep.objects.create(
        challenge=found, due_on=clock.today() + timedelta(days=4), title="Dernier rappel"
    )
    push(found, DEPOSIT, 7, people.rita, shifts=True)
    for phase in found.phases.exclude(kind=DEPOSIT):
        assert phase.opens_at - before[phase.kind][0] in (timedelta(days=7), timedelta(days=7, hours=-1))
    assert [one.reason for one in PhaseChange.objects.all()] == [WHY] * 3
    assert Entry.objects.filter(verb="challenge.move_end").count() == 3
    assert Event.objects.filter(type="challenge.dates").count() == 1
    poll = Poll.objects.get(pk=found.poll_id)
    assert poll.opens_at == found.phases.get(kind=DEBATE).opens_at
    assert Challenge.objects.get(pk=found.pk).closes_at == end_of(found, RESULTS)
    assert found.communication.get().due_on == clock.today() + timedelta(days=11)


def test_without_shift_an_overlap_is_refused_by_its_names(found, people):
    with pytest.raises(Refused, match=r"Dépôt.* et .*Débat et votes.* se chevauchent"):
        push(found, DEPOSIT, 7, people.rita)
    assert not PhaseChange.objects.exists()


def test_the_last_phase_is_prolonged_alone(found, people):
    push(found, RESULTS, 10, people.rita)
    assert PhaseChange.objects.get().kind == RESULTS


def test_an_end_is_never_brought_forward_by_surprise(found, people):
    with pytest.raises(Refused, match="la veille"):
        push(found, DEPOSIT, -4.5, people.rita)
    push(found, DEPOSIT, -2, people.rita)
    with pytest.raises(Refused, match="dans moins d’un jour"):
        soon = ChallengeFactory(
            organisation=people.loire, phases={DEPOSIT: (-5, 3), DEBATE: (3, 9), RESULTS: (9, 12)}
        )
        push(soon, DEPOSIT, -1.9, people.rita, shifts=True)


def test_what_is_past_does_not_move(found, people):
    Phase.objects.filter(challenge=found, kind=DEPOSIT).update(closes_at=clock.now() - timedelta(hours=1))
    with pytest.raises(Refused, match="ce qui est passé ne se déplace pas"):
        push(found, DEPOSIT, 3, people.rita)


def test_a_prolonged_end_is_to_come(found, people):
    end = clock.now() - timedelta(hours=2)
    endless = ChallengeFactory(organisation=people.loire, phases={PhaseKind.OPEN: (-30, None)})
    with pytest.raises(Refused, match="la veille"):
        move_end(endless, PhaseKind.OPEN, end, actor=people.rita, reason=WHY, version=1)


def test_a_box_may_be_given_an_end_and_lose_it(people):
    box = ChallengeFactory(organisation=people.loire, phases={PhaseKind.OPEN: (-30, 8), RESULTS: (9, None)})
    with pytest.raises(Refused, match=r"doit finir|ne peut pas la suivre"):
        move_end(box, PhaseKind.OPEN, None, actor=people.rita, reason=WHY, version=1)
    move_end(
        box, RESULTS, clock.now() + timedelta(days=40), actor=people.rita, reason=WHY, version=1, shifts=True
    )
    move_end(box, RESULTS, None, actor=people.rita, reason=WHY, version=2)
    assert end_of(box, RESULTS) is None
    with pytest.raises(Refused, match="doit finir"):
        move_end(make(people), DEBATE, None, actor=people.rita, reason=WHY, version=1)


def test_a_reason_and_the_right_are_asked(found, people):
    end = end_of(found, RESULTS) + timedelta(days=1)
    with pytest.raises(Refused, match="Dites pourquoi"):
        move_end(found, RESULTS, end, actor=people.rita, reason="  ", version=1)
    for stranger in (people.alice, people.bob):
        with pytest.raises(Refused, match="responsable"):
            move_end(found, RESULTS, end, actor=stranger, reason=WHY, version=1)
    ChallengeAnimator.objects.create(challenge=found, user=people.bob, role=AnimatorRole.LEAD)
    move_end(found, RESULTS, end, actor=people.bob, reason=WHY, version=1)
    with pytest.raises(Refused, match="déjà ce jour-là"):
        move_end(found, RESULTS, end, actor=people.bob, reason=WHY, version=2)
    with pytest.raises(Conflict, match="n’a pas cette phase"):
        move_end(found, PhaseKind.STUDY, end, actor=people.bob, reason=WHY, version=2)
    Challenge.objects.filter(pk=found.pk).update(state=ChallengeState.CANCELLED)
    with pytest.raises(Conflict):
        move_end(found, RESULTS, end, actor=people.bob, reason=WHY, version=2)


@pytest.mark.django_db(transaction=True)
def test_two_prolongations_at_once_make_one():
    people = cast()
    found = make(people)
    end = end_of(found, RESULTS)

    def prolong(days):
        return move_end(found, RESULTS, end + timedelta(days=days), actor=people.rita, reason=WHY, version=1)

    assert kinds(together(lambda: prolong(3), lambda: prolong(9))) == [False, True]
    assert PhaseChange.objects.count() == Event.objects.filter(type="challenge.dates").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_animators_who_move_different_phases_at_once_never_make_them_overlap():
    """On two connections, at the version that both have read: one moves, the other is told to look again."""
    people = cast()
    for _time in range(4):
        found = ChallengeFactory(
            organisation=people.loire, phases={DEPOSIT: (-5, 5), DEBATE: (8, 15), RESULTS: (20, 30)}
        )
        ChallengeAnimator.objects.create(challenge=found, user=people.bob, role=AnimatorRole.LEAD)
        ends = {kind: end_of(found, kind) for kind in (DEPOSIT, DEBATE)}

        def move(kind, days, actor, shifts=False, found=found, ends=ends):
            end = ends[kind] + timedelta(days=days)
            return move_end(found, kind, end, actor=actor, reason=WHY, version=1, shifts=shifts)

        results = together(
            lambda move=move: move(DEPOSIT, 2, people.rita), lambda move=move: move(DEBATE, 4, people.bob)
        )
        assert kinds(results) == [False, True], results
        phases = list(found.phases.order_by("opens_at"))
        assert all(one.closes_at <= after.opens_at for one, after in pairwise(phases))
        assert PhaseChange.objects.filter(challenge=found).count() == 1
        assert Challenge.objects.get(pk=found.pk).version == 2


# --- the day before ---------------------------------------------------------------------------------------------------


@pytest.fixture
def tomorrow(people: Cast) -> Challenge:
    """Deposits end in some hours, and the debate begins at once."""
    return ChallengeFactory(
        organisation=people.loire, phases={DEPOSIT: (-5, 0.5), DEBATE: (0.5, 9), RESULTS: (9, 20)}
    )


def test_an_end_and_a_beginning_of_one_instant_are_one_piece_of_news(tomorrow, people):
    Phase.objects.filter(challenge=tomorrow, kind=DEBATE).update(
        opens_at=tomorrow.phases.get(kind=DEPOSIT).closes_at
    )
    assert reminders.tell_tomorrow() == 1
    event = Event.objects.get(type="challenge.tomorrow")
    assert (event.data["closing"], event.data["opening"]) == (DEPOSIT, DEBATE)
    tell_tomorrow(0)
    assert Event.objects.filter(type="challenge.tomorrow").count() == 1


def test_what_is_far_or_past_or_unpublished_is_not_told(people):
    ChallengeFactory(phases={DEPOSIT: (-5, 5), DEBATE: (5, 15)})
    ChallengeFactory(state=ChallengeState.DRAFT, phases={DEPOSIT: (0.5, 5)})
    ChallengeFactory(state=ChallengeState.CANCELLED, phases={DEPOSIT: (-5, 0.5)})
    assert reminders.tell_tomorrow() == 0


def test_a_killed_worker_takes_nothing(tomorrow):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        reminders.tell_tomorrow()
        raise ZeroDivisionError
    assert not Event.objects.exists()
    assert reminders.tell_tomorrow() > 0


def test_a_moved_end_is_told_again(tomorrow, people):
    reminders.tell_tomorrow()
    push(tomorrow, DEPOSIT, 7, people.rita, shifts=True)
    assert set(tomorrow.phases.values_list("told_closing_at", flat=True)) == {None}


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_once():
    people = cast()
    ChallengeFactory(organisation=people.loire, phases={DEPOSIT: (-5, 0.5), DEBATE: (1.5, 9)})
    assert sorted(together(reminders.tell_tomorrow, reminders.tell_tomorrow)) == [0, 1]
    assert Event.objects.filter(type="challenge.tomorrow").count() == 1


def test_those_who_follow_animate_or_take_part_are_told(tomorrow, people, monkeypatch):
    monkeypatch.setattr(audience, "_sources", {"test": lambda key: [people.charlie.pk]})
    ChallengeAnimator.objects.create(challenge=tomorrow, user=people.bob)
    set_follow(KIND, tomorrow.pk, user=people.alice, wanted=True)
    reminders.tell_tomorrow()
    for event in Event.objects.filter(type="challenge.tomorrow"):
        tell_batch(event.pk)
    told = set(Notification.objects.values_list("user", flat=True))
    assert told == {people.alice.pk, people.bob.pk, people.charlie.pk}
    assert set(OutgoingMail.objects.values_list("user", flat=True)) == {people.bob.pk}, "animators at once"
    assert set(DigestItem.objects.values_list("user", flat=True)) == {people.alice.pk, people.charlie.pk}
    line = Notification.objects.filter(user=people.alice).first()
    assert line is not None and tomorrow.title in line.text


def test_a_new_challenge_is_told_to_those_it_is_open_to(people, monkeypatch):
    monkeypatch.setattr("ozeli.challenges.notifications.BATCH", 2)
    monkeypatch.setattr("ozeli.activity.fanout.BATCH", 2)
    from ozeli.activity.services import tell

    found = ChallengeFactory(audience="branch", branch=people.loire.branch, organisation=people.loire)
    event = tell("challenge.published", KIND, found.pk, actor=people.rita)
    after, rounds = 0, 0
    while (told := tell_batch(event.pk, after)).last is not None:
        after, rounds = told.last, rounds + 1
    assert rounds >= 1
    names = set(Notification.objects.values_list("user__email", flat=True))
    assert names == {"alice@exemple.test", "bob@exemple.test"}, "zoe has no profile, rita did it"
    assert not OutgoingMail.objects.exists(), "never at once"
    assert DigestItem.objects.filter(pace="weekly").count() == 2
