"""« @Prénom Nom »: who is named, who is not, and what the writer is told."""

from typing import Any

import pytest

from ozeli.core.errors import Refused
from ozeli.engagement import mentions
from ozeli.ideas.models import Idea
from ozeli.ideas.notifications import readers
from ozeli.network.enums import Audience
from tests.factories import IdeaFactory, UserFactory
from tests.personas import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def idea(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice)


def find(idea: Idea, text: str) -> mentions.Mentions:
    return mentions.find(text, lambda ids: readers(idea, ids))


def named(idea: Idea, text: str) -> list[str]:
    return [text[start:end] for start, end in find(idea, text).spans]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Merci @Bob Martin, bien vu.", ["@Bob Martin"]),
        ("@bob martin d’accord ?", ["@bob martin"]),
        ("Vu avec @Bob Martin.", ["@Bob Martin"]),
        ("(@Bob Martin)", ["@Bob Martin"]),
        ("@Bob Martin et @Rita Martin", ["@Bob Martin", "@Rita Martin"]),
        ("@Bob Martin @Bob Martin", ["@Bob Martin", "@Bob Martin"]),
        ("bob@Bob Martin", []),
        ("bob.martin@exemple.test", []),
        ("@@Bob Martin", []),
        ("@Bob\nMartin", []),
        ("@ Bob Martin", []),
        ("@Zoe Martin", []),  # no right to read
        ("un @ tout seul, @", []),
    ],
)
def test_who_is_named(text: str, spans: list[str], idea: Idea) -> None:
    assert named(idea, text) == spans


def test_without_sign_no_query(idea: Idea, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert find(idea, "Un texte, une adresse a@b.fr.") == mentions.Mentions()


def test_longest_name_wins(idea: Idea) -> None:
    UserFactory(display_name="Anne Le")
    longer = UserFactory(display_name="Anne Le Goff")
    assert find(idea, "@Anne Le Goff aussi").people == [longer.pk]


def test_people_who_may_not_read_are_not_named_nor_revealed(people: Cast) -> None:
    inner = IdeaFactory(author=people.alice, audience=Audience.ORGANISATION)
    found = find(inner, "@Charlie Martin et @Jean Personne")
    assert (found.spans, found.people) == ([], [])
    assert found.unknown == ["Charlie Martin", "Jean Personne"]  # said alike


def test_note_names_only_what_looks_like_a_name(idea: Idea) -> None:
    found = find(idea, "@accueil @Lyon @Jean Personne")
    assert found.unknown == ["Jean Personne"]
    assert "nul n’a été prévenu" in found.note
    assert find(idea, "@accueil").note == ""


def test_namesakes_are_settled_by_their_body(people: Cast, idea: Idea) -> None:
    first = UserFactory(display_name="Claire Roy", organisation=people.rhone)
    UserFactory(display_name="Claire Roy", organisation=people.nord)
    found = find(idea, "@Claire Roy ?")
    assert (found.people, found.several) == ([], ["Claire Roy"])
    text = f"@Claire Roy ({people.rhone.name}) ?"
    assert find(idea, text).people == [first.pk]
    assert named(idea, text) == [f"@Claire Roy ({people.rhone.name})"]
    offered = mentions.suggest("claire r", lambda ids: readers(idea, ids))
    assert {one["insert"] for one in offered} == {
        f"Claire Roy ({people.rhone.name})",
        f"Claire Roy ({people.nord.name})",
    }


def test_ten_people_at_most(idea: Idea) -> None:
    crowd = [UserFactory(display_name=f"Camille Roy{chr(97 + n)}") for n in range(11)]
    ten = " ".join(f"@{one.display_name}" for one in crowd[:10])
    assert len(find(idea, ten).people) == 10
    with pytest.raises(Refused, match="dix"):
        find(idea, f"{ten} @{crowd[10].display_name}")


def test_suggestions_are_people_who_may_read(people: Cast) -> None:
    inner = IdeaFactory(author=people.alice, audience=Audience.ORGANISATION)
    among = lambda ids: readers(inner, ids)  # noqa: E731
    assert {one["label"] for one in mentions.suggest("martin", among)} >= {"Alice Martin", "Rita Martin"}
    assert "Charlie Martin" not in {one["label"] for one in mentions.suggest("martin", among)}
    assert mentions.suggest("a", among) == mentions.suggest("", among) == []
    assert mentions.suggest("\0%_(", among) == []
