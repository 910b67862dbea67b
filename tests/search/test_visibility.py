"""Nobody finds what they may not read. Seen red with the condition of `visible_sql` replaced by TRUE."""

from collections.abc import Callable
from itertools import product

import pytest

from ozeli.accounts.models import MatrixCell, Profile, User
from ozeli.ideas.enums import State
from ozeli.ideas.models import Idea
from ozeli.network.enums import Audience
from ozeli.search import selectors, services
from ozeli.search.visibility import visible_sql

from ..factories import IdeaFactory, UserFactory
from ..personas import NAMES, Cast
from .conftest import Shelf

Found = Callable[..., list[str]]
TEXT = "Rappeler les rendez-vous manqués par message la veille"


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.fixture
def ideas(people: Cast) -> list[Idea]:
    """One idea for each body × audience, with one hidden, one withdrawn and one anonymous."""
    made = [
        IdeaFactory(
            author=UserFactory(organisation=body), audience=audience, title=f"{TEXT} {body.code} {audience}"
        )
        for body, audience in product((people.loire, people.rhone, people.nord), Audience.values)
    ]
    made += [
        IdeaFactory(author=people.alice, is_hidden=True, title=f"{TEXT} masquée"),
        IdeaFactory(author=people.alice, state=State.WITHDRAWN, title=f"{TEXT} retirée"),
        IdeaFactory(
            is_anonymous=True,
            author=UserFactory(organisation=people.loire),
            audience=Audience.BRANCH,
            title=TEXT,
        ),
    ]
    services.reindex("idea", now=True)
    return made


@pytest.mark.parametrize("name", NAMES)
def test_search_and_look_alikes_find_exactly_what_may_be_read(
    people: Cast, ideas: list[Idea], name: str
) -> None:
    user = fresh(getattr(people, name))
    readable = {
        idea.pk
        for idea in Idea.objects.visible_to(user)
        if not idea.is_hidden and idea.state != State.WITHDRAWN
    }
    searched = selectors.search("rendez-vous manqué", user=user, kinds=["idea"], limit=50)
    alike = selectors.look_alikes(TEXT, user=user, kinds=["idea"], limit=50)
    assert {hit.object_id for hit in searched.hits} == readable
    assert {one.object_id for one in alike} == readable
    assert searched.total == len(readable)


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        (Audience.ORGANISATION, {"alice", "rita", "nora", "adam", "sonia"}),
        (Audience.BRANCH, {"alice", "bob", "rita", "nora", "adam", "sonia"}),
        (Audience.NETWORK, {"alice", "bob", "charlie", "rita", "nora", "adam", "sonia"}),
    ],
)
def test_audience_decides_who_finds(
    shelf: Shelf, found: Found, people: Cast, audience: str, readers: set[str]
) -> None:
    shelf.add(
        "Licenciements", audience=audience, organisation_id=people.loire.pk, branch_id=people.loire.branch_id
    )
    for name, user in people.people().items():
        assert bool(found("licenciement", user)) is (name in readers), name
        assert bool(selectors.look_alikes("licenciement", user=user)) is (name in readers), name


def test_facets_and_totals_do_not_tell_of_the_unreadable(shelf: Shelf, people: Cast) -> None:
    shelf.add(
        "Licenciements",
        audience="organisation",
        organisation_id=people.nord.pk,
        branch_id=people.nord.branch_id,
    )
    results = selectors.search("licenciement", user=people.alice)
    assert (results.total, results.facets) == (0, {})


def test_a_closed_brick_closes_its_results_at_once(shelf: Shelf, found: Found, people: Cast) -> None:
    shelf.add("Covoiturage")
    assert found("covoiturage", people.alice)
    MatrixCell.objects.filter(profile=Profile.objects.get(code="reader"), brick="ideas").update(level=0)
    assert found("covoiturage", fresh(people.alice)) == []


def test_a_scope_on_another_body_opens_it(shelf: Shelf, found: Found, people: Cast) -> None:
    shelf.add(
        "Licenciements",
        audience="organisation",
        organisation_id=people.loire.pk,
        branch_id=people.loire.branch_id,
    )
    elsewhere = UserFactory(organisation=people.nord, profile="contributor", profile__scope=people.loire)
    assert found("licenciement", elsewhere) == ["Licenciements"]


def test_nobody_sees_nothing(people: Cast) -> None:
    assert visible_sql(None) == ("FALSE", [])
    assert visible_sql(people.zoe) == ("FALSE", [])


def test_a_document_without_body_is_not_everyone_s(shelf: Shelf, found: Found, people: Cast) -> None:
    shelf.add("Orpheline", audience="organisation")
    shelf.add("Orpheline aussi", audience="branch")
    assert found("orpheline", people.alice) == []


def test_a_correction_tells_no_word_of_a_closed_text(shelf: Shelf, people: Cast) -> None:
    """Seen red with `_are_readable` always true."""
    inner = {"organisation_id": people.loire.pk, "branch_id": people.loire.branch_id}
    shelf.add("Le plan de licenciement", audience=Audience.ORGANISATION, **inner)
    shelf.add("Un plan de covoiturage")

    def corrected(user: User, text: str) -> str:
        return selectors.search(text, user=user).corrected

    assert corrected(people.alice, "plan licensiement") == "plan licenciement"
    assert corrected(people.charlie, "plan licensiement") == ""
    assert corrected(people.charlie, "plan covoituragge") == "plan covoiturage"
