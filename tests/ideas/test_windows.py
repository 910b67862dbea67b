"""Two windows on one draft, and the way back from an idea to the draft that it was."""

import uuid
from functools import partial

import pytest

from ozeli.core.errors import Conflict
from ozeli.ideas.models import Idea, IdeaDraft
from ozeli.ideas.services.deposits import IdeaText, deposit_idea, save_draft
from tests.factories import DomainFactory
from tests.personas import cast

from .at_once import together

TEXT = {
    "problem": "Un rendez-vous sur cinq est manqué chaque semaine.",
    "proposal": "Envoyer un message la veille, avec un lien pour déplacer.",
}
HERE, THERE = "a" * 32, "b" * 32


@pytest.fixture
def draft(people):
    domain = DomainFactory()
    return save_draft(people.bob, TEXT | {"domain": domain.code}, window=HERE)


def autosave(client, draft, *, window, version, **fields):
    data = {"draft": draft.pk, "window": window, "draft_version": version} | TEXT | fields
    return client.post("/idees/deposer/brouillon/", data).json()


def deposit(client, draft, *, window="", version="", **fields):
    key = {"idempotency_key": str(uuid.uuid4())}
    data = {"draft": draft.pk, "window": window, "draft_version": version} | draft.fields | fields | key
    return client.post("/idees/deposer/", data)


def test_page_names_its_window_and_the_version_it_shows(people, sign_in, draft):
    client = sign_in(people.bob)
    first, second = (client.get(draft.get_absolute_url()).context["window"] for _window in range(2))
    assert first != second
    page = client.get(draft.get_absolute_url()).content.decode()
    assert 'name="draft_version" value="1"' in page


def test_second_window_does_not_overwrite_the_first(people, sign_in, draft):
    client = sign_in(people.bob)
    saved = autosave(client, draft, window=HERE, version=1, problem="La première fenêtre a écrit ceci.")
    assert saved["fields"]["draft_version"] == "2"
    refused = autosave(client, draft, window=THERE, version=1, problem="La seconde voulait écrire cela.")
    assert refused["saved"] is False
    assert "dans une autre fenêtre" in refused["message"]
    draft.refresh_from_db()
    assert draft.fields["problem"] == "La première fenêtre a écrit ceci."


def test_window_whose_answer_is_late_is_no_other_window(people, sign_in, draft):
    client = sign_in(people.bob)
    for words in ("Un premier jet de ce texte.", "Un second jet de ce texte."):
        assert "fields" in autosave(client, draft, window=HERE, version=1, problem=words)
    assert deposit(client, draft, window=HERE, version=1).status_code == 302


@pytest.mark.parametrize("geste", ["", "brouillon"])
def test_refused_window_sees_both_texts_and_may_go_on(geste, people, sign_in, draft):
    client = sign_in(people.bob)
    autosave(client, draft, window=HERE, version=1, problem="La première fenêtre a écrit ceci.")
    mine = {"problem": "La seconde fenêtre voulait écrire cela.", "geste": geste}
    response = deposit(client, draft, window=THERE, version=1, **mine)
    assert response.status_code == 409
    page = response.content.decode()
    assert "La première fenêtre a écrit ceci." in page
    assert "La seconde fenêtre voulait écrire cela.</textarea>" in page
    assert 'name="draft_version" value="2"' in page
    assert deposit(client, draft, window=THERE, version=2, **mine).status_code == 302
    draft.refresh_from_db()
    assert draft.fields["problem"] == mine["problem"]


@pytest.fixture
def deposited(people, draft):
    text = IdeaText("Rappeler la veille", TEXT["problem"], TEXT["proposal"], DomainFactory())
    return deposit_idea(text, author=people.bob, draft_id=draft.pk)


def test_way_back_leads_to_the_idea(people, sign_in, draft, deposited):
    client = sign_in(people.bob)
    for path in (draft.get_absolute_url(), f"/idees/deposer/relire/{draft.pk}/"):
        response = client.get(path, follow=True)
        assert response.redirect_chain == [(deposited.get_absolute_url(), 302)]
        assert "devenu une idée" in response.content.decode()


def test_way_back_is_closed_to_the_others(people, sign_in, draft, deposited):
    client = sign_in(people.alice)
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(f"/idees/deposer/relire/{draft.pk}/").status_code == 404


def test_words_sent_from_the_page_of_before_are_kept_and_explained(people, sign_in, draft, deposited):
    client = sign_in(people.bob)
    response = deposit(client, draft, problem="Un rendez-vous sur quatre, en fait.")
    assert response.status_code == 409
    page = response.content.decode()
    assert "Ce texte est déjà déposé" in page
    assert deposited.get_absolute_url() in page
    assert "Un rendez-vous sur quatre, en fait.</textarea>" in page
    assert autosave(client, draft, window=HERE, version=1)["saved"] is False
    assert not IdeaDraft.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_draft_deposited_twice_at_once_is_one_idea():
    people = cast()
    draft = save_draft(people.bob, TEXT)
    text = IdeaText("Rappeler la veille", TEXT["problem"], TEXT["proposal"], DomainFactory())
    attempt = partial(deposit_idea, text, author=people.bob, draft_id=draft.pk)
    results = together(attempt, attempt, attempt)
    assert sum(isinstance(one, Conflict) for one in results) == 2
    assert [idea.pk for idea in Idea.objects.all()] == [draft.pk]
