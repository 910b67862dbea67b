"""An idea in a challenge: carried through the deposit, let in while its deposits are open, moved while nobody voted."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from ozeli.challenges.enums import PhaseKind
from ozeli.challenges.models import Challenge, ChallengeAnimator, Phase
from ozeli.core import clock, memo
from ozeli.core.errors import Refused
from ozeli.engagement.models import Vote
from ozeli.ideas.models import Idea, IdeaDraft
from ozeli.ideas.services import deposits
from ozeli.ideas.services.challenges import NotMovedError, NotTakenError, move_to_challenge
from ozeli.ideas.services.deposits import IdeaText
from ozeli.network.enums import Audience
from ozeli.network.models import StrategicObjective
from tests.factories import ChallengeFactory, DomainFactory, IdeaFactory
from tests.personas import Cast

pytestmark = pytest.mark.django_db

TYPED = {
    "problem": "Un rendez-vous sur cinq est manqué, et le créneau est perdu pour tous.",
    "proposal": "Envoyer un message la veille, avec un lien pour déplacer ou annuler.",
    "domain": "accueil",
}
ABOUT = {"title": "Rappeler la veille", "audience": "network"}


@pytest.fixture
def challenge() -> Challenge:
    DomainFactory()
    return ChallengeFactory(slug="zero-perdu", title="Zéro rendez-vous perdu", answer_delay_days=12)


def key() -> dict[str, str]:
    return {"idempotency_key": str(uuid.uuid4())}


def close(challenge: Challenge, *, remembered: bool = False) -> None:
    """The phase of deposits is over; `remembered`: pages do not know it yet."""
    Phase.objects.filter(challenge=challenge, kind=PhaseKind.DEPOSIT).update(
        closes_at=Now() - timedelta(minutes=1)
    )
    if not remembered:
        memo.forget_all()


def text(**changes: Any) -> IdeaText:
    return IdeaText(
        **{
            "title": "Rappeler la veille",
            "problem": TYPED["problem"],
            "proposal": TYPED["proposal"],
            "domain": DomainFactory(),
        }
        | changes
    )


def read_again(client: Client, slug: str) -> str:
    """Step one done; the address of step two."""
    answer = client.post("/idees/deposer/", TYPED | {"challenge": slug} | key())
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def page_of(answer: Any) -> str:
    return str(answer.content.decode())


# --- the journey ------------------------------------------------------------------------------------------------------


def test_a_link_opens_the_deposit_with_the_challenge_its_domain_and_its_question(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    Challenge.objects.update(domain=DomainFactory(code="delais", name="Délais"))
    memo.forget_all()
    page = page_of(sign_in(people.alice).get("/idees/deposer/?defi=zero-perdu"))
    assert '<option value="zero-perdu" selected>' in page
    assert challenge.question in page
    assert '<option value="delais" selected>' in page


def test_the_challenge_is_carried_to_the_deposit(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    objective = StrategicObjective.objects.create(code="acces", title="Accès aux droits")
    Challenge.objects.update(objective=objective, audience=Audience.BRANCH, branch=people.loire.branch)
    memo.forget_all()
    client = sign_in(people.alice)
    review = read_again(client, "zero-perdu")
    assert IdeaDraft.objects.get().fields["challenge"] == "zero-perdu"
    page = client.get(review)
    assert '<option value="zero-perdu" selected>' in page_of(page)
    first = page.context["form"].initial
    assert (first["objective"], first["audience"]) == ("acces", "branch")
    assert IdeaDraft.objects.get().get_absolute_url()
    answer = client.post(review, ABOUT | {"read": page.context["read"], "challenge": "zero-perdu"} | key())
    assert answer.status_code == 302, page_of(answer)
    idea = Idea.objects.get()
    assert idea.challenge_id == challenge.pk
    assert idea.ballot.poll_id == challenge.poll_id
    assert idea.answer_due_on == clock.today() + timedelta(days=12)


def test_the_challenge_can_be_taken_off_at_the_last_step(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(people.alice)
    review = read_again(client, "zero-perdu")
    read = client.get(review).context["read"]
    client.post(review, ABOUT | {"read": read, "challenge": ""} | key())
    idea = Idea.objects.get()
    assert idea.challenge_id is None
    assert idea.ballot.poll_id is None
    assert idea.answer_due_on == clock.today() + timedelta(days=30)


def test_a_draft_is_not_made_of_a_challenge_alone(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    answer = sign_in(people.alice).post(
        "/idees/deposer/brouillon/", {"challenge": "zero-perdu", "domain": "accueil"}
    )
    assert "saved" in answer.json() and not IdeaDraft.objects.exists()


def test_only_open_challenges_that_one_takes_part_in_are_offered(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    ChallengeFactory(title="Réservé au Nord", audience=Audience.ORGANISATION, bodies=[people.nord])
    ChallengeFactory(title="Déjà au vote", phases={PhaseKind.DEBATE: (-1, 5)})
    memo.forget_all()
    alice = page_of(sign_in(people.alice).get("/idees/deposer/"))
    assert "Zéro rendez-vous perdu" in alice
    assert "Réservé au Nord" not in alice and "Déjà au vote" not in alice
    assert "Réservé au Nord" in page_of(sign_in(people.charlie).get("/idees/deposer/"))


def test_without_any_open_challenge_nothing_is_asked(people: Cast, sign_in: Callable[..., Client]) -> None:
    assert 'name="challenge"' not in page_of(sign_in(people.alice).get("/idees/deposer/"))


@pytest.mark.parametrize("remembered", [False, True])
def test_a_challenge_closed_while_typing_keeps_the_text_and_says_where_it_can_go(
    remembered: bool, challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    ChallengeFactory(slug="autre", title="Un autre défi ouvert")
    client = sign_in(people.alice)
    review = read_again(client, "zero-perdu")
    read = client.get(review).context["read"]
    close(challenge, remembered=remembered)
    typed = ABOUT | {"title": "Un titre que je garde", "read": read, "challenge": "zero-perdu"}
    answer = client.post(review, typed | key())
    page = page_of(answer)
    assert answer.status_code == 409
    assert "n’accepte plus de dépôt" in page
    assert "Un titre que je garde" in page and TYPED["proposal"] in page
    assert "hors défi" in page and "Un autre défi ouvert" in page and "Garder en brouillon" in page
    assert '<option value="zero-perdu"' not in page
    assert not Idea.objects.exists()
    # Each of the three ways works: a draft, another challenge, no challenge.
    assert client.post(review, typed | {"challenge": "", "geste": "brouillon"} | key()).status_code == 302
    assert IdeaDraft.objects.get().fields["title"] == "Un titre que je garde"
    client.post(review, typed | {"challenge": "autre"} | key())
    assert Idea.objects.get().challenge.slug == "autre"  # type: ignore[union-attr]


def test_closed_before_the_second_step_it_is_told_at_the_first(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    close(challenge)
    client = sign_in(people.alice)
    answer = client.post("/idees/deposer/", TYPED | {"challenge": "zero-perdu"} | key())
    assert answer.status_code == 409
    assert TYPED["proposal"] in page_of(answer)
    assert "n’accepte plus de dépôt depuis le" in page_of(answer)
    kept = client.post("/idees/deposer/", TYPED | {"challenge": "zero-perdu", "geste": "brouillon"} | key())
    assert kept.status_code == 302
    assert IdeaDraft.objects.get().fields["challenge"] == "zero-perdu"


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        ({PhaseKind.DEPOSIT: (2, 5)}, "ouvre ses dépôts le"),
        ({PhaseKind.DEPOSIT: (-9, -5)}, "n’accepte plus de dépôt depuis le"),
        ({PhaseKind.DEBATE: (-9, 5)}, "n’accepte plus de dépôt."),
    ],
)
def test_a_link_to_a_challenge_that_takes_nothing_says_why(
    phases: Any, words: str, people: Cast, sign_in: Callable[..., Client]
) -> None:
    ChallengeFactory(slug="ferme", phases=phases)
    page = page_of(sign_in(people.alice).get("/idees/deposer/?defi=ferme"))
    assert words in page


def test_a_link_to_a_hidden_challenge_says_no_more_than_to_an_absent_one(
    people: Cast, sign_in: Callable[..., Client]
) -> None:
    ChallengeFactory(
        slug="nord", title="Réservé au Nord", audience=Audience.ORGANISATION, bodies=[people.nord]
    )
    client = sign_in(people.alice)
    hidden, absent = (page_of(client.get(f"/idees/deposer/?defi={slug}")) for slug in ("nord", "rien"))
    assert "Réservé au Nord" not in hidden
    assert "Ce défi n’est plus ouvert" in hidden and "Ce défi n’est plus ouvert" in absent


def test_an_animator_of_another_body_reads_that_it_is_not_open_to_theirs(
    people: Cast, sign_in: Callable[..., Client]
) -> None:
    nord = ChallengeFactory(
        slug="nord", title="Réservé au Nord", audience=Audience.ORGANISATION, bodies=[people.nord]
    )
    ChallengeAnimator.objects.create(challenge=nord, user=people.alice)
    memo.forget_all()
    page = page_of(sign_in(people.alice).get("/idees/deposer/?defi=nord"))
    assert "n’est pas ouvert à votre organisme" in page


def test_one_invited_body_reads_alone_and_several_read_each_other(
    people: Cast, sign_in: Callable[..., Client]
) -> None:
    DomainFactory()
    ChallengeFactory(slug="seul", audience=Audience.ORGANISATION, bodies=[people.loire])
    ChallengeFactory(slug="deux", audience=Audience.ORGANISATION, bodies=[people.loire, people.nord])
    client = sign_in(people.alice)
    for slug, audience in (("seul", "organisation"), ("deux", "network")):
        assert client.get(read_again(client, slug)).context["form"].initial["audience"] == audience


# --- the service ------------------------------------------------------------------------------------------------------


def test_who_does_not_take_part_deposits_nothing_in_it(people: Cast) -> None:
    nord = ChallengeFactory(audience=Audience.ORGANISATION, bodies=[people.nord])
    with pytest.raises(NotTakenError, match="n’est pas ouvert à votre organisme"):
        deposits.deposit_idea(text(), author=people.alice, challenge=nord.pk)
    with pytest.raises(NotTakenError):
        deposits.deposit_idea(text(), author=people.alice, challenge=uuid.uuid4())
    assert deposits.deposit_idea(text(), author=people.charlie, challenge=nord.pk).challenge_id == nord.pk


def test_the_database_judges_the_end_of_the_deposits(challenge: Challenge, people: Cast) -> None:
    close(challenge, remembered=True)
    with clock.stopped(clock.now() - timedelta(days=3)), pytest.raises(NotTakenError, match="n’accepte pas"):
        deposits.deposit_idea(text(), author=people.alice, challenge=challenge.pk)
    assert not Idea.objects.exists()


def test_a_revived_idea_follows_the_rules_of_all_ideas(people: Cast) -> None:
    over = ChallengeFactory(phases={PhaseKind.RESULTS: (-5, None)}, audience=Audience.ORGANISATION)
    idea = IdeaFactory(challenge=over, round=2)
    assert idea.accepts_votes
    assert not IdeaFactory(challenge=over).accepts_votes


# --- moving in and out ------------------------------------------------------------------------------------------------


def test_an_author_moves_an_idea_in_and_out_while_nobody_voted(challenge: Challenge, people: Cast) -> None:
    idea = deposits.deposit_idea(text(), author=people.alice)
    assert move_to_challenge(idea, challenge.pk, actor=people.alice)
    assert not move_to_challenge(idea, challenge.pk, actor=people.alice)
    idea = Idea.objects.get()
    assert (idea.challenge_id, idea.ballot.poll_id) == (challenge.pk, challenge.poll_id)
    assert idea.answer_due_on == idea.deposited_on + timedelta(days=12)
    assert move_to_challenge(idea, None, actor=people.alice)
    idea = Idea.objects.get()
    assert (idea.challenge_id, idea.ballot.poll_id) == (None, None)
    assert idea.answer_due_on == idea.deposited_on + timedelta(days=30)


def test_an_idea_with_a_vote_stays(challenge: Challenge, people: Cast) -> None:
    idea = deposits.deposit_idea(text(), author=people.alice)
    Vote.objects.create(ballot=idea.ballot, voter=people.bob, cast_on=clock.today())
    with pytest.raises(Refused, match="a déjà reçu des votes"):
        move_to_challenge(idea, challenge.pk, actor=people.alice)


def test_an_idea_neither_enters_nor_leaves_once_deposits_are_over(challenge: Challenge, people: Cast) -> None:
    held = deposits.deposit_idea(text(), author=people.alice, challenge=challenge.pk)
    free = deposits.deposit_idea(text(), author=people.alice)
    close(challenge)
    for idea, target in ((held, None), (free, challenge.pk)):
        with pytest.raises(NotMovedError, match="n’accepte pas"):
            move_to_challenge(idea, target, actor=people.alice)


def test_nobody_else_moves_it_and_not_once_at_study(challenge: Challenge, people: Cast) -> None:
    idea = IdeaFactory(author=people.alice, state="under_study")
    for person in (people.bob, people.rita, people.alice):
        with pytest.raises(Refused, match="ne change plus de défi"):
            move_to_challenge(idea, challenge.pk, actor=person)


def test_moving_what_changed_meanwhile_is_refused(challenge: Challenge, people: Cast) -> None:
    idea = deposits.deposit_idea(text(), author=people.alice)
    Idea.objects.update(state="under_study")
    with pytest.raises(Refused, match="vient de changer"):
        move_to_challenge(idea, challenge.pk, actor=people.alice)


def edited(idea: Idea, **changes: str) -> dict[str, str]:
    """What the page of changes posts."""
    words = {name: getattr(idea, name) for name in ("title", "problem", "proposal")}
    return (
        words | {"domain": "accueil", "audience": "network", "version": str(idea.version)} | key() | changes
    )


def test_the_page_of_changes_moves_an_idea(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    idea = deposits.deposit_idea(text(), author=people.alice)
    client, path = sign_in(people.alice), f"{idea.get_absolute_url()}modifier/"
    assert '<option value="zero-perdu">' in page_of(client.get(path))
    assert client.post(path, edited(idea, challenge="zero-perdu")).status_code == 302
    idea.refresh_from_db()
    assert idea.challenge_id == challenge.pk
    assert '<option value="zero-perdu" selected>' in page_of(client.get(path))
    client.post(path, edited(idea))
    assert Idea.objects.get().challenge_id == challenge.pk, "a form without the field changes nothing"
    idea.refresh_from_db()
    client.post(path, edited(idea, challenge=""))
    assert Idea.objects.get().challenge_id is None


def test_the_page_of_changes_offers_nothing_once_it_has_votes_or_deposits_are_over(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    held = deposits.deposit_idea(text(), author=people.alice, challenge=challenge.pk)
    voted = deposits.deposit_idea(text(title="Une autre idée"), author=people.alice)
    Idea.objects.filter(pk=voted.pk).update(vote_count=1)
    close(challenge)
    client = sign_in(people.alice)
    for idea in (held, voted):
        assert 'name="challenge"' not in page_of(client.get(f"{idea.get_absolute_url()}modifier/"))


@pytest.mark.parametrize("remembered", [False, True])
def test_a_challenge_closed_while_rewriting_saves_nothing_and_keeps_the_words(
    remembered: bool, challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    idea = deposits.deposit_idea(text(), author=people.alice)
    client, path = sign_in(people.alice), f"{idea.get_absolute_url()}modifier/"
    client.get(path)
    close(challenge, remembered=remembered)
    answer = client.post(path, edited(idea, challenge="zero-perdu", title="Un titre que je garde"))
    assert answer.status_code == 409
    assert "Un titre que je garde" in page_of(answer) and "n’accepte p" in page_of(answer)
    assert Idea.objects.get().title == "Rappeler la veille"
