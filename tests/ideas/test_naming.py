"""« @ » in the comments of an idea: who is told, how it shows, what the writer learns."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ozeli.accounts.models import User
from ozeli.activity import fanout
from ozeli.activity.models import Event, Notification, OutgoingMail
from ozeli.ideas.models import Idea
from ozeli.ideas.services import voices
from tests.factories import IdeaFactory
from tests.personas import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


@pytest.fixture
def idea(people: Cast) -> Idea:
    return IdeaFactory(author=people.alice, title="Rappeler par SMS")


def tell_all() -> None:
    for event in Event.objects.filter(is_fanned_out=False).order_by("pk"):
        fanout.tell_batch(event.pk)


def post(client: Client, idea: Idea, body: str) -> Any:
    fields = {"body": body, "idempotency_key": str(uuid.uuid4())}
    return client.post(f"{idea.get_absolute_url()}commentaires/", fields, follow=True)


def test_person_named_is_told_once_and_at_once(idea: Idea, people: Cast) -> None:
    voices.comment(idea, author=people.bob, body="Qu’en dis-tu @Alice Martin ? Et @Charlie Martin ?")
    tell_all()
    for person in (people.alice, people.charlie):
        line = Notification.objects.get(user=person)
        assert "vous cite dans un commentaire" in line.text
        assert "On vous cite" in OutgoingMail.objects.get(user=person).subject


def test_page_shows_the_name_and_escapes_the_rest(idea: Idea, people: Cast, sign_in: SignIn) -> None:
    page = post(sign_in(people.bob), idea, "<i>Vu</i> avec @Charlie Martin \ue000ici").content.decode()
    assert '<b class="named">@Charlie Martin</b>' in page
    assert "&lt;i&gt;Vu&lt;/i&gt;" in page
    assert page.count('<b class="named">') == 1


def test_name_that_leads_to_nobody_stays_a_text_with_a_note(
    idea: Idea, people: Cast, sign_in: SignIn
) -> None:
    page = post(sign_in(people.bob), idea, "Et @Jean Personne alors ?").content.decode()
    assert "@Jean Personne alors" in page
    assert 'class="named"' not in page
    assert "nul n’a été prévenu" in page
    assert not Event.objects.filter(type="idea.mentioned").exists()


def test_correction_tells_the_newly_named_alone(idea: Idea, people: Cast) -> None:
    written = voices.comment(idea, author=people.bob, body="Vu avec @Charlie Martin")
    voices.edit_comment(idea, written, actor=people.bob, body="Vu avec @Charlie Martin et @Rita Martin")
    assert Event.objects.filter(type="idea.mentioned").latest("pk").data["people"] == [people.rita.pk]
    written.refresh_from_db()
    assert [written.body[start:end] for start, end in written.mentions] == ["@Charlie Martin", "@Rita Martin"]


def test_comment_taken_back_tells_nobody(idea: Idea, people: Cast) -> None:
    written = voices.comment(idea, author=people.bob, body="Vu avec @Charlie Martin")
    voices.remove_comment(idea, written, actor=people.bob)
    tell_all()
    assert not Notification.objects.exists()


def test_suggestions_of_the_sheet(idea: Idea, people: Cast, sign_in: SignIn) -> None:
    found = sign_in(people.bob).get(f"{idea.get_absolute_url()}personnes/", {"q": "charl"}).json()
    assert found == {
        "results": [{"label": "Charlie Martin", "note": "Caf du Nord", "insert": "Charlie Martin"}]
    }
