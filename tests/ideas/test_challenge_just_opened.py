"""A deposit meant for a challenge goes nowhere else unsaid: opened a moment ago, or closed while one types."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from ozeli.challenges.models import Challenge, Phase
from ozeli.challenges.selectors import look_again
from ozeli.core import memo
from ozeli.files.models import StoredFile
from ozeli.ideas.models import Idea, IdeaDraft
from tests.factories import ChallengeFactory, DomainFactory
from tests.files.conftest import drawn, upload
from tests.personas import Cast

from .test_challenge_deposits import ABOUT, TYPED, close, key, page_of, read_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def challenge() -> Challenge:
    DomainFactory()
    return ChallengeFactory(slug="zero-perdu", title="Zéro rendez-vous perdu")


def test_a_challenge_that_another_process_has_just_opened_takes_the_deposit_asked_for(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    """Memory says for some seconds more that it is closed: the database is asked before the idea is put elsewhere."""
    Phase.objects.filter(challenge=challenge).update(
        opens_at=Now() + timedelta(days=1), closes_at=Now() + timedelta(days=9)
    )
    memo.forget_all()
    client = sign_in(people.alice)
    assert "ouvre ses dépôts le" in page_of(client.get("/idees/deposer/?defi=zero-perdu"))
    Phase.objects.filter(challenge=challenge).update(opens_at=Now() - timedelta(seconds=1))
    page = page_of(client.get("/idees/deposer/?defi=zero-perdu"))
    assert '<option value="zero-perdu" selected>' in page and "ouvre ses dépôts" not in page


def test_a_challenge_that_another_process_has_just_published_takes_what_was_typed_for_it(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    Challenge.objects.update(state="draft")
    memo.forget_all()
    client = sign_in(people.alice)
    assert "Ce défi n’est plus ouvert" in page_of(client.get("/idees/deposer/?defi=zero-perdu"))
    Challenge.objects.update(state="published")
    review = read_again(client, "zero-perdu")
    read = client.get(review).context["read"]
    client.post(review, ABOUT | {"read": read, "challenge": "zero-perdu"} | key())
    assert Idea.objects.get().challenge_id == challenge.pk


def test_closed_in_the_memory_and_in_the_base_the_base_is_asked_once(
    challenge: Challenge, people: Cast, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):
        look_again("zero-perdu")
    with django_assert_num_queries(0):
        look_again("zero-perdu")
    close(challenge)
    look_again("zero-perdu")
    with django_assert_num_queries(1):
        look_again("zero-perdu")


def test_a_file_joined_stays_with_the_text_of_a_challenge_that_closed(
    challenge: Challenge, people: Cast, sign_in: Callable[..., Client]
) -> None:
    """Step by step without a script: joined, read again, refused, deposited out of the challenge with its file."""
    client = sign_in(people.alice)
    joined = TYPED | {
        "challenge": "zero-perdu",
        "geste": "joindre",
        "file": upload(drawn()),
        "file_description": "Le guichet",
    }
    assert client.post("/idees/deposer/", joined | key()).status_code == 302
    draft = IdeaDraft.objects.get()
    review = f"/idees/deposer/relire/{draft.pk}/"
    read = client.get(review).context["read"]
    close(challenge, remembered=True)
    typed = ABOUT | {"read": read, "challenge": "zero-perdu"}
    refused = client.post(review, typed | key())
    assert refused.status_code == 409
    assert "photo.png" in page_of(refused) and "hors défi" in page_of(refused)
    answer = client.post(review, typed | {"challenge": ""} | key())
    assert answer.status_code == 302, page_of(answer)
    assert list(StoredFile.objects.values_list("kind", "object_id", "name")) == [
        ("idea", Idea.objects.get().pk, "photo.png")
    ]
