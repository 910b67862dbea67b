"""`ozeli import`, as it is typed."""

import pytest

from ozeli.core import clock
from ozeli.engagement.models import Tag, Vote
from ozeli.ideas.models import Idea
from ozeli.journal.models import Entry
from ozeli.network.models import Organisation
from ozeli.transfers.command import run
from tests.factories import ChallengeFactory, UserFactory

from .conftest import BODIES

IDEAS = '{"id": "1", "title": "Un guichet", "body": "Ouvrir le samedi."}\n'
EMPTY = '{"id": "2", "title": "Sans texte", "body": ""}\n'
pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    def write(text, name="idees.jsonl"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


def test_bodies_are_written_once_and_told(file, capsys):
    path = file(BODIES, "organismes.csv")
    assert run(["organisations", path, "--dry-run"]) == 0
    assert Organisation.objects.count() == 0
    assert run(["organisations", path]) == 0
    assert Organisation.objects.count() == 2
    said = capsys.readouterr().out
    assert "4\u00a0lignes\u00a0: 2\u00a0créées, 1\u00a0doublon fusionné" in said.replace(" : ", "\u00a0: ")
    assert "lignes par seconde" in said
    assert Entry.objects.get(verb="import.done").actor is None
    assert run(["organisations", path]) == 0
    assert "Rien à changer" in capsys.readouterr().out


def test_a_refused_line_stops_everything_unless_left_aside(file, capsys):
    path = file(IDEAS + EMPTY)
    assert run(["ideas", path]) == 1
    assert Idea.objects.count() == 0
    assert "--partial" in capsys.readouterr().err
    assert run(["ideas", path, "--partial", "--source", "Ailleurs"]) == 0
    assert Idea.objects.get().source == "Ailleurs"


def test_a_changed_line_is_one_update_with_its_difference(file, capsys):
    path = file(IDEAS)
    run(["ideas", path])
    assert run(["ideas", file(IDEAS.replace("samedi", "lundi")), "--changes"]) == 0
    said = capsys.readouterr().out
    assert "1\u00a0modifiée" in said
    assert "Ouvrir le samedi. → Ouvrir le lundi." in said
    assert Idea.objects.get().proposal == "Ouvrir le lundi."


def test_imported_ideas_join_a_challenge_with_its_votes(file, capsys):
    challenge = ChallengeFactory(slug="simplifier")
    assert run(["ideas", file(IDEAS), "--challenge", "simplifier"]) == 0
    idea = Idea.objects.get()
    assert (idea.challenge_id, idea.ballot.poll_id) == (challenge.pk, challenge.poll_id)
    assert not Tag.objects.exists()


def test_an_unknown_challenge_stops_the_whole_file(file, capsys):
    assert run(["ideas", file(IDEAS), "--challenge", "rien"]) == 2
    assert "Aucun défi n’a l’adresse" in capsys.readouterr().err
    assert not Idea.objects.exists()


def test_an_idea_already_imported_joins_a_challenge_unless_it_has_votes(file, capsys):
    challenge = ChallengeFactory(slug="simplifier")
    run(["ideas", file(IDEAS)])
    assert run(["ideas", file(IDEAS), "--challenge", "simplifier", "--changes"]) == 0
    assert "défi" in capsys.readouterr().out
    idea = Idea.objects.get()
    assert (idea.challenge_id, idea.ballot.poll_id) == (challenge.pk, challenge.poll_id)
    Idea.objects.update(challenge=None)
    Vote.objects.create(ballot=idea.ballot, voter=UserFactory(), cast_on=clock.today())
    assert run(["ideas", file(IDEAS), "--challenge", "simplifier"]) == 0
    assert Idea.objects.get().challenge_id is None


@pytest.mark.parametrize(
    ("text", "said"), [("%PDF-1.7", "un PDF"), ("nom;x\na;b\n", "Il manque une colonne"), ("", "vide")]
)
def test_an_unreadable_file_is_told(file, capsys, text, said):
    assert run(["ideas", file(text)]) == 2
    assert said in capsys.readouterr().err
