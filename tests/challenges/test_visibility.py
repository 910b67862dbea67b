"""Who sees a challenge: the list rule and the object rule agree."""

import pytest

from ozeli.challenges import rules
from ozeli.challenges.enums import AnimatorRole, ChallengeState
from ozeli.challenges.models import Challenge, ChallengeAnimator
from ozeli.network.enums import Audience
from tests.factories import ChallengeFactory
from tests.personas import Cast

pytestmark = pytest.mark.django_db


def _every_kind(cast: Cast) -> list[Challenge]:
    alice, bob = cast.loire, cast.rhone
    made = []
    for state in ChallengeState:
        for body in (alice, bob):
            made += [
                ChallengeFactory(state=state, organisation=body),
                ChallengeFactory(state=state, organisation=body, audience=Audience.BRANCH, branch=bob.branch),
                ChallengeFactory(
                    state=state, organisation=body, audience=Audience.ORGANISATION, bodies=[bob]
                ),
            ]
    ChallengeAnimator.objects.create(challenge=made[0], user=cast.charlie, role=AnimatorRole.LEAD)
    return made


def test_the_list_and_the_object_agree_for_everyone(people: Cast) -> None:
    made = _every_kind(people)
    for person in people.people().values():
        seen = set(Challenge.objects.visible_to(person).values_list("pk", flat=True))
        assert seen == {one.pk for one in made if rules.can_see(person, one)}, person.display_name


def test_a_draft_is_seen_by_its_team_alone(people: Cast) -> None:
    draft = _every_kind(people)[0]
    assert draft.state == ChallengeState.DRAFT
    assert rules.can_see(people.charlie, draft) and rules.can_see(people.rita, draft)
    assert not rules.can_see(people.alice, draft) and not rules.can_see(people.bob, draft)
