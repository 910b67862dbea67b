"""The list rule and the object rules say the same of every person and every idea."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest

from ozeli.accounts.models import MatrixCell, Membership, Profile, User
from ozeli.accounts.selectors import with_grants
from ozeli.challenges.models import Challenge, ChallengeAnimator
from ozeli.core import clock, memo
from ozeli.core.access import Level
from ozeli.ideas import notifications, rules
from ozeli.ideas.enums import State
from ozeli.ideas.models import Idea, IdeaAuthor, IdeaExpert
from ozeli.network.enums import Audience
from tests.factories import ChallengeFactory, IdeaFactory, UserFactory
from tests.guards.test_matrix import set_cell
from tests.personas import Cast

SHOWN_STATES = (State.DEPOSITED, State.NOT_RETAINED, State.WITHDRAWN)


@pytest.fixture
def crowd(people: Cast) -> dict[str, User]:
    """The cast, and people whose rights end, add up, or reach one body of another branch."""
    everyone = people.people()
    contributor = Profile.objects.get(code="contributor")
    everyone["former"] = UserFactory(organisation=people.loire)
    Membership.objects.create(
        user=everyone["former"], profile=contributor, ends_on=clock.today() - timedelta(days=1)
    )
    everyone["last_day"] = UserFactory(organisation=people.nord, profile__none=True)
    Membership.objects.create(user=everyone["last_day"], profile=contributor, ends_on=clock.today())
    everyone["two_bodies"] = UserFactory(
        organisation=people.nord, profile="contributor", profile__scope=people.loire
    )
    Membership.objects.create(user=everyone["two_bodies"], profile=contributor, organisation=people.rhone)
    everyone["closed"] = UserFactory(organisation=people.loire, is_active=False)
    return everyone


@pytest.fixture
def ideas(people: Cast) -> list[Idea]:
    """Every audience × state × hidden × anonymous, from three bodies; then one signed by, and one shown to, each."""
    made = [
        IdeaFactory(author=author, audience=audience, state=state, is_hidden=hidden, is_anonymous=anonymous)
        for author, audience, state, hidden, anonymous in product(
            (people.alice, people.bob, people.charlie), Audience, SHOWN_STATES, (False, True), (False, True)
        )
    ]
    inner = {"audience": Audience.ORGANISATION, "author": UserFactory(organisation=people.nord)}
    for person in (people.alice, people.bob, people.zoe):
        for state, hidden in product((State.UNDER_STUDY, State.WITHDRAWN), (False, True)):
            shown, signed = (IdeaFactory(state=state, is_hidden=hidden, **inner) for _time in range(2))
            IdeaExpert.objects.create(idea=shown, user=person, asked_on=clock.today())
            IdeaAuthor.objects.create(idea=signed, user=person, position=1)
            made += [shown, signed]
    return made


def fresh(person: User) -> User:
    """The person as a new request knows them."""
    return User.objects.with_organisation().get(pk=person.pk)


def with_roles() -> Iterator[Idea]:
    yield from Idea.objects.prefetch_related("authors", "experts")


def test_everybody_sees_the_same_in_a_list_and_at_the_sheet(
    crowd: dict[str, User], ideas: list[Idea]
) -> None:
    assert len(ideas) > 120
    seen = set()
    for name, person in crowd.items():
        user = fresh(person)
        listed = set(Idea.objects.visible_to(user).values_list("pk", flat=True))
        shown = {idea.pk for idea in with_roles() if rules.can_see(user, idea)}
        assert listed == shown, name
        seen.add(len(listed))
    assert len(seen) > 5, "the personas do not differ enough to prove anything"


def test_scope_of_a_desk_is_the_same_in_a_list_and_at_the_sheet(
    crowd: dict[str, User], ideas: list[Idea]
) -> None:
    for name, person in crowd.items():
        user = fresh(person)
        if user.level("ideas") < Level.CONTRIBUTE:
            assert not any(rules.works_desk(user, idea) for idea in with_roles()), name
            continue
        listed = set(Idea.objects.in_scope_of(user).values_list("pk", flat=True))
        assert listed == {idea.pk for idea in with_roles() if rules.works_desk(user, idea)}, name
        assert listed <= set(Idea.objects.visible_to(user).values_list("pk", flat=True)), name


def test_many_people_are_judged_as_one_by_one(crowd: dict[str, User], ideas: list[Idea]) -> None:
    """The readers of a notification, worked out together, are those of `visible_to`."""
    ids = [person.pk for person in crowd.values()]
    for idea in list(with_roles())[::5]:
        told = {user.pk for user in notifications.readers(idea, ids)}
        one_by_one = {
            person.pk
            for person in crowd.values()
            if person.is_active and Idea.objects.visible_to(fresh(person)).filter(pk=idea.pk).exists()
        }
        assert told == one_by_one


def test_grants_of_many_are_those_of_each(crowd: dict[str, User]) -> None:
    for user in with_grants(person.pk for person in crowd.values()):
        assert sorted(user.grants, key=str) == sorted(fresh(user).grants, key=str)


def test_closed_brick_hides_every_idea(people: Cast, ideas: list[Idea]) -> None:
    MatrixCell.objects.filter(brick="ideas", profile__code="reader").update(level=Level.NONE)
    alice = fresh(people.alice)
    assert not Idea.objects.visible_to(alice).exists()
    assert not any(rules.can_see(alice, idea) for idea in with_roles())


@pytest.mark.parametrize(
    ("name", "expected"),
    [("rita", True), ("nora", True), ("adam", True), ("alice", False), ("bob", False), ("dev", False)],
)
def test_only_referents_decide(name: str, expected: bool, people: Cast) -> None:
    idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    assert rules.decides(getattr(people, name), idea) is expected


def test_nobody_answers_themselves(people: Cast) -> None:
    idea = IdeaFactory(authors=[people.alice, people.rita], state=State.UNDER_STUDY)
    assert rules.works_desk(people.rita, idea)
    assert not rules.decides(people.rita, idea)


@pytest.mark.parametrize("ended", ["cancelled", "closed brick"])
def test_desk_of_an_animator_ends_with_the_challenge_and_with_the_brick(people, ended):
    """The list and the object agree: what the team may no longer work is not on its desk either."""
    challenge = ChallengeFactory()
    ChallengeAnimator.objects.create(challenge=challenge, user=people.rita)
    idea = IdeaFactory(author=people.bob, challenge=challenge, audience="organisation")
    memo.forget_all()
    assert rules.works_desk(people.rita, idea) and idea in Idea.objects.in_scope_of(people.rita)
    if ended == "cancelled":
        Challenge.objects.filter(pk=challenge.pk).update(state="cancelled")
    else:
        set_cell("contributor", "challenges", 0)
    memo.forget_all()
    rita = next(iter(with_grants([people.rita.pk])))
    assert not rules.works_desk(rita, idea)
    assert idea not in Idea.objects.in_scope_of(rita)
    assert idea not in Idea.objects.visible_to(rita)
