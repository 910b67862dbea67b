"""Results of a challenge: figures that designate nobody, ideas and never persons, prizes, and each author told."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client

from ozeli.activity.fanout import messages
from ozeli.activity.models import Event
from ozeli.challenges.enums import PhaseKind, VotingRule
from ozeli.challenges.models import Challenge, Prize
from ozeli.challenges.selectors import published
from ozeli.core import clock, memo
from ozeli.core.errors import Refused
from ozeli.core.registry import event_types
from ozeli.engagement.models import Vote
from ozeli.ideas.enums import State
from ozeli.ideas.models import Idea, IdeaPrize, ResultsTold, Selection
from ozeli.ideas.selectors import challenge_results as selectors
from ozeli.ideas.services import challenge_results as services
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from ozeli.network.models import Organisation
from tests.factories import (
    ChallengeFactory,
    CommentFactory,
    DecisionFactory,
    IdeaFactory,
    OrganisationFactory,
    UserFactory,
)
from tests.ideas.at_once import together
from tests.personas import Cast

pytestmark = pytest.mark.django_db
PATH = "/defis/zero-perdu/resultats/"


@pytest.fixture
def challenge(people: Cast) -> Challenge:
    return over(people)


def over(people: Cast, **changes: Any) -> Challenge:
    return ChallengeFactory(
        **{
            "slug": "zero-perdu",
            "title": "Zéro rendez-vous perdu",
            "organisation": people.loire,
            "phases": {PhaseKind.OPEN: (-9, -3), PhaseKind.RESULTS: (-1, None)},
        }
        | changes
    )


def take_part(idea: Idea, body: Organisation, count: int) -> None:
    """As many people of a body vote for the idea."""
    for _each in range(count):
        Vote.objects.create(ballot=idea.ballot, voter=UserFactory(organisation=body), cast_on=clock.today())


def page_of(client: Client, path: str = PATH) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


# --- who took part ----------------------------------------------------------------------------------------------------


def test_nobody_can_be_deduced_from_what_is_shown() -> None:
    """Every spread of people over four bodies: whoever reads the figures, knows the bodies and the rule, and sees
    fewer than five people hidden somewhere, is left with several numbers for each of these bodies."""
    told: dict[object, list[tuple[int, ...]]] = {}
    spreads = [*product(range(9), repeat=4), *product(range(14), repeat=3), *product(range(20), repeat=2)]
    for counts in spreads:
        kept = selectors.protected(dict(enumerate(counts)))
        seen = (len(counts), None) if kept is None else (len(counts), tuple(sorted(kept[0].items())), kept[1])
        told.setdefault(seen, []).append(counts)
        if kept is not None:
            assert all(people >= 5 for people in kept[0].values())
            assert kept[1] == 0 or kept[1] >= 5
            assert sum(kept[0].values()) + kept[1] == sum(counts)
    assert len(told) > 1000
    for alike in told.values():
        for body in range(len(alike[0])):
            possible = {counts[body] for counts in alike}
            assert len(possible) > 1 or not 1 <= possible.pop() < 5


def test_the_naive_figures_would_designate_somebody() -> None:
    """The control: bodies under five merged and nothing else, a subtraction gives the single one back."""
    counts = {1: 12, 2: 9, 3: 3}
    shown = {body: people for body, people in counts.items() if people >= 5}
    assert sum(counts.values()) - sum(shown.values()) == counts[3]
    kept = selectors.protected(counts)
    assert kept == ({1: 12}, 12)


def test_people_of_each_body_count_once(challenge: Challenge, people: Cast) -> None:
    idea = IdeaFactory(challenge=challenge, author=people.alice)
    take_part(idea, people.loire, 4)
    Vote.objects.create(ballot=idea.ballot, voter=people.alice, cast_on=clock.today())
    CommentFactory(idea=idea, author=people.alice, created_at=clock.now() - timedelta(days=4))
    take_part(idea, people.nord, 6)
    told = selectors.participation(challenge.pk)
    assert told == selectors.Participation(((people.nord.name, 6), (people.loire.name, 5)), 0, 11)


def test_comments_after_the_results_count_for_nothing(challenge: Challenge, people: Cast) -> None:
    idea = IdeaFactory(challenge=challenge, author=people.alice)
    take_part(idea, people.loire, 9)
    before = selectors.participation(challenge.pk)
    for moment in (clock.now(), clock.now() - timedelta(hours=2)):
        CommentFactory(idea=idea, author=people.bob, created_at=moment)
    memo.forget_all()
    assert selectors.participation(challenge.pk) == before


def test_a_body_of_few_people_is_never_named(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    idea = IdeaFactory(challenge=challenge, author=people.alice)
    few, many = OrganisationFactory(name="Petit organisme"), OrganisationFactory(name="Grand organisme")
    take_part(idea, few, 4)
    take_part(idea, many, 20)
    take_part(idea, people.loire, 6)
    page = page_of(sign_in(people.bob))
    assert "Petit organisme" not in page and "Grand organisme" in page
    assert "Autres organismes" in page and ">11<" in page and ">31<" in page


def test_too_few_people_and_nothing_is_said(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    take_part(IdeaFactory(challenge=challenge, author=people.alice), people.nord, 2)
    page = page_of(sign_in(people.bob))
    assert "Trop peu de personnes ont pris part" in page
    assert "Elles ont déposé sous leur nom" not in page
    assert selectors.figures_of([challenge.pk])[challenge.pk].participants == 0


def test_figures_of_many_challenges_in_two_queries(
    challenge: Challenge, people: Cast, django_assert_num_queries: Any
) -> None:
    other = ChallengeFactory()
    for one in (challenge, other):
        take_part(
            IdeaFactory(challenge=one, author=people.alice, vote_count=6, comment_count=2), people.nord, 6
        )
        take_part(Idea.objects.filter(challenge=one).get(), people.loire, 5)
    with django_assert_num_queries(2):
        found = selectors.figures_of([other.pk, challenge.pk])
    told = found[challenge.pk]
    assert (told.ideas, told.votes, told.voices, told.participants) == (1, 6, 2, 12)
    with django_assert_num_queries(0):
        selectors.figures_of([challenge.pk, other.pk])


# --- the page ---------------------------------------------------------------------------------------------------------


def test_ideas_are_ranked_and_persons_never_named(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    for votes, title in ((7, "Deuxième"), (7, "Ex æquo"), (9, "Première"), (1, "Quatrième")):
        IdeaFactory(challenge=challenge, author=people.alice, vote_count=votes, title=title)
    for state in (State.WITHDRAWN,):
        IdeaFactory(challenge=challenge, vote_count=50, title="Retirée", state=state)
    IdeaFactory(challenge=challenge, vote_count=50, title="Masquée", is_hidden=True)
    answer = sign_in(people.bob).get(PATH)
    ranks = {row.title: row.rank for row in answer.context["rows"]}
    assert ranks == {"Première": 1, "Deuxième": 2, "Ex æquo": 2, "Quatrième": 4}
    page = answer.content.decode()
    assert people.alice.display_name not in page
    assert "1re" in page and "4e" in page


def test_before_their_phase_results_are_for_the_team_and_say_so(
    people: Cast, sign_in: Callable[..., Client]
) -> None:
    over(people, phases={PhaseKind.OPEN: (-9, 3), PhaseKind.RESULTS: (5, None)})
    assert sign_in(people.alice).get(PATH).status_code == 404
    assert "ne sont pas encore publiés" in page_of(sign_in(people.rita))


def test_once_every_phase_is_over_results_are_out(people: Cast, sign_in: Callable[..., Client]) -> None:
    over(people, phases={PhaseKind.OPEN: (-9, -3)})
    assert "ne sont pas encore publiés" not in page_of(sign_in(people.alice))


def test_lists_narrow_the_ranking_and_keep_the_ranks(people: Cast, sign_in: Callable[..., Client]) -> None:
    challenge = over(people, voting_rule=VotingRule.THRESHOLD, threshold=5)
    prize = Prize.objects.create(challenge=challenge, title="Prix du public")
    first = IdeaFactory(challenge=challenge, vote_count=9, title="Primée")
    IdeaPrize.objects.create(idea=first, prize=prize, words="Simple.", given_on=clock.today())
    Selection.objects.create(idea=first, round=1, challenge=challenge, threshold=5, selected_on=clock.today())
    kept = IdeaFactory(challenge=challenge, vote_count=4, title="Gardée", state=State.RETAINED)
    DecisionFactory(
        idea=kept, verdict="retained", answer="Un essai commence en mars.", published_on=clock.today()
    )
    IdeaFactory(challenge=challenge, vote_count=2, title="Déclinée", state=State.NOT_RETAINED)
    client = sign_in(people.bob)
    for which, titles in (
        ("", ["Primée", "Gardée", "Déclinée"]),
        ("primees", ["Primée"]),
        ("selectionnees", ["Primée"]),
        ("retenues", ["Gardée"]),
        ("non-retenues", ["Déclinée"]),
        ("n-importe-quoi", ["Primée", "Gardée", "Déclinée"]),
    ):
        answer = client.get(f"{PATH}?liste={which}")
        assert [row.title for row in answer.context["rows"]] == titles, which
    assert client.get(f"{PATH}?liste=retenues").context["rows"][0].rank == 2
    page = page_of(client)
    assert "Prix du public" in page and "Simple." in page and "Un essai commence en mars." in page
    assert "Sélectionnée par 5\u00a0votes" in page


def test_an_empty_challenge_has_results_too(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    assert "Aucune idée ici" in page_of(sign_in(people.bob))


def test_each_reads_the_ideas_that_they_may_read(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    inner = {"audience": Audience.ORGANISATION, "author": people.alice}
    IdeaFactory(challenge=challenge, title="Réservée", vote_count=9, **inner)
    IdeaFactory(challenge=challenge, title="Pour tous", vote_count=3)
    rows = sign_in(people.bob).get(PATH).context["rows"]
    assert [(row.title, row.rank) for row in rows] == [("Pour tous", 2)]


@pytest.mark.parametrize("count", [1, 3, 20])
def test_query_count_of_results(
    count: int,
    challenge: Challenge,
    people: Cast,
    sign_in: Callable[..., Client],
    as_in_production: None,
    django_assert_num_queries: Any,
) -> None:
    """Person (3), unread (1), the page of the ranking and the prizes; the rest is remembered for a minute."""
    for _each in range(count):
        IdeaFactory(challenge=challenge, author=people.alice)
    client = sign_in(people.bob)
    client.get(PATH)
    with django_assert_num_queries(6):
        client.get(PATH)


def test_the_export_has_ranks_and_no_person(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    IdeaFactory(challenge=challenge, author=people.alice, vote_count=3, title="=Une formule")
    answer = sign_in(people.bob).get(f"{PATH}export.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert text.startswith("rang;identifiant;titre;")
    assert people.alice.display_name not in text and "\r\n1;" in text and ";=Une" not in text


def test_the_export_of_hidden_results_is_empty(people: Cast, sign_in: Callable[..., Client]) -> None:
    challenge = over(people, phases={PhaseKind.OPEN: (-9, 3)})
    IdeaFactory(challenge=challenge)
    client = sign_in(people.bob)
    assert client.get(f"{PATH}export.csv").status_code == 404
    from django.http import QueryDict

    from ozeli.core.exports import exports

    for slug in ("zero-perdu", "rien"):
        assert list(exports["challenge_results"].rows(people.bob, QueryDict(f"defi={slug}"))) == []


# --- prizes -----------------------------------------------------------------------------------------------------------


def test_the_team_gives_and_takes_back_a_prize(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    prize = Prize.objects.create(challenge=challenge, title="Prix du public")
    idea = IdeaFactory(challenge=challenge, author=people.alice)
    client, path = sign_in(people.rita), f"/defis/zero-perdu/prix/{idea.short}/"
    assert "Prix du public" in page_of(client, path)

    def post(**fields: Any) -> int:
        import uuid

        return client.post(path, fields | {"idempotency_key": str(uuid.uuid4())}).status_code

    assert post() == 422
    assert post(prize=prize.pk, words="x" * 301) == 422
    assert post(prize=prize.pk, words="Simple et utile.") == 302
    assert post(prize=prize.pk, words="Encore.") == 302
    given = IdeaPrize.objects.get()
    assert (given.words, given.given_by) == ("Simple et utile.", people.rita)
    assert "Simple et utile." in page_of(sign_in(people.bob)) and "Déjà donnés" in page_of(client, path)
    assert post(reprendre=given.pk) == 302
    assert post(reprendre=given.pk) == 409
    verbs = Entry.objects.filter(object_id=str(challenge.pk)).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["challenge.give_prize", "challenge.take_prize"]


def test_nobody_else_gives_a_prize_and_nobody_to_their_own_idea(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    prize = Prize.objects.create(challenge=challenge, title="Prix du public")
    idea, own = IdeaFactory(challenge=challenge), IdeaFactory(challenge=challenge, author=people.rita)
    elsewhere, gone = IdeaFactory(), IdeaFactory(challenge=challenge, state=State.WITHDRAWN)
    assert sign_in(people.alice).get(f"/defis/zero-perdu/prix/{idea.short}/").status_code == 403
    assert sign_in(people.rita).get(f"/defis/zero-perdu/prix/{elsewhere.short}/").status_code == 404
    for who, which, words in (
        (people.alice, idea, "Seule l’équipe du défi"),
        (people.rita, own, "Vous avez signé cette idée"),
        (people.rita, elsewhere, "n’est pas, ou plus, dans ce défi"),
        (people.rita, gone, "n’est pas, ou plus, dans ce défi"),
    ):
        with pytest.raises(Refused, match=words):
            services.give_prize(which, prize, actor=who)
    with pytest.raises(Refused, match="300 caractères"):
        services.give_prize(idea, prize, actor=people.rita, words="x" * 301)


def test_a_prize_to_an_anonymous_idea_keeps_its_month(challenge: Challenge, people: Cast) -> None:
    prize = Prize.objects.create(challenge=challenge, title="Prix du public")
    services.give_prize(IdeaFactory(challenge=challenge, is_anonymous=True), prize, actor=people.rita)
    assert IdeaPrize.objects.get().given_on == clock.today().replace(day=1)


def test_a_prize_taken_back_twice_is_journaled_once(challenge: Challenge, people: Cast) -> None:
    prize = Prize.objects.create(challenge=challenge, title="Prix du public")
    services.give_prize(IdeaFactory(challenge=challenge), prize, actor=people.rita)
    given = IdeaPrize.objects.get()
    for _each in range(2):
        services.take_prize(IdeaPrize(pk=given.pk, prize=prize, idea=given.idea), actor=people.rita)
    assert Entry.objects.filter(verb="challenge.take_prize").count() == 1


# --- each author is told ----------------------------------------------------------------------------------------------


def test_each_author_is_told_rank_votes_and_answer_once(challenge: Challenge, people: Cast) -> None:
    mine = IdeaFactory(
        challenge=challenge, author=people.alice, vote_count=9, title="La mienne", state=State.RETAINED
    )
    IdeaFactory(
        challenge=challenge, author=people.alice, vote_count=2, title="L’autre", state=State.NOT_RETAINED
    )
    bobs = IdeaFactory(challenge=challenge, author=people.bob, vote_count=4)
    IdeaFactory(challenge=challenge, author=people.charlie, state=State.WITHDRAWN)
    IdeaFactory(challenge=challenge, is_anonymous=True, vote_count=1)
    prize = Prize.objects.create(challenge=challenge, title="Prix du public")
    IdeaPrize.objects.create(idea=mine, prize=prize, given_on=clock.today())
    assert [services.tell_results(), services.tell_results()] == [1, 0]
    event, kind = Event.objects.get(), event_types[services.RESULTS_TOLD]
    assert set(kind.recipients(event)) == {people.alice.pk, people.bob.pk}
    told = messages(event, kind, [people.alice.pk, people.bob.pk, people.charlie.pk])
    assert set(told) == {people.alice.pk, people.bob.pk}
    alice, bob = told[people.alice.pk], told[people.bob.pk]
    assert "1re sur 4\u00a0idées, 9\u00a0votes. Retenue. Prix\u00a0: Prix du public." in alice.lines[1]
    assert "3e sur 4\u00a0idées" in alice.lines[2] and "Non retenue" in alice.lines[2]
    assert alice.url == PATH and bob.url == bobs.get_absolute_url()
    assert "Réponse à venir" in bob.lines[1]
    assert list(kind.visible(people.alice, [challenge.pk])) == [challenge.pk]
    assert dict(kind.titles([challenge.pk])) == {challenge.pk: challenge.title}  # type: ignore[misc]


def test_a_challenge_reserved_to_some_is_not_named_in_a_subject(people: Cast) -> None:
    challenge = over(people, audience=Audience.ORGANISATION, bodies=[people.loire])
    IdeaFactory(challenge=challenge, author=people.alice)
    services.tell_results()
    told = messages(Event.objects.get(), event_types[services.RESULTS_TOLD], [people.alice.pk])
    assert "Zéro" not in told[people.alice.pk].subject


def test_nothing_is_told_before_the_results_nor_of_a_cancelled_challenge(people: Cast) -> None:
    over(people, phases={PhaseKind.OPEN: (-9, 3), PhaseKind.RESULTS: (5, None)})
    ChallengeFactory(state="cancelled", phases={PhaseKind.RESULTS: (-5, None)})
    assert services.tell_results() == 0 and not ResultsTold.objects.exists()


def test_a_cancelled_challenge_says_nothing_more(challenge: Challenge, people: Cast) -> None:
    IdeaFactory(challenge=challenge, author=people.alice)
    services.tell_results()
    Challenge.objects.update(state="cancelled")
    memo.forget_all()
    kind = event_types[services.RESULTS_TOLD]
    assert kind.message(Event.objects.get(), people.alice) is None


@pytest.mark.django_db(transaction=True)
def test_two_jobs_tell_once(people: Cast) -> None:
    over(people)
    assert sorted(together(*[services.tell_results] * 2)) == [0, 1]
    assert Event.objects.count() == ResultsTold.objects.count() == 1


# --- the sheet of an idea ---------------------------------------------------------------------------------------------


def test_an_author_reads_what_became_of_their_idea(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    idea = IdeaFactory(challenge=challenge, author=people.alice, vote_count=3)
    url = idea.get_absolute_url()
    mine, theirs = page_of(sign_in(people.alice), url), page_of(sign_in(people.bob), url)
    assert "Votre idée dans ce défi" in mine and "1re sur 1\u00a0idée" in mine
    assert "Votre idée dans ce défi" not in theirs
    assert "Zéro rendez-vous perdu" in theirs and f'href="{challenge.get_absolute_url()}"' in theirs


def test_the_thread_names_a_challenge_to_those_who_may_see_it(
    people: Cast, sign_in: Callable[..., Client]
) -> None:
    challenge = over(people, audience=Audience.ORGANISATION, bodies=[people.loire])
    idea = IdeaFactory(challenge=challenge, author=people.alice)
    page = page_of(sign_in(people.bob), idea.get_absolute_url())
    assert "Zéro rendez-vous perdu" not in page and "Un défi réservé à certains organismes" in page


def test_the_vote_of_a_sheet_says_the_rule_and_the_end(people: Cast, sign_in: Callable[..., Client]) -> None:
    challenge = over(
        people,
        voting_rule=VotingRule.THRESHOLD,
        threshold=500,
        phases={PhaseKind.DEBATE: (-3, 3)},
        audience=Audience.ORGANISATION,
        bodies=[people.loire],
    )
    idea = IdeaFactory(challenge=challenge, author=people.alice)
    Selection.objects.create(
        idea=idea, round=1, challenge=challenge, threshold=500, selected_on=clock.today()
    )
    page = page_of(sign_in(people.alice), idea.get_absolute_url())
    assert "500\u00a0votes sélectionnent une idée, jusqu’au" in page
    assert "Sélectionnée par 500\u00a0votes." in page
    assert "Votes réservés aux organismes du défi" in page_of(sign_in(people.bob), idea.get_absolute_url())
    assert "vote" in page and published()


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        ({PhaseKind.DEBATE: (1, 3)}, "Les votes ouvrent le"),
        ({PhaseKind.DEBATE: (-3, -1)}, "Votes clos depuis le"),
        ({PhaseKind.STUDY: (-3, 1)}, "Ce défi n’a pas de vote"),
        ({PhaseKind.OPEN: (-3, None)}, "Une personne, un vote"),
    ],
)
def test_the_line_under_a_vote(phases: Any, words: str, people: Cast, sign_in: Callable[..., Client]) -> None:
    idea = IdeaFactory(challenge=over(people, phases=phases))
    assert words in page_of(sign_in(people.bob), idea.get_absolute_url())


def test_the_page_of_a_challenge_shows_ideas_and_who_takes_part(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    idea = IdeaFactory(challenge=challenge, author=people.alice, title="En tête", vote_count=9)
    take_part(idea, people.nord, 6)
    take_part(idea, people.loire, 4)
    page = page_of(sign_in(people.bob), challenge.get_absolute_url())
    assert "Ce qui en est sorti" in page and "En tête" in page and "Qui y prend part" in page
