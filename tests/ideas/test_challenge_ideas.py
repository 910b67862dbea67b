"""The list of a challenge's ideas: by chance while one votes, each from a place of their own; filters and exports."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from ozeli.challenges.enums import PhaseKind, VotingRule
from ozeli.challenges.models import Challenge
from ozeli.core import clock, memo
from ozeli.core.paging import circular_page
from ozeli.engagement.models import Vote
from ozeli.ideas.enums import State
from ozeli.ideas.models import Idea, Selection
from ozeli.ideas.selectors.challenge_votes import start_for
from ozeli.ideas.selectors.challenges import find
from ozeli.network.enums import Audience
from tests.factories import ChallengeFactory, DomainFactory, IdeaFactory, UserFactory
from tests.personas import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def challenge() -> Challenge:
    return ChallengeFactory(
        slug="zero-perdu", title="Zéro rendez-vous perdu", phases={PhaseKind.DEBATE: (-5, 5)}
    )


def fill(challenge: Challenge, count: int, **changes: Any) -> list[Idea]:
    author = UserFactory()
    return [IdeaFactory(challenge=challenge, author=author, **changes) for _each in range(count)]


def walk(client: Client, path: str = "/defis/zero-perdu/idees/", *, back: bool = False) -> list[str]:
    """The titles of every page, from the first to the last; with `back`, from the last to the first."""
    answer, titles = client.get(path), []
    while back and answer.context["next_url"]:
        answer = client.get(path + answer.context["next_url"])
    name = "previous_url" if back else "next_url"
    while True:
        rows = [row.title for row in answer.context["rows"]]
        titles = rows + titles if back else titles + rows
        if not answer.context[name]:
            return titles
        answer = client.get(path + answer.context[name])


# --- the walk ---------------------------------------------------------------------------------------------------------


def test_everybody_walks_the_same_circle_from_a_place_of_their_own(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    fill(challenge, 40)
    circle = list(Idea.objects.order_by("shuffle", "id").values_list("title", flat=True))
    starts = set()
    for person in (people.alice, people.bob, people.charlie):
        seen = walk(sign_in(person))
        assert len(seen) == len(set(seen)) == 40
        at = circle.index(seen[0])
        assert seen == circle[at:] + circle[:at]
        assert seen == walk(sign_in(person)), "stable from one visit to the next"
        assert seen == walk(sign_in(person), back=True)
        starts.add(at)
    assert len(starts) > 1


@pytest.mark.parametrize("start", [0.0, 0.999999])
def test_a_walk_from_an_end_of_the_circle_is_whole(start: float, challenge: Challenge) -> None:
    fill(challenge, 20)
    page = circular_page(Idea.objects.all(), "shuffle", start)
    following = circular_page(Idea.objects.all(), "shuffle", start, page.next)
    assert len({idea.pk for idea in (*page.rows, *following.rows)}) == 20
    assert not following.next
    assert [
        one.pk for one in circular_page(Idea.objects.all(), "shuffle", start, following.previous).rows
    ] == [one.pk for one in page.rows]


def test_the_place_of_a_person_differs_from_a_challenge_to_another(
    challenge: Challenge, people: Cast
) -> None:
    other = ChallengeFactory(slug="autre")
    memo.forget_all()
    here, there = find(people.alice, "zero-perdu"), find(people.alice, other.slug)
    assert here and there
    assert start_for(people.alice, here) != start_for(people.alice, there)
    assert 0 <= start_for(people.alice, here) < 1


def test_out_of_the_votes_the_latest_come_first_or_the_most_supported(
    people: Cast, sign_in: Callable[..., Client]
) -> None:
    over = ChallengeFactory(slug="zero-perdu", phases={PhaseKind.DEBATE: (-9, -5), PhaseKind.STUDY: (-5, 5)})
    fill(over, 20)
    Idea.objects.filter(pk=Idea.objects.order_by("pk")[3].pk).update(vote_count=7, title="La plus soutenue")
    client = sign_in(people.alice)
    answer = client.get("/defis/zero-perdu/idees/?tri=soutenues")
    assert answer.context["rows"][0].title == "La plus soutenue"
    assert "is-locked" in answer.content.decode() and "Votes clos depuis le" in answer.content.decode()
    assert 'name="want"' not in answer.content.decode()
    assert len(walk(client)) == 20


@pytest.mark.parametrize("count", [1, 3, 16])
def test_query_count_of_a_page(
    count: int,
    people: Cast,
    sign_in: Callable[..., Client],
    as_in_production: None,
    django_assert_num_queries: Any,
) -> None:
    """Person (3), memo of challenges warmed; the page and what surrounds it, the count when there are several pages."""
    challenge = ChallengeFactory(slug="zero-perdu", phases={PhaseKind.DEBATE: (-5, 5)})
    fill(challenge, count)
    Idea.objects.update(shuffle=0.99999999)
    client = sign_in(people.alice)
    client.get("/defis/zero-perdu/idees/")
    with django_assert_num_queries(7):
        client.get("/defis/zero-perdu/idees/")


# --- what it shows ----------------------------------------------------------------------------------------------------


def test_own_votes_and_those_left_are_shown(people: Cast, sign_in: Callable[..., Client]) -> None:
    challenge = ChallengeFactory(
        slug="zero-perdu", voting_rule=VotingRule.BUDGET, votes_each=5, phases={PhaseKind.OPEN: (-5, 5)}
    )
    one, _two = fill(challenge, 2)
    for idea in Idea.objects.all():
        type(idea.ballot).objects.filter(pk=idea.ballot_id).update(poll=challenge.poll_id)
    client = sign_in(people.alice)
    assert "Il vous reste 5\u00a0votes sur 5" in client.get("/defis/zero-perdu/idees/").content.decode()
    client.post(f"{one.get_absolute_url()}vote/", {"want": "1"})
    page = client.get("/defis/zero-perdu/idees/").content.decode()
    assert "Il vous reste 4\u00a0votes sur 5" in page and "votre vote" in page
    voted = client.get("/defis/zero-perdu/idees/?lien=soutenues")
    assert [row.title for row in voted.context["rows"]] == [one.title]


def test_filters_narrow_the_list(challenge: Challenge, people: Cast, sign_in: Callable[..., Client]) -> None:
    DomainFactory(code="delais", name="Délais")
    fill(challenge, 2)
    IdeaFactory(challenge=challenge, title="Des délais", domain=DomainFactory(code="delais"))
    IdeaFactory(challenge=challenge, title="La mienne", author=people.alice, state=State.IN_DEBATE)
    IdeaFactory(title="Hors défi")
    client = sign_in(people.alice)
    for query, titles in (
        ("?domaine=delais", {"Des délais"}),
        ("?lien=miennes", {"La mienne"}),
        ("?etat=en-debat", {"La mienne"}),
        (f"?organisme={people.loire.code}", {"La mienne"}),
    ):
        assert set(walk(client, f"/defis/zero-perdu/idees/{query}")) == titles, query
    assert "Hors défi" not in walk(client)


def test_empty_lists_say_what_to_do(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(people.alice)
    assert "Aucune idée dans ce défi" in client.get("/defis/zero-perdu/idees/").content.decode()
    assert "ne répond à ces filtres" in client.get("/defis/zero-perdu/idees/?lien=miennes").content.decode()


def test_a_hidden_challenge_is_absent_and_its_readers_see_only_their_ideas(
    people: Cast, sign_in: Callable[..., Client]
) -> None:
    challenge = ChallengeFactory(
        slug="nord", audience=Audience.ORGANISATION, bodies=[people.nord, people.rhone]
    )
    IdeaFactory(challenge=challenge, title="Réservée", author=people.charlie, audience=Audience.ORGANISATION)
    IdeaFactory(challenge=challenge, title="Pour tous", author=people.charlie)
    assert sign_in(people.alice).get("/defis/nord/idees/").status_code == 404
    assert walk(sign_in(people.bob), "/defis/nord/idees/") == ["Pour tous"]
    assert set(walk(sign_in(people.charlie), "/defis/nord/idees/")) == {"Pour tous", "Réservée"}


def test_selected_ideas_bear_it(challenge: Challenge, people: Cast, sign_in: Callable[..., Client]) -> None:
    (idea,) = fill(challenge, 1)
    Selection.objects.create(
        idea=idea, round=1, challenge=challenge, threshold=500, selected_on=clock.today()
    )
    page = sign_in(people.alice).get("/defis/zero-perdu/idees/").content.decode()
    assert "Sélectionnée par 500\u00a0votes" in page


def test_an_anonymous_idea_shows_its_month(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    IdeaFactory(challenge=challenge, is_anonymous=True)
    (row,) = sign_in(people.alice).get("/defis/zero-perdu/idees/").context["rows"]
    assert row.who.startswith("Anonyme") and ", le " not in row.who


# --- the list of all ideas --------------------------------------------------------------------------------------------


def test_the_list_of_ideas_names_the_challenge_and_filters_by_it(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    fill(challenge, 1)
    IdeaFactory(title="Hors défi")
    client = sign_in(people.alice)
    page = client.get("/idees/")
    assert "défi «\u202fZéro rendez-vous perdu\u202f»" in page.content.decode()
    narrowed = client.get("/idees/?defi=zero-perdu")
    assert [row.challenge for row in narrowed.context["rows"]] == ["Zéro rendez-vous perdu"]
    assert ("Zéro rendez-vous perdu", "?") in narrowed.context["applied"]


def test_a_challenge_that_one_may_not_see_is_never_named(
    people: Cast, sign_in: Callable[..., Client]
) -> None:
    challenge = ChallengeFactory(
        slug="nord", title="Réservé au Nord", audience=Audience.ORGANISATION, bodies=[people.nord]
    )
    IdeaFactory(challenge=challenge, title="Pour tous", author=people.charlie)
    client = sign_in(people.alice)
    for path in (
        "/idees/",
        "/idees/?defi=nord",
        "/idees/export.csv",
        "/moi/recherches/nouvelle/?liste=ideas&defi=nord",
    ):
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert "Réservé au Nord" not in body.decode(), path
    assert "Réservé au Nord" in sign_in(people.charlie).get("/idees/").content.decode()


def test_the_export_has_a_column_for_the_challenge(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    fill(challenge, 1)
    answer = sign_in(people.alice).get("/idees/export.csv?defi=zero-perdu")
    head, line = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[:2]  # type: ignore[attr-defined]
    assert head.endswith(";défi") and line.endswith(";Zéro rendez-vous perdu")


def test_a_saved_search_keeps_the_challenge(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    page = sign_in(people.alice).get("/defis/zero-perdu/idees/?lien=miennes")
    kept = parse_qs(urlsplit(page.context["save_url"]).query)
    assert kept == {"liste": ["ideas"], "defi": ["zero-perdu"], "lien": ["miennes"]}


def test_a_vote_is_locked_for_who_does_not_take_part(people: Cast, sign_in: Callable[..., Client]) -> None:
    challenge = ChallengeFactory(
        slug="nord", audience=Audience.ORGANISATION, bodies=[people.nord], phases={PhaseKind.OPEN: (-5, 5)}
    )
    idea = IdeaFactory(challenge=challenge, author=people.charlie)
    client = sign_in(people.alice)
    assert "is-locked" in client.get("/idees/").content.decode()
    answer = client.post(f"{idea.get_absolute_url()}vote/", {"want": "1"})
    assert answer.status_code == 409 and not Vote.objects.exists()
