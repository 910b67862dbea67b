"""`ozeli import`, as it is typed."""

import pytest

from ozeli.engagement.models import Tag
from ozeli.ideas.models import Idea
from ozeli.journal.models import Entry
from ozeli.network.models import Organisation
from ozeli.transfers.command import run

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


def test_challenges_come_later_and_it_is_said(file, capsys):
    assert run(["ideas", file(IDEAS), "--challenge", "simplifier"]) == 0
    assert "viendront plus tard" in capsys.readouterr().out
    assert Tag.objects.get().name == "simplifier"


@pytest.mark.parametrize(
    ("text", "said"), [("%PDF-1.7", "un PDF"), ("nom;x\na;b\n", "Il manque une colonne"), ("", "vide")]
)
def test_an_unreadable_file_is_told(file, capsys, text, said):
    assert run(["ideas", file(text)]) == 2
    assert said in capsys.readouterr().err
