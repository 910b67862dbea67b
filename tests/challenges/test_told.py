"""What each person reads of a challenge: the lines in the portal, the words of the journal, the edges of a team."""

from datetime import timedelta

import pytest

from ozeli.accounts.models import Membership, Profile
from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import Event, Notification
from ozeli.activity.services import set_follow
from ozeli.challenges.enums import AnimatorRole, ChallengeState, Format, PhaseKind
from ozeli.challenges.models import KIND, Challenge, ChallengeAnimator, CommunicationStep
from ozeli.challenges.services import communication, drafts, publication, team
from ozeli.challenges.services.dates import move_end
from ozeli.challenges.wording import VERBS, details
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from tests.factories import ChallengeFactory
from tests.personas import Cast

pytestmark = pytest.mark.django_db
WHY = "Le calendrier de la paie a changé."


@pytest.fixture
def found(people: Cast) -> Challenge:
    made = ChallengeFactory(
        title="Zéro papier",
        organisation=people.loire,
        phases={PhaseKind.DEPOSIT: (-5, 5), PhaseKind.DEBATE: (5, 15), PhaseKind.RESULTS: (20, 30)},
    )
    set_follow(KIND, made.pk, user=people.alice, wanted=True)
    return made


def read_by(person) -> str:
    """The last line told to this person, once everything is told."""
    for event in Event.objects.filter(is_fanned_out=False):
        tell_batch(event.pk)
    line = Notification.objects.filter(user=person).order_by("-pk").first()
    return line.text if line else ""


def test_a_moved_date_is_told_with_both_days(found, people):
    end = found.phases.get(kind=PhaseKind.RESULTS).closes_at + timedelta(days=3)
    move_end(found, PhaseKind.RESULTS, end, actor=people.rita, reason=WHY, version=1)
    assert "la phase “Résultats” finit désormais le" in read_by(people.alice).replace("«\u202f", "“").replace(
        "\u202f»", "”"
    )
    assert "au lieu du" in read_by(people.alice)


def test_an_end_taken_away_is_told(people):
    box = ChallengeFactory(organisation=people.loire, phases={PhaseKind.OPEN: (-5, 9)})
    set_follow(KIND, box.pk, user=people.alice, wanted=True)
    move_end(box, PhaseKind.OPEN, None, actor=people.rita, reason=WHY, version=1)
    assert "n’a plus de date de fin" in read_by(people.alice)
    assert "sans fin" in details(Entry.objects.get(verb="challenge.move_end").details)


def test_a_cancelled_challenge_is_told(found, people):
    publication.cancel(found, actor=people.rita, reason=WHY, version=1)
    assert "est annulé" in read_by(people.alice)


def test_people_of_the_team_are_told_of_their_place(found, people):
    ChallengeAnimator.objects.create(challenge=found, user=people.rita, role=AnimatorRole.LEAD)
    team.add(found, people.bob, actor=people.rita)
    assert "vous a mis dans l’équipe" in read_by(people.bob)
    team.set_role(found, people.bob.pk, AnimatorRole.LEAD, actor=people.rita)
    assert "vous confie la responsabilité" in read_by(people.bob)
    team.set_role(found, people.bob.pk, AnimatorRole.ANIMATOR, actor=people.rita)
    assert "le rôle d’animateur" in read_by(people.bob)
    team.remove(found, people.bob.pk, actor=people.rita)
    assert "n’êtes plus dans l’équipe" in read_by(people.bob)


def test_a_new_challenge_says_when_it_opens(people):
    soon = ChallengeFactory(
        organisation=people.loire,
        audience=Audience.ORGANISATION,
        bodies=[people.loire],
        state=ChallengeState.DRAFT,
        phases={PhaseKind.OPEN: (3, None)},
        rules_text="Chacun dépose.",
    )
    publication.publish(soon, actor=people.rita, version=1)
    assert "Un défi vous est ouvert" in read_by(people.alice)
    assert read_by(people.charlie) == "", "not open to that body"


def test_every_act_has_its_words(found, people):
    publication.cancel(found, actor=people.rita, reason=WHY, version=1)
    held = Entry.objects.get(verb="challenge.cancel")
    assert held.verb in VERBS and details(held.details) == f"Zéro papier. {WHY}"
    assert details({}) == ""


def test_a_team_has_its_edges(found, people, monkeypatch):
    monkeypatch.setattr(team, "MOST", 1)
    ChallengeAnimator.objects.create(challenge=found, user=people.bob)
    with pytest.raises(Refused, match="au plus"):
        team.add(found, people.charlie, actor=people.rita)
    with pytest.raises(Refused, match="revient au responsable"):
        team.add(found, people.charlie, actor=people.alice)
    with pytest.raises(Conflict):
        team.remove(found, people.charlie.pk, actor=people.rita)
    Challenge.objects.filter(pk=found.pk).update(state=ChallengeState.CANCELLED)
    with pytest.raises(Refused, match="annulé"):
        team.add(found, people.charlie, actor=people.rita)


def test_a_plan_has_its_edges(found, monkeypatch):
    step = CommunicationStep.objects.create(challenge=found, due_on=clock.today(), title="Affiche")
    monkeypatch.setattr(communication, "MOST", 1)
    with pytest.raises(Refused, match="au plus"):
        communication.write_step(found, {"title": "Autre", "due_on": clock.today()})
    communication.remove(step)
    with pytest.raises(Refused, match="retirée"):
        communication.write_step(found, {"title": "Autre"}, step=step)


def test_who_contributes_elsewhere_carries_for_there(people):
    contributor = Profile.objects.get(code="contributor")
    Membership.objects.create(user=people.alice, profile=contributor, organisation=people.rhone)
    draft = drafts.create(Format.BOX, actor=people.alice)
    assert draft.organisation == people.rhone


def test_who_administers_the_brick_on_a_body_opens_wider(people):
    administrator = Profile.objects.get(code="administrator")
    Membership.objects.create(user=people.alice, profile=administrator, organisation=people.loire)
    draft = drafts.create(Format.BOX, actor=people.alice)
    saved = drafts.save(draft, {"audience": Audience.NETWORK}, actor=people.alice, version=1, bodies=[])
    assert saved.audience == Audience.NETWORK
