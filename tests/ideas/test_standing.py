"""Where an idea stands, in words, without a database."""

from datetime import date, timedelta

import pytest

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.ideas import standing
from ozeli.ideas.enums import State
from ozeli.ideas.models import Idea
from ozeli.network.models import Branch, Organisation

TODAY = clock.today()


def idea(**columns):
    body = Organisation(pk=1, name="Caf du Nord", branch=Branch(pk=1, name="Famille"))
    return Idea(**{"organisation": body, "branch": body.branch, "deposited_on": TODAY, **columns})


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Claire"], "Claire"),
        (["Claire", "Malik"], "Claire et Malik"),
        (["Claire", "Malik", "Inès"], "Claire et 2\u00a0autres"),
        ([], "Signature retirée"),
    ],
)
def test_signature(names, said):
    assert standing.signature(idea(), [User(display_name=name) for name in names]) == said


def test_anonymous_signature_and_place():
    unsigned = idea(is_anonymous=True, organisation=None)
    assert standing.signature(unsigned, []) == "Anonyme"
    assert standing.place(unsigned) == "branche Famille"
    assert standing.place(idea(is_anonymous=True, organisation=None, branch=None)) == ""


@pytest.mark.parametrize(
    ("name", "said"), [("Claire", "de Claire"), ("Émile", "d’Émile"), ("Yann", "de Yann")]
)
def test_elision(name, said):
    assert standing.of(name) == said


@pytest.mark.parametrize(
    ("columns", "text", "state"),
    [
        ({"waiting_since": TODAY}, "Attend une réponse depuis aujourd’hui", "wait"),
        ({"waiting_since": TODAY - timedelta(1)}, "Attend une réponse depuis 1\u00a0jour", "wait"),
        ({"state": State.TO_COMPLETE}, "Attend un complément de son auteur", "wait"),
        ({"state": State.WITHDRAWN}, "", ""),
        ({"state": State.RETAINED}, "", ""),
    ],
)
def test_wait(columns, text, state):
    assert standing.wait(idea(**columns)) == (text, state)


def test_answer_of_a_later_round_tells_its_day():
    said = standing.wait(idea(state=State.RETAINED, round=2), date(2026, 3, 1))
    assert said == ("Réponse écrite le 1er\u00a0mars\u00a02026", "done")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"is_hidden": True}, "Cette idée est masquée"),
        ({}, "doit répondre. Vous pouvez encore voter"),
        ({"organisation": None}, "L’équipe d’animation du réseau doit répondre."),
        (
            {"answer_due_on": date(2020, 1, 2), "is_anonymous": True},
            "devait répondre en janvier",
        ),
        (
            {"answer_due_on": date(2099, 8, 2), "is_anonymous": True},
            "doit répondre d’ici la fin du mois d’août",
        ),
        ({"state": State.UNDER_STUDY}, "doit répondre. Les votes sont clos"),
        ({"state": State.WITHDRAWN}, "Son auteur l’a retirée"),
        ({"state": State.MERGED}, "Elle a été regroupée"),
        ({"state": State.NOT_RETAINED}, "Cette idée n’est pas retenue"),
    ],
)
def test_lede(columns, words):
    assert words in standing.lede(idea(**columns), [])


def test_lede_names_who_signed():
    said = standing.lede(idea(state=State.SPREAD), [User(display_name="Aurélie N’Guessan")])
    assert said.startswith("L’idée d’Aurélie N’Guessan a été essayée, puis reprise")


def test_what_is_owed():
    open_idea = idea(waiting_since=TODAY - timedelta(4), answer_due_on=TODAY + timedelta(26))
    assert standing.owed(open_idea)[0] == "Réponse attendue depuis 4\u00a0jours."
    assert standing.spent(open_idea) == "4\u00a0jours d’attente sur les 30 promis."
    assert standing.owed(idea(waiting_since=TODAY)) == ("Réponse attendue depuis aujourd’hui.", "")
    assert standing.owed(idea(state=State.RETAINED, waiting_since=TODAY)) == ("", "")
    hidden_day = idea(waiting_since=TODAY, answer_due_on=TODAY, is_anonymous=True)
    assert "jour" not in "".join(standing.owed(hidden_day))
    assert standing.spent(hidden_day) == ""
