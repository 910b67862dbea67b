"""The digests ask who may read what for many people at once: as the rule says, one by one."""

from typing import Any

import pytest

from ozeli.accounts.selectors import with_grants
from ozeli.core import clock
from ozeli.ideas import pacing, rules
from ozeli.ideas.enums import State
from ozeli.ideas.models import Idea, IdeaExpert
from ozeli.network.enums import Audience
from tests.factories import IdeaFactory
from tests.personas import Cast

pytestmark = pytest.mark.django_db


def test_pairs_agree_with_the_rule(people: Cast) -> None:
    ideas = [
        IdeaFactory(author=people.alice, audience=audience, is_hidden=hidden, state=state)
        for audience in Audience
        for hidden in (False, True)
        for state in (State.IN_DEBATE, State.WITHDRAWN)
    ]
    IdeaExpert.objects.create(idea=ideas[-1], user=people.charlie, asked_on=clock.today())
    ids = [idea.pk for idea in ideas]
    crowd = with_grants([user.pk for user in people.people().values()])
    pairs = pacing.visible_pairs([(user, ids) for user in crowd])
    for user in crowd:
        seen = {idea.pk for idea in Idea.objects.filter(pk__in=ids) if rules.can_see(user, idea)}
        assert (
            set(pairs[user.pk])
            == seen
            == set(Idea.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
        )


@pytest.mark.parametrize("number", [1, 3])
def test_public_ideas_take_one_query(number: int, people: Cast, django_assert_num_queries: Any) -> None:
    ids = [IdeaFactory(author=people.alice).pk for _one in range(number)]
    crowd = with_grants([user.pk for user in people.people().values()])
    with django_assert_num_queries(1):
        pacing.visible_pairs([(user, ids) for user in crowd])
