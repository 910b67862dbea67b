"""Data about a person: shown before it is published, at the deposit, in a change, in a comment."""

import uuid

import pytest

from ozeli.engagement.models import Comment
from ozeli.engagement.sensitive import nir_key
from ozeli.ideas.forms.passages import watch
from ozeli.ideas.models import Idea
from ozeli.ideas.services import deposits
from tests.factories import IdeaFactory

PHONE = "Appelez le 06 12 34 56 78 pour en parler."
NIR = f"Le numéro 1850578006084{nir_key('1850578006084'):02} est affiché."


def send(client, path: str, **fields):
    return client.post(path, {"idempotency_key": str(uuid.uuid4()), **fields})


@pytest.fixture
def idea(people) -> Idea:
    return IdeaFactory(author=people.alice)


def test_comment_is_shown_again_then_confirmed(people, sign_in, idea):
    client, path = sign_in(people.bob), f"{idea.get_absolute_url()}commentaires/"
    stopped = send(client, path, body=PHONE)
    assert stopped.status_code == 422
    page = stopped.content.decode()
    assert "<mark>06 12 34 56 78</mark>" in page
    assert PHONE in page
    assert not Comment.objects.exists()
    key = watch([("Votre commentaire", PHONE)], writer=people.bob).key
    assert send(client, path, body=f"{PHONE} Ou a@exemple.fr.", confirmed=key).status_code == 422
    assert send(client, path, body=PHONE, confirmed=key).status_code == 302
    assert Comment.objects.get().body == PHONE


def test_nir_is_never_confirmed(people, sign_in, idea):
    client, path = sign_in(people.bob), f"{idea.get_absolute_url()}commentaires/"
    key = watch([("Votre commentaire", NIR)], writer=people.bob).key
    stopped = send(client, path, body=NIR, confirmed=key)
    assert stopped.status_code == 422
    assert "Retirez le numéro de sécurité sociale" in stopped.content.decode()
    assert 'name="confirmed"' not in stopped.content.decode()
    assert not Comment.objects.exists()


def test_own_address_is_ones_own(people, sign_in, idea):
    path = f"{idea.get_absolute_url()}commentaires/"
    assert send(sign_in(people.bob), path, body="Écrivez-moi : bob@exemple.test").status_code == 302


@pytest.mark.parametrize(("words", "confirmable"), [(PHONE, True), (NIR, False)])
def test_deposit_stops_at_the_review(words, confirmable, people, sign_in, idea):
    need = {
        "problem": f"Un rendez-vous sur cinq est manqué. {words}",
        "proposal": "Envoyer un message la veille au soir.",
    }
    draft = deposits.save_draft(people.alice, need | {"domain": idea.domain.code})
    client, path = sign_in(people.alice), f"/idees/deposer/relire/{draft.pk}/"
    page = client.get(path)
    assert "<mark>" in page.content.decode()
    said = {"read": page.context["read"], "title": "Un message la veille", "audience": "network"}
    assert send(client, path, **said).status_code == 422
    key = page.context["form"].watch.key
    assert send(client, path, **said, confirmed=key).status_code == (302 if confirmable else 422)
    assert Idea.objects.filter(title="Un message la veille").exists() == confirmable


def test_draft_is_looked_at_while_it_is_typed(people, sign_in):
    answer = sign_in(people.alice).post("/idees/deposer/brouillon/", {"problem": PHONE}).json()
    assert "numéro de téléphone" in answer["message"]
    plain = sign_in(people.alice).post("/idees/deposer/brouillon/", {"problem": "Rien de tel."}).json()
    assert "Attention" not in plain["message"]


def test_change_and_correction_are_looked_at_too(people, sign_in, idea):
    names = ("title", "beneficiaries", "proposal", "benefit", "audience", "version")
    said = {name: getattr(idea, name) for name in names} | {"domain": idea.domain.code, "problem": NIR}
    stopped = send(sign_in(people.alice), f"{idea.get_absolute_url()}modifier/", **said)
    assert stopped.status_code == 422
    assert "<mark>" in stopped.content.decode()
    send(sign_in(people.bob), f"{idea.get_absolute_url()}commentaires/", body="Un premier jet.")
    comment = Comment.objects.get()
    path = f"{idea.get_absolute_url()}commentaires/{comment.pk}/modifier/"
    assert send(sign_in(people.bob), path, body=PHONE).status_code == 422
