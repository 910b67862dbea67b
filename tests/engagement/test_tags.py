"""Tags: few, short, the same word for everyone."""

import uuid
from typing import Any

import pytest

from ozeli.core.errors import Refused
from ozeli.engagement.models import Tag
from ozeli.engagement.selectors import popular_tags, suggest_tags, tagged, tags_of
from ozeli.engagement.services import set_tags
from ozeli.ideas.models import KIND, Idea
from tests.factories import IdeaFactory

pytestmark = pytest.mark.django_db


def names(tags: list[Tag]) -> list[str]:
    return [tag.name for tag in tags]


def test_set_tags_replaces_and_keeps_the_first_spelling() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    assert names(set_tags(KIND, one, ["  #Œuvres   sociales", "accueil", "Accueil", ""])) == [
        "Œuvres sociales",
        "accueil",
    ]
    assert names(set_tags(KIND, other, ["oeuvres sociales"])) == ["Œuvres sociales"]
    assert names(set_tags(KIND, one, ["QVT", "accueil"])) == ["QVT", "accueil"]
    assert {key: names(tags) for key, tags in tags_of(KIND, [one, other]).items()} == {
        one: ["accueil", "QVT"],
        other: ["Œuvres sociales"],
    }
    assert set_tags(KIND, one, []) == []
    assert list(tagged(KIND, "oeuvres-sociales")) == [other]


def test_tag_apostrophe_is_the_typographic_one() -> None:
    assert names(set_tags(KIND, uuid.uuid4(), ["point d'accueil"])) == ["point d’accueil"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["a" * 41], "trop long"),
        (["!?"], "ni lettre ni chiffre"),
        (["a", "b", "c", "d", "e", "f"], "Gardez 5 mots-clés"),
    ],
)
def test_tags_that_cannot_stand_are_refused(given: list[str], said: str) -> None:
    thing = uuid.uuid4()
    set_tags(KIND, thing, ["avant"])
    with pytest.raises(Refused, match=said):
        set_tags(KIND, thing, given)
    assert names(tags_of(KIND, [thing])[thing]) == ["avant"]


def test_forty_ligatures_fit_in_the_slug() -> None:
    (tag,) = set_tags(KIND, uuid.uuid4(), ["œ" * 40])
    assert len(tag.slug) == 50


def test_tags_of_takes_one_query(django_assert_num_queries: Any) -> None:
    things = [uuid.uuid4() for _ in range(3)]
    for thing in things:
        set_tags(KIND, thing, ["un", "deux"])
    with django_assert_num_queries(1):
        assert len(tags_of(KIND, things)) == 3
    with django_assert_num_queries(0):
        assert tags_of(KIND, []) == {}


def test_popular_and_suggested_tags_come_from_the_given_objects_only() -> None:
    shown, hidden = IdeaFactory.create_batch(2), IdeaFactory(is_hidden=True)
    set_tags(KIND, shown[0].pk, ["numérique", "rendez-vous"])
    set_tags(KIND, shown[1].pk, ["numérique"])
    set_tags(KIND, hidden.pk, ["plan secret", "numérique"])
    visible = Idea.objects.filter(is_hidden=False).order_by("-deposited_on", "-id")
    assert names(popular_tags(KIND, visible)) == ["numérique", "rendez-vous"]
    text = "Le plan secret : prendre RENDEZ VOUS en ligne"
    assert names(suggest_tags(text, KIND, visible)) == ["rendez-vous"]
